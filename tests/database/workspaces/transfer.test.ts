import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { overlap } from '../../support/database/overlap.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours, theirs } from '../../support/people/cast.ts'
import { membersOf } from '../../support/people/members.ts'
import { refused } from '../../support/people/workspace-life.ts'

const story = policySuite()

describe('transfer_workspace', () => {
  const transfer = (client: pg.Client, actor: Actor, userId: string | null, workspaceId = ours) =>
    actAs(client, actor, 'select public.transfer_workspace($1, $2)', [workspaceId, userId])

  const roles = async (client: pg.Client) =>
    (
      await client.query<{ role_key: string }>(
        'select role_key from public.workspace_members where workspace_id = $1 order by user_id',
        [ours],
      )
    ).rows.map(({ role_key }) => role_key)

  it(
    'makes the heir admin and the admin a member, at once and on record',
    story(async (client) => {
      await transfer(client, admin, ids.viewer)
      expect(await roles(client)).toEqual(['member', 'member', 'admin', 'admin'])
      const { rows } = await client.query(
        `select row_id, actor_role, changes from public.audit_log
         where actor_id = $1 order by occurred_at`,
        [ids.admin],
      )
      expect(rows).toEqual([
        { row_id: ids.viewer, actor_role: 'admin', changes: { role_key: { old: 'viewer', new: 'admin' } } },
        { row_id: ids.admin, actor_role: 'admin', changes: { role_key: { old: 'admin', new: 'member' } } },
      ])
      expect(await clientError(transfer(client, admin, ids.member))).toMatchObject({
        code: 'permission_denied',
      })
    }),
  )

  it.each(refused)('refuses the %s', (_, actor, status, code) =>
    story(async (client) => {
      expect(await clientError(transfer(client, actor, ids.viewer))).toMatchObject({ status, code })
      expect(await roles(client)).toEqual(['admin', 'member', 'viewer', 'admin'])
    })(),
  )

  it(
    'refuses a role that may change members and is not admin, whatever its person is elsewhere',
    story(async (client) => {
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         values ($1, 'staff', 'Staff', private.built_in_permissions('admin'))`,
        [ours],
      )
      await client.query("update public.workspace_members set role_key = 'staff' where user_id = $1", [
        ids.member,
      ])
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.member],
      )
      expect(await clientError(transfer(client, member, ids.viewer))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'admin',
      })
      expect(await roles(client)).toEqual(['admin', 'staff', 'viewer', 'admin'])
      await transfer(client, member, ids.outsider, theirs)
      expect(await membersOf(client, theirs)).toEqual(['member member active', 'outsider admin active'])
    }),
  )

  it.each([
    ['nobody', null, 400, 'invalid_input'],
    ['oneself', ids.admin, 400, 'invalid_input'],
    ['somebody outside', ids.outsider, 404, 'not_found'],
    ['nobody there is', '00000000-0000-4000-8000-0000000000ff', 404, 'not_found'],
    ['a suspended member', ids.suspended, 409, 'conflict'],
  ])('refuses %s as the heir', (_, heir, status, code) =>
    story(async (client) => {
      const error = await clientError(transfer(client, admin, heir))
      expect(error).toMatchObject({ status, code, details: 'user_id' })
      expect(await roles(client)).toEqual(['admin', 'member', 'viewer', 'admin'])
    })(),
  )

  it('to who is suspended meanwhile is refused', async () => {
    await using opened = await openDatabase()
    const { observer } = opened
    const sessions = { observer, first: await opened.connect(), second: await opened.connect() }
    await observer.query('begin')
    await createCast(observer)
    await observer.query('commit')
    expect(
      await overlap(
        sessions,
        (client) =>
          client.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
            ids.member,
          ]),
        (client) => transfer(client, admin, ids.member),
      ),
    ).toEqual(['done', 'conflict'])
  })
})

it('an admin who is suspended at that moment hands nothing over', async () => {
  await using opened = await openDatabase()
  const { observer } = opened
  await observer.query('begin')
  await createCast(observer)
  await observer.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
    ids.viewer,
  ])
  await observer.query('commit')
  const [first, second] = [await opened.connect(), await opened.connect()]
  expect(
    await overlap(
      { observer, first, second },
      (client) =>
        client.query(
          "update public.workspace_members set status = 'suspended' where workspace_id = $1 and user_id = $2",
          [ours, ids.admin],
        ),
      (client) => actAs(client, admin, 'select public.transfer_workspace($1, $2)', [ours, ids.member]),
    ),
  ).toEqual(['done', 'permission_denied'])
})
