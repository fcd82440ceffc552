import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { surveySchema } from '../../../types/analytics.ts'
import { operatorReportSchema } from '../../../types/operator.ts'
import { actAs, clientError, person, service } from '../../support/database/act.ts'
import { happened, rollUp } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, viewer } from '../../support/people/cast.ts'
import { insertTickets } from '../../support/people/tickets.ts'

// What who runs the project reads: a report by day, and what people say once a quarter.

const story = policySuite()

describe('the report', () => {
  it(
    'is written once a day, and is what a plain count gives',
    story(async (client) => {
      await happened(client, [
        { user: ids.member, before: 1, kind: 'feature_used', name: 'chat_asked', times: 3 },
        { user: ids.viewer, before: 1, kind: 'feature_used', name: 'chat_asked' },
        { user: ids.outsider, before: 1 },
      ])
      await client.query("update public.profiles set created_at = now() - interval '1 day' where id = $1", [
        ids.outsider,
      ])
      // Yesterday, with its first moment and its last; the day before, and today.
      await insertTickets(client)
      await client.query(
        `update public.support_tickets t set first_answered_at = x.at, created_at = x.at
         from (
           select t.id, date_trunc('day', now(), 'UTC') + a.after as at
           from unnest(array['-1 day', '-1 second', '-86401 seconds', '0']::interval[]) with ordinality as a (after, n)
           join (select id, row_number() over (order by id) as n from public.support_tickets) as t using (n)
         ) as x
         where x.id = t.id`,
      )
      await rollUp(client, 2)
      const run = async () => (await client.query('select private.report_days() as n')).rows[0]?.n
      expect([await run(), await run()]).toEqual([1, 0])
      // What was missed while the job stood still is made up for.
      await client.query('update private.operator_days set day = day - 3')
      expect([await run(), await run()]).toEqual([3, 0])
      // A month of it: what lies further back is not known any more.
      await client.query('update private.operator_days set day = day - 40')
      expect([await run(), await run()]).toEqual([31, 0])
      await client.query(
        'delete from private.operator_days where day < (select max(day) from private.operator_days)',
      )
      const report = operatorReportSchema.parse(
        await call(client, service, 'operator_report', [
          new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10),
          new Date().toISOString().slice(0, 10),
        ]),
      )
      expect(report.days).toMatchObject([
        {
          registrations: 1,
          activePeople: 3,
          features: { chat_asked: 2 },
          viewsOpened: 1,
          ai: { people: 0, calls: 0 },
          tickets: { opened: 2, firstAnswered: 2 },
          premiumWorkspaces: 0,
        },
      ])
      expect(await call(client, service, 'operator_report', ['2026-01-01', '2027-02-04'])).toMatchObject({
        from: '2026-01-01',
        to: '2027-02-04',
      })
      for (const [from, to] of [
        ['2026-01-01', '2027-02-05'],
        ['2026-01-02', '2026-01-01'],
        ['2026-01-01', '2027-06-01'],
        [null, '2026-01-01'],
      ])
        expect(await clientError(call(client, service, 'operator_report', [from, to]))).toMatchObject({
          code: 'invalid_input',
          details: 'to_day',
        })
    }),
  )
})

