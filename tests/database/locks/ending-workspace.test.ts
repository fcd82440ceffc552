import type pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { gauge, insertComponent } from '../../support/dashboards/components.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { clientError, service } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { type Call, held as heldIn } from '../../support/database/held.ts'
import type { OpenDatabase } from '../../support/database/open-database.ts'
import { claim, rename, saveDestination, webhook } from '../../support/integrations/destinations.ts'
import { admin, createCast, ids, member, ours, theirs } from '../../support/people/cast.ts'
import {
  componentBundle,
  install,
  publishListing,
  publishVersion,
  submit,
  upgrade,
} from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'
import { insertTickets, ticketIds } from '../../support/people/tickets.ts'

// Others work in a workspace, or leave it, while it is deleted: they wait for each other and never in a circle.

const takeDatabase = databasePool()
let opened: OpenDatabase
let observer: pg.Client

beforeEach(async () => {
  opened = await takeDatabase()
  observer = opened.observer
  await createCast(observer)
})

afterEach(() => opened[Symbol.asyncDispose]())

const end: Call = [admin, "select public.delete_workspace($1, 'Ours')", [ours]]
const leave: Call = [member, 'select public.leave_workspace($1)', [ours]]
const removed: Call = [admin, 'select public.remove_member($1, $2)', [ours, ids.member]]
const publish: Call = [
  admin,
  'select public.publish_component($1, $2)',
  [ours, JSON.stringify({ ...gauge, version: '1.1.0' })],
]

const held = (locks: string, calls: Call[]) => heldIn(opened, locks, calls)

const account: Call = [member, 'select public.delete_my_account()', []]
const withhold: Call = [
  admin,
  `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
   select workspace_id, 'dashboard', id, $1, 'none' from public.dashboard_views where name = 'Shared'`,
  [ids.viewer],
]
const answered: Call = [
  service,
  "select public.answer_ticket($1, $2, 'There.', gen_random_uuid())",
  [ours, ticketIds.member],
]

const row = (who: keyof typeof ids) =>
  `select from public.workspace_members where user_id = '${ids[who]}' for update`

beforeEach(async () => {
  await observer.query('begin')
  await setPlan(observer, 'premium', ours)
  await insertComponent(observer, ours, {})
  for (const view of [
    { owner_id: ids.member },
    { owner_id: ids.admin, visibility: 'workspace' as const, name: 'Shared' },
  ]) {
    const view_id = await insertView(observer, view)
    await insertWidget(observer, { view_id, component_key: 'gauge', config: { unit: 'l' } })
  }
  await insertTickets(observer)
  await observer.query('commit')
})

const joining = `select pg_advisory_xact_lock(hashtextextended(
  'private.notify ${ours} support_answer ticket ${ticketIds.member}', 0))`

it('a view is had back while its owner leaves', async () => {
  const shared = {
    owner_id: ids.member,
    visibility: 'workspace' as const,
    deleted_at: new Date().toISOString(),
  }
  const view = await insertView(observer, shared)
  await insertWidget(observer, { view_id: view })
  expect(
    await held(`select from public.dashboard_views where id = '${view}' for update`, [
      [admin, 'select public.restore_view($1)', [view]],
      [member, 'select public.leave_workspace($1)', [ours]],
    ]),
  ).toEqual(['done', 'done'])
})

it('a copy from the marketplace is upgraded in a workspace that is deleted', async () => {
  await observer.query('begin')
  await setPlan(observer, 'premium', theirs)
  const published = await publishListing(observer)
  const copy = await install(observer, published)
  const view_id = await insertView(observer, { owner_id: ids.member })
  await insertWidget(observer, { view_id, component_key: 'dial', config: { unit: 'l' } })
  const next = await publishVersion(observer, published, '1.1.0', componentBundle({ version: '1.1.0' }))
  await observer.query('commit')
  const upgraded: Call = [
    admin,
    'select public.upgrade_install($1, $2, $3, $4)',
    [ours, copy.id, next.version, next.hash],
  ]
  expect(await held(row('admin'), [upgraded, end])).toEqual(['done', 'done'])
})

it.each([
  ['reviewed', "select public.review_listing($1, 'refuse', $2)", true],
  ['taken down', "select public.take_down_listing($1, 'Broken.')", false],
])('a listing is %s whose workspace is deleted', async (_, sql, isSubmitted) => {
  await observer.query('begin')
  const published = await publishListing(observer, componentBundle(), { actor: admin, workspaceId: ours })
  const next = componentBundle({ version: '1.1.0' })
  const { submittedAt } = await submit(observer, published.id, next, {
    actor: admin,
    workspaceId: ours,
    version: '1.1.0',
  })
  await observer.query('commit')
  const decided: Call = [service, sql, isSubmitted ? [published.id, submittedAt] : [published.id]]
  const listing = `select from public.marketplace_listings where id = '${published.id}' for update`
  expect(await held(listing, [decided, end])).toEqual(['done', 'done'])
})

