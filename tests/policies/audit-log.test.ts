import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, service } from '../support/act.ts'
import { admin, createCast, ids, member, ours, outsider, suspended, theirs, viewer } from '../support/cast.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { policySuite } from '../support/policy-suite.ts'

const story = policySuite()

const denied = { code: '42501' }

interface Entry {
  actor_id: string | null
  actor_type: string
  actor_role: string | null
  action: string
  table_name: string
  row_id: string
  changes: Record<string, { old?: unknown; new?: unknown }>
  request_id: string | null
  ip: string | null
}

/** The entry that was written last, as the owner sees it. */
async function lastEntry(client: pg.Client): Promise<Entry | undefined> {
  const { rows } = await client.query<Entry>(
    `select actor_id, actor_type, actor_role, action, table_name, row_id, changes, request_id, host(ip) as ip
     from public.audit_log order by occurred_at desc limit 1`,
  )
  return rows[0]
}

/** The last admin may not go: the suspended one is let back in. */
const letSecondAdminIn = (client: pg.Client) =>
  client.query("update public.workspace_members set status = 'active' where user_id = $1", [ids.suspended])

const rename = (client: pg.Client, actor: Actor, name = 'Renamed') =>
  actAs(client, actor, 'update public.workspaces set name = $1 where id = $2', [name, ours])

const setHeaders = (client: pg.Client, headers: string) =>
  client.query("select set_config('request.headers', $1, true)", [headers])

const countOurs = "select count(*)::int from public.audit_log where workspace_id = 'WK-00000000A'"

