import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { importedThemeSchema, type Theme, themeSchema } from '../../../types/theme.ts'
import { contractTheme, makeTheme, themeColumns } from '../../support/dashboards/themes.ts'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

const story = policySuite()

const count = async (client: pg.Client) => (await client.query('select from public.themes')).rowCount

describe('a theme', () => {
  it(
    'is one of at most 200 of a person, and of 200 that are shared',
    story(async (client) => {
      await client.query(
        `insert into public.themes (workspace_id, name, colors, visibility)
         select $1, 'Shared ' || n, $2, 'workspace' from generate_series(1, 199) as n`,
        [ours, themeColumns.colors],
      )
      const personal = await makeTheme(client, member, 'personal')
      await makeTheme(client, member)
      expect(await clientError(makeTheme(client, member))).toMatchObject({ status: 409, code: 'conflict' })
      expect(
        await clientError(
          actAs(client, member, "update public.themes set visibility = 'workspace' where id = $1", [
            personal,
          ]),
        ),
      ).toMatchObject({ code: 'conflict' })
      // The policy speaks first, so that an outsider does not learn how many there are.
      await expect(makeTheme(client, outsider)).rejects.toMatchObject({ code: '42501' })
      await makeTheme(client, member, 'personal')
      expect(await count(client)).toBe(202)
    }),
  )

  it(
    'goes in and comes out unchanged',
    story(async (client) => {
      const made = await call<Theme>(client, member, 'import_theme', [ours, contractTheme])
      expect(importedThemeSchema.parse(made)).toMatchObject({
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
    'is told with each field under its own name, alone and in the list',
    story(async (client) => {
      const metadata = { author: 'Ada', description: 'Like paper' }
      const id = await makeTheme(client, member, 'workspace', { metadata })
      const chosen = await makeTheme(client, member, 'personal', { name: 'Chosen' })
      await client.query('alter table public.themes disable trigger user')
      await client.query(
        `update public.themes set revision = 7, is_managed = visibility = 'workspace',
           created_at = '2026-01-02T03:04:05Z', updated_at = '2026-06-07T08:09:10Z'`,
      )
      await call(client, admin, 'set_default_theme', [ours, id])
      await call(client, member, 'activate_theme', [ours, chosen])
      const told = (isManaged: boolean, kind: string) => ({
        version: themeColumns.version,
        kind,
        isBuiltIn: false,
        isManaged,
        revision: 7,
        createdBy: ids.member,
        createdAt: '2026-01-02T03:04:05.000Z',
        updatedAt: '2026-06-07T08:09:10.000Z',
      })
      const { colors, radius } = themeColumns
      const shared = { id, name: themeColumns.name, metadata, ...told(true, 'workspace') }
      expect(await call(client, member, 'get_theme', [ours, id])).toEqual({
        ...shared,
        isDefault: false,
        colors,
        radius,
      })
      const list = await call<{ isBuiltIn: boolean }[]>(client, member, 'list_themes', [ours])
      expect(list.filter(({ isBuiltIn }) => !isBuiltIn)).toEqual([
        {
          id: chosen,
          name: 'Chosen',
          metadata: null,
          ...told(false, 'personal'),
          isActive: true,
          isWorkspaceDefault: false,
        },
        { ...shared, isActive: false, isWorkspaceDefault: true },
      ])
    }),
  )

  it(
    'has a clean name',
    story(async (client) => {
      const id = await makeTheme(client, member, 'workspace', {
        name: ' Dark < light\u202e\n&  co ',
        metadata: { author: 'Ada\u200b\nL', description: '' },
      })
      const { rows } = await client.query('select name, metadata from public.themes where id = $1', [id])
      expect(rows).toEqual([{ name: 'Dark < light & co', metadata: { author: 'Ada L', description: '' } }])
    }),
  )

  const { background: _, ...withoutBackground } = contractTheme.colors.light
  const withLight = (light: unknown) => ({ ...contractTheme, colors: { ...contractTheme.colors, light } })
  /** A color of so many characters. */
  const colorOf = (length: number) => `rgb(1,${' '.repeat(length - 10)}2,3)`
  it(
    'has colors of up to 128 characters',
    story(async (client) => {
      const card = colorOf(128)
      expect(card).toHaveLength(128)
      const made = await call<Theme>(client, member, 'import_theme', [
        ours,
        withLight({ ...contractTheme.colors.light, card }),
      ])
      expect(made.colors.light.card).toBe(card)
    }),
  )

  const deep = JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`)
  it.each<[string, string, unknown]>([
    ['that is no object', '', 'red'],
    ['without a color', 'colors.light.background', withLight(withoutBackground)],
    [
      'with CSS in a color',
      'colors.light.ring',
      withLight({ ...contractTheme.colors.light, ring: 'red;}body{x:url(//evil)' }),
    ],
    [
      'with a color of 129 characters',
      'colors.light.ring',
      withLight({ ...contractTheme.colors.light, ring: colorOf(129) }),
    ],
    [
      'with a wrong color beside one of 128 characters',
      'colors.light.ring',
      withLight({ ...contractTheme.colors.light, card: colorOf(128), ring: 'secret' }),
    ],
    ['with a color of 5 MB', '', withLight({ ...contractTheme.colors.light, ring: 'x'.repeat(5_000_000) })],
    [
      'with 100,000 colors',
      '',
      withLight({
        ...contractTheme.colors.light,
        ...Object.fromEntries(Array.from({ length: 100_000 }, (_value, n) => [`secret ${n}`, 'red'])),
      }),
    ],
    ['of 1,000 levels', 'colors.light.ring', withLight({ ...contractTheme.colors.light, ring: deep })],
    ['without a name', 'name', { ...contractTheme, name: ' \u200b' }],
    ['with a script for a name', 'name', { ...contractTheme, name: '<script>secret</script>' }],
    ['with HTML for an author', 'metadata.author', { ...contractTheme, metadata: { author: '</p' } }],
    ['with a long name', 'name', { ...contractTheme, name: 'x'.repeat(51) }],
    ['with half a version', 'version', { ...contractTheme, version: '1.0' }],
    ['with a radius of the page', 'radius.base', { ...contractTheme, radius: { base: '10vw' } }],
    ['with metadata that are no object', 'metadata', { ...contractTheme, metadata: 'secret' }],
    [
      'with 1,001 unknown keys',
      'key0',
      {
        ...contractTheme,
        ...Object.fromEntries(Array.from({ length: 1_001 }, (_value, n) => [`key${n}`, 1])),
      },
    ],
  ])('%s is refused with its path, and nothing is written', (_name, path, document) =>
    story(async (client) => {
      const error = await clientError(call(client, member, 'import_theme', [ours, JSON.stringify(document)]))
      expect(error).toMatchObject({ status: 400, code: 'invalid_input', details: path })
      expect(JSON.stringify(error)).not.toMatch(/evil\)|secret|\bscript|xxxx/)
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
      for (const visibility of [null, 'everyone'])
        expect(
          await clientError(
            actAs(
              client,
              member,
              'insert into public.themes (workspace_id, name, colors, visibility) values ($1, $2, $3, $4)',
              [ours, 'Ink', themeColumns.colors, visibility],
            ),
          ),
        ).toMatchObject({ status: 400, code: 'invalid_input', details: 'visibility' })
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
      const unread = actAs(client, member, 'update public.themes set revision = null where id = $1', [id])
      expect(await clientError(unread)).toMatchObject({ code: 'invalid_input', details: 'revision' })
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
