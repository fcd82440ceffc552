import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Actor, actAs, service } from '../../support/database/act.ts'
import { type OpenDatabase, openDatabase } from '../../support/database/open-database.ts'
import { overlap, type Sessions } from '../../support/database/overlap.ts'
import { webhook } from '../../support/integrations/destinations.ts'
import { insertListings } from '../../support/people/marketplace.ts'
import { createWorld, type World } from '../../support/people/world.ts'

// A workspace goes while somebody writes what hangs on it: whoever is late reads that it is gone, by a registered code.

let opened: OpenDatabase
let sessions: Sessions
let worlds = 500

beforeAll(async () => {
  opened = await openDatabase()
  sessions = { observer: opened.observer, first: await opened.connect(), second: await opened.connect() }
})
afterAll(() => opened[Symbol.asyncDispose]())

type Step = (client: pg.Client, world: World) => Promise<unknown>

const by =
  (who: 'boss' | 'ann' | Actor, name: string, ...values: ((world: World) => unknown)[]): Step =>
  (client, world) =>
    actAs(
      client,
      typeof who === 'string' ? world[who] : who,
      `select public.${name}(${values.map((_, n) => `$${n + 1}`).join(', ')})`,
      values.map((value) => value(world)),
    )

const here = ({ workspace }: World) => workspace
const json = (document: unknown) => () => JSON.stringify(document)
const is = (value: unknown) => () => value

const ticketOf = ({ workspace }: World) => `a0000000-0000-4000-8000-000000000${workspace.slice(-3)}`

const made: Record<string, Step> = {
  'a destination': by('boss', 'save_destination', here, json(webhook)),
  'a data source': by('boss', 'save_data_source', here, json({ kind: 'static', name: 'Sales', data: {} })),
  'an agent': by('boss', 'save_agent', here, json({ name: 'A', kind: 'custom', instructions: 'x' })),
  'settings of agents': by('boss', 'save_ai_settings', here, json({ retentionDays: 5 })),
  'a policy of analytics': by('boss', 'set_analytics_policy', here, is(true)),
  'a ticket': by('boss', 'open_ticket', here, is('Help'), is('Where?'), is(randomUUID())),
  'a key': by('boss', 'create_api_key', here, is('Key'), is(['dashboards.read'])),
  'a watched view': by('boss', 'watch_view', ({ view }) => view),
  'counts of reads': by('ann', 'report_widget_reads', here, is(1)),
  settings: by('boss', 'update_workspace_settings', here, json({ 'app:x': 1 })),
  'a plan': by(service, 'grant_plan', here, is('premium'), is(null), is('Why not.')),
  'a customer': by(service, 'keep_billing_customer', here, is(`cus_${randomUUID().slice(0, 8)}`), is(true)),
  'a note on a ticket': by(service, 'note_on_ticket', here, ticketOf, is('Later.')),
  'a token of a key': by(service, 'spend_api_token', here),
}

it.each(Object.entries(made))('workspace, %s', async (_, making) => {
  worlds += 1
  const left = await createWorld(sessions.observer, worlds)
  await sessions.observer.query(
    `insert into public.support_tickets (
       workspace_id, id, number, subject, status, priority, first_answer_due_at, opened_by, idempotency_key)
     values ($1, $2, 1, 'Help', 'waiting', 'normal', now(), $3, gen_random_uuid())`,
    [left.workspace, ticketOf(left), left.boss.sub],
  )
  expect(
    await overlap(
      sessions,
      (client) => actAs(client, left.boss, "select public.delete_workspace($1, 'World')", [left.workspace]),
      (client) => making(client, left),
    ),
  ).toEqual(['done', 'not_found'])
})

const aboutListing: Record<string, (world: World, listing: string) => [string, unknown[]]> = {
  'a rating': ({ workspace }, listing) => ['select public.rate_listing($1, $2, 5)', [workspace, listing]],
  'a report': (_, listing) => ["select public.report_listing($1, 'broken', 'It is.')", [listing]],
}

it.each(Object.entries(aboutListing))('the workspace behind a listing, %s', async (_, about) => {
  const [author, reader] = [
    await createWorld(sessions.observer, ++worlds),
    await createWorld(sessions.observer, ++worlds),
  ]
  const [listing = ''] = await insertListings(sessions.observer, 1, {
    workspaceId: author.workspace,
    kind: 'view',
  })
  await sessions.observer.query(
    `insert into public.marketplace_installs (workspace_id, listing_id, kind, name, author, version, content_hash)
     values ($1, $2, 'view', 'View', 'Studio', '1.0.0', repeat('0', 64))`,
    [reader.workspace, listing],
  )
  const [sql, values] = about(reader, listing)
  expect(
    await overlap(
      sessions,
      (client) =>
        actAs(client, author.boss, "select public.delete_workspace($1, 'World')", [author.workspace]),
      (client) => actAs(client, reader.boss, sql, values),
    ),
  ).toEqual(['done', 'not_found'])
})
