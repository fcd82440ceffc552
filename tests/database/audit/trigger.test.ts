import { describe, expect, it } from 'vitest'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { actAs, service } from '../../support/database/act.ts'
import {
  countOurs,
  lastEntry,
  letSecondAdminIn,
  renameOurs,
  setHeaders,
} from '../../support/database/audit-log.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, theirs } from '../../support/people/cast.ts'

const story = policySuite()

describe('an entry', () => {
  it(
    'is made of what a workspace shares, and never of what somebody keeps for themselves',
    story(async (client) => {
      const counted = async () => (await client.query(countOurs)).rows
      const before = await counted()
      for (const visibility of ['personal', 'workspace'] as const) {
        const theme = await makeTheme(client, member, visibility)
        const view = await insertView(client, { owner_id: ids.member, visibility })
        await client.query("update public.themes set name = 'Ink' where id = $1", [theme])
        await client.query("update public.dashboard_views set name = 'Ink' where id = $1", [view])
        await client.query('delete from public.themes where id = $1', [theme])
        await client.query('delete from public.dashboard_views where id = $1', [view])
        if (visibility === 'personal') expect(await counted()).toEqual(before)
      }
      const { rows } = await client.query(
        `select table_name, action from public.audit_log
         where workspace_id = $1 and table_name in ('themes', 'dashboard_views') order by 1, 2`,
        [ours],
      )
      expect(rows.map(({ table_name, action }) => `${action} ${table_name}`)).toEqual([
        'delete dashboard_views',
        'insert dashboard_views',
        'update dashboard_views',
        'delete themes',
        'insert themes',
        'update themes',
      ])
    }),
  )

  it(
    'names the person, their role, the row and what changed',
    story(async (client) => {
      await renameOurs(client, admin)
      expect(await lastEntry(client)).toEqual({
        actor_id: ids.admin,
        actor_type: 'user',
        actor_role: 'admin',
        action: 'update',
        table_name: 'workspaces',
        row_id: ours,
        changes: { name: { old: 'Ours', new: 'Renamed' } },
        request_id: null,
        trace_id: null,
        ip: null,
        claimed_ip: null,
      })
      const { rows } = await client.query(
        "select max(occurred_at) > now() - interval '1 minute' as recent from public.audit_log",
      )
      expect(rows).toEqual([{ recent: true }])
    }),
  )

  it(
    'tells a server from the system',
    story(async (client) => {
      await renameOurs(client, service)
      expect(await lastEntry(client)).toMatchObject({
        actor_type: 'service_role',
        actor_id: null,
        actor_role: null,
      })
      await client.query("update public.workspaces set name = 'By cron' where id = $1", [ours])
      expect(await lastEntry(client)).toMatchObject({ actor_type: 'system', actor_id: null })
    }),
  )

  it(
    'of an insert has what is new, of a delete what is old',
    story(async (client) => {
      await client.query("insert into public.workspace_members values ($1, $2, 'viewer')", [
        theirs,
        ids.viewer,
      ])
      expect(await lastEntry(client)).toMatchObject({
        action: 'insert',
        table_name: 'workspace_members',
        row_id: ids.viewer,
        changes: { role_key: { new: 'viewer' }, status: { new: 'active' } },
      })
      await client.query('delete from public.workspace_members where workspace_id = $1 and user_id = $2', [
        theirs,
        ids.viewer,
      ])
      expect(await lastEntry(client)).toMatchObject({
        action: 'delete',
        row_id: ids.viewer,
        changes: { role_key: { old: 'viewer' } },
      })
    }),
  )

  it(
    'shows whoever gives up a role with the role they had',
    story(async (client) => {
      await letSecondAdminIn(client)
      await client.query(
        "select set_config('request.jwt.claims', json_build_object('sub', $1::text)::text, true)",
        [ids.admin],
      )
      await client.query("update public.workspace_members set role_key = 'member' where user_id = $1", [
        ids.admin,
      ])
      expect(await lastEntry(client)).toMatchObject({ actor_role: 'admin', row_id: ids.admin })
    }),
  )

  it(
    'shows whoever leaves, and whoever removes another, with the role of who acted',
    story(async (client) => {
      await actAs(client, admin, 'delete from public.workspace_members where user_id = $1', [ids.viewer])
      expect(await lastEntry(client)).toMatchObject({ actor_role: 'admin', row_id: ids.viewer })
      await actAs(client, member, 'select public.leave_workspace($1)', [ours])
      expect(await lastEntry(client)).toMatchObject({ actor_role: 'member', row_id: ids.member })
    }),
  )

  it(
    'is not written where nothing changed, for built-in roles, or for a change taken back',
    story(async (client) => {
      const before = await client.query(countOurs)
      await renameOurs(client, admin, 'Ours')
      await client.query(
        "update public.workspace_roles set permissions = '{}' where workspace_id = $1 and key = 'viewer'",
        [ours],
      )
      await client.query('savepoint taken_back')
      await renameOurs(client, admin)
      await client.query('rollback to savepoint taken_back')
      expect((await client.query(countOurs)).rows).toEqual(before.rows)
      await client.query(
        "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'editor', 'Editor')",
        [ours],
      )
      expect(await lastEntry(client)).toMatchObject({ table_name: 'workspace_roles', row_id: 'editor' })
    }),
  )

  it(
    'records a withheld column as changed and never its value, and joins the parts of a key',
    story(async (client) => {
      await client.query(`
        create table public.secrets (workspace_id text, a text, b int, token_hash text, email text, note text);
        create trigger audit after insert or update on public.secrets
          for each row execute function private.tg_audit('a,b', 'token_hash,email');
        create trigger audit_delete after delete on public.secrets referencing old table as deleted
          for each statement execute function private.tg_audit_deleted('a,b', 'token_hash,email')`)
      const steps = [
        `insert into public.secrets values ('${ours}', 'x', 1, 'hidden-1', 'hidden@example.com', 'seen')`,
        "update public.secrets set token_hash = 'hidden-2', note = null",
        'delete from public.secrets',
      ]
      const changes: unknown[] = []
      for (const step of steps) {
        await client.query(step)
        const entry = await lastEntry(client)
        expect(entry?.row_id).toBe('x,1')
        changes.push(entry?.changes)
      }
      expect(changes).toEqual([
        { a: { new: 'x' }, b: { new: 1 }, token_hash: {}, email: {}, note: { new: 'seen' } },
        { token_hash: {}, note: { old: 'seen', new: null } },
        { a: { old: 'x' }, b: { old: 1 }, token_hash: {}, email: {} },
      ])
      const { rows } = await client.query("select from public.audit_log where changes::text like '%hidden%'")
      expect(rows).toEqual([])
    }),
  )
})

