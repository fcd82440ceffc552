import { expect, it } from 'vitest'
import { secondsOf } from '../../../functions/_shared/retry-after.ts'

const date = (seconds: number) => new Date(Date.now() + seconds * 1_000).toUTCString()

it.each<[unknown, number | null]>([
  ['3', 3],
  ['0.2', 1],
  ['0', null],
  ['99999999', 999_999],
  ['-1', null],
  ['soon', null],
  ['1'.repeat(41), null],
  [date(-60), null],
  [undefined, null],
  [null, null],
  [['1', '2'], null],
])('a Retry-After of %j asks for %s seconds', (header, seconds) => {
  expect(secondsOf(header)).toBe(seconds)
})

it('a Retry-After of a date asks for the seconds until then', () => {
  expect(secondsOf(date(100))).toBeGreaterThanOrEqual(99)
  expect(secondsOf(date(100))).toBeLessThanOrEqual(100)
})