describe('the question of the quarter', () => {
  const answer = (client: pg.Client, score: number | null, actor = member) =>
    call(client, actor, 'answer_survey', [score])
  const npsOf = async (client: pg.Client) => {
    const today = new Date().toISOString().slice(0, 10)
    const report = await call(client, service, 'operator_report', [today, today])
    return operatorReportSchema.parse(report).nps
  }

  it(
    'is due after two weeks, once, and one’s own answer can be changed',
    story(async (client) => {
      const mine = async () => surveySchema.parse(await call(client, member, 'my_survey', []))
      expect((await mine()).isDue).toBe(false)
      for (const score of [9, null])
        expect(await clientError(answer(client, score))).toMatchObject({
          status: 409,
          code: 'conflict',
          details: 'isDue',
        })
      expect((await client.query('select from private.survey_answers')).rowCount).toBe(0)
      await client.query("update public.profiles set created_at = now() - interval '15 days'")
      // What was answered in a quarter before is no answer of this one.
      await client.query(
        `insert into private.survey_answers (user_id, quarter, score)
         select $1, (date_trunc('quarter', now(), 'UTC') - interval '3 months' * n)::date, n
         from generate_series(1, 3) as n`,
        [ids.member],
      )
      expect(await mine()).toMatchObject({ isDue: true, score: null })
      expect(surveySchema.parse(await answer(client, 10))).toMatchObject({ isDue: false, score: 10 })
      expect(surveySchema.parse(await answer(client, null))).toMatchObject({ isDue: false, score: null })
      for (const wrong of [-1, 11])
        expect(await clientError(answer(client, wrong))).toMatchObject({
          code: 'invalid_input',
          details: 'score',
        })
      const key = await call<{ id: string }>(client, admin, 'create_api_key', [
        ours,
        'Shop',
        '{dashboards.read}',
      ])
      expect(await clientError(answer(client, 1, person(key.id)))).toMatchObject({
        code: 'permission_denied',
      })
      const { rows } = await actAs<{ page: { rows: unknown[] } }>(
        client,
        member,
        "select public.export_my_data('surveyAnswers') as page",
      )
      expect(rows[0]?.page.rows).toMatchObject([{ score: 3 }, { score: 2 }, { score: 1 }, { score: null }])
    }),
  )

  it(
    'is told in sums, of three answers or more',
    story(async (client) => {
      await client.query("update public.profiles set created_at = now() - interval '15 days'")
      await answer(client, 10)
      await answer(client, 9, admin)
      expect(await npsOf(client)).toMatchObject([{ answers: 2, promoters: null, score: null }])
      await answer(client, 7, viewer)
      await answer(client, 0, outsider)
      expect(await npsOf(client)).toMatchObject([
        { answers: 4, promoters: 2, passives: 1, detractors: 1, score: 25 },
      ])
      await answer(client, 8, viewer)
      await answer(client, 6, outsider)
      expect(await npsOf(client)).toMatchObject([{ promoters: 2, passives: 1, detractors: 1 }])
      await answer(client, 7, outsider)
      expect(await npsOf(client)).toMatchObject([{ promoters: 2, passives: 2, detractors: 0, score: 50 }])
    }),
  )
})

describe('a number over all workspaces', () => {
  it(
    'of a day is of that day, from its first moment and before the next',
    story(async (client) => {
      const day = '2026-01-02'
      const moments = ['2026-01-01T23:59:59.999Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z']
      const people = [ids.admin, ids.member, ids.viewer]
      await client.query("update public.profiles set created_at = '2025-06-01Z'")
      for (const [index, moment] of moments.entries()) {
        await client.query('update public.profiles set created_at = $2 where id = $1', [
          people[index],
          moment,
        ])
        await client.query(
          `insert into private.ai_usage (workspace_id, answer_id, number, user_id, agent_id, model_key, input_tokens,
             cached_tokens, output_tokens, credits, is_estimated, milliseconds, outcome, occurred_at)
           values ($1, gen_random_uuid(), 1, $2, gen_random_uuid(), 'model', 1, 0, 1, $3, false, 1, 'done', $4)`,
          [ours, people[index], 10 ** index, moment],
        )
      }
      const { rows } = await client.query('select private.figures_of_day($1) as figures', [day])
      expect(rows[0].figures).toMatchObject({
        registrations: 1,
        people: 4,
        ai: { people: 1, workspaces: 1, calls: 1, credits: 10 },
      })
    }),
  )

  it(
    'of a quarter is of those who answered it with a number',
    story(async (client) => {
      await client.query(
        `insert into private.survey_answers (user_id, quarter, score)
         values ($1, '2026-01-01', 10), ($2, '2026-01-01', null), ($1, '2026-04-01', 0), ($2, '2025-10-01', 0)`,
        [ids.admin, ids.member],
      )
      const report = operatorReportSchema.parse(
        await call(client, service, 'operator_report', ['2026-02-01', '2026-03-31']),
      )
      expect(report.nps).toMatchObject([{ quarter: '2026-01-01', answers: 1 }])
    }),
  )
})
