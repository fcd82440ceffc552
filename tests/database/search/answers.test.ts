import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SearchKind } from '../../../types/search.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, anonymous, clientError } from '../../support/database/act.ts'
import { exchange } from '../../support/database/agents.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { found, isFound, marked, search } from '../../support/database/search.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { openTicket } from '../../support/people/tickets.ts'

// What a search answers: where it matched, and what the thing is; and where it is refused.

const story = policySuite()

describe('an answer', () => {
  it(
    'says where it matched, in parts that are the text',
    story(async (client) => {
      const long = `${'word '.repeat(30)}the gïraffe 🦒 is here`
      await client.query(
        `insert into public.dashboard_views (workspace_id, name, description, visibility)
         values ($1, 'Zoo < & " Größe 🦒 José', $2, 'workspace')`,
        [ours, long],
      )
      const one = async (query: string) => {
        const [result] = await search(client, viewer, query, ['views'])
        return result && { field: result.kind === 'views' && result.field, text: marked(result) }
      }
      expect(await one('gross jos')).toEqual({ field: 'name', text: 'Zoo < & " [Größ]e 🦒 [Jos]é' })
      expect(await one('jose')).toEqual({ field: 'name', text: 'Zoo < & " Größe 🦒 [José]' })
      expect(await one('jsoe')).toEqual({ field: 'name', text: 'Zoo < & " Größe 🦒 [José]' })
      expect(await one('giraf')).toMatchObject({
        field: 'description',
        text: expect.stringMatching(/the \[gïraf\]fe 🦒 is here$/u),
      })
    }),
  )

  it(
    'marks a word exactly where the search finds it, whatever the typo',
    story(async (client) => {
      const word = fc
        .array(fc.constantFrom(...'aaaaaaabbb1'), { minLength: 1, maxLength: 7 })
        .map((all) => all.join(''))
      const pairs = fc.sample(fc.tuple(word, word), { seed: 20_261_126, numRuns: 3_000 })
      const { rows } = await client.query<{ isMarked: boolean }>(
        `select private.search_match(array[p.asked], '{name}', array[p.word]) @? '$.excerpt[*] ? (@.isMatch == true)'
           as "isMarked"
         from unnest($1::text[], $2::text[]) with ordinality as p (asked, word, n) order by p.n`,
        [pairs.map(([asked]) => asked), pairs.map(([, of]) => of)],
      )
      const differing = pairs.filter(([asked, of], n) => rows[n]?.isMarked !== isFound(asked, of, true))
      expect(differing).toEqual([])
      expect(new Set(rows.map(({ isMarked }) => isMarked)).size).toBe(2)
    }),
  )

  it(
    'says where it would have matched of what has a text, where no word is in it as it was searched for',
    story(async (client) => {
      const { rows } = await client.query(
        "select private.search_match('{zebra}', '{name,title,description}', array['', null, 'A lion']) as match",
      )
      expect(rows[0].match).toEqual({ field: 'description', excerpt: [{ text: 'A lion', isMatch: false }] })
    }),
  )

  it.each([
    ['overview', 'ovrev', '[overview]'],
    ['overview', 'ovre', 'overview'],
    ['東京都', '京', '東[京]都'],
    ['東京都', '東京区', '東京都'],
    // One character folds to several, or several to one: where the match stands is not known.
    ['ﾀﾞｯｼｭ東京', '東京', '[ﾀﾞｯｼｭ東京]'],
    // Words of two scripts without a space between them, of which one begins as it is asked for, or is it.
    ['東京2026', '20', '[東京2026]'],
    ['東京2026', '2', '東京2026'],
    ['東京2', '2', '[東京2]'],
    ['東京2026', '27', '東京2026'],
    ['2026', '2', '2026'],
  ])(
    'marks in %s, asked for %s, whole words and what stands in a text without spaces',
    (text, asked, shown) =>
      story(async (client) => {
        const { rows } = await client.query('select private.search_excerpt($1, array[$2]) as excerpt', [
          text,
          asked,
        ])
        expect(marked(rows[0])).toBe(shown)
      })(),
  )

  it(
    'shows of a long text what stands around the first match, wherever that is',
    story(async (client) => {
      const places = [
        0, 10, 39, 79, 80, 119, 120, 199, 200, 3_998, 4_000, 4_039, 4_040, 8_000, 30_000, 65_000,
      ]
      const texts = places.map((place) =>
        `${'and so on '.repeat(place / 10 + 1).slice(0, place)} giraffe ${'or not '.repeat(60)}`.trim(),
      )
      const { rows } = await client.query<{ parts: { text: string; isMatch: boolean }[] }>(
        `select private.search_excerpt(t.text, '{giraf}') as parts
         from unnest($1::text[]) with ordinality as t (text, n) order by t.n`,
        [texts],
      )
      for (const [n, { parts }] of rows.entries()) {
        const shown = parts.map(({ text }) => text).join('')
        expect(
          parts.filter(({ isMatch }) => isMatch).map(({ text }) => text),
          `${places[n]}`,
        ).toEqual(['giraf'])
        expect([...shown].length).toBeLessThanOrEqual(200)
        expect([...shown].length).toBeGreaterThan(100)
        expect(texts[n]?.replaceAll(/\s+/g, ' ')).toContain(shown.replace(/…$/, '').trim())
      }
    }),
  )

  it(
    'shows of a long text its beginning where nothing in it matches',
    story(async (client) => {
      const { rows } = await client.query(
        "select private.search_excerpt('First ' || repeat('word ', 2000), '{zebra}') as parts",
      )
      expect(rows[0].parts.map(({ text }: { text: string }) => text).join('')).toMatch(/^First word /)
    }),
  )

  it(
    'says of each kind what the thing is',
    story(async (client) => {
      const view_id = await insertView(client, { name: 'Zebra', visibility: 'personal', owner_id: ids.admin })
      const widget = await insertWidget(client, { view_id, config: { title: 'Zebra one' } }, admin)
      await client.query("update public.profiles set name = 'Zebra' where id = $1", [ids.suspended])
      await insertComponent(client, ours, { id: 'zebra-chart', title: 'Zebra two' })
      const theme = await makeTheme(client, admin, 'workspace')
      await client.query("update public.themes set name = 'Zebra three' where id = $1", [theme])
      const begun = await exchange(client, admin, { content: 'Zebra four' })
      const ticket = await openTicket(client, admin, { subject: 'Zebra five' })
      const one = async (kind: SearchKind, query = 'zebra', actor = admin) => {
        const [first] = await search(client, actor, query, [kind])
        return first
      }
      expect(await one('views')).toMatchObject({ id: view_id, title: 'Zebra', isPersonal: true })
      expect(await one('widgets')).toMatchObject({
        id: widget,
        title: 'Zebra one',
        field: 'title',
        componentKey: 'recent-orders',
        viewId: view_id,
        viewName: 'Zebra',
      })
      expect(await one('widgets', 'recent')).toMatchObject({ title: 'Zebra one', field: 'component' })
      expect(await one('people')).toMatchObject({
        id: ids.suspended,
        title: 'Zebra',
        email: 'suspended@example.com',
        role: 'admin',
        status: 'suspended',
      })
      expect(await one('components')).toMatchObject({
        id: 'zebra-chart',
        title: 'Zebra two',
        isBuiltIn: false,
        changedAt: expect.any(String),
      })
      expect(await one('components', 'recent-orders')).toMatchObject({
        id: 'recent-orders',
        title: 'recent-orders',
        isBuiltIn: true,
        changedAt: null,
      })
      expect(await one('themes')).toMatchObject({ id: theme, title: 'Zebra three', isBuiltIn: false })
      const { rows: builtIn } = await client.query<{ key: string; name: string }>(
        'select key, name from public.built_in_themes order by position limit 1',
      )
      expect(await one('themes', builtIn[0]?.name)).toMatchObject({
        id: builtIn[0]?.key,
        title: builtIn[0]?.name,
        isBuiltIn: true,
        changedAt: null,
      })
      expect(await one('conversations')).toMatchObject({
        id: begun.conversationId,
        title: 'Zebra four',
        isMine: true,
        messageNumber: 0,
        messageId: null,
      })
      expect(await one('conversations', 'grew')).toMatchObject({
        title: 'Zebra four',
        field: 'message',
        messageNumber: 2,
        messageId: begun.answerId,
      })
      expect(await one('tickets')).toMatchObject({
        id: ticket.id,
        title: 'Zebra five',
        number: 1,
        status: 'open',
        messageNumber: 0,
      })
      expect(await one('tickets', 'where is it')).toMatchObject({ field: 'message', messageNumber: 1 })
      expect(await one('audit_entries', 'zebra-chart')).toMatchObject({
        action: 'insert',
        rowId: expect.stringContaining('zebra-chart'),
        table: expect.stringMatching(/^component/),
      })
      await client.query("update public.themes set name = 'Quagga' where id = $1", [theme])
      expect(await one('audit_entries', 'quagga')).toMatchObject({ action: 'update', title: 'Quagga' })
    }),
  )

  it(
    'follows the thing: another name is found, the one before is not, and nothing is once it is gone',
    story(async (client) => {
      const id = await insertView(client, { name: 'Zebra' })
      const rename = (set: string) =>
        client.query(`update public.dashboard_views set ${set} where id = $1`, [id])
      expect(await found(client, 'zebra')).toEqual(['Zebra'])
      await rename("name = 'Lion'")
      expect(await found(client, 'zebra')).toEqual([])
      expect(await found(client, 'lion')).toEqual(['Lion'])
      await rename('deleted_at = now()')
      expect(await found(client, 'lion')).toEqual([])

      const people = async (query: string) =>
        (await search(client, viewer, query, ['people'])).map(({ id }) => id)
      await client.query("update public.profiles set name = 'Renée' where id = $1", [ids.member])
      expect(await people('renee')).toEqual([ids.member])
      // Once, in however many workspaces they are.
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')",
        [theirs, ids.member],
      )
      expect(await people('renee')).toEqual([ids.member])
      expect(await people('member')).toEqual([ids.member])
      await client.query('delete from public.workspace_members where workspace_id = $1 and user_id = $2', [
        ours,
        ids.member,
      ])
      expect(await people('renee')).toEqual([])
      expect(
        (
          await client.query('select from private.member_keys where workspace_id = $1 and user_id = $2', [
            ours,
            ids.member,
          ])
        ).rowCount,
      ).toBe(0)
    }),
  )
})

