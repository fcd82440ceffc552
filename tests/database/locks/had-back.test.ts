import type pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { insertView, insertWidget, type ViewRow } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { type Call, held as heldIn } from '../../support/database/held.ts'
import { type OpenDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { admin, createCast, ids, member, ours, viewer } from '../../support/people/cast.ts'

// A view with widgets is had back while others come to it: its widgets are locked before it, as everybody does, and
// what was asked before the wait is asked again.

const takeDatabase = databasePool()
let opened: OpenDatabase
let observer: pg.Client

beforeEach(async () => {
  opened = await takeDatabase()
  observer = opened.observer
  await createCast(observer)
})

afterEach(() => opened[Symbol.asyncDispose]())

async function deletedView(row: ViewRow = {}, widgets = 2): Promise<string> {
  const view_id = await insertView(observer, {
    owner_id: ids.member,
    visibility: 'workspace',
    deleted_at: new Date().toISOString(),
    ...row,
  })
  for (let y = 0; y < widgets; y += 1) await insertWidget(observer, { view_id, y: y * 5 })
  return view_id
}

const held = (locks: string, calls: Call[]) => heldIn(opened, locks, calls)
const restored = (view: string, actor = admin): Call => [actor, 'select public.restore_view($1)', [view]]
const membership = `select from public.workspace_members where user_id = '${ids.member}' for update`
const isBack = async (view: string) =>
  (await observer.query('select from public.dashboard_views where id = $1 and deleted_at is null', [view]))
    .rowCount === 1

it('while its owner deletes the account', async () => {
  const view = await deletedView()
  const [late, gone] = await held(membership, [
    restored(view),
    [member, 'select public.delete_my_account()', []],
  ])
  expect(gone).toBe('done')
  // The account has the widgets: they are not waited for for ever.
  if (late !== 'done')
    expect(await clientError(Promise.reject(late))).toMatchObject({ code: 'conflict', details: 'view_id' })
})

it('while it goes for good', async () => {
  const view = await deletedView({ deleted_at: '2020-01-01T00:00:00Z' })
  const [removed, late] = await held(`select from public.widgets where view_id = '${view}' for update`, [
    ['postgres', 'select private.remove_deleted_views()', []],
    restored(view),
  ])
  expect(removed).toBe('done')
  if (late !== 'done') expect(await clientError(Promise.reject(late))).toMatchObject({ code: 'not_found' })
  expect(await isBack(view)).toBe(late === 'done')
})

it.each([
  ['the last that its owner has room for', ids.member, 2],
  ['nobody’s', null, 2],
  ['nobody’s, and without widgets', null, 0],
])('by one of two at once, where it is %s', async (_, owner_id, widgets) => {
  const view = await deletedView({ owner_id }, widgets)
  await observer.query(
    `insert into public.dashboard_views (workspace_id, name, visibility, owner_id)
     select $1, 'View ' || n, 'workspace', $2 from generate_series(1, 9) as n`,
    [ours, owner_id],
  )
  const [first, second] = await held(`select from public.dashboard_views where id = '${view}' for update`, [
    restored(view),
    restored(view, owner_id === null ? admin : member),
  ])
  expect(first).toBe('done')
  expect(await clientError(Promise.reject(second))).toMatchObject({ code: 'conflict', details: 'view_id' })
  expect(await isBack(view)).toBe(true)
})

it('is not by who may no longer manage it after the wait', async () => {
  const view = await deletedView({ owner_id: null })
  const is = (role: string) =>
    observer.query(
      'update public.workspace_members set role_key = $1 where workspace_id = $2 and user_id = $3',
      [role, ours, ids.viewer],
    )
  await is('admin')
  await observer.query('begin')
  await observer.query('select from public.widgets where view_id = $1 for update', [view])
  const client = await opened.connect()
  await client.query('begin')
  const refused = clientError(actAs(client, viewer, 'select public.restore_view($1)', [view]))
  await untilBlocked(observer, client)
  await is('viewer')
  await observer.query('commit')
  expect(await refused).toMatchObject({ code: 'permission_denied', details: 'manage' })
  expect(await isBack(view)).toBe(false)
})
