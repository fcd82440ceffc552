import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { type Actor, actAs, service } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { type Call, held as heldIn } from '../../support/database/held.ts'
import type { OpenDatabase } from '../../support/database/open-database.ts'
import { admin, createCast, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'
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

describe('two workspaces end that have copies of each other’s listings', () => {
  const end = (actor: Actor, id: string, name: string): Call => [
    actor,
    'select public.delete_workspace($1, $2)',
    [id, name],
  ]
  const account: Call = [outsider, 'select public.delete_my_account()', []]
  it.each([
    ['by hand', end(outsider, theirs, 'Theirs')],
    ['one of them with its last person', account],
  ])('%s', async (_, other) => {
    await given(async (client) => {
      const mine = { actor: admin, workspaceId: ours, document: { name: 'Gauge', author: 'Us' } }
      const listing = await publishListing(client, componentBundle({ id: 'dial' }), mine)
      await install(client, listing, { actor: outsider, workspaceId: theirs })
      await install(client, await publishListing(client, componentBundle({ id: 'knob' })))
    })
    // Which go after the listings and before the copies.
    expect(await held('select from public.components for update', [end(admin, ours, 'Ours'), other])).toEqual(
      ['done', 'done'],
    )
    expect((await observer.query('select from public.workspaces')).rowCount).toBe(0)
  })
})
