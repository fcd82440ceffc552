import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ComponentType, componentDataSchemas, componentTypes } from '../../../types/component-data.ts'
import { conforms, jsonSchemaOf } from '../../../types/json-schema.ts'
import { valuesOf } from '../../support/database/agreement.ts'

// What each type of component shows. The catalog has these schemas too, as component-config-agreement.test.ts says.

const at = '2026-01-31T12:00:00Z'
const series = {
  labels: ['January', 'February'],
  series: [{ key: 'revenue', label: 'Revenue', values: [1.5, null] }],
  format: 'currency',
  currency: 'EUR',
}
const examples: Record<ComponentType, object> = {
  stats: { value: 12.5, previousValue: null, trend: 'up', history: [1, 2, 3] },
  'chart-line': series,
  'chart-bar': series,
  'chart-pie': { slices: [{ key: 'direct', label: 'Direct', value: 0 }] },
  table: {
    columns: [{ key: 'customer', label: 'Customer', type: 'text' }],
    rows: [['Ada'], [null], [true], [0.5]],
    total: 4,
  },
  list: { items: [{ key: 'a', title: 'Tea', value: 3, thumbnailUrl: 'https://example.com/tea.png' }] },
  calendar: { events: [{ key: 'a', title: 'Release', start: '2026-01-31', isAllDay: true }] },
  'activity-feed': { entries: [{ key: 'a', type: 'orders', text: 'Ada ordered <b>tea</b>', at }] },
  'quick-actions': { actions: [{ key: 'newOrder', label: 'New order', isEnabled: false }] },
}

describe('the data of a component', () => {
  it.each(componentTypes)('of type %s is what zod and its JSON Schema both say', (type) => {
    const [zod, schema] = [componentDataSchemas[type], jsonSchemaOf(componentDataSchemas[type])]
    expect(zod.parse(examples[type])).toEqual(examples[type])
    expect(conforms(examples[type], schema)).toBe(true)
    for (const broken of [{ ...examples[type], extra: 1 }, {}, [], null, 'x']) {
      expect(zod.safeParse(broken).success, JSON.stringify(broken)).toBe(false)
      expect(conforms(broken, schema), JSON.stringify(broken)).toBe(false)
    }
    // Zod has rules that JSON Schema has no word for, and never the other way round.
    for (const value of fc.sample(valuesOf(schema), { seed: 20_261_122, numRuns: 50 }))
      if (zod.safeParse(value).success) expect(conforms(value, schema)).toBe(true)
  })

  it.each([
    [
      'a script in place of a picture',
      'list',
      { items: [{ key: 'a', title: 'b', thumbnailUrl: 'javascript:x' }] },
    ],
    [
      'a timestamp that is none',
      'activity-feed',
      { entries: [{ key: 'a', type: 'b', text: 'c', at: 'soon' }] },
    ],
    ['501 rows', 'table', { columns: [], rows: Array(501).fill([]) }],
    ['1,001 points', 'chart-line', { labels: Array(1_001).fill('x'), series: [] }],
    ['a share below nothing', 'chart-pie', { slices: [{ key: 'a', label: 'b', value: -1 }] }],
  ] as const)('holds no %s', (_name, type, data) => {
    expect(componentDataSchemas[type].safeParse(data).success).toBe(false)
  })
})
