import type pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { clientError } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { type Call, held } from '../../support/database/held.ts'
import type { OpenDatabase } from '../../support/database/open-database.ts'
import { admin, createCast, ids, member, ours } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// What somebody made is withheld from them, or is no longer, while they delete their account: the account has the
// widgets and waits for the membership or the grant, whose holder does not wait for widgets for ever.

const takeDatabase = databasePool()
let opened: OpenDatabase
let observer: pg.Client
let things: Record<string, string>

beforeEach(async () => {
  opened = await takeDatabase()
  observer = opened.observer
  await createCast(observer)
  await setPlan(observer, 'premium', ours)
  const dashboard = await insertView(observer, { visibility: 'workspace' })
  await observer.query('update public.dashboard_views set created_by = $1', [ids.member])
  things = { dashboard, widget: await insertWidget(observer, { view_id: dashboard }) }
})

afterEach(() => opened[Symbol.asyncDispose]())

const account: Call = [member, 'select public.delete_my_account()', []]

async function expectEnd([late, gone]: unknown[]) {
  expect(gone).toBe('done')
  if (late !== 'done')
    expect(await clientError(Promise.reject(late))).toMatchObject({ code: 'conflict', details: 'view_id' })
  expect((await observer.query('select from auth.users where id = $1', [ids.member])).rowCount).toBe(0)
}

it.each(['dashboard', 'widget'])('a %s is withheld', async (type) => {
  const withheld: Call = [
    admin,
    `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
     values ($1, $2, $3, $4, 'none')`,
    [ours, type, things[type], ids.member],
  ]
  const membership = `select from public.workspace_members where user_id = '${ids.member}' for update`
  await expectEnd(await held(opened, membership, [withheld, account]))
})

it.each(['dashboard', 'widget'])('a %s is withheld no longer', async (type) => {
  await observer.query('begin')
  await grant(observer, admin, {
    resource_type: type,
    resource_id: `${things[type]}`,
    user_id: ids.member,
    access: 'none',
  })
  await observer.query('commit')
  const released: Call = [admin, 'delete from public.resource_grants where workspace_id = $1', [ours]]
  await expectEnd(await held(opened, 'select from public.resource_grants for update', [released, account]))
})
