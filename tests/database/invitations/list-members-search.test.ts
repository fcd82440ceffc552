import { describe, expect, it } from 'vitest'
import { clientError } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ids, theirs } from '../../support/people/cast.ts'
import { list, names } from '../../support/people/member-list.ts'

const story = policySuite()

describe('list_members', () => {
  it.each([
    ['a part of the name', { search: 'ember' }, ['member']],
    ['a part of the address', { search: 'R@exam' }, ['member', 'viewer']],
    ['any case, of any letter', { search: ' ÖDÖN ' }, []],
    ['white space', { search: '  ' }, ['admin', 'member', 'suspended', 'viewer']],
    ['a role', { role: 'admin' }, ['admin', 'suspended']],
    ['a status', { status: 'suspended' }, ['suspended']],
    ['all three', { search: 'a', role: 'admin', status: 'active' }, ['admin']],
    ['a percent sign, which is no wildcard', { search: '%' }, []],
    ['an underscore, which is no wildcard', { search: '_' }, []],
    ['a backslash', { search: '\\' }, []],
    ['a quote', { search: "' or true --" }, []],
  ])('finds by %s', (_, options, expected) =>
    story(async (client) => {
      const found = await list(client, options)
      expect(names(found)).toEqual(expected)
      expect(found.total).toBe(expected.length)
    })(),
  )

  it(
    'takes up to 255 characters',
    story(async (client) => {
      expect(await list(client, { search: '🦒'.repeat(255) })).toMatchObject({ total: 0 })
      expect(await clientError(list(client, { search: 'x'.repeat(256) }))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'search',
      })
    }),
  )

  it(
    'finds what would be a wildcard where it is meant, and letters in any case',
    story(async (client) => {
      await client.query("update public.profiles set name = '100% Ödön_\\' where id = $1", [ids.member])
      for (const search of ['100%', 'ödön_', 'ÖDÖN', '_\\'])
        expect(names(await list(client, { search }))).toEqual(['100% Ödön_\\'])
    }),
  )

  it.each([
    ['name', ['Ämilie', 'beata', 'Zoe', 'Zoe']],
    ['email', ['Zoe', 'Ämilie', 'Zoe', 'beata']],
    ['role', ['Ämilie', 'Zoe', 'Zoe', 'beata']],
    ['joined_at', ['beata', 'Zoe', 'Zoe', 'Ämilie']],
  ])('sorts by %s, both ways', (sort, expected) =>
    story(async (client) => {
      const people = [
        [ids.admin, 'Ämilie', 'b@example.com', '2026-01-04'],
        [ids.member, 'Zoe', 'c@example.com', '2026-01-02'],
        [ids.viewer, 'beata', null, '2026-01-01'],
        [ids.suspended, 'Zoe', 'a@example.com', '2026-01-03'],
      ]
      for (const [id, name, email, joined] of people) {
        await client.query('update public.profiles set name = $2, email = $3 where id = $1', [
          id,
          name,
          email,
        ])
        await client.query('update public.workspace_members set created_at = $2 where user_id = $1', [
          id,
          joined,
        ])
      }
      await client.query("update public.workspace_members set role_key = 'viewer' where user_id = $1", [
        ids.viewer,
      ])
      await client.query("update public.workspace_members set role_key = 'member' where user_id = any ($1)", [
        [ids.member, ids.suspended],
      ])
      expect(names(await list(client, { sort }))).toEqual(expected)
      const descending = await list(client, { sort, direction: 'desc' })
      // Whoever has no address comes last, either way.
      expect(names(descending)).toEqual(
        sort === 'email' ? ['Zoe', 'Ämilie', 'Zoe', 'beata'] : expected.toReversed(),
      )
    })(),
  )

  it.each([
    ['created_at', 'update public.profiles set created_at = $2 where id = $1'],
    ['email_verified_at', 'update auth.users set email_confirmed_at = $2 where id = $1'],
  ])('sorts by %s, both ways', (sort, sql) =>
    story(async (client) => {
      const order = [ids.suspended, ids.viewer, ids.admin, ids.member]
      for (const [index, id] of order.entries()) await client.query(sql, [id, `2026-01-0${index + 1}`])
      const found = async (direction: string) =>
        (await list(client, { sort, direction })).members.map(({ userId }) => userId)
      expect(await found('asc')).toEqual(order)
      expect(await found('desc')).toEqual(order.toReversed())
    })(),
  )

  it(
    'sorts by updated_at: by the profile or the membership, whichever was changed last',
    story(async (client) => {
      await client.query(`
        set local session_replication_role = replica;
        update public.profiles set updated_at = '2026-01-01';
        update public.workspace_members set updated_at = '2026-01-01'`)
      const touch = (table: string, key: string, id: string, day: string) =>
        client.query(`update public.${table} set updated_at = $2 where ${key} = $1`, [id, day])
      await touch('profiles', 'id', ids.viewer, '2026-01-02')
      await touch('workspace_members', 'user_id', ids.member, '2026-01-03')
      expect(names(await list(client, { sort: 'updated_at', direction: 'desc' })).slice(0, 2)).toEqual([
        'member',
        'viewer',
      ])
    }),
  )

  it(
    'pages without losing or repeating anybody, equals included',
    story(async (client) => {
      await client.query("update public.profiles set name = 'Same'")
      const pages = [1, 2, 3].map((page) => ({ page, per_page: 2 }))
      const found: string[] = []
      for (const options of pages) {
        const one = await list(client, options)
        expect(one).toMatchObject({ total: 4, page: options.page, perPage: 2 })
        found.push(...one.members.map(({ userId }) => userId))
      }
      expect(found).toEqual([ids.admin, ids.member, ids.viewer, ids.suspended])
      expect(await list(client, { page: 2_147_483_647, per_page: 100 })).toMatchObject({
        total: 4,
        members: [],
      })
    }),
  )
})

it(
  'looking for people reads this workspace by index, however many there are elsewhere',
  story(async (client) => {
    await client.query(`
      insert into auth.users (id, email)
      select ('10000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 'p' || i || '@example.com'
      from generate_series(1, 2000) as i;
      insert into public.workspace_members (workspace_id, user_id, role_key)
      select '${theirs}', id, 'member' from auth.users where email like 'p%';
      analyze public.workspace_members; analyze public.profiles`)
    // Rows that scans of the whole table went through in this transaction.
    const scanned = async (act: () => Promise<unknown>) => {
      const count = async () => {
        const { rows } = await client.query<{ count: string }>(
          "select pg_stat_get_xact_tuples_returned('public.profiles'::regclass) as count",
        )
        return Number(rows[0]?.count)
      }
      const before = await count()
      await act()
      return (await count()) - before
    }
    expect(await scanned(() => client.query('select count(name) from public.profiles'))).toBe(2005)
    expect(await scanned(() => list(client, { search: 'example' }))).toBeLessThan(100)
    expect(await scanned(() => list(client, { sort: 'email' }))).toBeLessThan(100)
  }),
)
