import { expect, it } from 'vitest'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours } from '../../support/people/cast.ts'

const story = policySuite()

it(
  'what agents cost in all is of everybody, also of those who are too many to be listed',
  story(async (client) => {
    await client.query(
      `insert into private.ai_usage_daily (
         workspace_id, day, user_id, agent_id, model_key, calls, input_tokens, cached_tokens, output_tokens, credits)
       select $1, '2026-01-01', gen_random_uuid(), gen_random_uuid(), 'm', 1, 1, 0, 1, 2 from generate_series(1, 1005)`,
      [ours],
    )
    const report = await call<{ rows: unknown[]; credits: number }>(client, admin, 'ai_usage_report', [
      ours,
      '2026-01-01',
      '2026-01-31',
      'person',
    ])
    expect(report.rows).toHaveLength(1000)
    expect(report.credits).toBe(2010)
  }),
)
