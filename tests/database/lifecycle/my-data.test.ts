import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { collectMyData } from '../../../types/my-data.ts'
import { viewSchema } from '../../../types/view.ts'
import { gauge, insertComponent } from '../../support/dashboards/components.ts'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { insertShare, insertView, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, anonymous, clientError, person } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { rpcAs } from '../../support/database/rpc.ts'
import { putAvatar } from '../../support/people/account.ts'
import { admin, ids, member, ours, outsider, suspended, theirs } from '../../support/people/cast.ts'

const story = policySuite()

/** All parts of a person's data. */
const exportOf = async (client: pg.Client, actor: Actor) => (await collectMyData(rpcAs(client, actor))).parts

describe('export_my_data', () => {
  it(
    'is all that is stored about the caller',
    story(async (client) => {
      await putAvatar(client, `${ids.admin}/me.png`)
      await putAvatar(client, `${ids.member}/me.png`)
      await client.query(
        `insert into auth.identities (provider_id, user_id, provider, identity_data, created_at)
         values ('1', $1, 'email', '{"email": "admin@example.com"}', now())`,
        [ids.admin],
      )
      await client.query(
        `insert into auth.sessions (id, user_id, user_agent, ip, created_at, updated_at)
         values (gen_random_uuid(), $1, 'Firefox', '192.0.2.1', now(), now())`,
        [ids.admin],
      )
      // Each moment is another, so that none is told for the other.
      const day = (number: number) => `2026-01-0${number}T00:00:00+00:00`
      await client.query(
        `update auth.users set phone = '491234', email_confirmed_at = $2, phone_confirmed_at = $3, created_at = $4,
           updated_at = $5, last_sign_in_at = $6 where id = $1`,
        [ids.admin, day(1), day(2), day(3), day(4), day(5)],
      )
      await client.query('update auth.identities set created_at = $1, last_sign_in_at = $2', [day(1), day(2)])
      await client.query('update auth.sessions set created_at = $1, updated_at = $2', [day(1), day(2)])
      expect(await exportOf(client, admin)).toEqual({
        account: [
          {
            id: ids.admin,
            email: 'admin@example.com',
            emailVerifiedAt: day(1),
            phone: '491234',
            phoneVerifiedAt: day(2),
            metadata: { name: 'admin' },
            createdAt: day(3),
            updatedAt: day(4),
            lastSignInAt: day(5),
          },
        ],
        identities: [
          {
            provider: 'email',
            data: { email: 'admin@example.com' },
            createdAt: day(1),
            lastSignInAt: day(2),
          },
        ],
        sessions: [
          {
            createdAt: day(1),
            updatedAt: day(2),
            userAgent: 'Firefox',
            ip: '192.0.2.1',
          },
        ],
        profile: [
          {
            name: 'admin',
            email: 'admin@example.com',
            avatarPath: null,
            locale: 'en',
            bio: '',
            createdAt: expect.any(String),
            updatedAt: expect.any(String),
          },
        ],
        memberships: [
          {
            workspaceId: ours,
            workspaceName: 'Ours',
            role: 'admin',
            status: 'active',
            joinedAt: expect.any(String),
            updatedAt: expect.any(String),
          },
        ],
        preferences: [],
        themes: [],
        views: [],
        viewVersions: [],
        shares: [],
        components: [],
        workspacesCreated: [{ workspaceId: ours, workspaceName: 'Ours', createdAt: expect.any(String) }],
        workspacesDeleted: [],
        invitationsSent: [],
        invitationsReceived: [],
        notifications: [],
        notificationPreferences: [],
        supportTickets: [],
        supportMessages: [],
        marketplaceListings: [],
        marketplaceRatings: [],
        marketplaceReports: [],
        apiKeys: [],
        agents: [],
        conversations: [],
        messages: [],
        aiUsage: [],
        analytics: [],
        activeDays: [],
        analyticsChoice: [],
        surveyAnswers: [],
        audit: [],
        files: [
          {
            bucket: 'avatars',
            path: `${ids.admin}/me.png`,
            size: 5,
            type: 'image/png',
            createdAt: expect.any(String),
            updatedAt: expect.any(String),
          },
        ],
      })
    }),
  )

  it(
    'tells the invitations of the caller without the other person, and the acts without what was changed',
    story(async (client) => {
      await client.query('update auth.users set email_confirmed_at = now() where id = any ($1)', [
        [ids.admin, ids.outsider],
      ])
      await actAs(client, admin, "select public.create_invitation($1, 'Outsider@example.com', 'viewer')", [
        ours,
      ])
      await actAs(client, admin, "update public.workspaces set name = 'SECRET' where id = $1", [ours])
      const invitation = {
        workspaceId: ours,
        role: 'viewer',
        createdAt: expect.any(String),
        expiresAt: expect.any(String),
        acceptedAt: null,
        revokedAt: null,
      }
      const sent = await exportOf(client, admin)
      expect(sent).toMatchObject({
        invitationsSent: [invitation],
        invitationsReceived: [],
        notifications: [],
        notificationPreferences: [],
        audit: expect.arrayContaining([
          {
            workspaceId: ours,
            occurredAt: expect.any(String),
            action: 'update',
            table: 'workspaces',
            role: 'admin',
            requestId: null,
            claimedTraceId: null,
            ip: null,
            claimedIp: null,
          },
        ]),
      })
      expect(JSON.stringify(sent)).not.toContain('outsider@example.com')
      expect(JSON.stringify(sent.audit)).not.toContain('SECRET')
      expect(await exportOf(client, outsider)).toMatchObject({
        invitationsSent: [],
        invitationsReceived: [invitation],
      })
    }),
  )

  it(
    'tells each moment of a profile, a membership and an invitation by its name',
    story(async (client) => {
      const day = (number: number) => `2026-01-0${number}T00:00:00+00:00`
      for (const table of ['profiles', 'workspace_members'])
        await client.query(`alter table public.${table} disable trigger user`)
      await client.query(
        `update public.profiles set created_at = $2, updated_at = $3, bio = 'Counts', locale = 'de' where id = $1`,
        [ids.member, day(1), day(2)],
      )
      await client.query(
        'update public.workspace_members set created_at = $2, updated_at = $3 where user_id = $1',
        [ids.member, day(3), day(4)],
      )
      await client.query(
        `insert into public.workspace_invitations
           (workspace_id, email, role_key, invited_by, created_at, expires_at, accepted_at, revoked_at)
         values ($1, 'a@example.com', 'viewer', $2, $3, $4, $5, null),
           ($1, 'b@example.com', 'admin', $2, $4, $5, null, $6)`,
        [ours, ids.member, day(1), day(2), day(3), day(4)],
      )
      expect(await exportOf(client, member)).toMatchObject({
        profile: [{ name: 'member', locale: 'de', bio: 'Counts', createdAt: day(1), updatedAt: day(2) }],
        memberships: [
          {
            workspaceId: ours,
            workspaceName: 'Ours',
            role: 'member',
            status: 'active',
            joinedAt: day(3),
            updatedAt: day(4),
          },
        ],
        invitationsSent: [
          { role: 'viewer', createdAt: day(1), expiresAt: day(2), acceptedAt: day(3), revokedAt: null },
          { role: 'admin', createdAt: day(2), expiresAt: day(3), acceptedAt: null, revokedAt: day(4) },
        ],
      })
    }),
  )

  it(
    'does not take an address that was never confirmed for the caller’s',
    story(async (client) => {
      await actAs(client, admin, "select public.create_invitation($1, 'outsider@example.com', 'viewer')", [
        ours,
      ])
      expect(await exportOf(client, outsider)).toMatchObject({ invitationsReceived: [] })
    }),
  )

  it(
    'tells an invitation once that went to the caller’s address or that they accepted, and none besides',
    story(async (client) => {
      await client.query('update auth.users set email_confirmed_at = now()')
      await client.query(
        `insert into public.workspace_invitations
           (workspace_id, email, role_key, invited_by, created_at, expires_at, accepted_at, accepted_by)
         select $1, x.email, x.role, $2, now() - make_interval(days => 9 - x.n::integer), now(), x.at, x.by
         from unnest($3::text[], $4::text[], $5::timestamptz[], $6::uuid[])
           with ordinality as x (email, role, at, by, n)`,
        [
          ours,
          ids.admin,
          ['outsider@example.com', 'old@example.com', 'outsider@example.com', 'viewer@example.com'],
          ['viewer', 'member', 'admin', 'viewer'],
          ['2026-01-01', '2026-01-01', '2026-01-01', null],
          [ids.outsider, ids.outsider, ids.member, null],
        ],
      )
      const { invitationsReceived } = await exportOf(client, outsider)
      expect(invitationsReceived).toMatchObject([{ role: 'viewer' }, { role: 'member' }, { role: 'admin' }])
    }),
  )

  it(
    'holds neither the password hash nor a token',
    story(async (client) => {
      await client.query(
        `update auth.users set encrypted_password = 'SECRET-hash', confirmation_token = 'SECRET-token-1',
           recovery_token = 'SECRET-token-2', email_change_token_new = 'SECRET-token-3',
           reauthentication_token = 'SECRET-token-4' where id = $1`,
        [ids.member],
      )
      expect(JSON.stringify(await exportOf(client, member))).not.toContain('SECRET')
    }),
  )

  it(
    'names nobody else, and no workspace that the caller has left by more than its id',
    story(async (client) => {
      await client.query('update public.workspaces set created_by = $1 where id = $2', [ids.member, theirs])
      const data = await exportOf(client, member)
      expect(data).toMatchObject({ workspacesCreated: [{ workspaceId: theirs, workspaceName: null }] })
      const text = JSON.stringify(data)
      for (const [name, id] of Object.entries(ids).filter(([key]) => key !== 'member')) {
        expect(text).not.toContain(id)
        expect(text).not.toContain(`${name}@example.com`)
      }
    }),
  )

  it(
    'tells what was shared with the caller, what they published and which versions they saved, by id',
    story(async (client) => {
      await insertComponent(client, ours, {})
      await client.query('update public.component_versions set published_by = $1', [ids.member])
      const own = await makeView(client, member)
      await insertWidget(client, { view_id: own }, member)
      const view_id = await insertView(client, { owner_id: ids.admin })
      await insertShare(client, { view_id, user_id: ids.member, access: 'edit' })
      expect(await exportOf(client, member)).toMatchObject({
        shares: [{ workspaceId: ours, viewId: view_id, access: 'edit', createdAt: expect.any(String) }],
        components: [{ workspaceId: ours, id: gauge.id, version: gauge.version }],
        viewVersions: [{ workspaceId: ours, viewId: own, label: null, savedAt: expect.any(String) }],
      })
      expect(await exportOf(client, admin)).toMatchObject({ shares: [], components: [], viewVersions: [] })
    }),
  )

  it(
    'tells whence and for which request the caller did something, as the log has it',
    story(async (client) => {
      const whence = {
        requestId: 'request-1',
        claimedTraceId: 'f'.repeat(32),
        ip: '192.0.2.1',
        claimedIp: '192.0.2.2',
      }
      await client.query(
        `insert into public.audit_log (
           workspace_id, actor_id, actor_type, actor_role, action, table_name, row_id, changes,
           request_id, trace_id, ip, claimed_ip)
         values ($1, $2, 'user', 'member', 'update', 'themes', 'a', '{}', $3, $4, $5, $6)`,
        [ours, ids.member, ...Object.values(whence)],
      )
      expect(await exportOf(client, member)).toMatchObject({
        audit: expect.arrayContaining([
          expect.objectContaining({ table: 'themes', role: 'member', ...whence }),
        ]),
      })
    }),
  )

  it(
    'holds one’s themes whole, and of those that are the workspace’s now that one made them',
    story(async (client) => {
      const [own, shared] = [
        await makeTheme(client, member, 'personal'),
        await makeTheme(client, admin, 'workspace'),
      ]
      await client.query('update public.themes set created_by = $1 where id = $2', [ids.member, shared])
      expect(await exportOf(client, member)).toMatchObject({
        themes: expect.arrayContaining([
          {
            workspaceId: ours,
            id: own,
            visibility: 'personal',
            document: expect.objectContaining({ id: own }),
            createdAt: expect.any(String),
          },
          {
            workspaceId: ours,
            id: shared,
            visibility: 'workspace',
            document: null,
            createdAt: expect.any(String),
          },
        ]),
      })
    }),
  )

  it(
    'tells which workspaces the caller deleted, and nobody else',
    story(async (client) => {
      await actAs(client, admin, 'select public.delete_workspace($1, $2)', [ours, 'Ours'])
      expect(await exportOf(client, admin)).toMatchObject({ workspacesDeleted: [{ workspaceId: ours }] })
      expect(await exportOf(client, member)).toMatchObject({ workspacesDeleted: [] })
    }),
  )

  it(
    'is also for somebody who is suspended',
    story(async (client) => {
      expect(await exportOf(client, suspended)).toMatchObject({
        memberships: [{ workspaceId: ours, status: 'suspended' }],
      })
    }),
  )

  it(
    'refuses a token whose account is gone, and anonymous callers',
    story(async (client) => {
      const gone = person('00000000-0000-4000-8000-0000000000ff')
      expect(await clientError(exportOf(client, gone))).toMatchObject({ status: 401, code: 'not_signed_in' })
      await expect(exportOf(client, anonymous)).rejects.toMatchObject({ code: '42501' })
    }),
  )

  it(
    'holds one’s personal views whole, deleted ones too, those that were shared with the workspace by id, and nobody else’s',
    story(async (client) => {
      const shared = await insertView(client, { visibility: 'workspace', owner_id: ids.member })
      const personal = await insertView(client, { name: 'Mine', owner_id: ids.member })
      const deleted = await insertView(client, { owner_id: ids.member, deleted_at: 'now' })
      // One that they made, and that a colleague has now.
      const given = await insertView(client, { owner_id: ids.admin })
      await client.query('update public.dashboard_views set created_by = $1 where id = $2', [
        ids.member,
        given,
      ])
      for (const view_id of [shared, personal]) await insertWidget(client, { view_id })
      await insertShare(client, {
        view_id: await insertView(client, { owner_id: ids.admin }),
        role_key: 'member',
      })
      const { views } = z
        .object({ views: z.array(z.looseObject({ id: z.guid(), document: viewSchema.nullable() })) })
        .parse(await exportOf(client, member))
      expect(Object.fromEntries(views.map(({ id, document }) => [id, document]))).toEqual({
        [shared]: null,
        [given]: null,
        [personal]: {
          name: 'Mine',
          description: '',
          layout: {
            version: 1,
            gridColumns: 12,
            rowHeight: 80,
            gap: 16,
            widgets: [expect.objectContaining({ widgetId: 'recent-orders', config: {} })],
          },
        },
        [deleted]: expect.objectContaining({ name: 'A view' }),
      })
      expect(views.map(({ id, deletedAt }) => [id, deletedAt !== null])).toContainEqual([deleted, true])
    }),
  )

  it(
    'holds the view that came to somebody when its owner left, whole and once, in the order of all',
    story(async (client) => {
      const inherited = await insertView(client, { name: 'Inherited', owner_id: ids.member })
      const own = await insertView(client, { name: 'Own', owner_id: ids.admin })
      await client.query(
        'update public.dashboard_views set created_by = $1, created_at = now() where id = $2',
        [ids.admin, own],
      )
      await client.query(
        "update public.dashboard_views set created_by = $1, created_at = now() - interval '1 day' where id = $2",
        [ids.member, inherited],
      )
      await insertShare(client, { view_id: inherited, role_key: 'viewer' })
      await actAs(client, member, 'select public.delete_my_account()')
      const { views } = z
        .object({ views: z.array(z.looseObject({ id: z.guid(), document: viewSchema.nullable() })) })
        .parse(await exportOf(client, admin))
      expect(views.map(({ id, document }) => [id, document?.name])).toEqual([
        [inherited, 'Inherited'],
        [own, 'Own'],
      ])
    }),
  )

  it.each([
    'account',
    'identities',
    'sessions',
    'profile',
    'memberships',
    'preferences',
    'themes',
    'views',
    'view_versions',
    'shares',
    'components',
    'workspaces_created',
    'workspaces_deleted',
    'files',
    'invitations_sent',
    'invitations_received',
    'audit',
  ])('keeps the part %s, which takes an id, from clients', (part) =>
    story(async (client) => {
      const attempt = actAs(client, admin, `select private.export_${part}('${ids.member}', null)`)
      await expect(attempt).rejects.toMatchObject({ code: '42501' })
    })(),
  )
})
