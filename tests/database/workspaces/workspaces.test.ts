import { describe, expect, it } from 'vitest'
import { actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

const story = policySuite()

const denied = { code: '42501' }

describe('create_workspace', () => {
  it(
    'makes the caller the admin of a free workspace with a cleaned name',
    story(async (client) => {
      const { rows } = await actAs(client, viewer, "select * from public.create_workspace(E'  Big\\n Idea ')")
      expect(rows[0]).toMatchObject({
        id: expect.stringMatching(/^WK-[0-9A-HJKMNP-TV-Z]{9}$/),
        name: 'Big Idea',
        plan_type: 'free',
        settings: {},
        created_by: ids.viewer,
      })
      const members = await client.query(
        'select user_id, role_key, status from public.workspace_members where workspace_id = $1',
        [rows[0]?.id],
      )
      expect(members.rows).toEqual([{ user_id: ids.viewer, role_key: 'admin', status: 'active' }])
    }),
  )

  it(
    'gives every workspace the three built-in roles',
    story(async (client) => {
      const { rows } = await client.query(
        'select key, is_built_in, permissions from public.workspace_roles where workspace_id = $1 order by key',
        [ours],
      )
      const catalog = await client.query<{ key: string; held_by: string[] }>(
        'select key, held_by from public.permissions order by key',
      )
      const heldBy = (role: string) =>
        catalog.rows.filter(({ held_by }) => held_by.includes(role)).map(({ key }) => key)
      expect(rows).toEqual([
        { key: 'admin', is_built_in: true, permissions: catalog.rows.map(({ key }) => key) },
        { key: 'member', is_built_in: true, permissions: heldBy('member') },
        { key: 'viewer', is_built_in: true, permissions: heldBy('viewer') },
      ])
      expect(heldBy('viewer')).toContain('dashboards.read')
      // What they write besides is for themselves alone.
      expect(heldBy('viewer').filter((key) => !key.endsWith('.read'))).toEqual(['dashboards.arrange'])
    }),
  )

  it(
    'makes at most 100 that the person is in, of which those of others and those they left do not count',
    story(async (client) => {
      await client.query(
        `with made as (
           insert into public.workspaces (name, created_by)
           select 'Workspace ' || n, $1 from generate_series(1, 100) as n
           returning id, name
         )
         insert into public.workspace_members (workspace_id, user_id, role_key)
         select id, case name when 'Workspace 1' then $2 else $1 end::uuid, 'admin' from made`,
        [ids.member, ids.admin],
      )
      const make = () => actAs(client, member, "select id from public.create_workspace('Mine')")
      const [hundredth] = (await make()).rows
      const count = async () => (await client.query('select from public.workspaces')).rowCount
      const before = await count()
      expect(await clientError(make())).toEqual({
        status: 409,
        code: 'conflict',
        message: expect.stringContaining('100 workspaces'),
        details: 'workspaces',
        hint: expect.any(String),
      })
      expect(await count()).toBe(before)
      await actAs(client, member, 'select public.leave_workspace($1)', [hundredth?.id])
      await make()
      expect(await count()).toBe(before)
      await actAs(client, viewer, "select public.create_workspace('Theirs')")
    }),
  )

  it(
    'tries another id where the random one is taken',
    story(async (client) => {
      await client.query(`
      create sequence private.draws;
      create or replace function private.new_workspace_id() returns text language sql as
        $$ select case nextval('private.draws') when 1 then '${ours}' else 'WK-00000000C' end $$`)
      const { rows } = await actAs(client, member, "select id from public.create_workspace('Second draw')")
      expect(rows).toEqual([{ id: 'WK-00000000C' }])
    }),
  )

  it(
    'is not for anonymous callers',
    story(async (client) => {
      await expect(actAs(client, anonymous, "select public.create_workspace('Mine')")).rejects.toMatchObject(
        denied,
      )
    }),
  )

  it(
    'refuses a token whose account is gone',
    story(async (client) => {
      const gone = person('00000000-0000-4000-8000-0000000000ff')
      expect(await clientError(actAs(client, gone, "select public.create_workspace('Mine')"))).toMatchObject({
        status: 401,
        code: 'not_signed_in',
      })
    }),
  )

  it.each([
    ['an empty name', ''],
    ['white space', ' \t\n '],
    ['invisible characters', '\u200b\u200d\u202e'],
    ['256 characters', 'x'.repeat(256)],
    ['nothing', null],
  ])('refuses %s and makes nothing', (_, name) =>
    story(async (client) => {
      const attempt = actAs(client, member, 'select public.create_workspace($1)', [name])
      expect(await clientError(attempt)).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'name',
      })
      expect((await client.query('select from public.workspaces')).rowCount).toBe(2)
    })(),
  )

  it(
    'takes 255 characters',
    story(async (client) => {
      const { rowCount } = await actAs(client, member, 'select public.create_workspace($1)', [
        'ü'.repeat(255),
      ])
      expect(rowCount).toBe(1)
    }),
  )
})

