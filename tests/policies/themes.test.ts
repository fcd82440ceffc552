import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { storedThemeSchema, type Theme, themeSchema, themeTokens } from '../../types/theme.ts'
import { type Actor, actAs, clientError, service } from '../support/act.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../support/cast.ts'
import { policySuite } from '../support/policy-suite.ts'
import { contractTheme, themeColumns } from '../support/themes.ts'

const story = policySuite()

async function call<T>(client: pg.Client, actor: Actor, name: string, values: unknown[]): Promise<T> {
  const list = values.map((_, index) => `$${index + 1}`).join(', ')
  const { rows } = await actAs<{ answer: T }>(
    client,
    actor,
    `select public.${name}(${list}) as answer`,
    values,
  )
  if (!rows[0]) throw new Error(`${name} gave nothing.`)
  return rows[0].answer
}

async function makeTheme(
  client: pg.Client,
  actor: Actor,
  visibility = 'workspace',
  columns: Record<string, unknown> = {},
): Promise<string> {
  const { rows } = await actAs<{ id: string }>(
    client,
    actor,
    `insert into public.themes (workspace_id, name, version, colors, radius, metadata, visibility)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [
      ours,
      ...['name', 'version', 'colors', 'radius', 'metadata'].map(
        (name) => ({ metadata: null, ...themeColumns, ...columns })[name],
      ),
      visibility,
    ],
  )
  return rows[0]?.id ?? ''
}

const count = async (client: pg.Client) => (await client.query('select from public.themes')).rowCount

describe('built-in themes', () => {
  it(
    'are the contract’s default, as it is, and at least three others, all valid',
    story(async (client) => {
      const list = await call<{ id: string; kind: string }[]>(client, viewer, 'list_themes', [ours])
      expect(list.map(({ id }) => id)).toEqual(['default', 'ocean', 'forest', 'ember'])
      expect(await call(client, viewer, 'export_theme', [ours, 'default'])).toEqual(contractTheme)
      for (const { id } of list) storedThemeSchema.parse(await call(client, viewer, 'get_theme', [ours, id]))
    }),
  )

  it(
    'have text that stands out from its background by 4.5 : 1, in both modes',
    story(async (client) => {
      const { rows } = await client.query<{ key: string; colors: Theme['colors'] }>(
        'select key, colors from public.built_in_themes',
      )
      const weak = rows.flatMap(({ key, colors }) =>
        (['light', 'dark'] as const).flatMap((mode) =>
          themeTokens
            .filter((token) => token === 'foreground' || token.endsWith('Foreground'))
            // The muted text of the contract's theme is the front end's, and weaker.
            .filter((token) => key !== 'default' || token !== 'mutedForeground')
            .flatMap((token) => {
              const ground = token === 'foreground' ? 'background' : token.replace(/Foreground$/, '')
              const under = themeTokens.filter(
                (each) => each === ground || (token === 'mutedForeground' && each === 'background'),
              )
              return under.map((each) => ({
                where: `${key} ${mode} ${token} on ${each}`,
                ratio: contrast(colors[mode][token], colors[mode][each]),
              }))
            }),
        ),
      )
      expect(weak.length).toBeGreaterThan(4 * 2 * 9)
      expect(weak.filter(({ ratio }) => !(ratio >= 4.5))).toEqual([])
    }),
  )
})

/** WCAG contrast of two opaque oklch colors. */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

function luminance(color: string): number {
  const [, l = 0, c = 0, h = 0] = (/^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(color) ?? [Number.NaN]).map(
    Number,
  )
  const [a, b] = [c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)]
  const [x, y, z] = [
    (l + 0.3963377774 * a + 0.2158037573 * b) ** 3,
    (l - 0.1055613458 * a - 0.0638541728 * b) ** 3,
    (l - 0.0894841775 * a - 1.291485548 * b) ** 3,
  ]
  const [red, green, blue] = [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ].map((channel) => Math.min(1, Math.max(0, channel)))
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

describe('a theme', () => {
  it(
    'goes in and comes out unchanged',
    story(async (client) => {
      const made = await call<Theme>(client, member, 'import_theme', [ours, contractTheme])
      expect(storedThemeSchema.parse(made)).toMatchObject({
        kind: 'personal',
        revision: 1,
        createdBy: ids.member,
      })
      const exported = await call<Theme>(client, member, 'export_theme', [ours, made.id])
      expect(exported).toEqual({ ...contractTheme, id: made.id, isDefault: false })
      expect(themeSchema.parse(exported)).toEqual(exported)
    }),
  )

  it(
    'has a clean name, in which HTML is text',
    story(async (client) => {
      const id = await makeTheme(client, member, 'workspace', {
        name: ' <b>Dark</b>\u202e\n&  co ',
        metadata: { author: 'Ada\u200b\nL', description: '' },
      })
      const { rows } = await client.query('select name, metadata from public.themes where id = $1', [id])
      expect(rows).toEqual([{ name: '<b>Dark</b> & co', metadata: { author: 'Ada L', description: '' } }])
    }),
  )

  const { background: _, ...withoutBackground } = contractTheme.colors.light
  const withLight = (light: unknown) => ({ ...contractTheme, colors: { ...contractTheme.colors, light } })
  const deep = JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`)
  it.each<[string, string, unknown]>([
    ['that is no object', '', 'red'],
    ['with a key that is not known', 'extra', { ...contractTheme, extra: 1 }],
    [
      'with a prototype',
      '__proto__',
      JSON.parse(JSON.stringify(contractTheme).replace('{', '{"__proto__":{},')),
    ],
    ['with a key of markup', 'colors.light', withLight({ ...contractTheme.colors.light, '<script>': 'red' })],
    ['without a color', 'colors.light.background', withLight(withoutBackground)],
    [
      'with CSS in a color',
      'colors.light.ring',
      withLight({ ...contractTheme.colors.light, ring: 'red;}body{x:url(//evil)' }),
    ],
    [
      'with a color of 5 MB',
      'colors.light.ring',
      withLight({ ...contractTheme.colors.light, ring: 'x'.repeat(5_000_000) }),
    ],
    [
      'with 100,000 colors',
      'colors.light',
      withLight({
        ...contractTheme.colors.light,
        ...Object.fromEntries(Array.from({ length: 100_000 }, (_value, n) => [`secret ${n}`, 'red'])),
      }),
    ],
    ['of 1,000 levels', 'colors.light.ring', withLight({ ...contractTheme.colors.light, ring: deep })],
    ['without a name', 'name', { ...contractTheme, name: ' \u200b' }],
    ['with a long name', 'name', { ...contractTheme, name: 'x'.repeat(51) }],
    ['with half a version', 'version', { ...contractTheme, version: '1.0' }],
    ['with a radius in pixels', 'radius.base', { ...contractTheme, radius: { base: '10px' } }],
    ['with metadata of another kind', 'metadata.evil', { ...contractTheme, metadata: { evil: 'secret' } }],
  ])('%s is refused with its path, and nothing is written', (_name, path, document) =>
    story(async (client) => {
      const error = await clientError(call(client, member, 'import_theme', [ours, JSON.stringify(document)]))
      expect(error).toMatchObject({ status: 400, code: 'invalid_input', details: path })
      expect(JSON.stringify(error)).not.toMatch(/evil\)|secret|script|xxxx/)
      expect(await count(client)).toBe(0)
    })(),
  )

  it(
    'is checked where it is written straight to the table, too',
    story(async (client) => {
      const id = await makeTheme(client, member)
      for (const [column, value, path] of [
        ['colors', { ...contractTheme.colors, dark: { ring: 'red' } }, 'colors.dark.background'],
        ['radius', { base: 1 }, 'radius.base'],
        ['metadata', [], 'metadata'],
        ['visibility', 'everyone', 'visibility'],
      ])
        for (const actor of [member, service])
          expect(
            await clientError(
              actAs(client, actor, `update public.themes set ${column} = $1 where id = $2`, [
                column === 'visibility' ? value : JSON.stringify(value),
                id,
              ]),
            ),
          ).toMatchObject({ code: 'invalid_input', details: path })
      const { rows } = await client.query('select revision from public.themes')
      expect(rows).toEqual([{ revision: '1' }])
    }),
  )

  it(
    'that was changed meanwhile is not overwritten by who names the revision that they read',
    story(async (client) => {
      const id = await makeTheme(client, member)
      const rename = (actor: Actor, name: string) =>
        actAs(client, actor, 'update public.themes set name = $1, revision = 1 where id = $2', [name, id])
      await rename(admin, 'Theirs')
      expect(await clientError(rename(member, 'Mine'))).toMatchObject({
        status: 409,
        code: 'conflict',
        details: '2',
      })
      const { rows } = await client.query('select name, revision from public.themes')
      expect(rows).toEqual([{ name: 'Theirs', revision: '2' }])
    }),
  )
})

