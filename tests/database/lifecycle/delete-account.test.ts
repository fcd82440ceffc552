import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { openDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { expectNothingFor, leave } from '../../support/people/account.ts'
import {
  admin,
  createCast,
  ids,
  member,
  ours,
  outsider,
  suspended,
  theirs,
  viewer,
} from '../../support/people/cast.ts'

const story = policySuite()

async function count(client: pg.Client, from: string, values: unknown[] = []): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`select count(*)::int from ${from}`, values)
  return rows[0]?.count ?? 0
}

async function promote(client: pg.Client, id: string): Promise<void> {
  await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [id])
}

describe('delete_my_account', () => {
  it(
    'takes the account, the profile and the memberships, and nothing of others',
    story(async (client) => {
      await leave(client, member)
      for (const [table, column] of [
        ['auth.users', 'id'],
        ['public.profiles', 'id'],
        ['public.workspace_members', 'user_id'],
      ]) {
        expect(await count(client, `${table} where ${column} = $1`, [ids.member])).toBe(0)
        expect(await count(client, table ?? '')).toBe(4)
      }
      expect(await count(client, 'public.workspaces')).toBe(2)
    }),
  )

  it(
    'keeps what the person made for others, by nobody',
    story(async (client) => {
      await promote(client, ids.member)
      await leave(client, admin)
      const { rows } = await client.query('select name, created_by from public.workspaces where id = $1', [
        ours,
      ])
      expect(rows).toEqual([{ name: 'Ours', created_by: null }])
    }),
  )

  it(
    'takes along the workspaces in which the person is alone',
    story(async (client) => {
      await leave(client, outsider)
      const { rows } = await client.query('select id from public.workspaces')
      expect(rows).toEqual([{ id: ours }])
      expect(await count(client, 'public.workspace_roles where workspace_id = $1', [theirs])).toBe(0)
    }),
  )

  it(
    'refuses the last admin of a workspace with others in it, names it, and changes nothing',
    story(async (client) => {
      expect(await clientError(leave(client, admin))).toEqual({
        status: 409,
        code: 'last_admin',
        message: expect.any(String),
        details: JSON.stringify([{ id: ours, name: 'Ours' }])
          .replaceAll('":', '": ')
          .replaceAll(',"', ', "'),
        hint: expect.any(String),
      })
      expect(await count(client, 'auth.users')).toBe(5)
      expect(await count(client, 'public.workspace_members')).toBe(5)
    }),
  )

  it(
    'is one or nothing: a workspace they are alone in stays where another holds them back',
    story(async (client) => {
      await actAs(client, admin, "select public.create_workspace('Alone')")
      expect(await clientError(leave(client, admin))).toMatchObject({ code: 'last_admin' })
      expect(await count(client, "public.workspaces where name = 'Alone'")).toBe(1)
      await promote(client, ids.viewer)
      await leave(client, admin)
      expect(await count(client, "public.workspaces where name = 'Alone'")).toBe(0)
      expect(await count(client, 'public.workspaces where id = $1', [ours])).toBe(1)
    }),
  )

  it.each([
    ['takes the invitations to a confirmed address along', 'now()', 0],
    ['leaves the invitations to an address that was never confirmed', 'null', 1],
  ])('%s', (_, confirmedAt, left) =>
    story(async (client) => {
      await client.query(`update auth.users set email_confirmed_at = ${confirmedAt} where id = $1`, [
        ids.outsider,
      ])
      await actAs(client, admin, "select public.create_invitation($1, 'outsider@example.com', 'viewer')", [
        ours,
      ])
      // What is for others is not touched, whoever has confirmed what.
      await client.query('update auth.users set email_confirmed_at = now() where id = $1', [ids.viewer])
      await client.query(
        `insert into public.workspace_invitations (workspace_id, email, role_key, expires_at)
         values ($1, 'viewer@example.com', 'viewer', now()), ($1, 'nobody@example.com', 'viewer', now())`,
        [theirs],
      )
      // As theirs goes with its only person, it is given another one.
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.admin],
      )
      await leave(client, outsider)
      expect(await count(client, 'public.workspace_invitations where workspace_id = $1', [ours])).toBe(left)
      expect(await count(client, 'public.workspace_invitations where workspace_id = $1', [theirs])).toBe(2)
    })(),
  )

  it(
    'leaves the bare id in the audit log, without an address, a name or an e-mail address',
    story(async (client) => {
      await client.query(`select set_config('request.headers', '{"cf-connecting-ip": "192.0.2.7"}', true)`)
      await promote(client, ids.member)
      await actAs(client, admin, "update public.workspaces set name = 'Better' where id = $1", [ours])
      await leave(client, admin)
      const { rows } = await client.query(
        'select ip, to_jsonb(l)::text as entry from public.audit_log l where actor_id = $1',
        [ids.admin],
      )
      expect(rows.length).toBeGreaterThan(1)
      for (const { ip, entry } of rows) {
        expect(ip).toBeNull()
        expect(entry).not.toContain('admin@example.com')
      }
    }),
  )

  it(
    'lets a suspended admin go',
    story(async (client) => {
      await leave(client, suspended)
      expect(await count(client, 'auth.users where id = $1', [ids.suspended])).toBe(0)
    }),
  )

  it(
    'leaves an old token with nothing',
    story(async (client) => {
      await leave(client, member)
      await expectNothingFor(client, member)
    }),
  )

  it(
    'is not for anonymous callers',
    story(async (client) => {
      await expect(leave(client, anonymous)).rejects.toMatchObject({ code: '42501' })
    }),
  )

  it(
    'is held back by no reference: each goes with the account or becomes null',
    story(async (client) => {
      const { rows } = await client.query(`
        select k.conname
        from pg_constraint k
        where k.contype = 'f' and k.confrelid in ('public.profiles'::regclass, 'auth.users'::regclass)
          and not (
            k.confdeltype = 'c'
            or k.confdeltype = 'n' and not exists (
              select from pg_attribute a
              where a.attrelid = k.conrelid and a.attnotnull and a.attnum = any (coalesce(k.confdelsetcols, k.conkey)))
          )`)
      expect(rows).toEqual([])
    }),
  )
})

