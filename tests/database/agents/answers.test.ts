import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { type Actor, clientError, service } from '../../support/database/act.ts'
import {
  append,
  ask,
  assistant,
  books,
  exchange,
  finish,
  loseWriters,
  texts,
  usage,
} from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

// How an answer begins, is written and ends: once, by one writer, with what it cost.

const story = policySuite()

interface Parts {
  status: string
  parts: { text?: string; sequence: number }[]
  lastSequence: number
}
const partsOf = (client: pg.Client, answerId: string, after = 0, actor: Actor = member) =>
  call<Parts>(client, actor, 'answer_parts', [answerId, after])
const interrupt = async (client: pg.Client) =>
  (await client.query('select private.interrupt_lost_answers(10) as count')).rows[0].count
const statusOf = async (client: pg.Client) =>
  (await client.query('select status, parts, credits::float from private.messages order by number')).rows

describe('an answer', () => {
  it(
    'begins with all that its writer needs, and ends as a message with what it cost',
    story(async (client) => {
      const begun = await ask(client)
      expect(begun).toMatchObject({
        isRepeated: false,
        status: 'running',
        agent: {
          id: assistant,
          version: 1,
          maxTokens: 4096,
          tools: expect.arrayContaining(['query_metrics']),
        },
        model: {
          key: 'gpt-6-luna',
          price: { input: 0.1, cachedInput: 0.01, cacheWrite: 0.125, output: 0.5 },
        },
        fallback: { key: 'gpt-5.6-luna' },
        moderation: false,
        summary: null,
        history: [{ number: 1, role: 'user', parts: [{ type: 'text', text: 'How is revenue?' }] }],
      })
      // All that the dearer of the two may write, and what is known to be sent.
      expect(begun.heldCredits).toBeGreaterThan(0.49152)
      expect(begun.heldCredits).toBeLessThan(0.85)
      expect(await append(client, begun, 0, texts(0, 'It ', 'grew '))).toMatchObject({ lastSequence: 2 })
      expect(await partsOf(client, begun.answerId, 1)).toMatchObject({
        status: 'running',
        parts: [{ text: 'grew ' }],
      })
      await append(client, begun, 2, texts(2, 'by 5 %.'))
      const ended = await finish(client, begun, 'complete', [usage(1000, 100, { cachedTokens: 400 })])
      // 600 × 0.1 + 400 × 0.01 + 100 × 0.5 dollars a million.
      expect(ended).toMatchObject({ status: 'complete', credits: 0.0114 })
      expect((await statusOf(client))[1]).toEqual({
        status: 'complete',
        parts: [{ type: 'text_delta', sequence: 3, text: 'It grew by 5 %.' }],
        credits: 0.0114,
      })
      // A text that began before the number comes whole.
      expect((await partsOf(client, begun.answerId, 2)).parts).toMatchObject([{ text: 'It grew by 5 %.' }])
      expect((await partsOf(client, begun.answerId, 3)).parts).toEqual([])
      expect(await books(client)).toEqual(
        ['agent', 'person', 'workspace'].map((scope) => ({ scope, held: 0, spent: 0.0114 })),
      )
    }),
  )

  it(
    'is one and the same for a question that is sent twice, and its lease is for who came first',
    story(async (client) => {
      const key = randomUUID()
      const first = await ask(client, member, { key })
      const again = await ask(client, member, { key })
      expect(again).toMatchObject({ answerId: first.answerId, isRepeated: true, lease: null, history: [] })
      expect((await books(client))[0]?.held).toBeCloseTo(first.heldCredits)
      expect(await clientError(ask(client, member, { key, content: 'Another' }))).toMatchObject({
        code: 'conflict',
        details: 'idempotency_key',
      })
      // A key is the person's own.
      expect(await ask(client, admin, { key })).toMatchObject({ isRepeated: false })
    }),
  )

  it(
    'is the only one that runs in its conversation',
    story(async (client) => {
      const begun = await ask(client)
      const more = { conversation: begun.conversationId, content: 'And now?' }
      expect(await clientError(ask(client, member, more))).toMatchObject({
        code: 'conflict',
        details: 'running',
      })
      await finish(client, begun)
      const next = await ask(client, member, more)
      expect(next.history.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
      // Whoever asks does not wait for the job.
      await loseWriters(client)
      const third = await ask(client, member, { ...more, content: 'Hello?' })
      expect(third.number).toBe(6)
      expect((await statusOf(client)).map(({ status }) => status)).toEqual([
        'complete',
        'complete',
        'complete',
        'interrupted',
        'complete',
        'running',
      ])
    }),
  )

  it(
    'whose writer is silent ends interrupted, with what came; calls that were reported are paid',
    story(async (client) => {
      const begun = await ask(client)
      await append(client, begun, 0, texts(0, 'It '))
      await call(client, service, 'renew_answer', [
        begun.answerId,
        begun.lease,
        2000,
        JSON.stringify([usage(1000, 0)]),
      ])
      expect(await interrupt(client)).toBe(0)
      await loseWriters(client)
      expect(await interrupt(client)).toBe(1)
      expect((await statusOf(client))[1]).toMatchObject({ status: 'interrupted', parts: [{ text: 'It ' }] })
      expect((await books(client))[0]).toEqual({ scope: 'agent', held: 0, spent: 0.01 })
      for (const late of [append(client, begun, 1, texts(1, 'grew'))])
        expect(await clientError(late)).toMatchObject({ code: 'conflict', details: 'lease' })
      expect(await clientError(finish(client, begun))).toMatchObject({ code: 'conflict', details: 'lease' })
      expect((await books(client))[0]).toEqual({ scope: 'agent', held: 0, spent: 0.01 })
    }),
  )

  it(
    'is stopped by its person: the writer hears of it and keeps what came',
    story(async (client) => {
      const begun = await ask(client)
      for (const actor of [admin, viewer, outsider, suspended])
        expect(await clientError(call(client, actor, 'stop_answer', [begun.answerId]))).toMatchObject({
          code: 'not_found',
          details: 'answer_id',
        })
      expect(await call(client, member, 'stop_answer', [begun.answerId])).toEqual({
        answerId: begun.answerId,
        status: 'running',
      })
      expect(await append(client, begun, 0, texts(0, 'It'))).toMatchObject({ isStopRequested: true })
      await finish(client, begun, 'stopped')
      expect(await finish(client, begun, 'complete', [usage(), usage()])).toMatchObject({ status: 'stopped' })
      const goesOn = await ask(client, member, { continueOf: begun.answerId })
      expect(goesOn.history.map(({ role }) => role)).toEqual(['user', 'assistant'])
      await finish(client, goesOn)
      expect(await clientError(ask(client, member, { continueOf: goesOn.answerId }))).toMatchObject({
        code: 'conflict',
        details: 'status',
      })
    }),
  )

  it(
    'is given again beside the first, and a question is asked again from any point',
    story(async (client) => {
      const { answerId, conversationId: conversation } = await exchange(client)
      const again = await ask(client, member, { regenerateOf: answerId })
      expect(again).toMatchObject({ number: 3, conversationId: conversation })
      expect(again.history.map(({ number }) => number)).toEqual([1])
      await finish(client, again)
      const other = await ask(client, member, { conversation, parent: 2, content: 'Why?' })
      expect(other.history.map(({ number }) => number)).toEqual([1, 2, 4])
      await finish(client, other)
      const anew = await ask(client, member, { conversation, parent: 0, content: 'Costs?' })
      expect(anew.history.map(({ number }) => number)).toEqual([6])
      await finish(client, anew)
      for (const parent of [1, 99, -1])
        expect(await clientError(ask(client, member, { conversation, parent }))).toMatchObject({
          code: 'invalid_input',
          details: 'parent',
        })
    }),
  )

  it(
    'goes over to another process, and the first writes no more',
    story(async (client) => {
      const begun = await ask(client)
      await append(client, begun, 0, texts(0, 'It ', 'grew'))
      const taken = await call<typeof begun & { parts: unknown[] }>(client, service, 'resume_answer', [
        begun.answerId,
        begun.lease,
      ])
      expect(taken).toMatchObject({
        parts: [{ text: 'It grew', sequence: 2 }],
        lastSequence: 2,
        history: [{ number: 1 }],
      })
      expect(await clientError(append(client, begun, 2, texts(2, '!')))).toMatchObject({ details: 'lease' })
      await append(client, taken, 2, texts(2, '.'))
      await finish(client, taken)
    }),
  )

  it(
    'is summed up once, and what came before is not sent again',
    story(async (client) => {
      const { conversationId: conversation } = await exchange(client)
      const begun = await ask(client, member, { conversation, content: 'Why?' })
      const keep = (until: number, text = 'They spoke of revenue.') =>
        call(client, service, 'keep_summary', [begun.answerId, begun.lease, until, text])
      expect(await clientError(keep(4))).toMatchObject({ code: 'invalid_input', details: 'until_number' })
      for (const [until, text, details] of [
        [begun.number, 'x', 'until_number'],
        [null as unknown as number, 'x', 'until_number'],
        [2, ' ', 'summary'],
        [2, 'x'.repeat(32_769), 'summary'],
      ] as const)
        expect(await clientError(keep(until, text))).toMatchObject({ code: 'invalid_input', details })
      await keep(2)
      await keep(1, 'They began.')
      await finish(client, begun)
      // Of another conversation, and of what did not lead here, it is not.
      const other = await exchange(client, admin)
      const apart = await ask(client, admin, { conversation: other.conversationId, content: 'And?' })
      expect(apart.summary).toBeNull()
      expect(apart.history.map(({ number }) => number)).toEqual([1, 2, 3])
      const anew = await ask(client, member, { conversation, parent: 0, content: 'Costs?' })
      expect(anew.summary).toBeNull()
      await finish(client, anew)
      await client.query('update private.conversations set head = 4 where id = $1', [conversation])
      const next = await ask(client, member, { conversation, content: 'And?' })
      expect(next.summary).toEqual({ until: 2, text: 'They spoke of revenue.' })
      expect(next.history.map(({ number }) => number)).toEqual([3, 4, 7])
    }),
  )

  it(
    'tells its person, on their own channel, ids and nothing else',
    story(async (client) => {
      await messagesOf(client)
      const begun = await exchange(client)
      const told = (await messagesOf(client)).filter(({ event }) => event === 'conversation:updated')
      expect(told).toEqual(
        [1, 2].map(() => ({
          topic: `user:${ids.member}`,
          event: 'conversation:updated',
          payload: {
            workspaceId: ours,
            conversationId: begun.conversationId,
            messageId: begun.answerId,
            change: 'message',
          },
        })),
      )
    }),
  )
})

const patch = (more: object) => ({
  type: 'patch',
  sequence: 4,
  proposalId: randomUUID(),
  viewId: randomUUID(),
  version: 1,
  summary: '',
  changes: [],
  ...more,
})
const citation = (more: object) => ({
  type: 'citation',
  sequence: 4,
  widgetId: randomUUID(),
  hash: '0'.repeat(64),
  ...more,
})

describe('a writer', () => {
  it(
    'leaves no gap, writes nothing twice and nothing that is too large or of no kind',
    story(async (client) => {
      const begun = await ask(client)
      await append(client, begun, 0, texts(0, 'a', 'b'))
      expect(await append(client, begun, 0, texts(0, 'a', 'b', 'c'))).toMatchObject({ lastSequence: 3 })
      expect((await partsOf(client, begun.answerId)).parts.map(({ text }) => text)).toEqual(['a', 'b', 'c'])
      for (const [after, parts, code, details] of [
        [5, texts(5, 'x'), 'conflict', 'after_sequence'],
        [3, texts(2, 'x'), 'invalid_input', 'parts.0.sequence'],
        [3, {}, 'invalid_input', 'parts'],
        [3, [{ type: 'html', sequence: 4 }], 'invalid_input', 'parts.0.type'],
        [3, texts(3, 'x'.repeat(65_537)), 'invalid_input', 'parts.0.text'],
        [3, ['x'], 'invalid_input', 'parts.0'],
        [3, [{ type: 'text_delta', sequence: 1_000_001, text: 'x' }], 'invalid_input', 'parts.0.sequence'],
        [-1, texts(3, 'x'), 'conflict', 'after_sequence'],
        [null as unknown as number, texts(3, 'x'), 'conflict', 'after_sequence'],
        [3, [patch({ summary: 'x'.repeat(4_097) })], 'invalid_input', 'parts.0.summary'],
        [3, [patch({ changes: Array(201).fill({}) })], 'invalid_input', 'parts.0.changes'],
        [3, [patch({ changes: {} })], 'invalid_input', 'parts.0.changes'],
        [3, [patch({ version: 0 })], 'invalid_input', 'parts.0.version'],
        [3, [patch({ viewId: 'x' })], 'invalid_input', 'parts.0.viewId'],
        [3, [patch({ proposalId: 'x' })], 'invalid_input', 'parts.0.proposalId'],
        [3, [citation({ hash: 'z'.repeat(64) })], 'invalid_input', 'parts.0.hash'],
        [3, [citation({ widgetId: 'x' })], 'invalid_input', 'parts.0.widgetId'],
        [3, texts(3, ...Array(501).fill('x')), 'invalid_input', 'parts'],
        [
          3,
          [{ type: 'citation', sequence: 4, widgetId: randomUUID(), hash: '0'.repeat(64) }],
          'invalid_input',
        ],
        [
          3,
          [
            {
              type: 'patch',
              sequence: 4,
              proposalId: randomUUID(),
              viewId: randomUUID(),
              version: 1,
              summary: '',
              changes: [],
            },
          ],
          'invalid_input',
          'parts.patch',
        ],
      ] as const)
        expect(await clientError(append(client, begun, after, parts))).toMatchObject({
          code,
          ...(details && { details }),
        })
      // What another workspace keeps, or of another widget, is nothing that this answer cites.
      const [hash, widgetId] = ['a'.repeat(64), randomUUID()]
      await client.query(
        `insert into private.widget_snapshots (workspace_id, hash, widget_id, question, data, fetched_at)
         values ($1, $3, $4, '{}', '{}', now()), ($2, repeat('b', 64), $4, '{}', '{}', now())`,
        [theirs, ours, hash, widgetId],
      )
      for (const more of [
        { hash, widgetId },
        { hash: 'b'.repeat(64), widgetId: randomUUID() },
      ])
        expect(await clientError(append(client, begun, 3, [citation(more)]))).toMatchObject({
          code: 'invalid_input',
          details: 'parts.citation',
        })
      for (let after = 3; after < 6; after += 1)
        await append(client, begun, after, texts(after, 'x'.repeat(65_000)))
      expect(
        await clientError(append(client, begun, 6, texts(6, ...Array(2).fill('x'.repeat(65_000))))),
      ).toMatchObject({
        code: 'invalid_input',
        details: 'parts',
      })
      await finish(client, begun, 'incomplete')
    }),
  )

  it(
    'is the server alone, with the lease',
    story(async (client) => {
      const begun = await ask(client)
      for (const name of [
        'append_answer',
        'finish_answer',
        'renew_answer',
        'resume_answer',
        'keep_summary',
      ]) {
        const values = {
          append_answer: [begun.answerId, begun.lease, 0, '[]'],
          finish_answer: [begun.answerId, begun.lease, 'complete'],
          renew_answer: [begun.answerId, begun.lease],
          resume_answer: [begun.answerId, begun.lease],
          keep_summary: [begun.answerId, begun.lease, 1, 'x'],
        }[name]
        await expect(call(client, member, name, values ?? [])).rejects.toMatchObject({ code: '42501' })
      }
      const stranger = { ...begun, lease: randomUUID() }
      expect(await clientError(append(client, stranger, 0, texts(0, 'x')))).toMatchObject({
        details: 'lease',
      })
      expect(await clientError(finish(client, { ...begun, answerId: randomUUID() }))).toMatchObject({
        code: 'not_found',
      })
    }),
  )

  it(
    'reports calls that can be, and each once',
    story(async (client) => {
      const begun = await ask(client)
      for (const [calls, details] of [
        [{}, 'usage'],
        [[usage(-1)], 'usage.0.inputTokens'],
        [[usage(10, 1, { cachedTokens: 11 })], 'usage.0.cachedTokens'],
        [[usage(10, 1, { cachedTokens: 6, cacheWriteTokens: 5 })], 'usage.0.cacheWriteTokens'],
        [[usage(), usage(1, 1.5)], 'usage.1.outputTokens'],
        [[usage(1, 1, { model: 'gpt-6.1-terra' })], 'usage.0.model'],
        [[usage(1, 1, { price: 0 })], 'usage.0.price'],
        [[usage(100_000_001)], 'usage.0.inputTokens'],
        [[usage(1, 100_000_001)], 'usage.0.outputTokens'],
        [[usage(1, 1, { milliseconds: -1 })], 'usage.0.milliseconds'],
        [[usage(1, 1, { isEstimated: 1 })], 'usage.0.isEstimated'],
        [[usage(1, 1, { outcome: 'Two words' })], 'usage.0.outcome'],
        [Array(101).fill(usage(0, 0)), 'usage'],
        [[usage(1, 1, { outcome: 'x'.repeat(65_536) })], 'usage'],
      ])
        expect(await clientError(finish(client, begun, 'complete', calls))).toMatchObject({
          code: 'invalid_input',
          details,
        })
      for (const [status, error, details] of [
        ['running', null, 'status'],
        [null as unknown as string, null, 'status'],
        ['failed', { code: 'x', message: 'x'.repeat(4_096) }, 'error'],
        ['failed', { code: 'x' }, 'error.message'],
        ['failed', { code: 'x', message: 'x', more: 1 }, 'error.more'],
      ] as const)
        expect(await clientError(finish(client, begun, status, [], error))).toMatchObject({
          code: 'invalid_input',
          details,
        })
      expect(
        await clientError(call(client, service, 'renew_answer', [begun.answerId, begun.lease, 100_000_001])),
      ).toMatchObject({ code: 'invalid_input', details: 'estimated_input_tokens' })
      expect(await clientError(call(client, member, 'answer_parts', [begun.answerId, -1]))).toMatchObject({
        code: 'invalid_input',
        details: 'after_sequence',
      })
      const renew = (calls: unknown[]) =>
        call(client, service, 'renew_answer', [begun.answerId, begun.lease, null, JSON.stringify(calls)])
      await renew([usage()])
      await renew([usage(), usage(2000, 200)])
      await finish(client, begun, 'complete', [usage(), usage(2000, 200), usage(0, 0)])
      const { rows } = await client.query(
        'select number, credits::float from private.ai_usage order by number',
      )
      expect(rows).toEqual([
        { number: 1, credits: 0.015 },
        { number: 2, credits: 0.03 },
        { number: 3, credits: 0 },
      ])
      expect((await books(client))[0]).toEqual({ scope: 'agent', held: 0, spent: 0.045 })
    }),
  )
})

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
            details: 'answer_id',
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
      const viewOf = async (view: string | null, actor: Actor = member) => {
        const begun = await call<{ view: { id: string } | null }>(client, actor, 'begin_answer', [
          ours,
          randomUUID(),
          'What is this?',
          null,
          assistant,
          ...[null, null, null, 0],
          view,
        ])
        return begun.view?.id ?? null
      }
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
        expect(await viewOf(view, actor)).toBeNull()
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
        [{ regenerateOf: randomUUID() }, 'answer_id'],
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
      const { conversationId: conversation } = await exchange(client)
      await client.query('update private.conversations set messages = 999')
      expect(await clientError(ask(client, member, { conversation }))).toMatchObject({
        code: 'conflict',
        details: 'messages',
      })
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
