import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { clientError, service } from '../../support/database/act.ts'
import {
  ask,
  assistant,
  exchange,
  finish,
  loseWriters,
  type Question,
} from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { read } from '../../support/database/conversations.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

// Who may ask what, and how much at a time.

const story = policySuite()

describe('a question', () => {
  it(
    'goes on from an answer of one’s own, in its conversation and its workspace',
    story(async (client) => {
      const mine = await exchange(client)
      const other = await exchange(client)
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
        [theirs, ids.member],
      )
      for (const [actor, more] of [
        [admin, {}],
        [member, { conversation: other.conversationId }],
        [member, { workspace: theirs }],
      ] as const)
        for (const way of ['regenerateOf', 'continueOf'])
          expect(await clientError(ask(client, actor, { [way]: mine.answerId, ...more }))).toMatchObject({
            code: 'not_found',
            details: way === 'continueOf' ? 'continue_of' : 'regenerate_of',
          })
      // A key is one of each workspace.
      const key = randomUUID()
      const here = await ask(client, member, { key })
      expect(await ask(client, member, { key, workspace: theirs })).toMatchObject({ isRepeated: false })
      expect(await ask(client, member, { key })).toMatchObject({ answerId: here.answerId, isRepeated: true })
    }),
  )

  it(
    'tells the agent of the view on screen that the person sees, and of no other',
    story(async (client) => {
      const viewOf = async (view: string | null, actor = member) =>
        (await ask(client, actor, { view })).view?.id ?? null
      const shared = await insertView(client, { name: 'Shared' })
      const personal = await insertView(client, { visibility: 'personal', owner_id: ids.member })
      const deleted = await insertView(client, { deleted_at: 'now' })
      const foreign = await insertView(client, { workspace_id: theirs })
      expect([await viewOf(shared), await viewOf(personal), await viewOf(null)]).toEqual([
        shared,
        personal,
        null,
      ])
      for (const [view, actor] of [
        [personal, admin],
        [deleted, admin],
        [foreign, admin],
        [randomUUID(), member],
      ] as const)
        expect(await clientError(ask(client, actor, { view }))).toMatchObject({
          code: 'not_found',
          details: 'view_id',
        })
    }),
  )

  it(
    'that is answered again, or whose answer goes on, is about the same view, unless another is named',
    story(async (client) => {
      const [first, other] = [await insertView(client), await insertView(client)]
      const key = randomUUID()
      const begun = await ask(client, member, { key, view: first })
      await finish(client, begun, 'incomplete')
      // Sent once more it is the same question, whatever became of the view.
      expect(await ask(client, member, { key, view: randomUUID() })).toMatchObject({
        answerId: begun.answerId,
        view: null,
      })
      const again = async (question: Question) => {
        const next = await ask(client, member, question)
        await finish(client, next, 'incomplete')
        return { id: next.answerId, view: next.view?.id ?? null }
      }
      const regenerated = await again({ regenerateOf: begun.answerId })
      const continued = await again({ continueOf: regenerated.id })
      const elsewhere = await again({ regenerateOf: continued.id, view: other })
      const branch = await call<{ id: string }>(client, member, 'branch_conversation', [
        ours,
        begun.conversationId,
        begun.number,
      ])
      const { messages } = await read(client, branch.id)
      const inBranch = await again({ regenerateOf: messages[1]?.id ?? '' })
      expect([regenerated, continued, elsewhere, inBranch].map(({ view }) => view)).toEqual([
        first,
        first,
        other,
        first,
      ])
      expect((await again({ continueOf: elsewhere.id })).view).toBe(other)
      expect((await again({ conversation: begun.conversationId })).view).toBeNull()
      const { rows } = await call<{ rows: Record<string, unknown>[] }>(client, member, 'export_my_data', [
        'messages',
      ])
      const mine = rows.filter(({ conversationId }) => conversationId === begun.conversationId).slice(0, 2)
      expect(mine.map(({ number, viewId }) => ({ number, viewId }))).toEqual([
        { number: 1, viewId: null },
        { number: 2, viewId: first },
      ])
      await client.query('update public.dashboard_views set deleted_at = now() where id = $1', [first])
      expect((await again({ regenerateOf: regenerated.id })).view).toBeNull()
    }),
  )

  it(
    'holds for what is said of its size as far as that can be, and for what is known at least',
    story(async (client) => {
      const { rows } = await client.query<{ tokens: number[] }>(
        `select array_agg(private.believed_estimate(e.said, e.known)::integer order by e.n) as tokens
         from unnest($1::integer[], $2::bigint[]) with ordinality as e (said, known, n)`,
        [
          [null, 0, 100, 32_003, 32_004, 32_005],
          [0, 9, 3, 3, 4, 4],
        ],
      )
      expect(rows[0]?.tokens).toEqual([1, 4, 100, 32_003, 32_004, 32_004])
    }),
  )

  it(
    'holds for what is asked, and for a summary that is sent in place of what it sums up',
    story(async (client) => {
      const heldBehind = async (summary: string, content = 'And costs?') => {
        const { conversationId: conversation } = await exchange(client)
        const begun = await ask(client, member, { conversation })
        await call(client, service, 'keep_summary', [begun.answerId, begun.lease, 2, summary])
        await finish(client, begun)
        const next = await ask(client, member, { conversation, content })
        expect(next.summary).toEqual({ until: 2, text: summary })
        await finish(client, next)
        return next.heldCredits
      }
      const [short, long] = ['x', 'x'.repeat(30_000)]
      const least = await heldBehind(short)
      expect(await heldBehind(long)).toBeGreaterThan(least)
      expect(await heldBehind(short, long)).toBeGreaterThan(least)
    }),
  )

  it(
    'is for who may use agents, and its content is looked at after that',
    story(async (client) => {
      const content = 'x'.repeat(1_000_000)
      for (const [actor, code] of [
        [viewer, 'permission_denied'],
        [outsider, 'not_found'],
        [suspended, 'not_found'],
      ] as const)
        expect(await clientError(ask(client, actor, { content }))).toMatchObject({ code })
      for (const [question, details] of [
        [{ content }, 'content'],
        [{ content: ' \n\u200b' }, 'content'],
        [{ content: 'x', regenerateOf: randomUUID() }, 'content'],
        [{ content: 'x'.repeat(32_769) }, 'content'],
        [{ estimate: -1 }, 'estimated_input_tokens'],
        [{ estimate: 100_000_001 }, 'estimated_input_tokens'],
        [{ parent: 1 }, 'parent'],
      ] as const)
        expect(await clientError(ask(client, member, question))).toMatchObject({
          code: 'invalid_input',
          details,
        })
      for (const [details, values] of [
        ['idempotency_key', [null, 'Hello', null, assistant]],
        ['agent_id', [randomUUID(), 'Hello']],
        ['content', [randomUUID(), null, null, assistant]],
      ] as const)
        expect(await clientError(call(client, member, 'begin_answer', [ours, ...values]))).toMatchObject({
          code: 'invalid_input',
          details,
        })
      for (const [question, details] of [
        [{ agent: randomUUID() }, 'agent_id'],
        [{ conversation: randomUUID() }, 'conversation_id'],
        [{ regenerateOf: randomUUID() }, 'regenerate_of'],
      ] as const)
        expect(await clientError(ask(client, member, question))).toMatchObject({ code: 'not_found', details })
      const { rows } = await client.query('select count(*)::int from private.conversations')
      expect(rows).toEqual([{ count: 0 }])
      await ask(client, member, { content: '<|endoftext|> <b>bold' })
      const titles = await client.query('select title from private.conversations')
      expect(titles.rows).toEqual([{ title: '<|endoftext|> < b>bold' }])
    }),
  )

  it(
    'is refused where the conversation is full, the model has no price, or nothing is left',
    story(async (client) => {
      const { conversationId: conversation, answerId: regenerateOf } = await exchange(client)
      await client.query('update private.conversations set messages = 1000')
      expect(await clientError(ask(client, member, { conversation, regenerateOf }))).toMatchObject({
        code: 'conflict',
        details: 'messages',
      })
      await client.query('update private.conversations set messages = 999')
      expect(await clientError(ask(client, member, { conversation }))).toMatchObject({
        code: 'conflict',
        details: 'messages',
      })
      // An answer that is given again takes the place of one.
      await client.query('savepoint room')
      await ask(client, member, { conversation, regenerateOf })
      await client.query('rollback to savepoint room')
      // With room for a question and its answer it is asked.
      await client.query('update private.conversations set messages = 998')
      await ask(client, member, { conversation })
      const { rows: left } = await client.query(
        "update private.usage set held = held + 100, settled = settled + 100 where meter = 'ai_credits' returning held",
      )
      expect(left).toHaveLength(1)
      expect(await clientError(ask(client))).toMatchObject({ code: 'payment_required' })
      await client.query('delete from public.ai_model_prices')
      expect(await clientError(ask(client))).toMatchObject({ code: 'conflict', details: 'model' })
      for (const price of ['-1', 'NaN', 'Infinity', null])
        await expect(
          (async () => {
            await client.query('savepoint price')
            try {
              await client.query(
                `insert into public.ai_model_prices (model_key, holds_from, input, cached_input, output)
                 values ('gpt-6-luna', '2026-01-01', $1, 0, 0)`,
                [price],
              )
            } finally {
              await client.query('rollback to savepoint price')
            }
          })(),
        ).rejects.toMatchObject({ code: price === null ? '23502' : '23514' })
    }),
  )

  it(
    'is one of few that a person has answered at a time, and holds no more than it can come to',
    story(async (client) => {
      const first = await ask(client, member, { estimate: 100_000_000 })
      const { heldCredits } = first
      // 32,000 tokens beside what it says, and all that may be written.
      expect(heldCredits).toBeLessThan(2)
      for (let more = 1; more < 20; more += 1) await ask(client)
      expect(await clientError(ask(client))).toMatchObject({ code: 'conflict', details: 'answers' })
      await ask(client, admin)
      // One that has ended is none of them.
      await finish(client, first)
      await ask(client)
      expect(await clientError(ask(client))).toMatchObject({ code: 'conflict', details: 'answers' })
      await loseWriters(client)
      await ask(client)
      const { rows } = await client.query(
        `update private.rate_limit_buckets set full_at = clock_timestamp() + interval '1 minute'
         where bucket = 'begin_answer/person/' || $1 returning bucket`,
        [ids.member],
      )
      expect(rows).toHaveLength(1)
      expect(await clientError(ask(client))).toMatchObject({ code: 'rate_limited', details: 'person' })
      await ask(client, admin)
    }),
  )
})
