import * as z from 'zod'

// Not the first year and not the last of four digits, which in another zone can be a year of none or of five.
const pattern =
  /^(?!000[01]|9999)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$/

/** Whether the month has such a day. */
function isDay(text: string): boolean {
  const day = Number(text.slice(8, 10))
  const midnight = new Date(`${text.slice(0, 7)}-01T00:00:00Z`)
  midnight.setUTCDate(day)
  return midnight.getUTCDate() === day
}

/**
 * A timestamp as JavaScript writes one: ISO 8601 with seconds and a zone, such as `2026-01-31T12:00:00.000Z`.
 *
 * @example
 * const at = new Date(timestampSchema.parse('2026-01-31T12:00:00.000Z'))
 */
export const timestampSchema = z
  .string()
  .regex(pattern, 'This is not a timestamp such as 2026-01-31T12:00:00Z.')
  .refine(isDay, 'There is no such day.')

/**
 * A timestamp as the functions of the database answer with one: in UTC, as JavaScript writes it. (A row has what
 * Postgres writes, such as `2026-01-31T12:00:00.123456+00:00`; `new Date` reads both.)
 *
 * @example
 * const at = new Date(utcTimestampSchema.parse('2026-01-31T12:00:00.000Z'))
 */
export const utcTimestampSchema = timestampSchema.regex(/[.][0-9]{3}(?:[0-9]{3})?Z$/, 'This is not in UTC.')
