import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { memberListSchema } from '../../../types/member.ts'
import { type Actor, actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { invite } from '../../support/people/invitations.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()

interface MemberList {
  total: number
  page: number
  perPage: number
  members: { userId: string; name: string }[]
}

async function list(
  client: pg.Client,
  options: Record<string, unknown> = {},
  actor: Actor = admin,
  workspaceId = ours,
): Promise<MemberList> {
  const names = Object.keys(options)
  const { rows } = await actAs<{ list: MemberList }>(
    client,
    actor,
    `select public.list_members($1${names.map((name, index) => `, ${name} => $${index + 2}`).join('')}) as list`,
    [workspaceId, ...Object.values(options)],
  )
  if (!rows[0]) throw new Error('The function gave no row.')
  return rows[0].list
}

const names = ({ members }: MemberList) => members.map((one) => one.name)

describe('list_members', () => {
  it(
    'gives everybody by name, with what a list shows of them',
    story(async (client) => {
      await client.query('update public.profiles set avatar_path = $1 where id = $2', [
        `${ids.viewer}/me.png`,
        ids.viewer,
      ])
      const found = await list(client, {}, viewer)
      expect(found).toMatchObject({ total: 4, page: 1, perPage: 50 })
      expect(names(found)).toEqual(['admin', 'member', 'suspended', 'viewer'])
      expect(memberListSchema.parse(found)).toEqual(found)
      expect(found.members.at(-1)).toEqual({
        userId: ids.viewer,
        name: 'viewer',
        email: 'viewer@example.com',
        emailVerifiedAt: null,
        avatarPath: `${ids.viewer}/me.png`,
        avatarUrl: `/storage/v1/object/public/avatars/${ids.viewer}/me.png`,
        role: 'viewer',
        status: 'active',
        joinedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      })
    }),
  )

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
    'gives when an address was verified, and where a picture is shown to whoever asked over HTTP',
    story(async (client) => {
      await client.query("update auth.users set email_confirmed_at = '2026-01-01Z' where id = $1", [
        ids.viewer,
      ])
      await client.query('update public.profiles set avatar_path = $1, bio = $2 where id = $3', [
        `${ids.viewer}/my cat.png`,
        'Paints.',
        ids.viewer,
      ])
      const path = `/storage/v1/object/public/avatars/${ids.viewer}/my%20cat.png`
      const urlFor = async (headers: unknown) => {
        await client.query("select set_config('request.headers', $1, true)", [JSON.stringify(headers)])
        const { members } = await list(client, { search: 'viewer' })
        expect(members).toMatchObject([{ emailVerifiedAt: '2026-01-01T00:00:00+00:00' }])
        return (members[0] as unknown as { avatarUrl: string }).avatarUrl
      }
      const proxied = {
        host: 'rest:3000',
        'x-forwarded-host': 'abc.supabase.co',
        'x-forwarded-proto': 'https',
      }
      expect(await urlFor(proxied)).toBe(`https://abc.supabase.co${path}`)
      expect(await urlFor({ host: 'abc.supabase.co' })).toBe(`https://abc.supabase.co${path}`)
      expect(await urlFor({ host: '127.0.0.1:54321' })).toBe(`http://127.0.0.1:54321${path}`)
      expect(await urlFor({ host: '[::1]:54321' })).toBe(`http://[::1]:54321${path}`)
      for (const host of ['a.b/c', 'user@a.b', '"><script>', 'a b', ''])
        expect(await urlFor({ host })).toBe(path)
      expect(await urlFor({ host: 'a.b', 'x-forwarded-proto': 'javascript' })).toBe(`https://a.b${path}`)
      await client.query("update private.operator_settings set api_url = 'https://api.example.com'")
      expect(await urlFor(proxied)).toBe(`https://api.example.com${path}`)
    }),
  )

  it(
    'gives the pending invitations to whoever may invite, and to nobody else',
    story(async (client) => {
      const [first, second] = [
        await invite(client, admin, 'zoe@example.com', 'viewer'),
        await invite(client, admin, 'ada@example.com', 'member'),
      ]
      const revoked = await invite(client, admin, 'bob@example.com', 'member')
      await actAs(client, admin, 'select public.revoke_invitation($1, $2)', [ours, revoked.id])
      const invited = { status: 'invited', sort: 'email' }
      const found = await list(client, invited)
      expect(memberListSchema.parse(found)).toEqual(found)
      expect(found).toMatchObject({ total: 2, page: 1, perPage: 50 })
      expect(found.members).toEqual([
        {
          userId: null,
          invitationId: second.id,
          email: 'ada@example.com',
          role: 'member',
          status: 'invited',
          invitedAt: expect.any(String),
          expiresAt: expect.any(String),
        },
        expect.objectContaining({ invitationId: first.id, email: 'zoe@example.com', role: 'viewer' }),
      ])
      const emails = async (options: Record<string, unknown>) =>
        (await list(client, { ...invited, ...options })).members.map(
          (one) => (one as unknown as { email: string }).email,
        )
      expect(await emails({ direction: 'desc' })).toEqual(['zoe@example.com', 'ada@example.com'])
      expect(await emails({ role: 'viewer' })).toEqual(['zoe@example.com'])
      expect(await emails({ search: 'ADA' })).toEqual(['ada@example.com'])
      expect(await emails({ page: 2, per_page: 1 })).toEqual(['zoe@example.com'])
      expect(await emails({ page: 3, per_page: 1 })).toEqual([])
      // Who has not joined is no member.
      expect((await list(client)).total).toBe(4)
      for (const actor of [member, viewer])
        expect(await clientError(list(client, invited, actor))).toMatchObject({
          status: 403,
          code: 'permission_denied',
          details: 'members.invite',
        })
      expect(await clientError(list(client, invited, outsider))).toMatchObject({ code: 'not_found' })
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

  it.each([
    ['role', { role: 'owner' }],
    ['status', { status: 'banned' }],
    ['search', { search: 'x'.repeat(256) }],
    ['sort', { sort: 'user_id; drop table profiles' }],
    ['sort', { sort: null }],
    ['direction', { direction: 'asc, (select 1)' }],
    ['direction', { direction: null }],
    ['page', { page: 0 }],
    ['page', { page: null }],
    ['per_page', { per_page: 0 }],
    ['per_page', { per_page: 101 }],
    ['per_page', { per_page: null }],
  ])('refuses a bad %s: %j', (field, options) =>
    story(async (client) => {
      expect(await clientError(list(client, options))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: field,
        hint: expect.stringMatching(/\.$/),
      })
    })(),
  )

  it.each([
    ['outsider', outsider],
    ['suspended admin', suspended],
  ])('answers the %s as if there were no workspace, whatever they ask', (_, actor) =>
    story(async (client) => {
      const existing = await clientError(list(client, { sort: 'nonsense' }, actor))
      expect(existing).toMatchObject({ status: 404, code: 'not_found', details: 'workspace_id' })
      expect(existing).toEqual(await clientError(list(client, {}, actor, 'WK-000000009')))
    })(),
  )

  it(
    'is refused to a member without members.read, and to whoever is not signed in',
    story(async (client) => {
      await giveCustomRole(client, 'loner', ['workspace.read'], [ids.member])
      expect(await clientError(list(client, {}, member))).toMatchObject({
        code: 'permission_denied',
        details: 'members.read',
      })
      await expect(list(client, {}, anonymous)).rejects.toMatchObject({ code: '42501' })
      await expect(list(client, {}, service)).rejects.toMatchObject({ code: '42501' })

      // Of the table they see themselves.
      const own = await actAs(client, member, 'select user_id from public.workspace_members')
      expect(own.rows).toEqual([{ user_id: ids.member }])
    }),
  )

  it(
    'never shows people of another workspace, even where they share one',
    story(async (client) => {
      await client.query("insert into public.workspace_members values ($1, $2, 'viewer')", [
        theirs,
        ids.member,
      ])
      expect(names(await list(client, {}, member, theirs))).toEqual(['member', 'outsider'])
      expect(names(await list(client, { search: 'outsider' }, member))).toEqual([])
    }),
  )

  it(
    'may run in a read-only transaction, as a GET does',
    story(async (client) => {
      await client.query('set transaction read only')
      expect((await list(client, { search: 'm' })).total).toBe(4)
      const { rows } = await actAs(client, admin, 'select public.get_member($1, $2) as one', [
        ours,
        ids.viewer,
      ])
      expect(rows[0]?.one).toMatchObject({ userId: ids.viewer, role: 'viewer' })
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
