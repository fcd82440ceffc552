import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import {
  conversationListSchema,
  conversationSchema,
  foundMessagesSchema,
  storedConversationSchema,
} from '../../../types/conversations.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { append, ask, books, exchange, finish, texts } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

// Whose conversations are whose: reading, changing, sharing, branching and searching them.

const story = policySuite()

const list = async (client: pg.Client, actor: Actor = member, ...more: unknown[]) =>
  conversationListSchema.parse(await call(client, actor, 'list_conversations', [ours, ...more]))
const read = async (client: pg.Client, conversation: string, actor: Actor = member, ...more: unknown[]) =>
  storedConversationSchema.parse(await call(client, actor, 'get_conversation', [ours, conversation, ...more]))
const update = async (client: pg.Client, conversation: string, patch: object, actor: Actor = member) =>
  conversationSchema.parse(await call(client, actor, 'update_conversation', [ours, conversation, patch]))
const search = async (client: pg.Client, words: string, actor: Actor = member, workspace = ours) =>
  foundMessagesSchema.parse(await call(client, actor, 'search_conversations', [workspace, words]))

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
    'branches from a message, with what led to it alone',
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

  it(
    'branches at a pace',
    story(async (client) => {
      const { conversationId: id } = await exchange(client, member, {}, 'Giraffe')
      const branch = () => call(client, member, 'branch_conversation', [ours, id, 2])
      for (let count = 0; count < 20; count++) await branch()
      expect(await clientError(branch())).toMatchObject({ code: 'rate_limited', details: 'person' })
      const { rows } = await client.query('select count(*)::int from private.conversations')
      expect(rows).toEqual([{ count: 21 }])
    }),
  )
})

describe('a search', () => {
  it(
    'finds all words, their beginnings, in any language and case, latest first',
    story(async (client) => {
      await exchange(
        client,
        member,
        { content: 'Wie war der Umsatz im März?' },
        'Revenue of É.ON rose\nsteeply in March',
      )
      await exchange(client, member, { content: "It's 50% (a:b & !c) | \\ path" }, 'Nothing')
      for (const words of ['umsatz märz', 'REV', 'é.on', 'steep march', 'rose steeply'])
        expect(
          (await search(client, words)).filter(({ number }) => number > 0),
          words,
        ).toHaveLength(1)
      for (const words of ["it's", '50%', '\\ path', "a:b'", 'nothing'])
        expect((await search(client, words)).length, words).toBeGreaterThan(0)
      expect(await search(client, 'umsatz giraffe')).toEqual([])
      expect((await search(client, 'steep'))[0]?.excerpt).toContain('rose steeply in March')
      for (const words of ['', ' ', '!&|', 'x'.repeat(5_000)])
        expect(await clientError(search(client, words))).toMatchObject({
          code: 'invalid_input',
          details: 'search',
        })
    }),
  )

  it(
    'crosses into no other workspace, also for who is in both',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [ours, ids.outsider],
      )
      await exchange(client, outsider, { content: 'A giraffe', workspace: theirs })
      await exchange(client, outsider, { content: 'An elephant' })
      expect(await search(client, 'giraffe', outsider)).toEqual([])
      expect(await search(client, 'giraffe', outsider, theirs)).toHaveLength(2)
      // As if a word could name the workspace.
      expect(await search(client, `${theirs}giraffe`, outsider)).toEqual([])
      expect(await search(client, `${theirs} giraffe`, outsider)).toEqual([])
      // Nor do lists, of one's own and of what is shared.
      const { conversations } = await list(client, outsider)
      expect(conversations.map(({ title }) => title)).toEqual(['An elephant'])
      await client.query('update private.conversations set shared_at = now()')
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
        [theirs, ids.member],
      )
      expect((await list(client, member, 'shared')).conversations.map(({ title }) => title)).toEqual([
        'An elephant',
      ])
      // And no question goes on elsewhere.
      const here = conversations[0]?.id ?? ''
      expect(
        await clientError(ask(client, outsider, { conversation: here, workspace: theirs })),
      ).toMatchObject({ code: 'not_found', details: 'conversation_id' })
      for (const [scope, archived, after, perPage, details] of [
        ['all', false, null, 50, 'scope'],
        [null, false, null, 50, 'scope'],
        ['mine', false, 'x', 50, 'after'],
        ['mine', false, null, 0, 'per_page'],
        ['mine', false, null, 101, 'per_page'],
      ] as const)
        expect(await clientError(list(client, outsider, scope, archived, after, perPage))).toMatchObject({
          code: 'invalid_input',
          details,
        })
      await list(client, outsider, 'mine', null, null, 100)
      for (const perPage of [0, 201])
        expect(await clientError(read(client, here, outsider, null, perPage))).toMatchObject({
          details: 'per_page',
        })
      for (const perPage of [0, 51])
        expect(
          await clientError(call(client, outsider, 'search_conversations', [ours, 'elephant', perPage])),
        ).toMatchObject({ details: 'per_page' })
    }),
  )
})

