import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { openDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { expectNothingFor, leave, softDelete } from '../../support/people/account.ts'
import { admin, createCast, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import { castMembers, membersOf } from '../../support/people/members.ts'

const story = policySuite()

const promote = (client: pg.Client, id: string) =>
  client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [id])

describe('an account that Auth soft-deletes', () => {
  it(
    'is in no list, and others stay',
    story(async (client) => {
      await softDelete(client, ids.member)
      const list = await call<{ members: { name: string }[] }>(client, admin, 'list_members', [ours])
      expect(list.members.map(({ name }) => name).sort()).toEqual(['admin', 'suspended', 'viewer'])
      expect(
        await clientError(actAs(client, admin, 'select public.get_member($1, $2)', [ours, ids.member])),
      ).toMatchObject({ status: 404, code: 'not_found', details: 'user_id' })
      expect(await membersOf(client)).toEqual(castMembers.filter((person) => !person.startsWith('member')))
    }),
  )

  it(
    'leaves what the person made for others, by nobody',
    story(async (client) => {
      await promote(client, ids.member)
      await softDelete(client, ids.admin)
      const { rows } = await client.query('select name, created_by from public.workspaces where id = $1', [
        ours,
      ])
      expect(rows).toEqual([{ name: 'Ours', created_by: null }])
    }),
  )

  it(
    'gives a shared view to an admin and takes the others along',
    story(async (client) => {
      const view = (name: string) => call<{ id: string }>(client, member, 'create_view', [ours, name])
      const shared = await view('Shared')
      await view('Mine')
      await actAs(
        client,
        member,
        'insert into public.dashboard_view_shares (workspace_id, view_id, user_id) values ($1, $2, $3)',
        [ours, shared.id, ids.viewer],
      )
      await softDelete(client, ids.member)
      const { rows } = await client.query(
        'select name, owner_id, created_by from public.dashboard_views where workspace_id = $1',
        [ours],
      )
      expect(rows).toEqual([{ name: 'Shared', owner_id: ids.admin, created_by: null }])
      const seen = await actAs(client, viewer, 'select name from public.dashboard_views')
      expect(seen.rows).toEqual([{ name: 'Shared' }])
    }),
  )

  it(
    'takes along the workspaces in which the person is alone',
    story(async (client) => {
      await softDelete(client, ids.outsider)
      const { rows } = await client.query('select id from public.workspaces where id = any ($1)', [
        [ours, theirs],
      ])
      expect(rows).toEqual([{ id: ours }])
    }),
  )

  it(
    'is not the last admin of a workspace with others in it: that is refused, and nothing changes',
    story(async (client) => {
      expect(await clientError(softDelete(client, ids.admin))).toEqual({
        status: 409,
        code: 'last_admin',
        message: 'This would leave the workspace without an active admin.',
        details: ours,
        hint: 'Make another member an admin first.',
      })
      const { rows } = await client.query('select email, deleted_at from auth.users where id = $1', [
        ids.admin,
      ])
      expect(rows).toEqual([{ email: 'admin@example.com', deleted_at: null }])
      expect(await membersOf(client)).toEqual(castMembers)
      await promote(client, ids.member)
      await softDelete(client, ids.admin)
      expect(await membersOf(client)).not.toContain('admin admin active')
    }),
  )

  it(
    'is no admin who lets another one leave',
    story(async (client) => {
      await promote(client, ids.member)
      await softDelete(client, ids.member)
      expect(await clientError(leave(client, admin))).toMatchObject({ code: 'last_admin' })
    }),
  )

  it(
    'leaves an old token with nothing, and nobody else',
    story(async (client) => {
      await softDelete(client, ids.member)
      await expectNothingFor(client, member)
      expect(await call(client, outsider, 'session_context', [])).toMatchObject({
        user: { id: ids.outsider },
      })
    }),
  )

  it(
    'is not one of which Auth writes that it was never deleted',
    story(async (client) => {
      await client.query('update auth.users set deleted_at = null where id = $1', [ids.member])
      expect(await membersOf(client)).toEqual(castMembers)
    }),
  )

  it(
    'stays gone, whatever Auth writes to it later',
    story(async (client) => {
      await softDelete(client, ids.member)
      await client.query(
        "update auth.users set email = 'back@example.com', deleted_at = now() where id = $1",
        [ids.member],
      )
      await expectNothingFor(client, member)
    }),
  )
})

it('of two admins who go at the same moment, one deleted by an operator, the second is refused', async () => {
  await using sessions = await openDatabase()
  const { observer } = sessions
  const [one, other] = [await sessions.connect(), await sessions.connect()]
  await createCast(observer)
  await promote(observer, ids.member)

  await one.query('begin')
  await softDelete(one, ids.admin)
  await other.query('begin')
  const waiting = clientError(leave(other, member))
  await untilBlocked(observer, other)
  await one.query('commit')
  expect(await waiting).toMatchObject({ status: 409, code: 'last_admin' })
  await other.query('rollback')
  expect(await membersOf(observer)).toContain('member admin active')
})
