import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, service } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { type Call, held as heldIn } from '../../support/database/held.ts'
import { type OpenDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { admin, createCast, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import {
  componentBundle,
  install,
  publishListing,
  publishVersion,
  submit,
  themeBundle,
  upgrade,
} from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'

// The end of an account comes to everything that names the person, and takes the workspaces in which they are alone
// along. Who changes a listing comes to its reports and copies, and who removes a thing to its history: they wait for
// each other and never in a circle.

const pidOf = (client: pg.Client & { processID?: number }) => client.processID

const takeDatabase = databasePool()
let opened: OpenDatabase
let observer: pg.Client

beforeEach(async () => {
  opened = await takeDatabase()
  observer = opened.observer
  await createCast(observer)
})

afterEach(() => opened[Symbol.asyncDispose]())

const held = (locks: string, calls: Call[]) => heldIn(opened, locks, calls)

async function given<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  await observer.query('begin')
  for (const workspace of [ours, theirs]) await setPlan(observer, 'premium', workspace)
  const made = await work(observer)
  await observer.query('commit')
  return made
}

it.each([
  ['taken down', service, "select public.take_down_listing($1, 'Broken.')"],
  ['withdrawn', admin, `select public.withdraw_listing('${ours}', $1)`],
  ['published in another version', service, "select public.review_listing($1, 'publish', $2)"],
])(
  'an account is deleted that is alone in two workspaces with copies of a listing that is %s',
  async (...story) => {
    const [, actor, sql] = story
    const [listing, submittedAt, second] = await given(async (client) => {
      const { rows } = await actAs(client, outsider, "select (public.create_workspace('Second')).id")
      const last: string = rows[0]?.id
      await setPlan(client, 'premium', last)
      const mine = { actor: admin, workspaceId: ours }
      const published = await publishListing(client, componentBundle(), mine)
      // The last one first: the end of the account comes to them in the order in which the person joined.
      for (const workspaceId of [last, theirs])
        await install(client, published, { actor: outsider, workspaceId })
      await client.query('update public.components set created_by = null')
      const next = componentBundle({ version: '1.1.0' })
      const { submittedAt: at } = await submit(client, published.id, next, { ...mine, version: '1.1.0' })
      return [published.id, at, last]
    })
    const account: Call = [outsider, 'select public.delete_my_account()', []]
    const changed: Call = [actor, sql, sql.includes('$2') ? [listing, submittedAt] : [listing]]
    // What goes before the copy.
    const locks = `select from public.components where workspace_id = '${second}' for update`
    expect(await held(locks, [account, changed])).toEqual(['done', 'done'])
  },
)

describe('somebody deletes their account', () => {
  const account: Call = [member, 'select public.delete_my_account()', []]
  // By index, as in tables of some size.
  const byIndex = async () => {
    const { rows } = await observer.query('select current_database() as name')
    await observer.query(`alter database ${rows[0].name} set enable_seqscan = off`)
  }

  it('who has upgraded a copy, while it is removed with its history', async () => {
    const copy = await given(async (client) => {
      const first = await publishListing(client, themeBundle())
      const made = await install(client, first)
      for (const version of ['1.1.0', '1.2.0'])
        await upgrade(client, made, await publishVersion(client, first, version, themeBundle(version)))
      return made
    })
    // One after the other, so that those of the person come in the other order.
    for (const number of [3, 2, 1])
      await observer.query('update private.marketplace_steps set installed_by = $1 where number = $2', [
        ids.member,
        number,
      ])
    await byIndex()
    const removed: Call = [admin, 'select public.remove_install($1, $2)', [ours, copy.id]]
    const second = 'select from private.marketplace_steps where number = 2 for update'
    expect(await held(second, [removed, account])).toEqual(['done', 'done'])
  })

  it.each<[string, string, Call]>([
    ['it is deleted', ours, [admin, "select public.delete_component($1, 'gauge')", [ours]]],
    [
      'the last person leaves its workspace',
      theirs,
      [outsider, 'select public.leave_workspace($1)', [theirs]],
    ],
  ])('who has published versions of a component, while %s', async (_, workspace, ends) => {
    await given(async (client) => {
      for (const version of ['1.0.0', '1.1.0', '1.2.0']) await insertComponent(client, workspace, { version })
      // The other way round than by their key.
      await client.query(
        `update public.component_versions
         set published_by = $1, published_at = now() - interval '1 day' * split_part(version, '.', 2)::integer`,
        [ids.member],
      )
    })
    await byIndex()
    const second = "select from public.component_versions where version = '1.1.0' for update"
    expect(await held(second, [ends, account])).toEqual(['done', 'done'])
  })
})

it('who saved a deleted view and has a grant on another deletes their account, as both go for good', async () => {
  const [first, second] = [5, 6].map((n) => `00000000-0000-4000-8000-00000000000${n}`)
  await given(async (client) => {
    for (const id of [first, second])
      await insertView(client, { id, visibility: 'workspace', deleted_at: '2020-01-01T00:00:00Z' })
    await client.query('update private.view_versions set saved_by = null where view_id = $1', [second])
    await client.query('update private.view_versions set saved_by = $2 where view_id = $1', [
      first,
      ids.member,
    ])
    await client.query(
      `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
       values ($1, 'dashboard', $2, $3, 'view')`,
      [ours, second, ids.member],
    )
  })
  const job: Call = ['postgres', 'select private.remove_deleted_views()', []]
  const account: Call = [member, 'select public.delete_my_account()', []]
  // The account comes from the grant to the version, and the job the other way round.
  const grant = `select from public.resource_grants where resource_id = '${second}' for update`
  expect(await held(grant, [account, job])).toEqual(['done', 'done'])
})

describe('two workspaces end that have copies of each other’s listings', () => {
  const end = (actor: Actor, id: string, name: string): [Actor, string, unknown[]] => [
    actor,
    'select public.delete_workspace($1, $2)',
    [id, name],
  ]
  const account: Call = [outsider, 'select public.delete_my_account()', []]
  const eachOthers = () =>
    given(async (client) => {
      const mine = { actor: admin, workspaceId: ours, document: { name: 'Gauge', author: 'Us' } }
      const listing = await publishListing(client, componentBundle({ id: 'dial' }), mine)
      await install(client, listing, { actor: outsider, workspaceId: theirs })
      await install(client, await publishListing(client, componentBundle({ id: 'knob' })))
    })
  // Which go after the listings and before the copies.
  const components = 'select from public.components for update'
  const left: [Actor, string, unknown[]] = [outsider, 'select public.leave_workspace($1)', [theirs]]
  it.each<[string, Call]>([
    ['by hand', end(outsider, theirs, 'Theirs')],
    ['one of them with its last person', account],
    ['one of them as its last person leaves', left],
    [
      'one of them as its last person removes themself',
      [outsider, 'select public.remove_member($1, $2)', [theirs, ids.outsider]],
    ],
    [
      'one of them with the row of its last person',
      [outsider, 'delete from public.workspace_members where workspace_id = $1', [theirs]],
    ],
  ])('%s', async (_, other) => {
    await eachOthers()
    expect(await held(components, [end(admin, ours, 'Ours'), other])).toEqual(['done', 'done'])
    expect((await observer.query('select from public.workspaces')).rowCount).toBe(0)
  })

  it('one of them as its last two people leave at one moment', async () => {
    await eachOthers()
    await observer.query(
      `insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')`,
      [theirs, ids.viewer],
    )
    const leaving = await opened.connect()
    await leaving.query('begin')
    await actAs(leaving, viewer, 'select public.leave_workspace($1)', [theirs])
    const last = await opened.connect()
    await last.query('begin')
    const isLeft = actAs(last, ...left)
      .then(() => last.query('commit'))
      .then(
        () => 'done',
        (error: unknown) => error,
      )
    await untilBlocked(observer, last)
    const holding = await opened.connect()
    await holding.query(`begin; ${components}`)
    await leaving.query('commit')
    const blockers = 'select pg_blocking_pids($1) as pids'
    await expect
      .poll(async () => (await observer.query(blockers, [pidOf(last)])).rows[0].pids)
      .toEqual([pidOf(holding)])
    const ending = await opened.connect()
    await ending.query('begin')
    const isEnded = actAs(ending, ...end(admin, ours, 'Ours'))
      .then(() => ending.query('commit'))
      .then(
        () => 'done',
        (error: unknown) => error,
      )
    await untilBlocked(observer, ending)
    await holding.query('commit')
    expect([await isLeft, await isEnded]).toEqual(['done', 'done'])
    expect((await observer.query('select from public.workspaces')).rowCount).toBe(0)
  })
})