describe('a page of a search that the latest fill', () => {
  const page = async (client: pg.Client, actor: Actor, words: string, most: number, workspace = ours) =>
    foundMessagesSchema
      .parse(await call(client, actor, 'search_conversations', [workspace, words, most]))
      .map(({ conversationId, number }) => `${conversationId} ${number}`)
  const places = ({ conversationId: id }: { conversationId: string }) => [`${id} 1`, `${id} 0`]

  it(
    'has nothing of others, of another workspace, or twice',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
        [theirs, ids.member],
      )
      const content = 'A giraffe'
      const mine = await exchange(client, member, { content })
      await update(client, mine.conversationId, { isShared: true })
      await exchange(client, admin, { content })
      expect(await page(client, member, 'giraffe', 2)).toEqual(places(mine))
      const there = [
        await exchange(client, member, { content, workspace: theirs }),
        await exchange(client, outsider, { content, workspace: theirs }),
      ]
      await call(client, outsider, 'update_conversation', [
        theirs,
        there[1]?.conversationId,
        { isShared: true },
      ])
      for (const most of [1, 2])
        expect(await page(client, member, 'giraffe', most)).toEqual(places(mine).slice(0, most))
      expect(await page(client, outsider, 'giraffe', 1, theirs)).toHaveLength(1)
    }),
  )

  it(
    'leaves no place out that comes between, however much one has said since',
    story(async (client) => {
      const said: Record<string, string[]> = {}
      for (const [what, actor] of [
        ['old zebra', member],
        ['new zebra', admin],
        ['old tiger', admin],
        ['new tiger', member],
      ] as const) {
        const begun = await exchange(client, actor, { content: what })
        await update(client, begun.conversationId, { isShared: actor === admin }, actor)
        said[what] = places(begun)
      }
      const { conversationId } = await exchange(client, member, { content: 'Much' })
      await client.query(
        `insert into private.conversation_words (workspace_id, conversation_id, number, owner_id, words)
         select $1, $2, n, $3, private.words_of('lion') from generate_series(10, 510) as n`,
        [ours, conversationId, ids.member],
      )
      for (const word of ['zebra', 'tiger'])
        expect(await page(client, member, word, 1), word).toEqual(said[`new ${word}`]?.slice(0, 1))
    }),
  )
})

it.each([
  ['where both stand, around the first', '{giraffe,zebra}', /^giraffe/],
  ['of which one is not there, around the other', '{lion,zebra}', /zebra/],
  ['of which none is there, at its beginning', '{lion}', /^giraffe/],
])('an excerpt tells of two words, %s', (_, words, shown) =>
  story(async (client) => {
    const text = `giraffe ${'or not '.repeat(60)}zebra`
    const { rows } = await client.query('select private.excerpt($1, $2) as excerpt', [text, words])
    expect(rows[0].excerpt).toMatch(shown)
  })(),
)

it(
  'an excerpt has 160 letters at most',
  story(async (client) => {
    const { rows } = await client.query("select private.excerpt(repeat('x', 400), '{x}') as excerpt")
    expect(rows[0].excerpt).toBe('x'.repeat(160))
  }),
)

