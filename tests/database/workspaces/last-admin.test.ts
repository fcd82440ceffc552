import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, clientError, person, service } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { untilBlocked } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import { castMembers, membersOf } from '../../support/people/members.ts'

const story = policySuite()
const takeDatabase = databasePool()

const leave = 'select public.leave_workspace($1)'
const refused = { status: 409, code: 'last_admin', details: ours, hint: expect.stringMatching(/\.$/) }

describe('the last admin, while others are in the workspace,', () => {
  it.each<[string, Actor, string]>([
    ['cannot leave', admin, `select public.leave_workspace('${ours}')`],
    [
      'cannot leave through the table',
      admin,
      `delete from public.workspace_members where workspace_id = '${ours}' and user_id = '${ids.admin}'`,
    ],
    ['cannot remove themselves', admin, `select public.remove_member('${ours}', '${ids.admin}')`],
    ['cannot demote themselves', admin, `select public.change_member('${ours}', '${ids.admin}', 'member')`],
    [
      'cannot suspend themselves',
      admin,
      `update public.workspace_members set status = 'suspended' where workspace_id = '${ours}' and user_id = '${ids.admin}'`,
    ],
    [
      'is not demoted by the service role',
      service,
      `update public.workspace_members set role_key = 'viewer' where user_id = '${ids.admin}'`,
    ],
    [
      'is not suspended by the service role',
      service,
      `update public.workspace_members set status = 'suspended' where user_id = '${ids.admin}'`,
    ],
    [
      'is not removed by the service role',
      service,
      `delete from public.workspace_members where user_id = '${ids.admin}'`,
    ],
  ])('%s', (_, actor, sql) =>
    story(async (client) => {
      expect(await clientError(actAs(client, actor, sql))).toMatchObject(refused)
      expect(await membersOf(client)).toEqual(castMembers)
    })(),
  )

  it(
    'keeps the account, however it is to be deleted',
    story(async (client) => {
      await client.query('savepoint before')
      const deletion = client.query('delete from auth.users where id = $1', [ids.admin])
      expect(await clientError(deletion)).toMatchObject(refused)
      await client.query('rollback to savepoint before')
      expect(await membersOf(client)).toEqual(castMembers)
    }),
  )

  it(
    'is not helped by a suspended admin, and goes once there is another',
    story(async (client) => {
      expect(await clientError(actAs(client, admin, leave, [ours]))).toMatchObject(refused)
      await actAs(client, admin, "select public.change_member($1, $2, status => 'active')", [
        ours,
        ids.suspended,
      ])
      await actAs(client, admin, leave, [ours])
      expect(await membersOf(client)).toEqual([
        'member member active',
        'viewer viewer active',
        'suspended admin active',
      ])
    }),
  )

  it(
    'hands the role over in one statement',
    story(async (client) => {
      await client.query(
        `update public.workspace_members set role_key = case user_id when $2 then 'admin' else 'viewer' end
         where workspace_id = $1 and user_id in ($2, $3)`,
        [ours, ids.member, ids.admin],
      )
      expect(await membersOf(client)).toEqual([
        'admin viewer active',
        'member admin active',
        'viewer viewer active',
        'suspended admin suspended',
      ])
    }),
  )
})

it(
  'is_last_admin foretells it',
  story(async (client) => {
    const isLastAdmin = async (userId: string, workspaceId = ours) => {
      const { rows } = await client.query('select private.is_last_admin($1, $2) as verdict', [
        workspaceId,
        userId,
      ])
      return rows[0]?.verdict
    }
    expect(await isLastAdmin(ids.admin)).toBe(true)
    expect(await isLastAdmin(ids.member)).toBe(false)
    expect(await isLastAdmin(ids.suspended)).toBe(false)
    expect(await isLastAdmin(ids.outsider)).toBe(false)
    expect(await isLastAdmin(ids.outsider, theirs)).toBe(false)
    await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
      ids.member,
    ])
    expect(await isLastAdmin(ids.admin)).toBe(false)
  }),
)

describe('the only person', () => {
  const workspaces = async (client: pg.Client) =>
    (await client.query('select id from public.workspaces order by id')).rows.map((row) => row.id)

  it.each<[string, (client: pg.Client) => Promise<unknown>]>([
    ['leaves', (client) => actAs(client, outsider, leave, [theirs])],
    ['deletes the account', (client) => client.query('delete from auth.users where id = $1', [ids.outsider])],
    [
      'is removed by the service role',
      (client) =>
        actAs(client, service, 'delete from public.workspace_members where workspace_id = $1', [theirs]),
    ],
  ])('who %s takes the workspace along', (_, act) =>
    story(async (client) => {
      await act(client)
      expect(await workspaces(client)).toEqual([ours])
      expect(await membersOf(client)).toEqual(castMembers)
    })(),
  )

  it(
    'is not demoted: nobody could administer the workspace again',
    story(async (client) => {
      const demotion = actAs(client, outsider, "select public.change_member($1, $2, 'viewer')", [
        theirs,
        ids.outsider,
      ])
      expect(await clientError(demotion)).toMatchObject({ code: 'last_admin', details: theirs })
      expect(await membersOf(client, theirs)).toEqual(['outsider admin active'])
    }),
  )
})

