import { describe, expect, it } from 'vitest'
import { storedThemeSchema, type Theme, themeTokens } from '../../../types/theme.ts'
import { contractTheme, makeTheme, oceanTheme } from '../../support/dashboards/themes.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'

const story = policySuite()
/** The colors of these are the front end's, some of them weaker. */
const contract = ['default', 'ocean']

describe('built-in themes', () => {
  it(
    'are the contract’s two, as they are, and others, all valid and marked',
    story(async (client) => {
      const list = await call<{ id: string; isBuiltIn: boolean }[]>(client, viewer, 'list_themes', [ours])
      expect(list.map(({ id }) => id)).toEqual(['default', 'ocean', 'forest', 'ember'])
      expect(list.every(({ isBuiltIn }) => isBuiltIn)).toBe(true)
      expect(await call(client, viewer, 'export_theme', [ours, 'default'])).toEqual(contractTheme)
      expect(await call(client, viewer, 'export_theme', [ours, 'ocean'])).toEqual(oceanTheme)
      for (const { id } of list)
        expect(storedThemeSchema.parse(await call(client, viewer, 'get_theme', [ours, id])).isBuiltIn).toBe(
          true,
        )
    }),
  )

  it(
    'are not changed or deleted, which the answer says; an import makes a copy, which is',
    story(async (client) => {
      const refused = { status: 409, code: 'conflict', details: 'theme_id' }
      const rename = (id: string) => call(client, member, 'update_theme', [ours, id, { name: 'Mine' }])
      const remove = (id: string) => call(client, member, 'delete_theme', [ours, id])
      expect(await clientError(rename('ocean'))).toMatchObject(refused)
      expect(await clientError(remove('ocean'))).toMatchObject(refused)
      expect(await call(client, member, 'export_theme', [ours, 'ocean'])).toEqual(oceanTheme)

      await makeTheme(client, member)
      const copy = await call<{ id: string }>(client, member, 'import_theme', [ours, oceanTheme])
      expect(copy).toMatchObject({ name: oceanTheme.name, isBuiltIn: false })
      expect(await rename(copy.id)).toMatchObject({ name: 'Mine', colors: oceanTheme.colors, revision: 2 })
      await remove(copy.id)
      // The other one is left as it is.
      expect((await client.query('select name, revision from public.themes')).rows).toEqual([
        { name: 'Paper', revision: '1' },
      ])
    }),
  )

  it(
    'and the others are changed by their id as through the table: with permission, from the present revision',
    story(async (client) => {
      const id = await makeTheme(client, member)
      const change = (actor: Actor, patch: unknown, revision: number | null = null) =>
        clientError(call(client, actor, 'update_theme', [ours, id, JSON.stringify(patch), revision]))
      expect(await change(viewer, { name: 'Mine' })).toMatchObject({ code: 'permission_denied' })
      expect(await change(member, { name: 1 })).toMatchObject({ code: 'invalid_input', details: 'name' })
      for (const [key, value] of Object.entries({ owner_id: id, kind: 'personal' }))
        expect(await change(member, { [key]: value })).toMatchObject({ code: 'invalid_input', details: key })
      for (const patch of [null, [], 'name'])
        expect(await change(member, patch)).toMatchObject({ code: 'invalid_input', details: '' })
      expect(await change(member, { name: 'Mine' }, 7)).toMatchObject({ code: 'conflict', details: '1' })
      expect(await clientError(call(client, viewer, 'delete_theme', [ours, id]))).toMatchObject({
        code: 'permission_denied',
      })
      expect(await clientError(call(client, outsider, 'delete_theme', [theirs, id]))).toMatchObject({
        code: 'not_found',
        details: 'theme_id',
      })
      expect((await client.query('select name, revision from public.themes')).rows).toEqual([
        { name: 'Paper', revision: '1' },
      ])
    }),
  )

  it(
    'of our own have text that stands out from its background by 4.5 : 1, in both modes',
    story(async (client) => {
      const { rows } = await client.query<{ key: string; colors: Theme['colors'] }>(
        'select key, colors from public.built_in_themes where key <> all ($1)',
        [contract],
      )
      const weak = rows.flatMap(({ key, colors }) =>
        (['light', 'dark'] as const).flatMap((mode) =>
          themeTokens
            .filter((token) => token === 'foreground' || token.endsWith('Foreground'))
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
      expect(weak.length).toBeGreaterThan(2 * 2 * 9)
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
