import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSchedule } from '../../local/scheduler/cron/schedule.ts'
import { openSession, type Session } from '../support/database/session.ts'
import { createDatabase, type TestDatabase } from '../support/stack/database.ts'

/** The database decides what is a schedule and the scheduler when it is due: the two must read alike. */

const next = (schedule: string, after: string) => parseSchedule(schedule).next(new Date(after))?.toISOString()

describe('the next due time, in UTC', () => {
  it.each([
    ['*/5 * * * *', '2024-03-10T01:58:30Z', '2024-03-10T02:00:00.000Z'],
    ['0 3 * * *', '2024-03-10T03:00:00Z', '2024-03-11T03:00:00.000Z'],
    ['30 2 * * mon-fri', '2024-03-08T12:00:00Z', '2024-03-11T02:30:00.000Z'],
    ['0 0 * * 7', '2024-03-08T12:00:00Z', '2024-03-10T00:00:00.000Z'],
    ['0 0 $ * *', '2024-02-10T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0 0 29 feb *', '2025-01-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    // Two restricted day fields are alternatives: the 13th, and every Friday.
    ['0 0 13 * 5', '2024-03-02T00:00:00Z', '2024-03-08T00:00:00.000Z'],
    // One that begins with a star is not: Mondays with an odd day of the month.
    ['0 0 */2 * 1', '2024-03-05T00:00:00Z', '2024-03-11T00:00:00.000Z'],
    ['10 seconds', '2024-03-10T01:58:30Z', '2024-03-10T01:58:40.000Z'],
    ['@hourly', '2024-03-10T01:58:30Z', '2024-03-10T02:00:00.000Z'],
    ['@Weekly', '2024-03-08T12:00:00Z', '2024-03-10T00:00:00.000Z'],
    ['@annually', '2024-03-08T12:00:00Z', '2025-01-01T00:00:00.000Z'],
  ])('of %s after %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected)
  })

  it('of @reboot is the start alone', () => {
    expect(parseSchedule('@reboot')).toMatchObject({ atStart: true })
    expect(next('@reboot', '2024-03-10T00:00:00Z')).toBeUndefined()
  })
})

describe('against a reading of cron that tries every minute', () => {
  let database: TestDatabase
  let postgres: Session

  beforeAll(async () => {
    database = await createDatabase('platform')
    postgres = await openSession(database.url('postgres'))
    await postgres.query('create extension pg_cron with schema pg_catalog')
  })

  afterAll(async () => {
    await postgres?.[Symbol.asyncDispose]()
    await database?.drop()
  })

  /** A field's text with the values that it stands for. */
  interface Field {
    text: string
    values: Set<number>
  }

  const range = (from: number, to: number, step = 1) =>
    Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)

  const field = (lowest: number, highest: number): fc.Arbitrary<Field> => {
    const number = fc.integer({ min: lowest, max: highest })
    const item = fc.oneof(
      number.map((n) => ({ text: String(n), values: [n] })),
      fc.tuple(number, number, fc.integer({ min: 1, max: 5 })).map(([a, b, step]) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        return { text: `${from}-${to}/${step}`, values: range(from, to, step) }
      }),
      fc
        .integer({ min: 1, max: 20 })
        .filter((step) => step <= highest)
        .map((step) => ({
          text: `*/${step}`,
          values: range(lowest, highest, step),
        })),
      fc.constant({ text: '*', values: range(lowest, highest) }),
    )
    return fc.array(item, { minLength: 1, maxLength: 2 }).map((items) => ({
      text: items.map(({ text }) => text).join(','),
      values: new Set(items.flatMap(({ values }) => values)),
    }))
  }

  it('finds the same minute, and the database accepts the schedule', async () => {
    const minute = 60_000
    const start = Date.UTC(2024, 1, 27)
    const days = 40
    await fc.assert(
      fc.asyncProperty(
        field(0, 59),
        field(0, 23),
        field(1, 31),
        field(0, 7),
        fc.integer({ min: 0, max: 3 * 24 * 60 }),
        async (minutes, hours, monthDays, weekDays, offset) => {
          const schedule = `${minutes.text} ${hours.text} ${monthDays.text} * ${weekDays.text}`
          const after = start + offset * minute
          const together = monthDays.text.startsWith('*') || weekDays.text.startsWith('*')
          let expected: number | undefined
          for (let time = after + minute; time < after + days * 24 * 60 * minute; time += minute) {
            const date = new Date(time)
            if (!minutes.values.has(date.getUTCMinutes()) || !hours.values.has(date.getUTCHours())) continue
            const day = date.getUTCDay()
            const inMonth = monthDays.values.has(date.getUTCDate())
            const inWeek = weekDays.values.has(day) || (day === 0 && weekDays.values.has(7))
            if (together ? inMonth && inWeek : inMonth || inWeek) {
              expected = time
              break
            }
          }
          const found = parseSchedule(schedule).next(new Date(after))?.getTime()
          if (expected === undefined)
            expect(found ?? Number.POSITIVE_INFINITY).toBeGreaterThan(after + (days - 1) * 24 * 60 * minute)
          else expect(found).toBe(expected)
          expect(await postgres.query('select cron._is_schedule($1) as accepted', [schedule])).toEqual([
            { accepted: true },
          ])
        },
      ),
      { numRuns: 300 },
    )
  })
})
