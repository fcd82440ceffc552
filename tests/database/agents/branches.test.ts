import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { conversationSchema, proposalSchema } from '../../../types/conversations.ts'
import { makeView } from '../../support/dashboards/view-rows.ts'
import { clientError, service } from '../../support/database/act.ts'
import { append, ask, exchange, finish, partsOf, settings, texts } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { read, search, update } from '../../support/database/conversations.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours } from '../../support/people/cast.ts'

// Branches of conversations: each stands for itself, with the same answers and proposals.

const story = policySuite()

const branchOf = async (client: pg.Client, conversation: string, number = 2) =>
  conversationSchema.parse(await call(client, member, 'branch_conversation', [ours, conversation, number]))
/** Messages as large as an answer can be, as far as is counted. */
const grow = async (client: pg.Client, conversation: string, from: number, to: number) => {
  await client.query(
    `insert into private.messages (
       workspace_id, conversation_id, number, parent, role, status, parts, bytes, finished_at)
     select $1, $2, n, n - 1, 'assistant', 'complete', '[]', 300000, now()
     from generate_series($3::integer + 1, $4::integer) as n`,
    [ours, conversation, from, to],
  )
}
/** Words of messages, 4,000 each, as of what was said before. */
const sayMuch = (client: pg.Client, conversation: string, messages: number) =>
  client.query(
    `insert into private.conversation_words (workspace_id, conversation_id, number, owner_id, words)
     select $1, $2, 900 - m, $4, array_to_tsvector(array(
       select 'said' || (m * 4000 + n) from generate_series(1, 4000) as n))
     from generate_series(1, $3::integer) as m`,
    [ours, conversation, messages, ids.member],
  )
const day = 86_400_000
const proposalsOf = async (client: pg.Client, conversation: string) =>
  proposalSchema.array().parse(await call(client, member, 'list_proposals', [ours, conversation]))