it.each<[string, (client: pg.Client) => Promise<unknown>]>([
  [
    'the workspace is deleted',
    (client) => actAs(client, service, 'delete from public.workspaces where id = $1', [ours]),
  ],
  [
    'all its people are removed at once',
    (client) =>
      actAs(client, service, 'delete from public.workspace_members where workspace_id = $1', [ours]),
  ],
  [
    'the accounts of all its people are deleted at once',
    (client) => client.query('delete from auth.users where id <> $1', [ids.outsider]),
  ],
])('nothing keeps a last admin when %s', (_, act) =>
  story(async (client) => {
    await act(client)
    const { rows } = await client.query('select id from public.workspaces')
    expect(rows).toEqual([{ id: theirs }])
  })(),
)

describe('of two at the same moment', () => {
  type Step = [actor: Actor | 'auth', sql: string, values: unknown[]]
  const leaves = (who: Actor): Step => [who, leave, [ours]]
  const leavesByTable = (who: Actor): Step => [
    who,
    'delete from public.workspace_members where workspace_id = $1 and user_id = $2',
    [ours, who.sub],
  ]
  const changes = (who: Actor, whom: string, role: string | null, status: string | null): Step => [
    who,
    'select public.change_member($1, $2, $3, $4)',
    [ours, whom, role, status],
  ]
  const removes = (who: Actor, whom: string): Step => [
    who,
    'select public.remove_member($1, $2)',
    [ours, whom],
  ]
  const deletesAccount = (whom: string): Step => ['auth', 'delete from auth.users where id = $1', [whom]]

  // Two active admins, `admin` and `member`; each step alone is allowed.
  it.each<[string, Step, Step, string]>([
    ['leaving', leaves(admin), leaves(member), 'last_admin'],
    ['leaving through the table', leavesByTable(admin), leavesByTable(member), 'last_admin'],
    ['demoting another and leaving', changes(admin, ids.member, 'viewer', null), leaves(admin), 'last_admin'],
    ['leaving and demoting oneself', leaves(member), changes(admin, ids.admin, 'viewer', null), 'last_admin'],
    [
      'suspending each other',
      changes(admin, ids.member, null, 'suspended'),
      changes(member, ids.admin, null, 'suspended'),
      'not_found',
    ],
    [
      'suspending the one who removes the other',
      changes(admin, ids.member, null, 'suspended'),
      removes(member, ids.admin),
      'not_found',
    ],
    [
      'suspending one, and the server removing the other',
      changes(admin, ids.member, null, 'suspended'),
      [
        service,
        'delete from public.workspace_members where workspace_id = $1 and user_id = $2',
        [ours, ids.admin],
      ],
      'last_admin',
    ],
    ['leaving and deleting the account', leaves(admin), deletesAccount(ids.member), 'last_admin'],
    ['deleting both accounts', deletesAccount(ids.admin), deletesAccount(ids.member), 'last_admin'],
  ])(
    '%s, the second one waits and is refused, and passes where the first gives up',
    async (_, first, second, code) => {
      for (const ending of ['commit', 'rollback'] as const) {
        await using sessions = await takeDatabase()
        const { observer } = sessions
        const [one, other] = [await sessions.connect(), await sessions.connect()]
        await createCast(observer)
        await observer.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
          ids.member,
        ])
        await Promise.all([one.query('begin'), other.query('begin')])
        await take(one, first)
        const waiting = take(other, second)
        waiting.catch(() => undefined)
        await untilBlocked(observer, other)
        await one.query(ending)
        if (ending === 'commit') expect(await clientError(waiting)).toMatchObject({ code })
        else await waiting
        await other.query('commit')
        const admins = (await membersOf(observer)).filter((line) => line.endsWith(' admin active'))
        expect(admins).toHaveLength(1)
      }
    },
  )

  function take(client: pg.Client, [actor, sql, values]: Step): Promise<unknown> {
    return actor === 'auth' ? client.query(sql, values) : actAs(client, actor, sql, values)
  }
})

it(
  'a person who is no admin goes without asking',
  story(async (client) => {
    await actAs(client, viewer, leave, [ours])
    await client.query('delete from auth.users where id = $1', [ids.member])
    expect(await membersOf(client)).toEqual(['admin admin active', 'suspended admin suspended'])
    expect((await actAs(client, person(ids.viewer), 'select from public.workspaces')).rowCount).toBe(0)
  }),
)
