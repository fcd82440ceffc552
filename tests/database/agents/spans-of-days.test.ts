import { expect, it } from 'vitest'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours } from '../../support/people/cast.ts'

const story = policySuite()

it.each([
  ['-infinity', '2026-01-01'],
  ['-infinity', '-infinity'],
  ['2026-01-01', 'infinity'],
  ['infinity', 'infinity'],
])('a report from %s to %s is no span of days', async (from, to) =>
  story(async (client) => {
    for (const name of ['ai_usage_report', 'my_ai_usage'])
      expect(await clientError(call(client, admin, name, [ours, from, to, 'day']))).toMatchObject({
        code: 'invalid_input',
        details: 'to_day',
      })
  })(),
)