describe('an entry', () => {
  it(
    'names the person, their role, the row and what changed',
    story(async (client) => {
      await rename(client, admin)
      expect(await lastEntry(client)).toEqual({
        actor_id: ids.admin,
        actor_type: 'user',
        actor_role: 'admin',
        action: 'update',
        table_name: 'workspaces',
        row_id: ours,
        changes: { name: { old: 'Ours', new: 'Renamed' } },
        request_id: null,
        ip: null,
      })
      const { rows } = await client.query(
        "select max(occurred_at) > now() - interval '1 minute' as recent from public.audit_log",
      )
      expect(rows).toEqual([{ recent: true }])
    }),
  )

  it(
    'tells an API key from the system',
    story(async (client) => {
      await rename(client, service)
      expect(await lastEntry(client)).toMatchObject({
        actor_type: 'api_key',
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
    'is not written where nothing changed, for built-in roles, or for a change taken back',
    story(async (client) => {
      const before = await client.query(countOurs)
      await rename(client, admin, 'Ours')
      await client.query(
        "update public.workspace_roles set permissions = '{}' where workspace_id = $1 and key = 'viewer'",
        [ours],
      )
      await client.query('savepoint taken_back')
      await rename(client, admin)
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
        create trigger audit after insert or update or delete on public.secrets
          for each row execute function private.tg_audit('a,b', 'token_hash,email')`)
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
    ['the id and the first hop', { 'x-request-id': ' abc-1 ', 'x-forwarded-for': '203.0.113.7, 10.0.0.1' }],
    ['the other header', { 'x-request-id': 'abc-1', 'x-real-ip': '203.0.113.7' }],
    [
      'the other header where the first is malformed',
      { 'x-request-id': 'abc-1', 'x-forwarded-for': 'unknown', 'x-real-ip': '203.0.113.7' },
    ],
  ])('are recorded: %s', (_, headers) =>
    story(async (client) => {
      await setHeaders(client, JSON.stringify(headers))
      await rename(client, admin)
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
    ['no text in them', '{"x-request-id": {"a": []}, "x-forwarded-for": 1, "x-real-ip": []}'],
    ['a network', '{"x-forwarded-for": "10.0.0.0/8"}'],
    ['SQL', `{"x-forwarded-for": "'; drop table public.audit_log; --"}`],
    ['a port', '{"x-forwarded-for": "[::1]:80"}'],
    ['a megabyte', JSON.stringify({ 'x-forwarded-for': '1'.repeat(1_000_000) })],
  ])('never break a write: %s', (_, headers) =>
    story(async (client) => {
      await setHeaders(client, headers)
      expect((await rename(client, admin)).rowCount).toBe(1)
      expect(await lastEntry(client)).toMatchObject({ actor_id: ids.admin, ip: null })
    })(),
  )

  it(
    'are cut to 100 visible characters',
    story(async (client) => {
      await setHeaders(client, JSON.stringify({ 'x-request-id': 'x'.repeat(200) }))
      await rename(client, admin)
      expect((await lastEntry(client))?.request_id).toBe('x'.repeat(100))
      await setHeaders(client, JSON.stringify({ 'x-request-id': 'abc\u202e\ndef' }))
      await rename(client, admin, 'Again')
      expect((await lastEntry(client))?.request_id).toBe('abc')
    }),
  )
})

describe('reading', () => {
  it.each([
    ['admin', admin, [ours]],
    ['member', member, []],
    ['viewer', viewer, []],
    ['suspended admin', suspended, []],
    ['outsider', outsider, [theirs]],
    ['service role', service, [ours, theirs]],
  ])('shows the %s exactly the entries of their own', (_, actor, expected) =>
    story(async (client) => {
      await rename(client, admin)
      const { rows } = await actAs(
        client,
        actor,
        'select distinct workspace_id from public.audit_log order by 1',
      )
      expect(rows.map((row) => row.workspace_id)).toEqual(expected)
    })(),
  )

  it(
    'is denied to anonymous callers, and to everybody below the log',
    story(async (client) => {
      await expect(actAs(client, anonymous, 'select from public.audit_log')).rejects.toMatchObject(denied)
      for (const actor of [admin, service])
        await expect(actAs(client, actor, 'select from private.audit_log_default')).rejects.toMatchObject(
          denied,
        )
    }),
  )

  it(
    'follows a custom role from the next statement on',
    story(async (client) => {
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         values ($1, 'auditor', 'Auditor', '{audit.read}')`,
        [ours],
      )
      const read = () => actAs(client, viewer, 'select from public.audit_log')
      expect((await read()).rowCount).toBe(0)
      await client.query("update public.workspace_members set role_key = 'auditor' where user_id = $1", [
        ids.viewer,
      ])
      expect((await read()).rowCount).toBeGreaterThan(0)
    }),
  )
})

describe('the log only grows', () => {
  const attempts = [
    "update public.audit_log set actor_id = null where action = 'insert'",
    'delete from public.audit_log',
    'truncate public.audit_log',
    'delete from private.audit_log_default',
    'truncate private.audit_log_default',
  ]
  const forged = `insert into public.audit_log (workspace_id, actor_type, action, table_name, row_id, changes)
    values ('${ours}', 'system', 'update', 'workspaces', '${ours}', '{}')`

  it.each([
    ['anonymous', anonymous],
    ['admin', admin],
    ['service role', service],
  ])('for the %s, who cannot forge an entry either', (_, actor) =>
    story(async (client) => {
      const before = await client.query(countOurs)
      for (const sql of [...attempts, forged])
        await expect(actAs(client, actor, sql), sql).rejects.toMatchObject(denied)
      expect((await client.query(countOurs)).rows).toEqual(before.rows)
    })(),
  )

  it(
    'even though somebody knows the setting that opens it',
    story(async (client) => {
      for (const sql of attempts) {
        await client.query("select set_config('private.audit_changes_allowed', 'true', true)")
        await expect(actAs(client, admin, sql), sql).rejects.toMatchObject(denied)
      }
      await expect(actAs(client, admin, 'select private.allow_audit_changes(true)')).rejects.toMatchObject(
        denied,
      )
    }),
  )

  it.each([
    ...attempts.slice(0, 3),
    'delete from private.audit_log_2026_11',
    'truncate private.audit_log_default',
  ])('for its owner: %s', (sql) =>
    story(async (client) => {
      const { rows } = await client.query(
        'select tableoid::regclass::text as partition from public.audit_log limit 1',
      )
      const attempt = client.query(sql.replace('private.audit_log_2026_11', rows[0]?.partition))
      expect(await clientError(attempt)).toMatchObject({ status: 403, code: 'permission_denied' })
    })(),
  )

  it(
    'and loses the addresses of a deleted account, nothing else',
    story(async (client) => {
      await setHeaders(client, JSON.stringify({ 'x-real-ip': '203.0.113.7', 'x-request-id': 'r-1' }))
      await rename(client, admin)
      await expect(
        actAs(client, admin, 'select private.scrub_audit_of($1)', [ids.admin]),
      ).rejects.toMatchObject(denied)
      await client.query('select private.scrub_audit_of($1)', [ids.member])
      expect(await lastEntry(client)).toMatchObject({ ip: '203.0.113.7' })
      await client.query('select private.scrub_audit_of($1)', [ids.admin])
      expect(await lastEntry(client)).toMatchObject({ actor_id: ids.admin, ip: null, request_id: 'r-1' })
      const attempt = client.query('delete from public.audit_log')
      expect(await clientError(attempt)).toMatchObject({ code: 'permission_denied' })
    }),
  )
})

interface Page {
  entries: { id: string; action: string; table: string; actor: { name: string | null }; rowId: string }[]
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
      for (let number = 0; number < 7; number += 1) await rename(client, admin, `Name ${number}`)
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
    'filters by actor, action, table and time',
    story(async (client) => {
      await rename(client, admin)
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
  let database: TestDatabase
  let reader: pg.Client
  let writer: pg.Client

  beforeAll(async () => {
    database = await createDatabase('migrated')
    reader = new pg.Client({ connectionString: database.url('postgres') })
    writer = new pg.Client({ connectionString: database.url('postgres') })
    await Promise.all([reader.connect(), writer.connect()])
    await createCast(reader)
  })

  afterAll(async () => {
    await Promise.all([reader.end(), writer.end()])
    await database.drop()
  })

  it('neither loses nor repeats an entry', async () => {
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
