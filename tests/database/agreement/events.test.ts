import fc from 'fast-check'
import { expect, it } from 'vitest'
import { trackedEventSchema } from '../../../types/track.ts'
import { mutated, mutationWith, noTimestamps, verdictsOf } from '../../support/database/agreement.ts'
import { policySuite } from '../../support/database/policy-suite.ts'

// The same verdict of zod and of the database on every event of use. The seed is fixed, so a failure can be seen again.

const story = policySuite()
const seed = 20_261_126

const id = fc.constantFrom('00000000-0000-4000-8000-000000000001', 'ABCDEF00-0000-0000-0000-00000000000f')
const scalar = fc.constantFrom<unknown>(
  ...[
    '',
    'a',
    'data_exported',
    'page_load',
    'widget_failed',
    '__proto__',
    'x'.repeat(101),
    '<b>',
    'view_opened',
  ],
  ...['error', 'timing', '00000000-0000-4000-8000-00000000000', '{00000000-0000-4000-8000-000000000001}'],
  ...[0, -1, 1.5, 600_000, 600_001, true, null, [], {}, ['data_exported'], '2026-06-30T12:00:00Z'],
)
const event = fc
  .record({
    id,
    at: fc.constantFrom('2026-06-30T12:00:00Z', '2026-06-30T12:00:00.123456789+14:00'),
    what: fc.constantFrom(
      { kind: 'view_opened', viewId: '00000000-0000-4000-8000-000000000001' },
      { kind: 'feature_used', name: 'data_exported' },
      { kind: 'error', name: 'widget_failed' },
      { kind: 'timing', name: 'page_load', milliseconds: 0 },
      { kind: 'timing', name: 'save', milliseconds: 600_000 },
    ),
    where: fc.record({ viewId: id, instanceId: id }, { requiredKeys: [] }),
  })
  .map(({ what, where, ...common }) => ({ ...common, ...where, ...what }))

it(
  'of an event of use',
  story(async (client) => {
    const keys = ['name', 'kind', 'viewId', 'instanceId', 'milliseconds']
    const texts = [
      ...fc
        .sample(fc.tuple(event, fc.option(mutationWith(scalar, keys))), { seed, numRuns: 1_500 })
        .map(([valid, change]) => JSON.stringify(change ? mutated(valid, change) : valid)),
      ...noTimestamps.map((at) =>
        JSON.stringify({ id: crypto.randomUUID(), at, kind: 'error', name: 'live_lost' }),
      ),
    ]
    const verdicts = await verdictsOf(client, 'private.events_problem(jsonb_build_array(d.value))', texts)
    const byZod = texts.map((text) => trackedEventSchema.safeParse(JSON.parse(text)).success)
    expect(texts.filter((_, index) => verdicts[index] !== byZod[index])).toEqual([])
    expect(byZod.filter(Boolean).length).toBeGreaterThan(200)
  }),
)
