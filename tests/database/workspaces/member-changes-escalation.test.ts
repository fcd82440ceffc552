import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, anonymous, clientError } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs } from '../../support/people/cast.ts'
import { changeMember, removeMember, setRole, setStatus } from '../../support/people/member-changes.ts'
import { castMembers, giveCustomRole, membersOf } from '../../support/people/members.ts'

const story = policySuite()

describe('escalating', () => {
  it.each([
    ['set their role in an update', (client: pg.Client) => setRole(client, member, ids.member, 'admin')],
    ['demote an admin', (client: pg.Client) => setRole(client, member, ids.admin, 'viewer')],
    ['suspend an admin', (client: pg.Client) => setStatus(client, member, ids.admin, 'suspended')],
    ['remove an admin', (client: pg.Client) => removeMember(client, member, ids.admin)],
    ['lift a suspension', (client: pg.Client) => setStatus(client, member, ids.suspended, 'active')],
  ])('a member who tries to %s finds no row', (_, act) =>
    story(async (client) => {
      expect((await act(client)).rowCount).toBe(0)
      expect(await membersOf(client)).toEqual(castMembers)
    })(),
  )

  it.each([
    [
      'a suspended admin lifts the own suspension',
      (client: pg.Client) => setStatus(client, suspended, ids.suspended, 'active'),
    ],
    ['a suspended admin removes others', (client: pg.Client) => removeMember(client, suspended, ids.member)],
    ['a suspended admin leaves', (client: pg.Client) => removeMember(client, suspended, ids.suspended)],
    ['an outsider changes a role', (client: pg.Client) => setRole(client, outsider, ids.member, 'viewer')],
    ['an outsider removes a member', (client: pg.Client) => removeMember(client, outsider, ids.member)],
  ])('%s: finds no row', (_, act) =>
    story(async (client) => {
      expect((await act(client)).rowCount).toBe(0)
      expect(await membersOf(client)).toEqual(castMembers)
    })(),
  )

  it.each([
    [
      'make themselves admin',
      (client: pg.Client) => setRole(client, member, ids.member, 'admin'),
      /workspace\.delete/,
    ],
    [
      'make a friend admin',
      (client: pg.Client) => changeMember(client, member, ids.viewer, 'admin', null),
      /audit\.read/,
    ],
    [
      'give a role with one permission more',
      (client: pg.Client) => setRole(client, member, ids.viewer, 'auditor'),
      /^audit\.read$/,
    ],
    ['demote an admin', (client: pg.Client) => setRole(client, member, ids.admin, 'viewer'), /audit\.read/],
    [
      'suspend an admin',
      (client: pg.Client) => changeMember(client, member, ids.admin, null, 'suspended'),
      /audit\.read/,
    ],
    [
      'let a suspended admin back in',
      (client: pg.Client) => setStatus(client, member, ids.suspended, 'active'),
      /audit\.read/,
    ],
    ['remove an admin', (client: pg.Client) => removeMember(client, member, ids.admin), /audit\.read/],
    [
      'remove a suspended admin',
      (client: pg.Client) =>
        actAs(client, member, 'select public.remove_member($1, $2)', [ours, ids.suspended]),
      /audit\.read/,
    ],
  ])('A07 escalate through a custom role over members: one cannot %s', (_, act, missing) =>
    story(async (client) => {
      const held = ['members.read', 'members.remove', 'members.update', 'workspace.read']
      await giveCustomRole(client, 'steward', held, [ids.member])
      await giveCustomRole(client, 'auditor', [...held, 'audit.read'])
      await giveCustomRole(client, 'greeter', ['members.read'], [ids.viewer])
      const before = await membersOf(client)
      expect(await clientError(act(client))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: expect.stringMatching(missing),
      })
      expect(await membersOf(client)).toEqual(before)

      // What they hold, they may give, and take.
      expect((await setRole(client, member, ids.viewer, 'steward')).rowCount).toBe(1)
      expect((await removeMember(client, member, ids.viewer)).rowCount).toBe(1)
    })(),
  )

  it(
    'changing everybody at once changes nobody where one may do more',
    story(async (client) => {
      await giveCustomRole(
        client,
        'steward',
        ['members.read', 'members.update', 'members.remove'],
        [ids.member],
      )
      await giveCustomRole(client, 'reader', ['members.read'])
      const before = await membersOf(client)
      const everybody = actAs(
        client,
        member,
        "update public.workspace_members set role_key = 'reader' where workspace_id = $1",
        [ours],
      )
      expect(await clientError(everybody)).toMatchObject({ code: 'permission_denied' })
      const nobody = actAs(client, member, 'delete from public.workspace_members where workspace_id = $1', [
        ours,
      ])
      expect(await clientError(nobody)).toMatchObject({ code: 'permission_denied' })
      expect(await membersOf(client)).toEqual(before)
    }),
  )
})

describe('the functions', () => {
  const calls: [string, string][] = [
    ['change_member', "select public.change_member($1, $2, 'viewer')"],
    ['remove_member', 'select public.remove_member($1, $2)'],
    ['get_member', 'select public.get_member($1, $2)'],
  ]

  it.each(calls)('%s says to members what they lack', (name, sql) =>
    story(async (client) => {
      await giveCustomRole(client, 'nearly', ['workspace.read'], [ids.member])
      expect(await clientError(actAs(client, member, sql, [ours, ids.viewer]))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: {
          change_member: 'members.update',
          remove_member: 'members.remove',
          get_member: 'members.read',
        }[name],
      })
      expect(await membersOf(client)).toContain('viewer viewer active')
    })(),
  )

  it.each(calls)("%s with another workspace's id is answered like one that does not exist", (_, sql) =>
    story(async (client) => {
      for (const actor of [outsider, suspended]) {
        const call = (id: string) => clientError(actAs(client, actor, sql, [id, ids.viewer]))
        const existing = await call(ours)
        expect(existing).toMatchObject({ status: 404, code: 'not_found', details: 'workspace_id' })
        expect(existing).toEqual(await call('WK-000000009'))
      }
      expect(await membersOf(client)).toEqual(castMembers)
    })(),
  )

  it.each(calls)('%s finds no person of another workspace', (_, sql) =>
    story(async (client) => {
      const call = (id: string) => clientError(actAs(client, admin, sql, [ours, id]))
      const elsewhere = await call(ids.outsider)
      expect(elsewhere).toMatchObject({ status: 404, code: 'not_found', details: 'user_id' })
      expect(elsewhere).toEqual(await call('00000000-0000-4000-8000-0000000000ff'))
      expect(await membersOf(client, theirs)).toEqual(['outsider admin active'])
    })(),
  )

  it.each([...calls, ['leave_workspace', 'select public.leave_workspace($1) from (select $2::text) as x']])(
    '%s is not for anonymous callers',
    (_, sql) =>
      story(async (client) => {
        await expect(actAs(client, anonymous, sql, [ours, ids.viewer])).rejects.toMatchObject({
          code: '42501',
        })
      })(),
  )

  it(
    'find whom a role may change and not read',
    story(async (client) => {
      await giveCustomRole(client, 'blind', ['members.update', 'members.remove'], [ids.member])
      await giveCustomRole(client, 'nothing', [], [ids.viewer])
      await changeMember(client, member, ids.viewer, null, 'suspended')
      expect(await membersOf(client)).toContain('viewer nothing suspended')
    }),
  )
})
