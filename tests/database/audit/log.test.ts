import { describe, expect, it } from 'vitest'
import { actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { countOurs, lastEntry, renameOurs, setHeaders } from '../../support/database/audit-log.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

const story = policySuite()

const denied = { code: '42501' }

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
      await renameOurs(client, admin)
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
      await setHeaders(client, JSON.stringify({ 'cf-connecting-ip': '203.0.113.7', 'x-request-id': 'r-1' }))
      await renameOurs(client, admin)
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
