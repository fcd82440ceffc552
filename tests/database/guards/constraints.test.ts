import { describe, expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { notify } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours } from '../../support/people/cast.ts'
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
/** A document that is so many bytes long as the database writes it. */
const bytes = (length: number) => JSON.stringify({ a: text(length - '{"a": ""}'.length) })
const length = (
  table: string,
  column: string,
  [least, most]: [number, number],
  constraint: string,
): Edge => ({
  table,
  set: `${column} = $1`,
  constraint,
  allowed: [text(least), text(most)],
  refused: [text(most + 1), ...(least > 0 ? [text(least - 1)] : [])],
})
const range = (
  table: string,
  set: string,
  constraint: string,
  allowed: number[],
  refused: number[],
): Edge => ({
  table,
  set,
  constraint,
  allowed,
  refused,
})

const edges: Edge[] = [
  length('public.profiles', 'name', [1, 100], 'profiles_name_length'),
  length('public.profiles', 'bio', [0, 500], 'profiles_bio_length'),
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
  length('public.workspaces', 'name', [1, 255], 'workspaces_name_length'),
  {
    table: 'public.workspaces',
    set: 'settings = $1',
    constraint: 'workspaces_settings_size',
    allowed: [bytes(32768)],
    refused: [bytes(32769)],
  },
  length('public.workspace_roles', 'name', [1, 50], 'workspace_roles_name_length'),
  length('public.workspace_roles', 'description', [0, 200], 'workspace_roles_description_length'),
  {
    table: 'private.invitation_tokens',
    set: "token_hash = convert_to($1, 'UTF8')",
    constraint: 'invitation_tokens_token_hash_length',
    allowed: [text(32)],
    refused: [text(31), text(33)],
  },
  {
    table: 'public.workspace_invitations',
    set: 'accepted_at = now(), revoked_at = $1',
    constraint: 'workspace_invitations_one_end',
    allowed: [null],
    refused: ['2026-01-01'],
  },
  {
    table: 'public.preferences',
    set: 'extras = $1',
    constraint: 'preferences_extras_size',
    allowed: [bytes(16384)],
    refused: [bytes(16385)],
  },
  length('public.dashboard_views', 'name', [1, 50], 'dashboard_views_name_length'),
  length('public.dashboard_views', 'description', [0, 200], 'dashboard_views_description_length'),
  range(
    'public.dashboard_views',
    'row_height = $1',
    'dashboard_views_row_height_range',
    [0.001, 10_000],
    [-1, 0, 10_001],
  ),
  range('public.dashboard_views', 'gap = $1', 'dashboard_views_gap_range', [0, 10_000], [-1, 10_001]),
  range('public.widgets', 'x = $1, width = 1', 'widgets_in_grid', [0, 11], [-1, 12]),
  range('public.widgets', 'x = 0, width = $1', 'widgets_in_grid', [1, 12], [0, 13]),
  range('public.widgets', 'y = $1', 'widgets_in_grid', [0, 10_000], [-1, 10_001]),
  range('public.widgets', 'height = $1', 'widgets_in_grid', [1, 10_000], [0, 10_001]),
  length('public.notifications', 'title', [1, 200], 'notifications_title_length'),
  length('public.notifications', 'body', [0, 1000], 'notifications_body_length'),
  {
    table: 'public.notifications',
    set: 'payload = $1',
    constraint: 'notifications_payload_size',
    allowed: [bytes(4096)],
    refused: [bytes(4097)],
  },
  {
    table: 'public.notifications',
    set: "link = '/' || $1",
    constraint: 'notifications_link_format',
    allowed: [null, '', text(499)],
    refused: ['/', '\\', text(500)],
  },
  length('private.view_versions', 'label', [1, 100], 'view_versions_label_length'),
  range('public.plan_prices', 'unit_amount = $1', 'plan_prices_unit_amount_range', [1], [0, -1]),
  length('private.rate_limit_buckets', 'bucket', [1, 200], 'rate_limit_buckets_bucket_length'),
]

const story = policySuite()

describe('a constraint holds without the triggers', () => {
  it.each(edges)('$constraint: $set', ({ table, set, constraint, allowed, refused }) =>
    story(async (client) => {
      const view = await insertView(client)
      await insertWidget(client, { view_id: view })
      await invite(client, admin, 'ada@example.com')
      await client.query('insert into public.preferences (workspace_id, user_id) values ($1, $2)', [
        ours,
        ids.admin,
      ])
      await notify(client, [ids.admin])
      await client.query("insert into private.rate_limit_buckets (bucket, full_at) values ('a', now())")
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