it('many are told of a share in a workspace that is deleted', async () => {
  const { rows } = await observer.query(
    `insert into public.dashboard_view_shares (workspace_id, view_id, role_key)
     select workspace_id, id, 'viewer' from public.dashboard_views where name = 'Shared' returning id`,
  )
  await observer.query(
    'insert into private.shares_to_tell (workspace_id, share_id, actor_id) values ($1, $2, $3)',
    [ours, rows[0].id, ids.admin],
  )
  await observer.query('delete from public.notifications')
  const told: Call = ['postgres', 'select private.tell_of_shares(500)', []]
  expect(
    await held(
      `select pg_advisory_xact_lock(hashtextextended('private.notify ${ours} view_shared shares by ${ids.admin}', 0))`,
      [told, end],
    ),
  ).toEqual(['done', 'done'])
})

it('mails are gathered of what is told in a workspace that is deleted', async () => {
  await observer.query(
    `with told as (
       insert into public.notifications (workspace_id, user_id, kind, title)
       select $1, $2, 'member_removed', 'Out' from generate_series(1, 2) returning workspace_id, id, user_id
     )
     insert into private.notification_mails (workspace_id, notification_id, user_id) select * from told`,
    [ours, ids.viewer],
  )
  const claimed: Call = [service, 'select public.claim_mails()', []]
  // Of two the one that is updated last.
  const last =
    'select from private.notification_mails where ctid = (select max(ctid) from private.notification_mails) for update'
  expect(await held(last, [claimed, end])).toEqual(['done', 'done'])
})

it('a data source is said to fail in a workspace that is deleted', async () => {
  await observer.query('begin')
  await observer.query(
    `with source as (
       insert into private.data_sources (workspace_id, kind, name, data) values ($1, 'static', 'Sales', '{}')
       returning workspace_id, id
     ), health as (
       insert into private.data_source_health (workspace_id, source_id, failures)
       select workspace_id, id, 4 from source
     )
     insert into private.widget_data (workspace_id, question_hash, source_id, lease_id)
     select workspace_id, 'q', id, '00000000-0000-4000-8000-0000000000aa' from source`,
    [ours],
  )
  await observer.query('commit')
  const answers = [
    { question: 'q', lease: '00000000-0000-4000-8000-0000000000aa', error: { code: 'x', message: 'No.' } },
  ]
  const stored: Call = [service, 'select public.store_widget_data($1, $2)', [ours, JSON.stringify(answers)]]
  expect(await held('select from private.data_source_health for update', [stored, end])).toEqual([
    'done',
    'done',
  ])
})

it('a destination is paused in a workspace that is deleted', async () => {
  await observer.query('begin')
  await saveDestination(observer, webhook)
  await rename(observer, 'Other')
  await rename(observer, 'Ours')
  const claims = await claim(observer)
  await observer.query('commit')
  const results = claims.map(({ deliveries, ...of }) => ({
    ...of,
    deliveries: deliveries.map(({ sequence }) => ({ sequence, outcome: 'refused', status: 410 })),
  }))
  const paused: Call = [service, 'select public.settle_deliveries($1)', [JSON.stringify(results)]]
  expect(await held('select from private.destination_states for update', [paused, end])).toEqual([
    'done',
    'done',
  ])
})

it.each([
  ['somebody leaves a workspace that is deleted', row('member'), leave, end],
  ['somebody is removed from a workspace that is deleted', row('member'), removed, end],
  ['a version of a component is published in a workspace that is deleted', row('admin'), publish, end],
  ['a view is withheld in a workspace that is deleted', row('admin'), withhold, end],
  ['support answers in a workspace that is deleted', joining, answered, end],
] satisfies [string, string, Call, Call][])('%s', async (_, locks, one, other) => {
  expect(await held(locks, [one, other])).toEqual(['done', 'done'])
})

// The account has the widgets first: who comes to them afterwards does not wait for ever, and neither is a victim.
it.each([
  ['somebody is removed who deletes their account', row('member'), removed, account],
  ['somebody leaves who deletes their account', row('member'), leave, account],
  [
    'a version is published while who has widgets of it deletes their account',
    row('member'),
    account,
    publish,
  ],
] satisfies [string, string, Call, Call][])('%s', async (_, locks, one, other) => {
  const [first, second] = await held(locks, [one, other])
  const [deleted, late] = one === account ? [first, second] : [second, first]
  expect(deleted).toBe('done')
  if (late !== 'done') expect(await clientError(Promise.reject(late))).toMatchObject({ code: 'conflict' })
})

it('a copy is rolled back by who deletes their account', async () => {
  await observer.query('begin')
  await setPlan(observer, 'premium', theirs)
  await observer.query(
    "update public.workspace_members set role_key = 'admin' where workspace_id = $1 and user_id = $2",
    [ours, ids.member],
  )
  const published = await publishListing(observer)
  const copy = await install(observer, published)
  const view_id = await insertView(observer, { owner_id: ids.member })
  await insertWidget(observer, { view_id, component_key: 'dial', config: { unit: 'l' } })
  const next = await publishVersion(observer, published, '1.1.0', componentBundle({ version: '1.1.0' }))
  await upgrade(observer, copy, next)
  await observer.query('commit')
  const rolledBack: Call = [member, 'select public.roll_back_install($1, $2)', [ours, copy.id]]
  const [late, deleted] = await held(row('member'), [rolledBack, account])
  expect(deleted).toBe('done')
  if (late !== 'done')
    expect(await clientError(Promise.reject(late))).toMatchObject({ code: 'conflict', details: 'component' })
})