describe('a personal theme', () => {
  it(
    'is its owner’s alone, until it is shared, which stays so',
    story(async (client) => {
      const id = await makeTheme(client, member, 'personal')
      for (const [name, values] of [
        ['get_theme', [ours, id]],
        ['export_theme', [ours, id]],
        ['activate_theme', [ours, id]],
        ['set_default_theme', [ours, id]],
      ] as const)
        expect(await clientError(call(client, admin, name, [...values])), name).toMatchObject({
          code: 'not_found',
          details: 'theme_id',
        })
      expect(JSON.stringify(await call(client, admin, 'list_themes', [ours]))).not.toContain(id)
      expect((await client.query("select from public.audit_log where table_name = 'themes'")).rowCount).toBe(
        0,
      )

      const setVisibility = (actor: Actor, visibility: string) =>
        actAs(client, actor, 'update public.themes set visibility = $1 where id = $2', [visibility, id])
      await setVisibility(member, 'workspace')
      expect(await call(client, viewer, 'get_theme', [ours, id])).toMatchObject({ kind: 'workspace' })
      expect(await clientError(setVisibility(member, 'personal'))).toMatchObject({ code: 'conflict' })
      const { rows } = await client.query("select action from public.audit_log where table_name = 'themes'")
      expect(rows).toEqual([{ action: 'update' }])
    }),
  )

  it(
    'goes with its owner; a shared one stays, by nobody once the account is deleted',
    story(async (client) => {
      await makeTheme(client, member, 'personal')
      const shared = await makeTheme(client, member, 'workspace')
      await call(client, member, 'delete_my_account', [])
      const { rows } = await client.query('select id, created_by, revision from public.themes')
      expect(rows).toEqual([{ id: shared, created_by: null, revision: '1' }])
    }),
  )
})

