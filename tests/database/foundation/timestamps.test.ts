import { expect, it } from 'vitest'
import { policySuite } from '../../support/database/policy-suite.ts'

// What somebody is told of a time that is none.

const story = policySuite()

it.each([
  ['2026-02-28T12:00:00Z', null],
  ['2026-02-30T12:00:00Z', 'There is no such day.'],
  ['yesterday', 'This does not have the right form.'],
  ['', 'This does not have the right form.'],
  [1_770_000_000, 'This does not have the right form.'],
])('%j: %s', (value, message) =>
  story(async (client) => {
    const { rows } = await client.query(
      "select private.timestamp_problem('at', $1) ->> 'message' as message",
      [JSON.stringify(value)],
    )
    expect(rows).toEqual([{ message }])
  })(),
)
