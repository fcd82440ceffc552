import { describe, expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { notify } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids } from '../../support/people/cast.ts'
import { invite } from '../../support/people/invitations.ts'

// Triggers name the field, and the constraints of a table hold in any case. Each edge is tried from both sides, with
// the triggers out of the way: they refuse the same values first.

interface Edge {
  table: string
  set: string
  constraint: string
  allowed: unknown[]
  refused: unknown[]
}

const text = (length: number) => 'x'.repeat(length)

// What a constraint of one column takes stands in edges.txt.
const edges: Edge[] = [
  {
    table: 'public.profiles',
    set: "avatar_path = id || '/' || $1",
    constraint: 'profiles_avatar_path_own',
    allowed: [text(255 - 37)],
    refused: [text(256 - 37)],
  },
  {
    table: 'public.profiles',
    set: 'avatar_path = $1',
    constraint: 'profiles_avatar_path_own',
    allowed: [null],
    refused: [`${ids.outsider}/a.png`],
  },
  {
    table: 'public.workspace_invitations',
    set: 'accepted_at = now(), revoked_at = $1',
    constraint: 'workspace_invitations_one_end',
    allowed: [null],
    refused: ['2026-01-01'],
  },
  inGrid('x = $1, width = 1', [0, 11], [-1, 12]),
  inGrid('x = 0, width = $1', [1, 12], [0, 13]),
  inGrid('y = $1', [0, 10_000], [-1, 10_001]),
  inGrid('height = $1', [1, 10_000], [0, 10_001]),
  {
    table: 'public.notifications',
    set: "link = '/' || $1",
    constraint: 'notifications_link_format',
    allowed: [null, '', text(499)],
    refused: ['/', '\\', text(500)],
  },
]

function inGrid(set: string, allowed: number[], refused: number[]): Edge {
  return { table: 'public.widgets', set, constraint: 'widgets_in_grid', allowed, refused }
}

const story = policySuite()

describe('a constraint holds without the triggers', () => {
  it.each(edges)('$constraint: $set', ({ table, set, constraint, allowed, refused }) =>
    story(async (client) => {
      const view = await insertView(client)
      await insertWidget(client, { view_id: view })
      await invite(client, admin, 'ada@example.com')
      await notify(client, [ids.admin])
      await client.query('set constraints all immediate')
      await client.query(`alter table ${table} disable trigger user`)
      // One row: others may have names that are unique.
      const update = `update ${table} set ${set} where ctid = (select min(ctid) from ${table})`
      for (const value of allowed) expect((await client.query(update, [value])).rowCount).toBe(1)
      for (const value of refused) {
        await client.query('savepoint tried')
        await expect(client.query(update, [value])).rejects.toMatchObject({ code: '23514', constraint })
        await client.query('rollback to savepoint tried')
      }
    })(),
  )
})
