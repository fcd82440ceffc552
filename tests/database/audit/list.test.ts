import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError } from '../../support/database/act.ts'
import { letSecondAdminIn, renameOurs, setHeaders } from '../../support/database/audit-log.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours, outsider, suspended } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()

const denied = { code: '42501' }

interface Page {
  entries: {
    id: string
    action: string
    table: string
    actor: { name: string | null }
    rowId: string
    subject: { name: string | null }
  }[]
  next: { before: string; beforeId: string } | null
}

async function list(client: pg.Client, actor: Actor, args: Record<string, unknown> = {}): Promise<Page> {
  const given = { workspace_id: ours, ...args }
  const names = Object.keys(given)
  const { rows } = await actAs<{ page: Page }>(
    client,
    actor,
    `select public.list_audit_log(${names.map((name, index) => `${name} => $${index + 1}`).join(', ')}) as page`,
    Object.values(given),
  )
  const [row] = rows
  if (!row) throw new Error('The function answered without a row.')
  return row.page
}

describe('list_audit_log', () => {
  it(
    'gives every entry once, latest first, with the names of people who have left too',
    story(async (client) => {
      for (let number = 0; number < 7; number += 1) await renameOurs(client, admin, `Name ${number}`)
      await client.query('delete from public.workspace_members where user_id = $1', [ids.viewer])
      const found: string[] = []
      let next: Page['next'] = null
      do {
        const page: Page = await list(client, admin, {
          per_page: 3,
          ...(next ? { before: next.before, before_id: next.beforeId } : {}),
        })
        expect(page.entries.length).toBeLessThanOrEqual(3)
        found.push(...page.entries.map(({ id }) => id))
        next = page.next
      } while (next)
      const { rows } = await client.query<{ id: string }>(
        'select id from public.audit_log where workspace_id = $1 order by occurred_at desc, id desc',
        [ours],
      )
      expect(found).toEqual(rows.map(({ id }) => id))

      await letSecondAdminIn(client)
      await client.query('delete from public.workspace_members where user_id = $1', [ids.admin])
      const { entries } = await list(client, suspended, { actor_id: ids.admin, per_page: 1 })
      expect(entries).toMatchObject([
        { actor: { type: 'user', id: ids.admin, name: 'admin', role: 'admin' } },
      ])
    }),
  )

  it(
    'calls a role what it was called then',
    story(async (client) => {
      await giveCustomRole(client, 'sales', ['dashboards.read'])
      for (const name of ['First', 'Second'])
        await client.query("update public.workspace_roles set name = $1 where key = 'sales'", [name])
      const { entries } = await list(client, admin, { table_name: 'workspace_roles', action: 'update' })
      expect(entries.map(({ subject }) => subject.name)).toEqual(['Second', 'First'])
    }),
  )

  it(
    'tells of each entry who, what and whence, and continues among those of one moment',
    story(async (client) => {
      await setHeaders(
        client,
        JSON.stringify({
          'x-request-id': 'request-1',
          traceparent: `00-${'f'.repeat(32)}-${'1'.repeat(16)}-01`,
          'cf-connecting-ip': '203.0.113.7',
          'x-forwarded-for': '192.0.2.1, 203.0.113.7',
        }),
      )
      await renameOurs(client, admin)
      expect((await list(client, admin, { per_page: 1 })).entries).toEqual([
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/),
          actor: { type: 'user', id: ids.admin, name: 'admin', role: 'admin' },
          action: 'update',
          subject: { kind: 'workspace', id: ours, name: 'Renamed' },
          table: 'workspaces',
          rowId: ours,
          changes: { name: { old: 'Ours', new: 'Renamed' } },
          requestId: 'request-1',
          claimedTraceId: 'f'.repeat(32),
          ip: '203.0.113.7',
          claimedIp: '192.0.2.1',
        },
      ])
      await client.query(
        `insert into public.audit_log (workspace_id, occurred_at, actor_type, action, table_name, row_id, changes)
         select w.id, '2999-01-01', 'system', 'update', 'themes', 'x', '{}'
         from public.workspaces w cross join generate_series(1, 3)`,
      )
      const moment = { since: '2999-01-01', per_page: 2 }
      const first = await list(client, admin, moment)
      const { before, beforeId } = first.next ?? {}
      const second = await list(client, admin, { ...moment, before, before_id: beforeId })
      expect(new Set([...first.entries, ...second.entries].map(({ id }) => id)).size).toBe(3)
      expect([first.entries.length, second.entries.length, second.next]).toEqual([2, 1, null])
      expect((await list(client, admin, { since: '2998-01-01', until: '2999-01-01' })).entries).toEqual([])
      for (const table_name of ['destinations', 'marketplace_listings'])
        expect((await list(client, admin, { table_name, per_page: 100 })).entries).toEqual([])
    }),
  )

  it(
    'filters by actor, action, table and time',
    story(async (client) => {
      await renameOurs(client, admin)
      const tables = async (args: Record<string, unknown>) =>
        new Set((await list(client, admin, args)).entries.map(({ table, action }) => `${action} ${table}`))
      expect(await tables({ actor_id: ids.admin })).toEqual(new Set(['update workspaces']))
      expect(await tables({ action: 'insert' })).toEqual(
        new Set(['insert workspaces', 'insert workspace_members']),
      )
      expect(await tables({ table_name: 'workspace_members' })).toEqual(new Set(['insert workspace_members']))
      expect(await tables({ actor_id: ids.outsider })).toEqual(new Set())
      expect(await tables({ since: '2999-01-01' })).toEqual(new Set())
      expect(await tables({ until: '1999-01-01' })).toEqual(new Set())
      expect(await tables({ since: '1999-01-01', until: '2999-01-01', action: 'update' })).toEqual(
        new Set(['update workspaces']),
      )
    }),
  )

  it.each([
    ['member', member, 403, 'permission_denied'],
    ['suspended admin', suspended, 404, 'not_found'],
    ['outsider', outsider, 404, 'not_found'],
  ])('refuses the %s', (_, actor, status, code) =>
    story(async (client) => {
      expect(await clientError(list(client, actor))).toMatchObject({ status, code })
    })(),
  )

  it(
    'refuses anonymous callers',
    story(async (client) => {
      await expect(list(client, anonymous)).rejects.toMatchObject(denied)
    }),
  )

  it.each([
    ['per_page', { per_page: 0 }],
    ['per_page', { per_page: 101 }],
    ['per_page', { per_page: null }],
    ['before', { before: '2026-01-01' }],
    ['before', { before_id: ids.admin }],
    ['action', { action: 'truncate' }],
    ['until', { since: '2026-01-02', until: '2026-01-01' }],
    ['until', { since: '2026-01-01', until: '2026-01-01' }],
    ['table_name', { table_name: '' }],
    ['table_name', { table_name: 'workspace_member' }],
    ['table_name', { table_name: 'audit_log' }],
    ['table_name', { table_name: 'workspaces'.repeat(100_000) }],
  ])('refuses a wrong %s: %j', (details, args) =>
    story(async (client) => {
      expect(await clientError(list(client, admin, args))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details,
      })
    })(),
  )
})