describe('the headers of a request', () => {
  it.each([
    ['the id and the address', { 'x-request-id': ' abc-1 ', 'cf-connecting-ip': ' 203.0.113.7 ' }],
    [
      'the address that the platform saw, whatever else there is',
      { 'x-request-id': 'abc-1', 'cf-connecting-ip': '203.0.113.7', 'x-real-ip': '10.0.0.1' },
    ],
  ])('are recorded: %s', (_, headers) =>
    story(async (client) => {
      await setHeaders(client, JSON.stringify(headers))
      await renameOurs(client, admin)
      expect(await lastEntry(client)).toMatchObject({ request_id: 'abc-1', ip: '203.0.113.7' })
    })(),
  )

  it.each([
    ['no JSON', 'x-request-id: 1'],
    ['half of a document', '{"x-request-id": "1'],
    ['a list', '["x-request-id"]'],
    ['a text', '"x-request-id"'],
    ['null', 'null'],
    ['a NUL', '{"x-request-id": "\\u0000"}'],
    ['half of a surrogate pair', '{"x-request-id": "\\ud800"}'],
    ['no text in them', '{"x-request-id": {"a": []}, "x-forwarded-for": 1, "cf-connecting-ip": []}'],
    ['a network', '{"cf-connecting-ip": "10.0.0.0/8"}'],
    ['SQL', `{"cf-connecting-ip": "'; drop table public.audit_log; --"}`],
    ['a port', '{"cf-connecting-ip": "[::1]:80"}'],
    ['a megabyte', JSON.stringify({ 'x-forwarded-for': '1'.repeat(1_000_000) })],
  ])('never break a write: %s', (_, headers) =>
    story(async (client) => {
      await setHeaders(client, headers)
      expect((await renameOurs(client, admin)).rowCount).toBe(1)
      expect(await lastEntry(client)).toMatchObject({ actor_id: ids.admin, ip: null })
    })(),
  )

  it.each([
    ['as a browser sends it', `00-${'4bf92f35'.repeat(4)}-00f067aa0ba902b7-01`, '4bf92f35'.repeat(4)],
    ['of a version to come', `cc-${'4bf92f35'.repeat(4)}-00f067aa0ba902b7-01-what`, '4bf92f35'.repeat(4)],
    ['of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, null],
    ['in capitals', `00-${'4BF92F35'.repeat(4)}-00f067aa0ba902b7-01`, null],
    ['with more behind it', `00-${'4bf92f35'.repeat(4)}-00f067aa0ba902b7-01<script>`, null],
    ['of a megabyte', 'a'.repeat(1_000_000), null],
    ['that is no text', ['00'], null],
  ])('name the trace: %s', (_, traceparent, trace) =>
    story(async (client) => {
      await setHeaders(client, JSON.stringify({ traceparent }))
      await renameOurs(client, admin)
      expect(await lastEntry(client)).toMatchObject({ trace_id: trace })
    })(),
  )

  it(
    'are cut to 100 visible characters',
    story(async (client) => {
      await setHeaders(client, JSON.stringify({ 'x-request-id': 'x'.repeat(200) }))
      await renameOurs(client, admin)
      expect((await lastEntry(client))?.request_id).toBe('x'.repeat(100))
      await setHeaders(client, JSON.stringify({ 'x-request-id': 'abc\u202e\ndef' }))
      await renameOurs(client, admin, 'Again')
      expect((await lastEntry(client))?.request_id).toBe('abc')
    }),
  )
})