describe('reading workspaces', () => {
  it.each([
    ['admin', admin, [ours]],
    ['member', member, [ours]],
    ['viewer', viewer, [ours]],
    ['suspended admin', suspended, []],
    ['outsider', outsider, [theirs]],
    ['service role', service, [ours, theirs]],
  ])('shows the %s exactly their own', (_, actor, expected) =>
    story(async (client) => {
      const { rows } = await actAs(client, actor, 'select id from public.workspaces order by id')
      expect(rows.map((row) => row.id)).toEqual(expected)
    })(),
  )

  it(
    'is denied to anonymous callers',
    story(async (client) => {
      await expect(actAs(client, anonymous, 'select from public.workspaces')).rejects.toMatchObject(denied)
    }),
  )

  it(
    'does not reveal an id through a count',
    story(async (client) => {
      const { rows } = await actAs(
        client,
        outsider,
        'select count(*)::int from public.workspaces where id = $1',
        [ours],
      )
      expect(rows).toEqual([{ count: 0 }])
    }),
  )
})

describe('changing workspaces', () => {
  it(
    'lets an admin change name and settings',
    story(async (client) => {
      const { rows } = await actAs(
        client,
        admin,
        `update public.workspaces set name = ' New ', settings = '{"timezone": "UTC"}' where id = $1
       returning name, settings`,
        [ours],
      )
      expect(rows).toEqual([{ name: 'New', settings: { timezone: 'UTC' } }])
    }),
  )

  it.each([
    ['member', member],
    ['viewer', viewer],
    ['suspended admin', suspended],
    ['outsider', outsider],
  ])('changes nothing for the %s', (_, actor) =>
    story(async (client) => {
      const { rowCount } = await actAs(
        client,
        actor,
        "update public.workspaces set name = 'Taken' where id = $1",
        [ours],
      )
      expect(rowCount).toBe(0)
      const { rows } = await actAs(client, admin, 'select name from public.workspaces')
      expect(rows).toEqual([{ name: 'Ours' }])
    })(),
  )

  it.each(['id', 'plan_type', 'created_by', 'created_at', 'updated_at'])(
    'denies an admin the column %s',
    (column) =>
      story(async (client) => {
        const attempt = actAs(
          client,
          admin,
          `update public.workspaces set ${column} = ${column} where id = '${ours}'`,
        )
        await expect(attempt).rejects.toMatchObject(denied)
      })(),
  )

  it.each([
    "insert into public.workspaces (name) values ('Free lunch')",
    `delete from public.workspaces where id = '${ours}'`,
    'truncate public.workspaces',
  ])('denies an admin: %s', (sql) =>
    story(async (client) => {
      await expect(actAs(client, admin, sql)).rejects.toMatchObject(denied)
      expect((await client.query('select from public.workspaces')).rowCount).toBe(2)
    })(),
  )

  it.each([
    ['an array', []],
    ['a text', 'dark'],
    ['nothing', null],
  ])('refuses %s as settings', (_, settings) =>
    story(async (client) => {
      const attempt = actAs(
        client,
        admin,
        'update public.workspaces set settings = $1::jsonb where id = $2',
        [JSON.stringify(settings), ours],
      )
      expect(await clientError(attempt)).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'settings',
      })
    })(),
  )

  it(
    'takes settings of 32 KiB and not one byte more',
    story(async (client) => {
      const update = (bytes: number) =>
        actAs(client, admin, 'update public.workspaces set settings = $1 where id = $2', [
          { a: 'x'.repeat(bytes - '{"a": ""}'.length) },
          ours,
        ])
      expect((await update(32_768)).rowCount).toBe(1)
      expect(await clientError(update(32_769))).toMatchObject({ code: 'invalid_input', details: 'settings' })
    }),
  )
})
