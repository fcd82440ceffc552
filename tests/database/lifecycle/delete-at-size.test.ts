import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withClient } from '../../../local/postgres/index.ts'
import { actAs } from '../../support/database/act.ts'
import { leave } from '../../support/people/account.ts'
import { admin, createCast, ids, member, ours } from '../../support/people/cast.ts'
import { fillWorkspace } from '../../support/people/large-workspace.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

// As the Data API has it for who is signed in: what takes longer is refused there.
const patience = "set local statement_timeout = '8s'"
const size = 2_000
/** How many rows may be read for each that is written; whatever looks through a table for every row reads hundreds. */
const readPerRow = 20

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase('migrated')
  await withClient(database.url('postgres'), async (client) => {
    await createCast(client)
    await fillWorkspace(client, size, 200)
  })
})

afterAll(() => database.drop())

/** In a session of its own, which counts what it does and nothing before. */
const story = (tell: (client: pg.Client) => Promise<void>) => () =>
  withClient(database.url('postgres'), async (client) => {
    await client.query('begin')
    await client.query(patience)
    // Tables of a few hundred rows are read whole for want of a reason; those of ten thousand are not.
    await client.query('set local enable_seqscan = off')
    await tell(client)
    await client.query('rollback')
  })

interface Work {
  read: number
  written: number
  /** Rows that were changed before they went or stayed. */
  updated: number
}

/** Runs a deletion, with what waits for the end of the transaction, and counts the rows that it touched. */
async function workOf(client: pg.Client, deletion: () => Promise<unknown>): Promise<Work> {
  await deletion()
  await client.query('set constraints all immediate')
  const { rows } = await client.query<Work>(`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::integer as read,
      sum(n_tup_del + n_tup_upd)::integer as written,
      sum(n_tup_upd)::integer as updated
    from pg_stat_xact_user_tables
    where schemaname in ('public', 'private')`)
  return rows[0] ?? { read: Number.NaN, written: Number.NaN, updated: Number.NaN }
}

const count = async (client: pg.Client, from: string) =>
  Number((await client.query(`select count(*) from ${from}`)).rows[0]?.count)

/** Every table of the schema that has rows of workspaces, partitions of the log included. */
async function tablesOfWorkspaces(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    select a.attrelid::regclass::text as name
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    where a.attname = 'workspace_id' and c.relkind in ('r', 'p')
      and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
      and a.attrelid <> 'private.deleted_workspaces'::regclass`)
  return rows.map(({ name }) => name)
}

describe(`of a workspace with ${size} of everything`, () => {
  it(
    'all is deleted within the time that a call has, and nothing stays',
    story(async (client) => {
      const tables = await tablesOfWorkspaces(client)
      expect(tables).toEqual(
        expect.arrayContaining(['private.widget_versions', 'notifications', 'private.notification_mails']),
      )
      const work = await workOf(client, () =>
        actAs(client, admin, "select public.delete_workspace($1, 'Ours')", [ours]),
      )
      expect(work.updated).toBe(0)
      expect(work.read).toBeLessThan(work.written * readPerRow)
      for (const table of tables)
        expect(await count(client, `${table} where workspace_id = '${ours}'`), table).toBe(0)
      expect(await count(client, `public.workspaces where id = '${ours}'`)).toBe(0)
    }),
  )

  it(
    'views that were deleted long ago go for good, with their grants, and an entry for each that was shared',
    story(async (client) => {
      const { read, written } = await workOf(client, () =>
        client.query('select private.remove_deleted_views()'),
      )
      expect(read).toBeLessThan(written * readPerRow)
      for (const table of ['public.dashboard_views', 'public.widgets', 'public.resource_grants'])
        expect(await count(client, table), table).toBe((size * 3) / 4)
      for (const table of [
        'dashboard_views',
        'dashboard_view_shares',
        'resource_grants',
        'role_default_views',
      ])
        expect(
          await count(client, `public.audit_log where action = 'delete' and table_name = '${table}'`),
          table,
        ).toBe(size / 4)
    }),
  )

  it(
    'the account is deleted that made it all, which stays, by nobody',
    story(async (client) => {
      const { read, written } = await workOf(client, () => leave(client, member))
      expect(read).toBeLessThan(written * readPerRow)
      expect(await count(client, `auth.users where id = '${ids.member}'`)).toBe(0)
      for (const [table, maker] of [
        ['public.dashboard_views', 'created_by'],
        ['public.themes', 'created_by'],
        ['public.components', 'created_by'],
        ['public.workspace_invitations', 'invited_by'],
        ['public.resource_grants', 'granted_by'],
        ['private.view_versions', 'saved_by'],
        ['public.notifications', 'actor_id'],
        ['public.support_tickets', 'opened_by'],
        ['public.support_messages', 'author_id'],
        ['private.marketplace_publishers', 'created_by'],
        ['private.marketplace_ratings', 'rated_by'],
        ['private.marketplace_steps', 'installed_by'],
      ])
        expect(await count(client, `${table} where ${maker} is null`), table).toBe(size)
      expect(
        await count(client, `public.audit_log where actor_id = '${ids.member}' and ip is not null`),
      ).toBe(0)
      // That nobody made them any more is no change of theirs: the log has what it had.
      expect(await count(client, "public.audit_log where action = 'update'")).toBe(size)
    }),
  )
})
