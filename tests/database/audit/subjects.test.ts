import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type AuditSubject, auditSubjectSchema } from '../../../types/audit-subject.ts'
import { gauge, insertComponent, publish } from '../../support/dashboards/components.ts'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { insertShare, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { renameOurs } from '../../support/database/audit-log.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, theirs } from '../../support/people/cast.ts'
import { accept, adaId, eveId, invite, signUp } from '../../support/people/invitations.ts'
import { openTicket } from '../../support/people/tickets.ts'

const story = onPremium(policySuite())

/** What the entries of a table are about, the first written first. */
async function subjects(client: pg.Client, table_name: string): Promise<AuditSubject[]> {
  const { rows } = await actAs<{ page: { entries: { subject: unknown }[] } }>(
    client,
    admin,
    'select public.list_audit_log(workspace_id => $1, table_name => $2, per_page => 100) as page',
    [ours, table_name],
  )
  return (rows[0]?.page.entries ?? []).map(({ subject }) => auditSubjectSchema.parse(subject)).reverse()
}

describe('an entry of the audit log', () => {
  it(
    'is about a kind of thing that front ends know, for every table that is audited',
    story(async (client) => {
      const { rows } = await client.query<{ table_name: string; subject: unknown }>(
        `select c.relname as table_name, private.audit_subject($1, c.relname, 'x', '{}') as subject
         from pg_class c
         where exists (
           select from pg_trigger t
           where t.tgrelid = c.oid
             and t.tgfoid in ('private.tg_audit()'::regprocedure, 'private.tg_audit_deleted()'::regprocedure))
           and c.relnamespace = 'public'::regnamespace`,
        [ours],
      )
      expect(rows.length).toBeGreaterThan(10)
      for (const { table_name, subject } of rows)
        expect(auditSubjectSchema.safeParse(subject).error, table_name).toBeUndefined()
    }),
  )

  it(
    'names things as the entry says, and else as they are',
    story(async (client) => {
      await renameOurs(client, admin, 'Renamed')
      expect((await subjects(client, 'workspaces')).at(-1)).toEqual({
        kind: 'workspace',
        id: ours,
        name: 'Renamed',
      })
      await client.query(
        "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'guest', 'Guests')",
        [ours],
      )
      await client.query("update public.workspace_roles set description = 'Who visits' where key = 'guest'")
      await client.query("delete from public.workspace_roles where key = 'guest'")
      const role = { kind: 'role', id: 'guest', name: 'Guests' }
      // Changed without its name, and gone since.
      expect(await subjects(client, 'workspace_roles')).toEqual([role, { ...role, name: null }, role])

      await publish(client, admin, gauge)
      const component = { kind: 'component', id: 'gauge', name: 'Gauge' }
      expect(await subjects(client, 'components')).toEqual([component])
      expect(await subjects(client, 'component_versions')).toEqual([component])
      // What says nothing of a name is called as the highest version is.
      await publish(client, admin, { ...gauge, version: '1.10.0', title: 'Gauges' })
      await publish(client, admin, { ...gauge, version: '1.11.0', title: 'Dials' })
      expect(await subjects(client, 'components')).toContainEqual({ ...component, name: 'Dials' })
    }),
  )

  it(
    'names members while they have an account, and who was invited once they have joined',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      await client.query("update public.profiles set name = 'Ada' where id = $1", [adaId])
      const eve = await signUp(client, eveId, 'eve@example.com')
      await accept(client, eve, (await invite(client, admin, 'eve@example.com')).token)
      const { id, token } = await invite(client, admin, 'ada@example.com')
      const ofAda = async () => {
        const entries = await subjects(client, 'workspace_invitations')
        return entries.find((subject) => subject.id === id)
      }
      expect(await ofAda()).toEqual({ kind: 'invitation', id, name: null })
      await accept(client, ada, token)
      expect(await ofAda()).toEqual({ kind: 'invitation', id, name: 'Ada' })
      expect((await subjects(client, 'workspace_members')).at(-1)).toEqual({
        kind: 'member',
        id: adaId,
        name: 'Ada',
      })
      await client.query('delete from auth.users where id = $1', [adaId])
      expect((await subjects(client, 'workspace_members')).at(-1)).toEqual({
        kind: 'member',
        id: adaId,
        name: null,
      })
    }),
  )

  it(
    'tells no name that its owner keeps for themselves, of the thing, its shares or its grants',
    story(async (client) => {
      const id = await makeView(client, member, { name: 'Plans', visibility: 'workspace' })
      const widget = await insertWidget(client, { view_id: id })
      const share = await insertShare(client, { view_id: id, user_id: ids.viewer }, member)
      const granted = await grant(client, admin, {
        resource_type: 'widget',
        resource_id: widget,
        user_id: ids.viewer,
        access: 'view',
      })
      expect(await subjects(client, 'dashboard_views')).toEqual([{ kind: 'view', id, name: 'Plans' }])
      expect(await subjects(client, 'dashboard_view_shares')).toEqual([
        { kind: 'share', id: share, name: 'Plans' },
      ])
      expect(await subjects(client, 'resource_grants')).toEqual([
        { kind: 'grant', id: granted, name: 'Plans' },
      ])

      await actAs(client, member, "update public.dashboard_views set visibility = 'personal' where id = $1", [
        id,
      ])
      await actAs(client, member, "update public.dashboard_views set name = 'Secret plans' where id = $1", [
        id,
      ])
      const told = [
        await subjects(client, 'dashboard_views'),
        await subjects(client, 'dashboard_view_shares'),
        await subjects(client, 'resource_grants'),
      ]
      const names = told.map((entries) => [...new Set(entries.map(({ name }) => name))])
      expect(names).toEqual([['Plans', null], [null], [null]])
      expect(JSON.stringify(told)).not.toContain('Secret')
    }),
  )

  it(
    'is about the workspace where that is given a default',
    story(async (client) => {
      await call(client, admin, 'set_default_theme', [ours, 'ocean'])
      const view = await makeView(client, admin, { visibility: 'workspace' })
      await call(client, admin, 'set_role_default_view', [ours, null, view])
      await call(client, admin, 'set_role_default_view', [ours, 'viewer', view])
      const workspace = { kind: 'workspace', id: ours, name: 'Ours' }
      expect(await subjects(client, 'default_themes')).toEqual([workspace])
      expect(await subjects(client, 'default_views')).toEqual([workspace])
      expect(await subjects(client, 'role_default_views')).toEqual([
        { kind: 'role', id: 'viewer', name: 'Viewer' },
      ])
    }),
  )

  it(
    'has the name that it tells, the new before the old, and else what that one thing is called now',
    story(async (client) => {
      const subject = async (table: string, id: string, changes = {}, workspace = ours) =>
        (
          await client.query<{ subject: AuditSubject }>(
            'select private.audit_subject($1, $2, $3, $4) as subject',
            [workspace, table, id, changes],
          )
        ).rows[0]?.subject
      const things = {
        workspace_roles: `insert into public.workspace_roles (workspace_id, key, name)
          values ($1, replace(lower($2), ' ', '-'), $2) returning key`,
        api_keys: `insert into private.api_keys (workspace_id, id, name, secret_hash, scopes, created_by)
          select $1, overlay(gen_random_uuid()::text placing '8' from 15)::uuid, $2,
            sha256(convert_to($1 || $2, 'UTF8')), '{dashboards.read}', m.user_id
          from public.workspace_members m
          where m.workspace_id = $1 and m.role_key = 'admin' and m.status = 'active' returning id`,
        themes: `insert into public.themes (workspace_id, name, version, colors, radius, visibility)
          select $1, $2, '1.0.0', t.colors, t.radius, 'workspace'
          from public.built_in_themes t limit 1 returning id`,
        dashboard_views: `insert into public.dashboard_views (workspace_id, name, visibility)
          values ($1, $2, 'workspace') returning id`,
        agents: `insert into private.agents (workspace_id, name, kind, visibility)
          values ($1, $2, 'custom', 'workspace') returning id`,
        marketplace_publishers: `with listing as (
            insert into public.marketplace_listings (kind, name, author, description, category, licence)
            values ('theme', $2, 'Me', 'Dark.', 'design', 'MIT') returning id
          )
          insert into private.marketplace_publishers (workspace_id, listing_id, name_form, author_form)
          select $1, id, lower($2), 'me' from listing returning listing_id as id`,
      }
      for (const [table, sql] of Object.entries(things)) {
        const made: string[] = []
        for (const [workspace, name] of [
          [ours, 'First'],
          [ours, 'Second'],
          [theirs, 'First of theirs'],
        ])
          made.push(Object.values((await client.query(sql, [workspace, name])).rows[0] ?? {})[0] as string)
        const [id = '', other = '', strange = ''] = made
        const name = async (...args: Parameters<typeof subject>) => (await subject(...args))?.name
        expect([await name(table, id), await name(table, other)], table).toEqual(['First', 'Second'])
        expect(await name(table, strange), table).toBeNull()
        expect(await name(table, id, { name: { old: 'Old' } }), table).toBe('Old')
        expect(await name(table, id, { name: { old: 'Old', new: 'New' } }), table).toBe('New')
      }
      for (const name of ['First', 'Second']) {
        const view_id = await makeView(client, member, { name, visibility: 'workspace' })
        const share = await insertShare(client, { view_id, user_id: ids.viewer })
        expect(await subject('dashboard_view_shares', share)).toEqual({ kind: 'share', id: share, name })
      }
      expect(await subject('workspaces', ours)).toMatchObject({ name: 'Ours' })
      expect(await subject('workspaces', ours, { name: { old: 'Old' } })).toMatchObject({ name: 'Old' })
      const agent = await client.query(
        `insert into private.agents (workspace_id, name, kind, visibility, owner_id)
         values ($1, 'Mine', 'custom', 'personal', $2) returning id`,
        [ours, ids.member],
      )
      expect(await subject('agents', agent.rows[0].id)).toMatchObject({ name: null })
      expect(await subject('themes', await makeTheme(client, member, 'personal'))).toMatchObject({
        name: null,
      })
    }),
  )

  it(
    'about a message is about its ticket, by number',
    story(async (client) => {
      const [first, second] = [await openTicket(client, member), await openTicket(client, member)]
      const of = async (table: string, id: string, changes = {}) =>
        (
          await client.query<{ subject: AuditSubject }>(
            'select private.audit_subject($1, $2, $3, $4) as subject',
            [ours, table, id, changes],
          )
        ).rows[0]?.subject
      const ticket = ({ id, number }: { id: string; number: number }) => ({
        kind: 'ticket',
        id,
        name: `#${number}`,
      })
      expect(await of('support_tickets', first.id)).toEqual(ticket(first))
      expect(await of('support_tickets', second.id)).toEqual(ticket(second))
      expect(await of('support_tickets', first.id, { number: { old: 7 } })).toMatchObject({ name: '#7' })
      expect(await of('support_tickets', first.id, { number: { old: 7, new: 8 } })).toMatchObject({
        name: '#8',
      })
      expect(await of('support_messages', ids.admin, { ticket_id: { new: second.id } })).toEqual(
        ticket(second),
      )
    }),
  )

  it(
    'names the component of its workspace, and the key that acted',
    story(async (client) => {
      for (const [workspace, version, title] of [
        [ours, '1.0.0', 'Ours'],
        [theirs, '2.0.0', 'Theirs'],
      ] as const)
        await insertComponent(client, workspace, { version, title })
      const { rows } = await client.query(
        "select private.audit_subject($1, 'components', $2, '{}') as subject",
        [ours, gauge.id],
      )
      expect(rows).toEqual([{ subject: { kind: 'component', id: gauge.id, name: 'Ours' } }])

      const [key] = [await machine(client, ['dashboards.read', 'dashboards.write'])]
      await machine(client, ['dashboards.read', 'dashboards.write'])
      await client.query("update private.api_keys set name = 'Another' where id <> $1", [key.sub])
      await makeView(client, key, { visibility: 'workspace' })
      const answer = await call<{ entries: { actor: object; table: string }[] }>(
        client,
        admin,
        'list_audit_log',
        [ours],
      )
      expect(answer.entries.find(({ table }) => table === 'dashboard_views')?.actor).toMatchObject({
        type: 'api_key',
        id: key.sub,
        name: 'Shop',
      })
    }),
  )
})
