import { createHash } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { found, search, titles } from '../../support/database/search.ts'
import { admin, ids, ours, viewer } from '../../support/people/cast.ts'
import { openTicket } from '../../support/people/tickets.ts'

// Which words find what, and in which order.

const story = policySuite()

const namedViews = async (client: pg.Client, ...names: string[]) => {
  for (const name of names) await insertView(client, { name })
}

describe('a word finds', () => {
  it(
    'what begins like it, whatever its case, from the second letter on',
    story(async (client) => {
      await namedViews(client, 'Revenue', 'Overview', 'R')
      for (const query of ['re', 'REVEN', 'revenu', ' revenue '])
        expect(await found(client, query)).toEqual(['Revenue'])
      expect(await found(client, 'r')).toEqual(['R'])
      expect(await found(client, 'evenue of')).toEqual([])
    }),
  )

  it(
    'what it is with one typo, from the third letter on',
    story(async (client) => {
      await namedViews(client, 'Overview', 'Revenue', 'Jon', 'Bo', 'Plan 2026')
      for (const query of ['ovreview', 'overvew', 'overviiew', 'ovirview', 'oveview', 'vverview', 'ovrev'])
        expect(await found(client, query), query).toEqual(['Overview'])
      for (const query of ['jom', 'ojn', 'joan', 'jo'])
        expect(await found(client, query), query).toEqual(['Jon'])
      // Two, of a number, of what is shorter, or in four letters that something longer begins with.
      for (const query of ['ovrveiw', 'plan 2025', 'ja', 'xo', 'ovex'])
        expect(await found(client, query), query).toEqual([])
    }),
  )

  it(
    'what it is with one typo, up to the 24th letter',
    story(async (client) => {
      const long = 'abcdefghijklmnopqrstuvwxyz'
      await namedViews(client, long.slice(0, 24), `X${long.slice(0, 24)}`)
      for (const [query, title] of [
        ['abcdefghijklmnopqrstuvyx', [long.slice(0, 24)]],
        ['xabcdefghijklmnopqrstuvwx', [`X${long.slice(0, 24)}`]],
        ['xabcdefghijklmnopqrstuvyx', []],
      ] as const)
        expect(await found(client, query), query).toEqual(title)
    }),
  )

  it(
    'a text that is one word, however long, by what it begins with',
    story(async (client) => {
      const { rows } = await client.query('select char_length(private.search_scope($1))::integer as scope', [
        ours,
      ])
      // Postgres counts what stands in an index to 2,047 and begins anew: of the first, four letters would be left.
      for (const length of [2_050 - rows[0].scope, 5_000]) {
        const body = Array.from({ length: 79 }, (_, n) =>
          createHash('sha256').update(`${n} of ${length}`).digest('hex'),
        )
          .join('')
          .slice(0, length)
        await openTicket(client, admin, { body })
        for (const query of [body.slice(0, 20), body.slice(0, 60)])
          expect(titles(await search(client, admin, query, ['tickets']))).toEqual(['tickets Help'])
        expect(await search(client, admin, body.slice(1, 30), ['tickets'])).toEqual([])
      }
    }),
  )

  it(
    'what has accents that it lacks, and the other way round',
    story(async (client) => {
      await namedViews(client, 'José', 'Jose', 'Straße', 'Ærø', 'Łódź', 'Ｆｕｌｌ', 'Ömer', 'Йод', 'Ελλάδα')
      for (const query of ['jose', 'josé', 'JOSE\u0301'])
        expect((await found(client, query)).toSorted(), query).toEqual(['Jose', 'José'])
      const others = { strasse: 'Straße', aero: 'Ærø', lodz: 'Łódź', full: 'Ｆｕｌｌ', omer: 'Ömer' }
      for (const [query, title] of Object.entries({ ...others, иод: 'Йод', ΕΛΛΑΔΑ: 'Ελλάδα' }))
        expect(await found(client, query), query).toEqual([title])
    }),
  )

  it(
    'what stands anywhere in a text without spaces, from one character on',
    story(async (client) => {
      await namedViews(client, '売上ダッシュボード', '東京都庁の売上', 'ภาพรวมรายได้', '매출현황', '北京 2026')
      expect(await found(client, '京')).toEqual(expect.arrayContaining(['東京都庁の売上', '北京 2026']))
      expect((await found(client, '売上')).toSorted()).toEqual(
        ['売上ダッシュボード', '東京都庁の売上'].toSorted(),
      )
      expect(await found(client, 'ダッシュボード')).toEqual(['売上ダッシュボード'])
      expect(await found(client, 'ﾀﾞｯｼｭ')).toEqual(['売上ダッシュボード'])
      expect(await found(client, '都庁')).toEqual(['東京都庁の売上'])
      expect(await found(client, '現況')).toEqual([])
      expect(await found(client, '현황')).toEqual(['매출현황'])
      expect(await found(client, 'รายได้')).toEqual(['ภาพรวมรายได้'])
      expect(await found(client, '2026 北')).toEqual(['北京 2026'])
    }),
  )

  it(
    'Arabic without its vowels, its article and its many letters for one',
    story(async (client) => {
      await namedViews(client, 'المبيعات', 'مَبيعات أحمد', 'לוּחַ')
      expect((await found(client, 'مبيعات')).toSorted()).toEqual(['المبيعات', 'مَبيعات أحمد'].toSorted())
      expect(await found(client, 'المبيعات')).toEqual(['المبيعات'])
      expect(await found(client, 'احمد')).toEqual(['مَبيعات أحمد'])
      expect(await found(client, 'לוח')).toEqual(['לוּחַ'])
    }),
  )

  it(
    'with others in any order what has all of them',
    story(async (client) => {
      await namedViews(client, 'Revenue of the North', 'Revenue', 'North')
      for (const query of ['north revenue', 'rev nor', 'revnue, noth!', 'the of north revenue'])
        expect(await found(client, query), query).toEqual(['Revenue of the North'])
      expect(await found(client, 'north revenue west')).toEqual([])
    }),
  )

  it(
    'nothing by the operators of a query, which are no words',
    story(async (client) => {
      await namedViews(client, "O'Brien & Söhne", 'Plain')
      for (const query of ["o'brien", "'brien' & sohne", 'brien:*', '!brien', '(brien | plain'])
        expect(await found(client, query), query).toEqual(query.includes('plain') ? [] : ["O'Brien & Söhne"])
    }),
  )
})

