import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { foundMessagesSchema } from '../../../types/conversations.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { ask, exchange } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { list, read, search, update } from '../../support/database/conversations.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'

// What is found in conversations, by whom, a page at a time.

const story = policySuite()

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
