import { describe, expect, it } from 'vitest'
import { storedThemeSchema, type Theme, themeTokens } from '../../../types/theme.ts'
import { contractTheme } from '../../support/dashboards/themes.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ours, viewer } from '../../support/people/cast.ts'

const story = policySuite()

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
