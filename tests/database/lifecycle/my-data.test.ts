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
      expect(await exportOf(client, admin)).toEqual({
        account: [
          {
            id: ids.admin,
            email: 'admin@example.com',
            emailVerifiedAt: null,
            phone: null,
            phoneVerifiedAt: null,
            metadata: { name: 'admin' },
            createdAt: expect.any(String),
            updatedAt: expect.any(String),
            lastSignInAt: null,
          },
        ],
        identities: [
          {
            provider: 'email',
            data: { email: 'admin@example.com' },
            createdAt: expect.any(String),
            lastSignInAt: null,
          },
        ],
        sessions: [
          {
            createdAt: expect.any(String),
            updatedAt: expect.any(String),
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
    'does not take an address that was never confirmed for the caller’s',
    story(async (client) => {
      await actAs(client, admin, "select public.create_invitation($1, 'outsider@example.com', 'viewer')", [
        ours,
      ])
      expect(await exportOf(client, outsider)).toMatchObject({ invitationsReceived: [] })
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