describe('one conversation beside another', () => {
  it(
    'of those that are shared, pages and the archive are as of one’s own',
    story(async (client) => {
      const all: string[] = []
      for (const content of ['One', 'Two', 'Three']) {
        const { conversationId } = await exchange(client, member, { content })
        await update(client, conversationId, { isShared: true })
        all.unshift(conversationId)
      }
      await update(client, all[0] ?? '', { isPinned: true })
      const found = async (...more: unknown[]) => {
        const page = await list(client, admin, 'shared', ...more)
        return { ids: page.conversations.map(({ id }) => id), next: page.next }
      }
      const first = await found(false, null, 1)
      expect(first.ids).toEqual(all.slice(0, 1))
      // Whether its owner pinned it is told to nobody.
      expect(JSON.parse(first.next ?? '[]')[0]).toBe('false')
      expect(await found(false, first.next, 2)).toEqual({ ids: all.slice(1), next: null })
      await update(client, all[1] ?? '', { isArchived: true })
      expect((await found(false)).ids).toEqual([all[0], all[2]])
      expect((await found(true)).ids).toEqual([all[1]])
    }),
  )

  it(
    'is found once where it is one’s own and shared, and takes no citation of another along',
    story(async (client) => {
      const { conversationId: one } = await exchange(client, member, { content: 'A walrus' })
      const { conversationId: other } = await exchange(client, member, { content: 'A zebra' })
      await update(client, one, { isShared: true })
      const found = await search(client, 'walrus')
      expect(new Set(found.map(({ number }) => number)).size).toBe(found.length)
      for (const [conversation, hash] of [
        [one, 'a'],
        [other, 'b'],
      ])
        await client.query(
          'insert into private.citations (workspace_id, conversation_id, hash) values ($1, $2, repeat($3, 64))',
          [ours, conversation, hash],
        )
      const { id } = await call<{ id: string }>(client, member, 'branch_conversation', [ours, one, 2])
      const { rows } = await client.query('select hash from private.citations where conversation_id = $1', [
        id,
      ])
      expect(rows).toEqual([{ hash: 'a'.repeat(64) }])
    }),
  )

  it(
    'says of each which agent answered',
    story(async (client) => {
      for (const name of ['One', 'Two']) {
        const agent = await call<{ id: string }>(client, member, 'save_agent', [
          ours,
          JSON.stringify({ name, kind: 'custom', instructions: '' }),
        ])
        await exchange(client, member, { agent: agent.id })
      }
      const { conversations } = await list(client)
      expect(conversations.map(({ agent }) => agent.name)).toEqual(['Two', 'One'])
    }),
  )

  it(
    'is answered again where it was, and nowhere else',
    story(async (client) => {
      const { answerId, conversationId } = await exchange(client)
      const { conversationId: other } = await exchange(client)
      const again = (conversation: string, parent: number | null = null) =>
        ask(client, member, { regenerateOf: answerId, conversation, parent })
      expect(await clientError(again(other))).toMatchObject({ code: 'not_found' })
      expect(await clientError(again(conversationId, 1))).toMatchObject({
        code: 'invalid_input',
        details: 'parent',
      })
      expect(await again(conversationId)).toMatchObject({ conversationId })
    }),
  )

  it(
    'says when what led to a message is more than a megabyte',
    story(async (client) => {
      const { conversationId: conversation } = await exchange(client)
      for (let count = 0; count < 2; count += 1) await exchange(client, member, { conversation })
      const isCut = async () =>
        (await client.query('select private.history_to($1, $2, 6) as to', [ours, conversation])).rows[0].to
          .isCut
      expect(await isCut()).toBe(false)
      await client.query('update private.messages set bytes = 300000')
      expect(await isCut()).toBe(true)
    }),
  )

  it(
    'has no room where there are five thousand',
    story(async (client) => {
      const { conversationId } = await exchange(client)
      await client.query(
        `insert into private.conversations (workspace_id, owner_id, title, agent_id)
         select c.workspace_id, c.owner_id, c.title, c.agent_id
         from private.conversations c, generate_series(2, 5000) where c.id = $1`,
        [conversationId],
      )
      expect(await clientError(ask(client))).toMatchObject({ code: 'conflict', details: 'conversations' })
      expect(await ask(client, member, { conversation: conversationId })).toMatchObject({ conversationId })
    }),
  )
})