describe('admin_delete_account', () => {
  const remove = (client: pg.Client, actor: Actor, id: string) =>
    actAs(client, actor, 'select public.admin_delete_account($1)', [id])

  it(
    'does for the server what delete_my_account does for oneself',
    story(async (client) => {
      await remove(client, service, ids.member)
      expect(await count(client, 'auth.users where id = $1', [ids.member])).toBe(0)
      expect(await count(client, 'public.workspace_members where user_id = $1', [ids.member])).toBe(0)
      await remove(client, service, ids.outsider)
      expect(await count(client, 'public.workspaces where id = $1', [theirs])).toBe(0)
      expect(await count(client, 'public.profiles')).toBe(3)
    }),
  )

  it(
    'names the workspaces of a last admin, and is possible once another is one',
    story(async (client) => {
      const refused = await clientError(remove(client, service, ids.admin))
      expect(refused).toMatchObject({
        status: 409,
        code: 'last_admin',
        message: 'This person is the last admin of a workspace that has other people in it.',
      })
      expect(JSON.parse(String(refused.details))).toEqual([{ id: ours, name: 'Ours' }])
      expect(await count(client, 'auth.users')).toBe(5)
      await actAs(
        client,
        service,
        "update public.workspace_members set role_key = 'admin' where user_id = $1",
        [ids.member],
      )
      await remove(client, service, ids.admin)
      expect(await count(client, 'auth.users where id = $1', [ids.admin])).toBe(0)
    }),
  )

  it(
    'finds no account that is not there, and is for nobody without a secret key',
    story(async (client) => {
      expect(
        await clientError(remove(client, service, '00000000-0000-4000-8000-0000000000ff')),
      ).toMatchObject({
        status: 404,
        code: 'not_found',
        details: 'user_id',
      })
      for (const actor of [anonymous, member, admin])
        await expect(remove(client, actor, ids.member)).rejects.toMatchObject({ code: '42501' })
      expect(await count(client, 'auth.users')).toBe(5)
    }),
  )
})

describe('at the same moment', () => {
  it('people who have no workspace in common do not wait for each other', async () => {
    await using sessions = await openDatabase()
    const { observer } = sessions
    const [one, other] = [await sessions.connect(), await sessions.connect()]
    await createCast(observer)
    await other.query("set lock_timeout = '1ms'")

    await one.query('begin')
    await leave(one, member)
    await other.query('begin')
    await expect(leave(other, viewer)).rejects.toMatchObject({ code: '55P03' })
    await leave(other, outsider)
    await other.query('commit')
    await one.query('commit')
    expect(await count(observer, 'auth.users where id = any ($1)', [[ids.member, ids.outsider]])).toBe(0)
    expect(await count(observer, 'auth.users where id = $1', [ids.viewer])).toBe(1)
  })

  it('a trace in the workspace of another is enough to wait, whatever table it is in', async () => {
    await using sessions = await openDatabase()
    const { rows } = await sessions.observer.query(`
      select f.reference
      from (
        select format('%s.%s', n.nspname, t.relname) as name, a.attname, t.relname || '.' || a.attname as reference
        from pg_constraint c
        join pg_class t on t.oid = c.conrelid
        join pg_namespace n on n.oid = t.relnamespace
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
        where c.contype = 'f' and c.confrelid = 'public.profiles'::regclass
          -- What is in no workspace is the person's own, and nobody else comes to it.
          and (c.conrelid = 'public.workspaces'::regclass or exists (
            select from pg_attribute w where w.attrelid = c.conrelid and w.attname = 'workspace_id'))
      ) as f
      join pg_proc p on p.proname = 'workspaces_touched_by'
      where p.prosrc !~ format('from %s (\\w+)\\s+where [^;]*\\1\\.%s = p_user_id', f.name, f.attname)`)
    expect(rows).toEqual([])
  })

  it.each([
    ['deletes the account, too', 'select public.delete_my_account()', []],
    ['leaves the workspace', 'select public.leave_workspace($1)', [ours]],
  ])('two admins cannot both leave the others behind: the first %s', async (_, sql, values) => {
    await using sessions = await openDatabase()
    const { observer } = sessions
    const [one, other] = [await sessions.connect(), await sessions.connect()]
    await createCast(observer)
    await promote(observer, ids.member)

    await one.query('begin')
    await actAs(one, admin, sql, values)
    await other.query('begin')
    const waiting = clientError(leave(other, member))
    await untilBlocked(observer, other)
    await one.query('commit')
    const refused = await waiting
    expect(refused).toMatchObject({ status: 409, code: 'last_admin' })
    expect(JSON.parse(String(refused.details))).toEqual([{ id: ours, name: 'Ours' }])
    await other.query('rollback')

    const { rows } = await observer.query(
      'select user_id, role_key from public.workspace_members where workspace_id = $1 order by user_id',
      [ours],
    )
    expect(rows).toEqual([
      { user_id: ids.member, role_key: 'admin' },
      { user_id: ids.viewer, role_key: 'viewer' },
      { user_id: ids.suspended, role_key: 'admin' },
    ])
  })
})
