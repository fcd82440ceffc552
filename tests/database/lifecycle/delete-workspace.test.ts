import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { overlap } from '../../support/database/overlap.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import { refused } from '../../support/people/workspace-life.ts'

const story = policySuite()

const denied = { code: '42501' }

const remove = (client: pg.Client, actor: Actor, name: string | null = 'Ours', workspaceId = ours) =>
  actAs(client, actor, 'select public.delete_workspace($1, $2)', [workspaceId, name])

describe('delete_workspace', () => {
  const trail = async (client: pg.Client) =>
    (
      await client.query(
        `select workspace_id, name, plan_type, member_count::int, deleted_by, request_id, host(ip) as ip
         from private.deleted_workspaces`,
      )
    ).rows

  it(
    'takes everything of the workspace with it, and leaves one row outside',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'editor', 'Editor')",
        [ours],
      )
      // Of one name with it, and no part of it.
      await client.query("update public.workspaces set name = 'Ours' where id = $1", [theirs])
      await client.query(`select set_config('request.headers', $1, true)`, [
        JSON.stringify({ 'x-request-id': 'bye', 'cf-connecting-ip': '203.0.113.7' }),
      ])
      await remove(client, admin)
      const { rows: tables } = await client.query<{ name: string }>(
        `select a.attrelid::regclass::text as name from pg_attribute a
         join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
         where a.attname = 'workspace_id' and n.nspname = 'public' and c.relkind in ('r', 'p')`,
      )
      for (const { name } of [...tables, { name: 'public.workspaces' }]) {
        const column = name.endsWith('workspaces') ? 'id' : 'workspace_id'
        const { rows } = await client.query(`select distinct ${column} as id from ${name} order by 1`)
        expect([[], [{ id: theirs }]], name).toContainEqual(rows)
      }
      expect(await trail(client)).toEqual([
        {
          workspace_id: ours,
          name: 'Ours',
          plan_type: 'free',
          member_count: 4,
          deleted_by: ids.admin,
          request_id: 'bye',
          ip: '203.0.113.7',
        },
      ])
    }),
  )

  it.each(refused)('refuses the %s', (_, actor, status, code) =>
    story(async (client) => {
      expect(await clientError(remove(client, actor))).toMatchObject({ status, code })
      expect((await client.query('select from public.workspaces')).rowCount).toBe(2)
      expect(await trail(client)).toEqual([])
    })(),
  )

  it.each([['ours'], [' Ours'], ['Our'], [''], [null], ['Theirs'], ['%']])(
    'refuses the name %j, and does not tell the right one',
    (name) =>
      story(async (client) => {
        const error = await clientError(remove(client, admin, name))
        expect(error).toMatchObject({ status: 400, code: 'invalid_input', details: 'name' })
        expect(JSON.stringify(error)).not.toContain('Ours')
        expect((await client.query('select from public.workspaces')).rowCount).toBe(2)
      })(),
  )

  it(
    'is not for anonymous callers',
    story(async (client) => {
      for (const sql of [
        `select public.delete_workspace('${ours}', 'Ours')`,
        `select public.transfer_workspace('${ours}', '${ids.admin}')`,
        `select public.update_workspace_settings('${ours}', '{}')`,
      ])
        await expect(actAs(client, anonymous, sql)).rejects.toMatchObject(denied)
    }),
  )

  it(
    'leaves its trail whoever deletes, and an id can come and go again',
    story(async (client) => {
      for (let time = 0; time < 2; time += 1) {
        await actAs(client, service, 'delete from public.workspaces where id = $1', [ours])
        await client.query("insert into public.workspaces (id, name) values ($1, 'Back')", [ours])
      }
      expect(await trail(client)).toMatchObject([
        { name: 'Ours', member_count: 4, deleted_by: null },
        { name: 'Back', member_count: 0, deleted_by: null },
      ])
    }),
  )

  it(
    'shows the trail to the service role alone, and lets nobody change it',
    story(async (client) => {
      await remove(client, admin)
      const read = 'select from private.deleted_workspaces'
      expect((await actAs(client, service, read)).rowCount).toBe(1)
      for (const actor of [admin, anonymous, person(ids.outsider)])
        await expect(actAs(client, actor, read)).rejects.toMatchObject(denied)
      for (const sql of [
        'delete from private.deleted_workspaces',
        'update private.deleted_workspaces set deleted_by = null',
        'truncate private.deleted_workspaces',
      ])
        await expect(actAs(client, service, sql)).rejects.toMatchObject(denied)
    }),
  )

  it(
    'loses its address with the account',
    story(async (client) => {
      await client.query(`select set_config('request.headers', '{"cf-connecting-ip": "203.0.113.7"}', true)`)
      await remove(client, admin)
      await client.query('select private.scrub_audit_of($1)', [ids.admin])
      expect(await trail(client)).toMatchObject([{ deleted_by: ids.admin, ip: null }])
    }),
  )
})

it(
  'whatever refers to a workspace goes with it',
  story(async (client) => {
    const { rows } = await client.query(
      `select conname from pg_constraint
       where contype = 'f' and confrelid = 'public.workspaces'::regclass and confdeltype <> 'c'`,
    )
    expect(rows).toEqual([])
  }),
)

it('who may not delete a workspace is told so, and waits for nobody who works in it', async () => {
  await using opened = await openDatabase()
  const { observer } = opened
  await createCast(observer)
  const stranger = await opened.connect()
  await observer.query('begin')
  await observer.query('select from public.workspace_members where workspace_id = $1 for update', [ours])
  await stranger.query('begin')
  await stranger.query("set local statement_timeout = '3s'")
  for (const [actor, code] of [
    [outsider, 'not_found'],
    [member, 'permission_denied'],
  ] as const)
    expect(await clientError(remove(stranger, actor))).toMatchObject({ code })
  await observer.query('rollback')
})

describe('a workspace that somebody deletes while', () => {
  it.each([
    ['another admin deletes it', (client: pg.Client) => remove(client, admin), 'not_found', 0],
    [
      'another admin takes the role away',
      (client: pg.Client) =>
        actAs(client, admin, "select public.change_member($1, $2, 'member')", [ours, ids.member]),
      'permission_denied',
      1,
    ],
    [
      'another admin gives it another name',
      (client: pg.Client) =>
        actAs(client, admin, "update public.workspaces set name = 'Renamed' where id = $1", [ours]),
      'invalid_input',
      1,
    ],
  ])('%s', async (_, meanwhile, answer, left) => {
    await using opened = await openDatabase()
    const { observer } = opened
    const sessions = { observer, first: await opened.connect(), second: await opened.connect() }
    await observer.query('begin')
    await createCast(observer)
    await observer.query(
      "update public.workspace_members set role_key = 'admin' where workspace_id = $1 and user_id = $2",
      [ours, ids.member],
    )
    await observer.query('commit')
    expect(await overlap(sessions, meanwhile, (client) => remove(client, member))).toEqual(['done', answer])
    const { rowCount } = await observer.query('select from public.workspaces where id = $1', [ours])
    expect(rowCount).toBe(left)
  })
})
