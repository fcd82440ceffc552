import type pg from 'pg'
import { expect, it } from 'vitest'
import { type Actor, actAs } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()

async function without(client: pg.Client, actor: Actor, permissions: string[]): Promise<string[]> {
  const { rows } = await actAs<{ ids: string[] }>(
    client,
    actor,
    'select private.workspaces_without(variadic $1::text[]) as ids',
    [permissions],
  )
  return rows[0]?.ids ?? []
}

it(
  'who has a built-in role lacks what the catalog does not give it, one permission or several',
  story(async (client) => {
    const { rows: catalog } = await client.query<{ key: string; held_by: string[] }>(
      'select key, held_by from public.permissions order by key',
    )
    for (const [actor, role] of [
      [member, 'member'],
      [viewer, 'viewer'],
    ] as const)
      for (const { key, held_by } of catalog) {
        expect(await without(client, actor, [key]), `${role} ${key}`).toEqual(
          held_by.includes(role) ? [] : [ours],
        )
        for (const permissions of [
          [key, 'workspace.read'],
          ['workspace.read', key],
        ])
          expect(await without(client, actor, permissions), `${role} ${permissions}`).toEqual(
            held_by.includes(role) ? [] : [ours],
          )
      }
    const all = catalog.map(({ key }) => key)
    expect(await without(client, admin, all)).toEqual([])
    expect(await without(client, outsider, all)).toEqual([])
    // Who is active nowhere lacks it nowhere: that they are active is asked beside it.
    expect(await without(client, suspended, all)).toEqual([])
  }),
)

it(
  'a permission that the catalog does not have is held by nobody',
  story(async (client) => {
    await giveCustomRole(client, 'editor', ['workspace.read'], [ids.viewer])
    for (const permissions of [['no.such'], ['workspace.read', 'no.such'], ['no.such', 'workspace.read']]) {
      for (const actor of [admin, member, viewer])
        expect(await without(client, actor, permissions)).toEqual([ours])
      expect(await without(client, outsider, permissions)).toEqual([theirs])
    }
  }),
)

it(
  'a role of a workspace holds what it was given, beside a built-in one elsewhere',
  story(async (client) => {
    await giveCustomRole(client, 'editor', ['workspace.read', 'dashboards.read'], [ids.viewer])
    await client.query(
      "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')",
      [theirs, ids.viewer],
    )
    expect(await without(client, viewer, ['workspace.read', 'dashboards.read'])).toEqual([])
    expect(await without(client, viewer, ['themes.read'])).toEqual([ours])
    expect((await without(client, viewer, ['dashboards.write'])).toSorted()).toEqual([ours, theirs])
  }),
)