describe('a search is refused', () => {
  it(
    'outside of one’s workspaces, and to who is nobody',
    story(async (client) => {
      await insertView(client, { name: 'Zebra' })
      for (const [actor, workspace] of [
        [outsider, ours],
        [suspended, ours],
        [member, theirs],
        [member, 'WK-ZZZZZZZZZ'],
      ] as const)
        expect(await clientError(search(client, actor, 'zebra', null, 20, workspace))).toMatchObject({
          status: 404,
          code: 'not_found',
          details: 'workspace_id',
        })
      await expect(
        actAs(client, anonymous, "select public.search($1, 'zebra')", [ours]),
      ).rejects.toMatchObject({
        code: '42501',
      })
      // What another workspace's keys begin with is no word of a search.
      expect(await search(client, outsider, '00000000A nzebra', null, 20, theirs)).toEqual([])
    }),
  )

  it(
    'for what is no query, before anything is done with it',
    story(async (client) => {
      const refused = (...of: [query: unknown, kinds?: unknown, limit?: unknown]) =>
        clientError(
          actAs(client, viewer, 'select public.search($1, $2, $3, $4)', [
            ours,
            of[0],
            of[1] ?? null,
            of[2] ?? 20,
          ]),
        )
      for (const query of [null, '', '  ', '…!', '\u200b', 'x'.repeat(201), 'é'.repeat(5_000_000)])
        expect(await refused(query)).toMatchObject({ status: 400, code: 'invalid_input', details: 'query' })
      for (const kinds of [[], ['view'], [null], Array(1000).fill('views')])
        expect(await refused('zebra', kinds)).toMatchObject({ code: 'invalid_input', details: 'kinds' })
      for (const limit of [0, 51, -1])
        expect(await refused('zebra', null, limit)).toMatchObject({ code: 'invalid_input', details: 'limit' })
      // Of many words eight count.
      expect(await search(client, viewer, 'zebra lion '.repeat(18))).toEqual([])
    }),
  )
})