describe('a branch', () => {
  it(
    'has what led to one message, and nothing else',
    story(async (client) => {
      await exchange(client, member, { content: 'Another question' }, 'Hippo')
      const { conversationId: id, answerId } = await exchange(client, member, {}, 'Giraffe')
      await exchange(client, member, { regenerateOf: answerId }, 'Elephant')
      await exchange(client, member, { conversation: id, parent: 3, content: 'Why?' }, 'Because')
      const branch = conversationSchema.parse(
        await call(client, member, 'branch_conversation', [ours, id, 3]),
      )
      expect(branch).toMatchObject({ branchedFrom: id, messageCount: 2, head: 2, isShared: false })
      const { messages } = await read(client, branch.id)
      expect(messages).toMatchObject([
        { number: 1, parent: null, usage: null },
        { number: 2, parent: 1, parts: [{ text: 'Elephant' }], usage: { credits: 0 } },
      ])
      expect(await search(client, 'elephant')).toHaveLength(2)
      expect((await ask(client, member, { conversation: branch.id, content: 'On?' })).history).toHaveLength(3)
      for (const number of [1, 99])
        expect(
          await clientError(call(client, member, 'branch_conversation', [ours, id, number])),
        ).toMatchObject({ code: 'not_found', details: 'number' })
    }),
  )

  it(
    'has answers that are given again, continued and followed like any other, by its owner alone',
    story(async (client) => {
      const begun = await ask(client)
      await append(client, begun, 0, texts(0, 'It grew', ' by'))
      await finish(client, begun, 'incomplete')
      const { id } = await branchOf(client, begun.conversationId)
      const { messages } = await read(client, id)
      const copied = messages[1]?.id ?? ''
      expect(copied).not.toBe(begun.answerId)
      expect(await partsOf(client, copied)).toMatchObject({
        status: 'incomplete',
        lastSequence: 2,
        parts: [{ text: 'It grew by' }],
      })
      expect(await clientError(partsOf(client, copied, 0, admin))).toMatchObject({ code: 'not_found' })

      const continued = await ask(client, member, { continueOf: copied })
      expect(continued).toMatchObject({ conversationId: id, number: 3 })
      await finish(client, continued)
      expect(await exchange(client, member, { regenerateOf: copied })).toMatchObject({
        conversationId: id,
        number: 4,
      })
      expect((await read(client, begun.conversationId)).messages).toHaveLength(2)
      expect(
        await clientError(ask(client, member, { conversation: id, continueOf: begun.answerId })),
      ).toMatchObject({ code: 'not_found', details: 'continue_of' })
    }),
  )

  it(
    'says when what it copies was said, and goes on from the same summary',
    story(async (client) => {
      const { conversationId: id } = await exchange(client, member, {}, 'Giraffe')
      const begun = await ask(client, member, { conversation: id, content: 'On?' })
      await call(client, service, 'keep_summary', [begun.answerId, begun.lease, 2, 'They spoke of giraffes.'])
      await finish(client, begun)
      await client.query("update private.conversation_words set said_at = said_at - interval '30 days'")
      const branch = await branchOf(client, id, 4)
      const found = await search(client, 'giraffe')
      expect(new Set(found.map(({ saidAt }) => saidAt)).size).toBe(1)
      expect(found).toHaveLength(2)
      const next = await ask(client, member, { conversation: branch.id, content: 'And?' })
      expect(next.summary).toMatchObject({ until: 2, text: 'They spoke of giraffes.' })
    }),
  )

  it(
    'has the proposals of its messages as they stand, each to be decided for itself',
    story(async (client) => {
      const viewId = await makeView(client, member, { visibility: 'workspace' })
      const { version } = await call<{ version: number }>(client, member, 'get_view', [viewId])
      const patch = (sequence: number) => ({
        type: 'patch',
        sequence,
        proposalId: randomUUID(),
        viewId,
        version,
        summary: 'Tidy up',
        changes: [{ change: 'hide', instanceId: randomUUID() }],
      })
      const [open, rejected, later] = [patch(1), patch(2), patch(1)]
      const begun = await ask(client)
      await append(client, begun, 0, [open, rejected])
      await finish(client, begun)
      const { conversationId } = begun
      await call(client, member, 'reject_proposal', [ours, rejected.proposalId])
      const next = await ask(client, member, { conversation: conversationId })
      await append(client, next, 0, [later])
      await finish(client, next)

      const { id } = await branchOf(client, conversationId)
      const copies = await proposalsOf(client, id)
      expect(copies).toMatchObject([
        { conversationId: id, viewId, version, changes: open.changes, status: 'open' },
        { conversationId: id, viewId, status: 'rejected' },
      ])
      const [message] = (await read(client, id)).messages.slice(1)
      expect(message?.parts).toMatchObject(
        copies.map(({ id: proposalId }) => ({ type: 'patch', proposalId })),
      )
      const ids = copies.map((copy) => copy.id)
      expect(ids).not.toEqual(expect.arrayContaining([open.proposalId]))

      await call(client, member, 'delete_conversation', [ours, conversationId])
      await call(client, member, 'reject_proposal', [ours, ids[0]])
      expect((await proposalsOf(client, id)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    }),
  )

  it(
    'is one of twenty in a while',
    story(async (client) => {
      const { conversationId: id } = await exchange(client, member, {}, 'Giraffe')
      const branch = () => call(client, member, 'branch_conversation', [ours, id, 2])
      for (let count = 0; count < 20; count++) await branch()
      expect(await clientError(branch())).toMatchObject({ code: 'rate_limited', details: 'person' })
      const { rows } = await client.query('select count(*)::int from private.conversations')
      expect(rows).toEqual([{ count: 21 }])
    }),
  )

  it(
    'is kept as long as what it ends with, and asked further from then on',
    story(async (client) => {
      const { conversationId: id } = await exchange(client, member, {}, 'Giraffe')
      await client.query(
        "update private.messages set finished_at = now() - interval '40 days' where number = 2",
      )
      await exchange(client, member, { conversation: id, content: 'On?' })
      await settings(client, { retentionDays: 30 })
      const { id: old, lastMessageAt } = await branchOf(client, id)
      expect(Date.parse(lastMessageAt)).toBeLessThan(Date.now() - 39 * day)
      const fresh = await branchOf(client, id, 4)
      const expire = () => client.query('select private.expire_conversations(10)')
      const next = await ask(client, member, { conversation: old, content: 'And?' })
      await expire()
      await finish(client, next)
      const other = await branchOf(client, id)
      await expire()
      const { rows } = await client.query<{ id: string }>('select id from private.conversations')
      expect(rows.map((row) => row.id).sort()).toEqual([id, old, fresh.id].sort())
      expect(rows.map((row) => row.id)).not.toContain(other.id)
    }),
  )

  it(
    'is refused where what leads to it is more than a statement has time for, and can begin before that',
    story(async (client) => {
      const { conversationId: id } = await exchange(client, member, {}, 'Giraffe')
      await exchange(client, member, { conversation: id, content: 'On?' })
      // What it would come to: the texts themselves are short.
      await grow(client, id, 4, 204)
      const refused = clientError(call(client, member, 'branch_conversation', [ours, id, 204]))
      expect(await refused).toMatchObject({ code: 'conflict', details: 'number' })
      await branchOf(client, id, 200)
      await branchOf(client, id, 2)
    }),
  )

  it(
    'counts by what it copies',
    story(async (client) => {
      const { conversationId: id } = await exchange(client, member, {}, 'Giraffe')
      await grow(client, id, 2, 150)
      const branch = () => branchOf(client, id, 150)
      await Promise.all([branch(), branch()])
      expect(await clientError(call(client, member, 'branch_conversation', [ours, id, 150]))).toMatchObject({
        code: 'rate_limited',
        details: 'person',
        hint: expect.stringMatching(/^Try again in \d+ seconds\.$/),
      })
      // What is short has room beside it.
      await branchOf(client, id)
    }),
  )
})

describe('sharing', () => {
  it(
    'counts by the words that others find from then on, and is taken back at any time',
    story(async (client) => {
      const { conversationId: id } = await exchange(client, member, {}, 'Giraffe')
      await sayMuch(client, id, 60)
      const share = (isShared: boolean) => update(client, id, { isShared })
      for (let times = 0; times < 2; times += 1) {
        await share(true)
        // It is shared already.
        await share(true)
        await share(false)
      }
      const refused = () =>
        clientError(call(client, member, 'update_conversation', [ours, id, { isShared: true }]))
      expect(await refused()).toMatchObject({ code: 'rate_limited', details: 'person' })
      await update(client, id, { isPinned: true, isShared: false })
      await client.query(
        "update private.rate_limit_buckets set full_at = now() where bucket like 'conversation_words/%'",
      )
      await share(true)
      await client.query("update private.rate_limit_buckets set full_at = now() + interval '1 hour'")
      expect(await share(false)).toMatchObject({ isShared: false })
    }),
  )
})

describe('the words of a conversation', () => {
  it(
    'are few enough for a branch of it, and to be shared',
    story(async (client) => {
      const { conversationId: id } = await exchange(client, member, {}, 'Giraffe')
      await sayMuch(client, id, 74)
      // 296,002 and those of the question.
      const long = (from: number) => Array.from({ length: 3_900 }, (_, n) => `w${from + n}`).join(' ')
      await exchange(client, member, { conversation: id, content: `hippo ${long(0)}` }, 'elephant')
      await exchange(client, member, { conversation: id, content: `zebra ${long(5_000)}` }, 'lion')
      const found = async (word: string) => (await search(client, word)).length
      expect([
        await found('hippo'),
        await found('elephant'),
        await found('zebra'),
        await found('lion'),
      ]).toEqual([1, 1, 0, 1])
      await update(client, id, { title: 'Antelopes' })
      expect(await found('antelopes')).toBe(1)
    }),
  )
})
