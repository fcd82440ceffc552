import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, person } from '../../support/database/act.ts'
import { deliver, inDays, invoice, keepCustomer, subscription } from '../../support/database/billing.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { putAvatar } from '../../support/people/account.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

const story = policySuite()

interface Context {
  user: Record<string, unknown>
  workspaces: { id: string; [key: string]: unknown }[]
  preferences: Record<string, unknown>
}

async function contextOf(client: pg.Client, actor: Actor): Promise<Context> {
  const { rows } = await actAs<{ context: Context }>(
    client,
    actor,
    'select public.session_context() as context',
  )
  const context = rows[0]?.context
  if (!context) throw new Error('There was no context.')
  return context
}

async function permissionsOf(client: pg.Client, role: string): Promise<string[]> {
  const { rows } = await client.query<{ permissions: string[] }>(
    'select permissions from public.workspace_roles where workspace_id = $1 and key = $2',
    [ours, role],
  )
  return rows[0]?.permissions ?? []
}

describe('session_context', () => {
  it(
    'tells who is signed in',
    story(async (client) => {
      await client.query("update auth.users set email_confirmed_at = '2026-01-02T03:04:05Z' where id = $1", [
        ids.member,
      ])
      await putAvatar(client, `${ids.member}/me.png`)
      await client.query("update public.profiles set avatar_path = $1, locale = 'de' where id = $2", [
        `${ids.member}/me.png`,
        ids.member,
      ])
      await client.query('alter table public.profiles disable trigger user')
      await client.query(
        `update public.profiles set created_at = '2026-01-03', updated_at = '2026-01-04', bio = 'Counts' where id = $1`,
        [ids.member],
      )
      const { user, preferences } = await contextOf(client, member)
      expect(user).toEqual({
        id: ids.member,
        name: 'member',
        email: 'member@example.com',
        emailVerifiedAt: expect.stringMatching(/^2026-01-02T03:04:05/),
        avatarPath: `${ids.member}/me.png`,
        avatarUrl: `/storage/v1/object/public/avatars/${ids.member}/me.png`,
        locale: 'de',
        bio: 'Counts',
        createdAt: '2026-01-03T00:00:00.000Z',
        updatedAt: '2026-01-04T00:00:00.000Z',
      })
      expect(preferences).toEqual({ locale: 'de' })
    }),
  )

  it(
    'says null where there is no picture and no confirmed address',
    story(async (client) => {
      const { user } = await contextOf(client, viewer)
      expect(user).toMatchObject({ avatarPath: null, avatarUrl: null, emailVerifiedAt: null })
    }),
  )

  it.each([
    ['admin', admin, 'Admin'],
    ['member', member, 'Member'],
    ['viewer', viewer, 'Viewer'],
  ])('gives the %s their role and its permissions', (key, actor, name) =>
    story(async (client) => {
      expect((await contextOf(client, actor)).workspaces).toEqual([
        {
          id: ours,
          name: 'Ours',
          status: 'active',
          joinedAt: expect.any(String),
          role: key,
          roleName: name,
          permissions: await permissionsOf(client, key),
          planType: 'free',
          planStatus: null,
          graceUntil: null,
          isReadOnly: false,
          features: [],
          preferences: {
            locale: null,
            theme_mode: 'system',
            active_theme_id: null,
            sidebar_collapsed: false,
            active_dashboard_view: null,
          },
        },
      ])
    })(),
  )

  it(
    'names a workspace that the caller is suspended in, and nothing else about it',
    story(async (client) => {
      expect((await contextOf(client, suspended)).workspaces).toEqual([
        {
          id: ours,
          name: 'Ours',
          status: 'suspended',
          joinedAt: expect.any(String),
          role: null,
          roleName: null,
          permissions: [],
          planType: null,
          planStatus: null,
          graceUntil: null,
          isReadOnly: null,
          features: [],
          preferences: null,
        },
      ])
    }),
  )

  it(
    "lists every workspace of one's own by name, and none of others",
    story(async (client) => {
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')",
        [ours, ids.outsider],
      )
      const { workspaces } = await contextOf(client, outsider)
      expect(workspaces.map(({ id, role }) => ({ id, role }))).toEqual([
        { id: ours, role: 'viewer' },
        { id: theirs, role: 'admin' },
      ])
      expect((await contextOf(client, member)).workspaces.map(({ id }) => id)).toEqual([ours])
    }),
  )

  it(
    'is an empty list for somebody without a workspace',
    story(async (client) => {
      await client.query('delete from public.workspace_members where user_id = $1', [ids.viewer])
      expect((await contextOf(client, viewer)).workspaces).toEqual([])
    }),
  )

  it(
    'lists the features of the plan, from the next call on',
    story(async (client) => {
      expect((await contextOf(client, viewer)).workspaces[0]).toMatchObject({
        planType: 'free',
        features: [],
      })
      await setPlan(client, 'premium', ours)
      expect((await contextOf(client, viewer)).workspaces[0]).toMatchObject({
        planType: 'premium',
        features: expect.arrayContaining(['custom_roles', 'resource_grants']),
      })
    }),
  )

  it(
    'tells how the payment stands and until when a grace lasts, once for each workspace',
    story(async (client) => {
      await keepCustomer(client)
      const invoice_ = invoice({ status: 'open', due_date: inDays(-1) })
      await deliver(client, { subscription: subscription({ status: 'past_due' }), invoice: invoice_ })
      for (const actor of [admin, member])
        await actAs(
          client,
          actor,
          "select public.patch_preferences($1, jsonb_build_object('theme_mode', $2::text))",
          [ours, actor === member ? 'dark' : 'light'],
        )
      const { workspaces } = await contextOf(client, member)
      expect(workspaces).toMatchObject([
        {
          planType: 'premium',
          planStatus: 'past_due',
          isReadOnly: false,
          preferences: { theme_mode: 'dark' },
        },
      ])
      expect(Date.parse(String(workspaces[0]?.graceUntil)) - Date.parse(String(invoice_.due_date))).toBe(
        7 * 86_400_000,
      )
    }),
  )

  it(
    'is read only',
    story(async (client) => {
      await client.query('set transaction read only')
      expect(await contextOf(client, member)).toMatchObject({ user: { id: ids.member } })
    }),
  )

  it(
    'refuses a token whose account is gone',
    story(async (client) => {
      const gone = person('00000000-0000-4000-8000-0000000000ff')
      expect(await clientError(contextOf(client, gone))).toMatchObject({ status: 401, code: 'not_signed_in' })
    }),
  )

  it(
    'is not for anonymous callers',
    story(async (client) => {
      await expect(contextOf(client, anonymous)).rejects.toMatchObject({ code: '42501' })
    }),
  )
})

describe('plans', () => {
  it(
    'offer every feature that sql/ asks the premium plan for',
    story(async (client) => {
      const root = join(import.meta.dirname, '../../..')
      const asked = globSync('sql/**/*.sql', { cwd: root }).flatMap((file) =>
        [...readFileSync(join(root, file), 'utf8').matchAll(/(?:require|has)_feature\([^)']*'(\w+)'\)/g)].map(
          ([, feature = '']) => feature,
        ),
      )
      const { rows } = await client.query<{ key: string; features: string[] }>(
        'select key, features from public.plans order by key',
      )
      expect(rows.map(({ key }) => key)).toEqual(['free', 'premium'])
      expect(rows[1]?.features).toEqual(expect.arrayContaining(asked))
      expect(rows[0]?.features).toEqual([])
    }),
  )
})
