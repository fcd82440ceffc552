import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, clientError } from '../../support/database/act.ts'
import { append, ask, books, exchange, finish, texts } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { list, read, search, update } from '../../support/database/conversations.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

// Whose conversations are whose: reading, changing and sharing them.

const story = policySuite()

/** Every way to come to a conversation that takes its id. */
const ways = (client: pg.Client, actor: Actor, id: string, workspace = ours) =>
  [
    ['get_conversation', [workspace, id]],
    ['update_conversation', [workspace, id, { title: 'Mine' }]],
    ['delete_conversation', [workspace, id]],
    ['branch_conversation', [workspace, id, 2]],
    ['list_proposals', [workspace, id]],
    ['begin_answer', [workspace, randomUUID(), 'Hello', id]],
  ].map(
    ([name, values]) =>
      () =>
        call(client, actor, name as string, values as unknown[]),
  )

describe('a conversation', () => {
  it(
    'is its owner’s to list and read, a page at a time',
    story(async (client) => {
      const first = await exchange(client, member, { content: 'First\nquestion' })
      const second = await exchange(client, member, { content: 'Second' })
      await exchange(client, member, { conversation: second.conversationId, content: 'More' })
      const page = await list(client, member, 'mine', false, null, 1)
      expect(page.conversations).toMatchObject([
        { id: second.conversationId, title: 'Second', messageCount: 4 },
      ])
      const rest = await list(client, member, 'mine', false, page.next, 1)
      expect(rest.conversations).toMatchObject([{ id: first.conversationId, title: 'First question' }])
      expect(rest.next).toBeNull()
      await update(client, first.conversationId, { isPinned: true })
      const pinned = await list(client, member, 'mine', false, null, 1)
      expect(pinned.conversations[0]).toMatchObject({ id: first.conversationId, isPinned: true })
      expect((await list(client, member, 'mine', false, pinned.next)).conversations).toHaveLength(1)

      const latest = await read(client, second.conversationId, member, null, 3)
      expect(latest.messages.map(({ number, role, parent }) => [number, role, parent])).toEqual([
        [2, 'assistant', 1],
        [3, 'user', 2],
        [4, 'assistant', 3],
      ])
      expect(latest.messages[2]).toMatchObject({
        status: 'complete',
        parts: [{ text: 'It grew.' }],
        agent: { name: 'Assistant', version: 1 },
        model: 'gpt-6-luna',
        usage: { inputTokens: 1000, outputTokens: 100, credits: 0.015 },
      })
      expect(latest.next).toBe(2)
      const earlier = await read(client, second.conversationId, member, latest.next)
      expect(earlier.messages.map(({ number }) => number)).toEqual([1])
      expect(earlier.next).toBeNull()
    }),
  )

  it(
    'shows an answer while it is written',
    story(async (client) => {
      const begun = await ask(client)
      await append(client, begun, 0, texts(0, 'It ', 'gr'))
      const { messages, runningAnswer } = await read(client, begun.conversationId)
      expect(runningAnswer).toBe(begun.answerId)
      expect(messages[1]).toMatchObject({ status: 'running', parts: [{ text: 'It gr', sequence: 2 }] })
    }),
  )

  it(
    'is nobody else’s, whatever their role, nor the owner’s who lost the permission or the place',
    story(async (client) => {
      const { conversationId: id, answerId } = await exchange(client)
      for (const [actor, code] of [
        [admin, 'not_found'],
        [viewer, 'permission_denied'],
        [suspended, 'not_found'],
        [outsider, 'not_found'],
      ] as const)
        for (const way of ways(client, actor, id)) expect(await clientError(way())).toMatchObject({ code })
      // By its id from a workspace of one's own.
      for (const way of ways(client, outsider, id, theirs))
        expect(await clientError(way())).toMatchObject({ code: 'not_found', details: 'conversation_id' })
      expect(await clientError(call(client, admin, 'answer_parts', [answerId]))).toMatchObject({
        code: 'not_found',
      })
      expect((await list(client, admin)).conversations).toEqual([])
      expect((await list(client, admin, 'shared')).conversations).toEqual([])
      expect(await search(client, 'revenue', admin)).toEqual([])

      await client.query("update public.workspace_members set role_key = 'viewer' where user_id = $1", [
        ids.member,
      ])
      for (const way of ways(client, member, id))
        expect(await clientError(way())).toMatchObject({ code: 'permission_denied', details: 'ai.use' })
      await client.query(
        "update public.workspace_members set role_key = 'member', status = 'suspended' where user_id = $1",
        [ids.member],
      )
      for (const way of [
        ...ways(client, member, id),
        () => call(client, member, 'answer_parts', [answerId]),
        () => call(client, member, 'stop_answer', [answerId]),
        () => search(client, 'revenue'),
      ])
        expect(await clientError(way())).toMatchObject({ code: 'not_found' })
      await client.query('delete from public.workspace_members where user_id = $1', [ids.member])
      expect((await client.query('select from private.messages')).rowCount).toBe(0)
      // What it cost stays.
      expect((await client.query('select from private.ai_usage')).rowCount).toBe(1)
    }),
  )

  it(
    'is not for API keys',
    story(async (client) => {
      const { conversationId: id } = await exchange(client)
      const key = await machine(client)
      for (const way of [
        ...ways(client, key, id),
        () => list(client, key),
        () => search(client, 'revenue', key),
        () => ask(client, key),
        () => call(client, key, 'list_agents', [ours]),
        () => call(client, key, 'my_ai_usage', [ours, '2026-01-01', '2026-01-31', 'day']),
      ])
        expect(await clientError(way())).toMatchObject({ code: 'permission_denied' })
    }),
  )

  it(
    'is read by the workspace where it is shared, without tools and costs, and written by nobody else',
    story(async (client) => {
      const begun = await ask(client)
      await append(client, begun, 0, [
        { type: 'tool_call', sequence: 1, callId: 'a', name: 'query_metrics', arguments: '{"secret": 1}' },
        {
          type: 'tool_result',
          sequence: 2,
          callId: 'a',
          name: 'query_metrics',
          isFailed: true,
          message: 'secret',
        },
        ...texts(2, 'It grew.'),
      ])
      await finish(client, begun)
      const id = begun.conversationId
      expect(await update(client, id, { isShared: true })).toMatchObject({ isShared: true, isMine: true })
      const shared = await list(client, admin, 'shared')
      expect(shared.conversations).toMatchObject([
        { id, isMine: false, owner: { id: ids.member, name: 'member' } },
      ])
      const seen = await read(client, id, admin)
      expect(JSON.stringify(seen)).not.toMatch(/secret|query_metrics/)
      expect(seen.messages[1]).toMatchObject({ parts: [{ text: 'It grew.' }], usage: null })
      expect(await search(client, 'grew', admin)).toMatchObject([
        { conversationId: id, isMine: false, number: 2 },
      ])
      for (const way of ways(client, admin, id).slice(1))
        expect(await clientError(way())).toMatchObject({ code: 'not_found', details: 'conversation_id' })
      expect(await clientError(call(client, admin, 'answer_parts', [begun.answerId]))).toMatchObject({
        code: 'not_found',
      })
      for (const actor of [outsider, suspended])
        expect(await clientError(call(client, actor, 'get_conversation', [ours, id]))).toMatchObject({
          code: 'not_found',
        })
      // Another conversation of theirs is not shared with it.
      await exchange(client, member, { content: 'A walrus' })
      expect(await search(client, 'walrus', admin)).toEqual([])
      // What is said after is shared, too, and nothing once it is shared no more.
      await exchange(client, member, { conversation: id, content: 'Thanks' }, 'Zebra')
      expect(await search(client, 'zebra', admin)).toHaveLength(1)
      await update(client, id, { isShared: false })
      expect(await clientError(call(client, admin, 'get_conversation', [ours, id]))).toMatchObject({
        code: 'not_found',
      })
      expect(await search(client, 'zebra', admin)).toEqual([])
    }),
  )

  it(
    'is renamed, archived and deleted by its owner, who hears of it on every device',
    story(async (client) => {
      const { conversationId: id } = await exchange(client)
      await messagesOf(client)
      expect(await update(client, id, { title: ' Numbers\u200b ' })).toMatchObject({ title: 'Numbers' })
      expect(await search(client, 'numbers')).toMatchObject([{ number: 0, excerpt: 'Numbers' }])
      await update(client, id, { isArchived: true })
      expect((await list(client)).conversations).toEqual([])
      expect((await list(client, member, 'mine', true)).conversations).toMatchObject([
        { id, isArchived: true },
      ])
      expect(await clientError(ask(client, member, { conversation: id }))).toMatchObject({
        code: 'conflict',
        details: 'archived',
      })
      await update(client, id, { isArchived: false })
      for (const [patch, details] of [
        [{ title: '' }, 'title'],
        [{ title: '<b>x' }, 'title'],
        [{ isPinned: 1 }, 'isPinned'],
        [{ owner: 'x' }, 'owner'],
        [{ isArchived: 'yes' }, 'isArchived'],
        [{ isShared: 1 }, 'isShared'],
        [{ title: 'x'.repeat(101) }, 'title'],
        [{ title: 'x', more: 'x'.repeat(8_192) }, 'patch'],
        [null, ''],
        ['x', ''],
      ] as const)
        expect(
          await clientError(call(client, member, 'update_conversation', [ours, id, JSON.stringify(patch)])),
        ).toMatchObject({ code: 'invalid_input', details })
      // Since when, is not said anew.
      await update(client, id, { title: 'y'.repeat(100), isPinned: true, isArchived: true, isShared: true })
      await client.query(
        `update private.conversations set archived_at = '2026-01-01T00:00:00Z', shared_at = '2026-01-02T00:00:00Z'`,
      )
      await update(client, id, { isArchived: true, isShared: true })
      const [since] = (await client.query('select archived_at, shared_at from private.conversations')).rows
      expect([since.archived_at, since.shared_at]).toEqual([new Date('2026-01-01'), new Date('2026-01-02')])
      // What is not named stays.
      expect(await update(client, id, {})).toMatchObject({
        title: 'y'.repeat(100),
        isPinned: true,
        isArchived: true,
        isShared: true,
      })
      await update(client, id, { title: 'Numbers', isArchived: false, isShared: false })
      const running = await ask(client, member, { conversation: id })
      expect(
        await clientError(call(client, member, 'branch_conversation', [ours, id, running.number])),
      ).toMatchObject({ code: 'conflict', details: 'running' })
      await call(client, member, 'delete_conversation', [ours, id])
      // What the provider was asked is paid.
      const [{ held, spent } = { held: 1, spent: 0 }] = await books(client)
      expect(held).toBe(0)
      expect(spent).toBeGreaterThan(0.015)
      expect(await clientError(append(client, running, 0, texts(0, 'x')))).toMatchObject({
        code: 'not_found',
      })
      const events = (await messagesOf(client)).filter(({ event }) => event === 'conversation:updated')
      expect(new Set(events.map(({ topic }) => topic))).toEqual(new Set([`user:${ids.member}`]))
      expect(events.map(({ payload }) => payload.change)).toEqual(
        expect.arrayContaining(['changed', 'message', 'removed']),
      )
      expect(JSON.stringify(events)).not.toContain('Numbers')
    }),
  )

  it(
    'keeps the data that it cites, as long as it or a branch of it is there, and no other is kept for long',
    story(async (client) => {
      const [cited, uncited, fresh] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [
        string,
        string,
        string,
      ]
      const widget_id = randomUUID()
      await client.query(
        `insert into private.widget_snapshots (workspace_id, hash, widget_id, question, data, fetched_at, kept_at)
         select $1, s.hash, $2, '{}', '{}', now(), now() - s.age::interval
         from (values ($3, '2 days'), ($4, '2 days'), ($5, '1 hour')) as s (hash, age)`,
        [ours, widget_id, cited, uncited, fresh],
      )
      const kept = async () => {
        await client.query('select private.expire_snapshots(100)')
        const { rows } = await client.query('select hash from private.widget_snapshots order by hash')
        return rows.map(({ hash }) => hash)
      }
      const begun = await ask(client)
      const part = {
        viewId: randomUUID(),
        instanceId: randomUUID(),
        title: 'x',
        fetchedAt: '2026-01-01T00:00:00.000Z',
      }
      const citation = { type: 'citation', ...part, widgetId: widget_id, hash: cited }
      await append(client, begun, 0, [
        { ...citation, sequence: 1 },
        { ...citation, sequence: 2 },
      ])
      await finish(client, begun)
      expect(await kept()).toEqual([cited, fresh])
      const branch = await call<{ id: string }>(client, member, 'branch_conversation', [
        ours,
        begun.conversationId,
        2,
      ])
      await call(client, member, 'delete_conversation', [ours, begun.conversationId])
      expect(await kept()).toEqual([cited, fresh])
      await call(client, member, 'delete_conversation', [ours, branch.id])
      expect(await kept()).toEqual([fresh])
    }),
  )
})
