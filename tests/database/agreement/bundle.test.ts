import fc from 'fast-check'
import { expect, it } from 'vitest'
import { layoutSchema } from '../../../types/layout.ts'
import { bundleSchema } from '../../../types/marketplace-bundle.ts'
import { mutated, mutationWith, verdictsOf } from '../../support/database/agreement.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { componentBundle, themeBundle } from '../../support/people/marketplace.ts'

// The same verdict of zod and of the database on what a listing may hold. The seed is fixed, so a failure can be seen
// again.

const story = policySuite()
const seed = 20_261_126
const source = {
  key: 'rates',
  name: 'Rates',
  url: 'https://rates.example.com/today',
  mapping: '{"value": 1}',
}
const bases = [
  componentBundle(
    {
      defaultConfig: { source: '$rates', unit: 'l' },
      configSchema: { type: 'object', additionalProperties: true },
    },
    { sources: [source], mapping: { rename: { a: 'b' }, remove: ['c'], defaults: { d: 1 } } },
  ),
  componentBundle(),
  themeBundle(),
  bundleSchema.parse({
    format: 'b-dashboard-bundle',
    version: 1,
    kind: 'view',
    content: {
      name: 'Board',
      description: '',
      layout: layoutSchema.parse({ version: 1, gridColumns: 12, rowHeight: 80, gap: 16, widgets: [] }),
    },
  }),
]
const junk = fc.constantFrom<unknown>(
  ...[null, true, 0, 1.5, -1, [], {}, '', 'text', ['text'], { text: 1 }, 'x'.repeat(200)],
  ...[
    'https://x.example',
    '//x.example',
    'a // b',
    '\\\\x',
    '/\\x',
    '/\\tx',
    'java\nscript:x',
    '\u0001blob:x',
  ],
  ...[
    'data: five',
    'data:five',
    'metadata:five',
    'www.x.example',
    'awww.no',
    'see\u200bhttp:\u200b//x',
    'C:\\x',
    'https: five',
    'http:x.example',
    'FTP:x.example',
    'VBScript: x',
  ],
  // Half a character, and the character zero.
  ...['\ud800', 'a\udc00\ud800b', { 'x\udfff': 1 }, 'x\0', { '\0': 1 }],
  ...['$rates', '$other', 'metrics', '00000000-0000-4000-8000-000000000001', 'http://x.example/a'],
  ...['component', 'theme', 'view', '1.0.0', '2.0.0', 'b-dashboard-bundle', 1, 2],
)
const changed = fc
  .tuple(
    fc.constantFrom(...bases),
    mutationWith(junk, ['source', 'sources', 'mapping', 'url', 'headers', 'rename']),
  )
  .map(([document, change]) => mutated(document, change))

it(
  'zod and the database agree on what a bundle may hold',
  story(async (client) => {
    const texts = [...bases, ...fc.sample(changed, { seed, numRuns: 3_000 })].map((document) =>
      JSON.stringify(document),
    )
    const byDatabase = await verdictsOf(client, "private.bundle_problem(coalesce(d.value, 'null'))", texts)
    const byZod = texts.map((text) => bundleSchema.safeParse(JSON.parse(text)).success)
    const disagreements = texts.filter((_, index) => byDatabase[index] !== byZod[index])
    expect(disagreements.map((text) => text.slice(0, 700))).toEqual([])
    expect(byDatabase.slice(0, bases.length)).toEqual(bases.map(() => true))
    expect(byDatabase.filter(Boolean).length).toBeGreaterThan(100)
    expect(byDatabase.filter((valid) => !valid).length).toBeGreaterThan(1_000)
  }),
)
