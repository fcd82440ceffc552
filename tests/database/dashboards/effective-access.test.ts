import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import {
  accessOf,
  board,
  createBoards,
  grant,
  storedGrants,
} from '../../support/dashboards/resource-grants.ts'
import { type Actor, actAs, clientError, person } from '../../support/database/act.ts'
import { makeTriggersOptional } from '../../support/database/optional-triggers.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, viewer } from '../../support/people/cast.ts'
import { giveCustomRole, giveRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'

// Whoever writes a grant gives and takes no more than they hold, judged by what people could do before and can do
// after, not by the row that is written.

const story = policySuite(createBoards)
const premium = onPremium(story)

const administers = ['dashboards.read', 'grants.write']
const levels = ['none', 'view', 'edit', 'manage']

/** Writes a grant on `board` past every check, as `postgres`. */
const stand = (client: pg.Client, grantee: { user_id?: string; role_key?: string }, access: string) =>
  client.query(
    `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, role_key, access)
     values ($1, 'dashboard', $2, $3, $4, $5)`,
    [ours, board, grantee.user_id ?? null, grantee.role_key ?? null, access],
  )

/** Makes `board` somebody's; to be past every check. */
const own = (client: pg.Client, visibility: string, ownerId: string) =>
  client.query(
    'update public.dashboard_views set visibility = $3, owner_id = $4 where workspace_id = $1 and id = $2',
    [ours, board, visibility, ownerId],
  )

/** What each of these people can do with `board`. */
async function accessOfAll(client: pg.Client, everyone: Actor[]): Promise<unknown[]> {
  const access = []
  for (const actor of everyone) access.push(await accessOf(client, actor))
  return access
}

describe('a grant', () => {
  it(
    'that narrows oneself is not deleted by who would manage again',
    premium(async (client) => {
      await giveCustomRole(client, 'custom', ['dashboards.write', ...administers], [ids.member])
      await stand(client, { user_id: ids.member }, 'view')
      await stand(client, { role_key: 'custom' }, 'manage')
      await client.query(
        "update public.workspace_roles set permissions = $2 where workspace_id = $1 and key = 'custom'",
        [ours, [...administers].toSorted()],
      )
      expect(await accessOf(client, member)).toBe('view')
      const before = await storedGrants(client)
      expect(
        await clientError(
          actAs(client, member, 'delete from public.resource_grants where user_id = $1', [ids.member]),
        ),
      ).toMatchObject({ status: 403, code: 'permission_denied', details: 'manage' })
      expect(await storedGrants(client)).toEqual(before)
      expect(await accessOf(client, member)).toBe('view')

      await actAs(client, admin, 'delete from public.resource_grants where user_id = $1', [ids.member])
      expect(await accessOf(client, member)).toBe('manage')
    }),
  )

  it(
    'to a person that lifts a none of their role takes what it gives back',
    premium(async (client) => {
      // Who lacks dashboards.write sees the board and may not edit it; a member whom it is taken from may edit without.
      await giveCustomRole(client, 'custom', administers, [ids.viewer])
      await stand(client, { role_key: 'member' }, 'none')
      expect(await accessOf(client, member)).toBe('none')
      expect(await clientError(grant(client, viewer, { user_id: ids.member, access: 'view' }))).toMatchObject(
        {
          status: 403,
          code: 'permission_denied',
          details: 'edit',
        },
      )
      expect(await accessOf(client, member)).toBe('none')

      await grant(client, admin, { user_id: ids.member, access: 'view' })
      expect(await accessOf(client, member)).toBe('edit')
    }),
  )

  it(
    'is deleted by who has the access that it takes, and by nobody else',
    premium(async (client) => {
      await giveCustomRole(client, 'custom', [...administers, 'dashboards.write'], [ids.viewer])
      const past = await makeTriggersOptional(client, 'dashboard_views')
      await past(() => own(client, 'personal', ids.admin))
      await stand(client, { user_id: ids.member }, 'edit')
      const remove = 'delete from public.resource_grants where user_id = $1'
      expect(await accessOf(client, viewer)).toBe('none')
      expect(await clientError(actAs(client, viewer, remove, [ids.member]))).toMatchObject({
        code: 'permission_denied',
        details: 'edit',
      })
      expect(await storedGrants(client)).toHaveLength(1)
      await actAs(client, admin, remove, [ids.member])
      expect(await storedGrants(client)).toEqual([])
    }),
  )

  it(
    'goes with its member whatever the person who removes them holds on the thing',
    premium(async (client) => {
      await giveCustomRole(client, 'custom', ['members.read', 'members.remove'], [ids.member])
      await client.query(
        "update public.workspace_roles set permissions = '{}' where workspace_id = $1 and key = 'viewer'",
        [ours],
      )
      await stand(client, { user_id: ids.viewer }, 'manage')
      await actAs(client, member, 'select public.remove_member($1, $2)', [ours, ids.viewer])
      expect(await storedGrants(client)).toEqual([])
    }),
  )
})

const level = fc.constantFrom(...levels)
const permissions = fc.subarray(['dashboards.read', 'dashboards.write', 'grants.write'])
const world = fc.record({
  writer: fc
    .oneof({ weight: 3, arbitrary: fc.constant(['dashboards.read', 'dashboards.write']) }, permissions)
    .map((held) => [...new Set(['grants.write', ...held])].toSorted()),
  others: permissions,
  owner: fc.constantFrom('writer', 'other', 'admin'),
  isPersonal: fc.boolean(),
  isPremium: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
  share: fc.option(fc.constantFrom('view', 'edit')),
  standing: fc.record({
    writer: fc.option(level),
    other: fc.option(level),
    writerRole: fc.option(level),
    otherRole: fc.option(level),
  }),
  write: fc.record({
    on: fc.constantFrom('writer', 'other', 'writerRole', 'otherRole'),
    to: fc.option(level),
  }),
})

it(
  'in any world changes nobody beyond what its writer could do',
  premium(async (client) => {
    const outcomes = new Set<string>()
    const people = { writer: ids.member, other: ids.viewer, admin: ids.admin }
    const grantees = {
      writer: { user_id: ids.member },
      other: { user_id: ids.viewer },
      writerRole: { role_key: 'writing' },
      otherRole: { role_key: 'others' },
    }
    const pastViews = await makeTriggersOptional(client, 'dashboard_views')
    const pastGrants = await makeTriggersOptional(client, 'resource_grants', 'resource_grants_validate')
    await fc.assert(
      fc.asyncProperty(world, async (at) => {
        await client.query('savepoint world')
        try {
          await giveRole(client, 'writing', at.writer, [ids.member])
          await giveRole(client, 'others', at.others, [ids.viewer])
          await pastViews(() =>
            own(client, at.isPersonal ? 'personal' : 'workspace', people[at.owner as keyof typeof people]),
          )
          if (at.share)
            await client.query(
              `insert into public.dashboard_view_shares (workspace_id, view_id, user_id, access) values ($1, $2, $3, $4)`,
              [ours, board, ids.viewer, at.share],
            )
          await pastGrants(async () => {
            for (const [name, access] of Object.entries(at.standing))
              if (access) await stand(client, grantees[name as keyof typeof grantees], access)
          })
          if (!at.isPremium) await setPlan(client, 'free', ours)

          const everyone = Object.values(people).map(person)
          const before = await accessOfAll(client, everyone)
          const held = levels.indexOf(String(before[0]))
          const grantee = grantees[at.write.on as keyof typeof grantees]
          const [column, id] = Object.entries(grantee)[0] ?? []
          const stands = at.standing[at.write.on as keyof typeof grantees]
          const write =
            at.write.to === null
              ? actAs(client, member, `delete from public.resource_grants where ${column} = $1`, [id])
              : stands
                ? actAs(
                    client,
                    member,
                    `update public.resource_grants set access = $2 where ${column} = $1`,
                    [id, at.write.to],
                  )
                : grant(client, member, { ...grantee, access: at.write.to })
          const accepted = await write.then(
            () => true,
            () => false,
          )
          const after = await accessOfAll(client, everyone)
          if (!accepted) expect(after).toEqual(before)
          after.forEach((access, index) => {
            if (access === before[index]) return
            outcomes.add(`${before[index]} to ${access}`)
            expect(held).toBeGreaterThanOrEqual(
              Math.max(levels.indexOf(String(before[index])), levels.indexOf(String(access))),
            )
          })
        } finally {
          await client.query('rollback to savepoint world')
        }
      }),
      { seed: 1, numRuns: 150 },
    )
    // It proves nothing where nothing ever changes.
    expect(outcomes.size).toBeGreaterThan(3)
  }),
  60_000,
)