describe('the active theme', () => {
  const active = (client: pg.Client, actor: Actor) =>
    call<{ id: string; source: string }>(client, actor, 'active_theme', [ours])

  it(
    'is the person’s, else the workspace’s default, else the product’s',
    story(async (client) => {
      expect(await active(client, viewer)).toMatchObject({ id: 'default', source: 'built_in' })
      const shared = await makeTheme(client, member)
      await call(client, admin, 'set_default_theme', [ours, shared])
      expect(await active(client, viewer)).toMatchObject({ id: shared, source: 'workspace' })
      expect(await call(client, viewer, 'activate_theme', [ours, 'forest'])).toMatchObject({
        id: 'forest',
        source: 'person',
      })
      const list = await call<Record<string, unknown>[]>(client, viewer, 'list_themes', [ours])
      expect(list.filter(({ isActive }) => isActive).map(({ id }) => id)).toEqual(['forest'])
      expect(list.filter(({ isWorkspaceDefault }) => isWorkspaceDefault).map(({ id }) => id)).toEqual([
        shared,
      ])
      await call(client, viewer, 'activate_theme', [ours, null])
      await call(client, admin, 'set_default_theme', [ours, null])
      expect(await active(client, viewer)).toMatchObject({ id: 'default', source: 'built_in' })
    }),
  )

  it(
    'falls back when the theme is deleted, at each step',
    story(async (client) => {
      const [mine, shared] = [await makeTheme(client, member, 'personal'), await makeTheme(client, member)]
      await call(client, admin, 'set_default_theme', [ours, shared])
      await call(client, member, 'activate_theme', [ours, mine])
      await actAs(client, member, 'delete from public.themes where id = $1', [mine])
      expect(await active(client, member)).toMatchObject({ id: shared, source: 'workspace' })
      await actAs(client, admin, 'delete from public.themes where id = $1', [shared])
      expect(await active(client, member)).toMatchObject({ id: 'default', source: 'built_in' })
    }),
  )

  it(
    'is set for a workspace by who may change the workspace, to a theme that everyone sees',
    story(async (client) => {
      expect(await clientError(call(client, member, 'set_default_theme', [ours, 'ocean']))).toMatchObject({
        code: 'permission_denied',
      })
      const own = await makeTheme(client, admin, 'personal')
      expect(await clientError(call(client, admin, 'set_default_theme', [ours, own]))).toMatchObject({
        code: 'invalid_input',
        details: 'theme_id',
      })
      expect((await client.query('select from public.default_themes')).rowCount).toBe(0)
    }),
  )
})

describe('another workspace', () => {
  it(
    'has no use for a theme of this one',
    story(async (client) => {
      const id = await makeTheme(client, member)
      for (const name of ['get_theme', 'export_theme', 'activate_theme', 'set_default_theme'])
        expect(await clientError(call(client, outsider, name, [theirs, id])), name).toMatchObject({
          status: 404,
          code: 'not_found',
          details: 'theme_id',
        })
      // Nor may the owner of the tables point there.
      await client.query('savepoint owner')
      await expect(
        client.query('insert into public.default_themes (workspace_id, theme_id) values ($1, $2)', [
          theirs,
          id,
        ]),
      ).rejects.toMatchObject({ code: '23503' })
      await client.query('rollback to savepoint owner')
      for (const actor of [outsider, suspended])
        expect(await clientError(call(client, actor, 'import_theme', [ours, contractTheme]))).toMatchObject({
          code: 'not_found',
          details: 'workspace_id',
        })
      expect(await clientError(call(client, viewer, 'import_theme', [ours, contractTheme]))).toMatchObject({
        code: 'permission_denied',
        details: 'themes.write',
      })
    }),
  )
})
