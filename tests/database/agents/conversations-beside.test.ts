import { describe, expect, it } from 'vitest'
import { clientError } from '../../support/database/act.ts'
import { ask, exchange } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { list, search, update } from '../../support/database/conversations.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours } from '../../support/people/cast.ts'

// One conversation beside another: pages, citations, agents, and what a person has room for.

const story = policySuite()

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
