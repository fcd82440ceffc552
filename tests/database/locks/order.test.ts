import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gauge } from '../../support/dashboards/components.ts'
import { insertShare, insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError, person, service } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { type OpenDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { admin, createCast, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import { invite, signUp } from '../../support/people/invitations.ts'
import { setPlan } from '../../support/people/plan.ts'

// What waits for each other must not wait in a circle. A third session holds the first two where each has some of
// its locks and not yet all of them, and then lets both go.

const takeDatabase = databasePool()
let opened: OpenDatabase
let observer: pg.Client

beforeEach(async () => {
  opened = await takeDatabase()
  observer = opened.observer
  await createCast(observer)
})

afterEach(() => opened[Symbol.asyncDispose]())

/** Runs both while the observer holds the locks of a query, and commits them once they are let go. */
async function held(
  locks: string,
  steps: [actor: Actor, sql: string, values: unknown[]][],
): Promise<unknown[]> {
  await observer.query(`begin; ${locks}`)
  const running: Promise<unknown>[] = []
  for (const [actor, sql, values] of steps) {
    const client = await opened.connect()
    await client.query('begin')
    running.push(
      actAs(client, actor, sql, values)
        .then(() => client.query('commit'))
        .then(
          () => 'done',
          (error: unknown) => error,
        ),
    )
    await untilBlocked(observer, client)
  }
  await observer.query('commit')
  return Promise.all(running)
}

const count = async (table: string) => (await observer.query(`select from ${table}`)).rowCount

it('an invitation is accepted while the workspace is deleted', async () => {
  await observer.query('begin')
  const ada = await signUp(observer, '00000000-0000-4000-8000-000000000011', 'ada@example.com')
  const { token } = await invite(observer, admin, 'ada@example.com', 'viewer')
  await observer.query('commit')
  expect(
    await held('select from public.workspace_invitations for update', [
      [ada, 'select public.accept_invitation($1)', [token]],
      [admin, "select public.delete_workspace($1, 'Ours')", [ours]],
    ]),
  ).toEqual(['done', 'done'])
  expect(await count(`public.workspaces where id = '${ours}'`)).toBe(0)
})

it('a member is changed while the workspace is deleted', async () => {
  expect(
    await held(`select from public.workspace_members where user_id = '${ids.viewer}' for update`, [
      [admin, "select public.change_member($1, $2, 'member')", [ours, ids.viewer]],
      [admin, "select public.delete_workspace($1, 'Ours')", [ours]],
    ]),
  ).toEqual(['done', 'done'])
  expect(await count(`public.workspaces where id = '${ours}'`)).toBe(0)
})

it('two people delete their accounts, each of whom has made the other’s workspace', async () => {
  const ada = person('00000000-0000-4000-8000-000000000011')
  await observer.query('begin')
  await signUp(observer, ada.sub ?? '', 'ada@example.com')
  await actAs(observer, ada, "select public.create_workspace('Hers')")
  await observer.query('update auth.users set email_confirmed_at = now()')
  await observer.query('update public.workspaces set created_by = $1 where id = $2', [ada.sub, theirs])
  await observer.query("update public.workspaces set created_by = $1 where name = 'Hers'", [outsider.sub])
  await invite(observer, admin, 'ada@example.com')
  await invite(observer, admin, 'outsider@example.com')
  await observer.query('commit')
  expect(
    await held('select from public.workspace_invitations for update', [
      [ada, 'select public.delete_my_account()', []],
      [outsider, 'select public.delete_my_account()', []],
    ]),
  ).toEqual(['done', 'done'])
  expect(await count(`auth.users where id in ('${ada.sub}', '${outsider.sub}')`)).toBe(0)
})

it('an account that left traces in a workspace is deleted while the workspace is', async () => {
  await observer.query('begin')
  await setPlan(observer, 'premium')
  await actAs(observer, outsider, 'select public.publish_component($1, $2)', [theirs, gauge])
  const view = await insertView(observer)
  await observer.query('update public.dashboard_views set created_by = $1 where id = $2', [
    ids.outsider,
    view,
  ])
  await observer.query('update private.view_versions set saved_by = $1 where view_id = $2', [
    ids.outsider,
    view,
  ])
  await observer.query('commit')
  expect(
    await held(`select from public.components where workspace_id = '${theirs}' for update`, [
      [outsider, 'select public.delete_my_account()', []],
      [admin, "select public.delete_workspace($1, 'Ours')", [ours]],
    ]),
  ).toEqual(['done', 'done'])
  expect(await count(`auth.users where id = '${ids.outsider}'`)).toBe(0)
  expect(await count(`public.workspaces where id = '${ours}'`)).toBe(0)
})

it('an account is deleted by its owner and by Auth', async () => {
  await observer.query('begin')
  await insertWidget(observer, { view_id: await insertView(observer, { owner_id: ids.member }) })
  // Auth deletes with the rights of its own role, and without a token.
  await observer.query(
    `create function public.delete_as_auth(id uuid) returns void language sql security definer
     begin atomic delete from auth.users u where u.id = delete_as_auth.id; end;
     grant execute on function public.delete_as_auth to service_role`,
  )
  await observer.query('commit')
  expect(
    await held('select from public.widgets for update', [
      [member, 'select public.delete_my_account()', []],
      [service, 'select public.delete_as_auth($1)', [ids.member]],
    ]),
  ).toEqual(['done', 'done'])
  expect(await count(`auth.users where id = '${ids.member}'`)).toBe(0)
})

describe('a layout is saved', () => {
  const [view, widget] = ['00000000-0000-4000-8000-0000000000f1', '00000000-0000-4000-8000-0000000000c1']
  const layout = { version: 1, gridColumns: 12, rowHeight: 40, gap: 16, widgets: [] }
  const save: [Actor, string, unknown[]] = [
    admin,
    'select public.save_layout($1, $2, (select version from public.dashboard_views where id = $1))',
    [view, layout],
  ]
  const move: [Actor, string, unknown[]] = [admin, 'update public.widgets set x = 5', []]

  beforeEach(async () => {
    await observer.query('begin')
    await insertView(observer, { id: view, owner_id: ids.member })
    await insertWidget(observer, { id: widget, view_id: view })
    await insertShare(observer, { view_id: view, user_id: ids.admin, access: 'edit' })
    await observer.query('commit')
  })

  // A view that is shared outlives its owner's place, as an admin's.
  it.each([
    ['the owner of the view leaves', 1, save, [member, 'select public.leave_workspace($1)', [ours]]],
    ['the owner deletes the account', 1, save, [member, 'select public.delete_my_account()', []]],
    ['the workspace is deleted', 0, save, [admin, "select public.delete_workspace($1, 'Ours')", [ours]]],
    [
      'the owner leaves, and it is one widget',
      1,
      move,
      [member, 'select public.leave_workspace($1)', [ours]],
    ],
  ] satisfies [string, number, typeof save, typeof save][])('while %s', async (_, left, one, other) => {
    const [saved, removed] = await held(`select from public.widgets where id = '${widget}' for update`, [
      one,
      other,
    ])
    expect(removed).toBe('done')
    // Who gets the widgets first is left open: a view that has gone by then is not found.
    if (left === 1) expect(saved).toBe('done')
    else if (saved !== 'done')
      expect(await clientError(Promise.reject(saved))).toMatchObject({
        code: 'not_found',
        details: 'view_id',
      })
    expect(await count(`public.dashboard_views where owner_id = '${ids.admin}'`)).toBe(left)
    expect(await count('public.dashboard_views')).toBe(left)
  })
})
