import * as z from 'zod'
import { plainText } from './text.ts'

// The data that each type of component shows: what a data source gives and a front end draws. The database holds the
// same as JSON Schemas, in component_types.data_schema: a test makes them from these and demands equality. Whatever
// has no bound by nature has one here, since a widget is not the place for a million rows.

const key = plainText({ min: 1, max: 100 })
const label = plainText({ min: 1, max: 200 })
const timestamp = z
  .string()
  .refine((text) => text.length <= 40 && !Number.isNaN(Date.parse(text)), 'This is not a timestamp.')
  .meta({ maxLength: 40, description: 'A timestamp or a day, such as 2026-01-31T12:00:00Z or 2026-01-31.' })
/** Anything but https would let a data source run scripts, or ask the reader's own network. */
const url = z
  .string()
  .refine((text) => text.length <= 2_000 && text.startsWith('https://') && URL.canParse(text))
  .meta({ maxLength: 2_000, description: 'An https URL.' })
const format = z.enum(['number', 'compact', 'currency', 'percentage'])
const currency = plainText({ min: 3, max: 3 }).describe('A currency by its three letters.')

function series({ points, lines }: { points: number; lines: number }) {
  return z.strictObject({
    labels: z.array(plainText({ max: 100 })).max(points),
    series: z
      .array(
        z.strictObject({
          key,
          label,
          /** One for each of the labels; null is a gap. */
          values: z.array(z.number().nullable()).max(points),
        }),
      )
      .max(lines),
    format: format.optional(),
    currency: currency.optional(),
  })
}

/**
 * What a component can be.
 *
 * @example
 * const charts = componentTypes.filter((type) => type.startsWith('chart-'))
 */
export const componentTypes = [
  'stats',
  'chart-line',
  'chart-bar',
  'chart-pie',
  'table',
  'list',
  'calendar',
  'activity-feed',
  'quick-actions',
] as const

export type ComponentType = (typeof componentTypes)[number]

/**
 * One schema for each type of component.
 *
 * @example
 * const { value, trend } = componentDataSchemas.stats.parse({ value: 42, trend: 'up' })
 */
export const componentDataSchemas = {
  stats: z.strictObject({
    value: z.number().nullable(),
    previousValue: z.number().nullable().optional(),
    trend: z.enum(['up', 'down', 'flat']).optional(),
    history: z.array(z.number()).max(100).optional(),
    format: format.optional(),
    currency: currency.optional(),
  }),
  'chart-line': series({ points: 1_000, lines: 20 }),
  'chart-bar': series({ points: 200, lines: 20 }),
  'chart-pie': z.strictObject({
    slices: z.array(z.strictObject({ key, label, value: z.number().min(0) })).max(50),
    format: format.optional(),
    currency: currency.optional(),
  }),
  table: z.strictObject({
    columns: z
      .array(
        z.strictObject({
          key,
          label,
          type: z.enum(['text', 'number', 'currency', 'percentage', 'moment', 'status', 'boolean']),
        }),
      )
      .max(50),
    /** A row has a cell for each column. */
    rows: z
      .array(z.array(z.union([plainText({ max: 500 }), z.number(), z.boolean(), z.null()])).max(50))
      .max(500),
    total: z.int().min(0).optional(),
    currency: currency.optional(),
  }),
  list: z.strictObject({
    items: z
      .array(
        z.strictObject({
          key,
          title: label,
          description: plainText({ max: 500 }).optional(),
          value: z.number().optional(),
          thumbnailUrl: url.optional(),
        }),
      )
      .max(200),
    format: format.optional(),
    currency: currency.optional(),
  }),
  calendar: z.strictObject({
    events: z
      .array(
        z.strictObject({
          key,
          title: label,
          start: timestamp,
          end: timestamp.optional(),
          isAllDay: z.boolean().optional(),
          category: plainText({ max: 50 }).optional(),
        }),
      )
      .max(500),
  }),
  'activity-feed': z.strictObject({
    entries: z
      .array(
        z.strictObject({
          key,
          type: plainText({ min: 1, max: 50 }),
          text: plainText({ min: 1, max: 500 }),
          actor: plainText({ max: 200 }).optional(),
          at: timestamp,
        }),
      )
      .max(200),
  }),
  'quick-actions': z.strictObject({
    actions: z
      .array(
        z.strictObject({
          key,
          label,
          icon: plainText({ max: 50 }).optional(),
          isEnabled: z.boolean().optional(),
        }),
      )
      .max(50),
  }),
} satisfies Record<ComponentType, z.ZodType>
