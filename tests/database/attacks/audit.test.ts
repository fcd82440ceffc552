import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { makeView } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { member, ours } from '../../support/people/cast.ts'

// Who reads the audit log must not read there what somebody kept for themselves.

const story = policySuite()

describe('the audit log', () => {
  const entriesOf = async (client: pg.Client, table: string) =>
    JSON.stringify(
      (
        await client.query(
          'select changes from public.audit_log where table_name = $1 order by occurred_at, id',
          [table],
        )
      ).rows,
    )

  it(
    'holds no text of a view from when it is personal, though it is renamed in the same statement',
    story(async (client) => {
      const id = await makeView(client, member, { name: 'Before' })
      for (const [visibility, name] of [
        ['workspace', 'Shown'],
        ['personal', 'After'],
      ])
        await actAs(
          client,
          member,
          'update public.dashboard_views set visibility = $1, name = $2, description = $2 where id = $3',
          [visibility, name, id],
        )
      const entries = await entriesOf(client, 'dashboard_views')
      expect(entries).not.toMatch(/Before|After/)
      expect(JSON.parse(entries)).toMatchObject([
        { changes: { visibility: { old: 'personal', new: 'workspace' }, name: {} } },
        { changes: { visibility: { old: 'workspace', new: 'personal' }, name: {} } },
      ])
    }),
  )

  it(
    'holds nothing of a theme from before it is shared',
    story(async (client) => {
      const { rows } = await actAs<{ id: string }>(
        client,
        member,
        `insert into public.themes (workspace_id, name, version, colors, radius, metadata)
         select $1, 'Before', version, colors, radius, '{"author": "Before"}' from public.built_in_themes limit 1
         returning id`,
        [ours],
      )
      await actAs(
        client,
        member,
        `update public.themes set visibility = 'workspace', name = 'Shown', metadata = null where id = $1`,
        [rows[0]?.id],
      )
      const entries = await entriesOf(client, 'themes')
      expect(entries).not.toContain('Before')
      expect(JSON.parse(entries)).toMatchObject([{ changes: { visibility: { new: 'workspace' } } }])
    }),
  )
})