describe('the order', () => {
  it(
    'is names before descriptions, whole words before beginnings, typos last, then what changed last',
    story(async (client) => {
      const insert = (name: string, description: string, day: number) =>
        client.query(
          `insert into public.dashboard_views (workspace_id, name, description, visibility, updated_at)
           values ($1, $2, $3, 'workspace', make_date(2026, 1, $4))`,
          [ours, name, description, day],
        )
      await insert('Sales', 'about revenue', 9)
      await insert('Revneue', '', 8)
      await insert('Revenues', '', 7)
      await insert('Revenue old', '', 1)
      await insert('Revenue new', '', 2)
      expect(await found(client, 'revenue')).toEqual([
        'Revenue new',
        'Revenue old',
        'Revenues',
        'Sales',
        'Revneue',
      ])
      expect(titles(await search(client, admin, 'revenue', ['views'], 2))).toEqual([
        'views Revenue new',
        'views Revenue old',
      ])
    }),
  )

  it(
    'takes of each kind in turn, so that many of one hide nothing',
    story(async (client) => {
      const view_id = await insertView(client, { name: 'Zebra' })
      for (let n = 0; n < 5; n += 1) await insertWidget(client, { view_id, config: { title: 'Zebra' } })
      await client.query("update public.profiles set name = 'Zoë Zebra' where id = $1", [ids.member])
      expect(titles(await search(client, viewer, 'zebra', null, 4))).toEqual([
        'views Zebra',
        'widgets Zebra',
        'people Zoë Zebra',
        'widgets Zebra',
      ])
    }),
  )
})
