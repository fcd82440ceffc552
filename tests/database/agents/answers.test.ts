import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { clientError, service } from '../../support/database/act.ts'
import {
  append,
  ask,
  assistant,
  books,
  exchange,
  finish,
  loseWriters,
  partsOf,
  texts,
  usage,
} from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, viewer } from '../../support/people/cast.ts'

// How an answer begins and ends: once, with what it cost.

const story = policySuite()
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
    'is read once it has ended as itself, beside those at the same place of other conversations',
    story(async (client) => {
      const [one, other] = [await exchange(client), await exchange(client, member, {}, 'It fell.')]
      expect(one.number).toBe(other.number)
      expect((await partsOf(client, one.answerId)).parts).toMatchObject([{ text: 'It grew.' }])
      expect((await partsOf(client, other.answerId)).parts).toMatchObject([{ text: 'It fell.' }])
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
        [2, null as unknown as string, 'summary'],
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
    'is not summed up for a quarter of an hour after that came to nothing, and loses no message',
    story(async (client) => {
      const { conversationId: conversation } = await exchange(client)
      const begun = await ask(client, member, { conversation, content: 'Why?' })
      expect(begun.summarize).toBe(true)
      await call(client, service, 'keep_summary', [begun.answerId, begun.lease])
      await finish(client, begun)
      const next = async (content: string, minutes: number) => {
        await client.query(
          'update private.answers set summary_failed_at = summary_failed_at - make_interval(mins => $1)',
          [minutes],
        )
        const answer = await ask(client, member, { conversation, content })
        await finish(client, answer)
        return answer
      }
      expect(await next('And?', 14)).toMatchObject({ summarize: false, summary: null })
      const other = await ask(client, member, { content: 'Costs?' })
      expect(other.summarize).toBe(true)
      await finish(client, other)
      const later = await next('Well?', 2)
      expect(later).toMatchObject({ summarize: true, summary: null })
      expect(later.history.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7])
    }),
  )

  it(
    'has its question as it was asked where it is given again or goes on, whatever a later summary says',
    story(async (client) => {
      const { conversationId: conversation } = await exchange(client)
      const early = await ask(client, member, { conversation, content: 'Why?' })
      await call(client, service, 'keep_summary', [early.answerId, early.lease, 2, 'They began.'])
      await append(client, early, 0, texts(0, 'Because'))
      await finish(client, early, 'incomplete')
      const late = await ask(client, member, { conversation, content: 'And?' })
      for (const until of [3, 4])
        await call(client, service, 'keep_summary', [late.answerId, late.lease, until, `Up to ${until}.`])
      await finish(client, late)
      for (const [question, until, numbers] of [
        [{ regenerateOf: early.answerId }, 2, [3]],
        [{ continueOf: early.answerId }, 2, [3, 4]],
        [{ conversation, parent: 4, content: 'Then?' }, 4, [9]],
      ] as const) {
        const begun = await ask(client, member, question)
        expect(begun.summary?.until).toBe(until)
        expect(begun.history.map(({ number }) => number)).toEqual(numbers)
        await finish(client, begun)
      }
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