describe('paging while others write', () => {
  it('neither loses nor repeats an entry', async () => {
    await using sessions = await openDatabase()
    const { observer: reader } = sessions
    const writer = await sessions.connect()
    await createCast(reader)
    const renames = async (from: number) => {
      for (let number = from; number < from + 20; number += 1)
        await writer.query('update public.workspaces set name = $1 where id = $2', [`Name ${number}`, ours])
    }
    await renames(0)
    const before = await reader.query<{ id: string }>(
      'select id from public.audit_log where workspace_id = $1',
      [ours],
    )
    const writing = renames(100)
    const found: string[] = []
    let cursor: { occurred_at: string; id: string } | undefined
    do {
      const { rows } = await reader.query<{ occurred_at: string; id: string }>(
        `select occurred_at::text, id from public.audit_log
         where workspace_id = $1 and ($2::timestamptz is null or (occurred_at, id) < ($2, $3::uuid))
         order by occurred_at desc, id desc limit 4`,
        [ours, cursor?.occurred_at, cursor?.id],
      )
      found.push(...rows.map(({ id }) => id))
      cursor = rows.at(-1)
    } while (cursor)
    await writing
    expect(new Set(found).size).toBe(found.length)
    expect(found).toEqual(expect.arrayContaining(before.rows.map(({ id }) => id)))
  })
})
