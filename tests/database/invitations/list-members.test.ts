import { describe, expect, it } from 'vitest'
import { memberListSchema } from '../../../types/member.ts'
import { actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { putAvatar } from '../../support/people/account.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { invite } from '../../support/people/invitations.ts'
import { list, names } from '../../support/people/member-list.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()

describe('list_members', () => {
  it(
    'finds a name with and without its accents, as the search of everything does',
    story(async (client) => {
      const named = { [ids.admin]: 'José Ñandú', [ids.member]: 'Jose Nandu', [ids.viewer]: 'Ömer Straße' }
      for (const [id, name] of Object.entries(named))
        await client.query('update public.profiles set name = $2 where id = $1', [id, name])
      const found = async (search: string) => names(await list(client, { search }))
      const both = ['Jose Nandu', 'José Ñandú']
      for (const search of ['jose', 'JOSÉ', 'jose\u0301', 'nandu', 'ÑANDÚ'])
        expect((await found(search)).toSorted(), search).toEqual(both)
      for (const search of ['omer', 'strasse', 'straße', 'ÖMER'])
        expect(await found(search), search).toEqual(['Ömer Straße'])
      for (const search of ['jos_', 'j%e', 'jos\uff3f', 'j\uff05e', '\uff05', 'jöse x'])
        expect(await found(search), search).toEqual([])
    }),
  )

  it(
    'gives everybody by name, with what a list shows of them',
    story(async (client) => {
      await putAvatar(client, `${ids.viewer}/me.png`)
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
        roleName: 'Viewer',
        status: 'active',
        joinedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      })
    }),
  )

  it(
    'gives when an address was verified, and where a picture is shown to whoever asked over HTTP',
    story(async (client) => {
      await client.query("update auth.users set email_confirmed_at = '2026-01-01Z' where id = $1", [
        ids.viewer,
      ])
      await putAvatar(client, `${ids.viewer}/my cat.png`)
      await client.query('update public.profiles set avatar_path = $1, bio = $2 where id = $3', [
        `${ids.viewer}/my cat.png`,
        'Paints.',
        ids.viewer,
      ])
      const path = `/storage/v1/object/public/avatars/${ids.viewer}/my%20cat.png`
      const urlFor = async (headers: unknown) => {
        await client.query("select set_config('request.headers', $1, true)", [JSON.stringify(headers)])
        const { members } = await list(client, { search: 'viewer' })
        expect(members).toMatchObject([{ emailVerifiedAt: '2026-01-01T00:00:00.000Z' }])
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
      await client.query("select set_config('request.headers', 'not JSON', true)")
      expect((await client.query('select private.api_url() as url')).rows).toEqual([{ url: null }])
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
          roleName: 'Member',
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
