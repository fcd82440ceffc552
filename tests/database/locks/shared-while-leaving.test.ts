import { expect, it } from 'vitest'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { openDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { createCast, ids, member, ours, viewer } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

it('a view that is shared while its owner leaves stays, and so does what is withheld of it', async () => {
  await using database = await openDatabase()
  const { observer } = database
  const [sharing, leaving] = [await database.connect(), await database.connect()]
  await createCast(observer)
  await setPlan(observer, 'premium', ours)
  const view = await insertView(observer, { owner_id: ids.member, visibility: 'workspace' })
  const gone = await insertView(observer, { owner_id: ids.member, visibility: 'workspace' })
  await observer.query(
    `insert into public.resource_grants (workspace_id, resource_type, resource_id, role_key, access)
     select $1, 'dashboard', id, 'viewer', 'none' from unnest($2::uuid[]) as id`,
    [ours, [view, gone]],
  )
  const show = (ids: string[], visibility: string) =>
    actAs(sharing, member, 'update public.dashboard_views set visibility = $2 where id = any ($1)', [
      ids,
      visibility,
    ])
  await sharing.query('begin')
  await show([view, gone], 'personal')
  await sharing.query('commit')

  await sharing.query('begin')
  await show([view], 'workspace')
  await leaving.query('begin')
  const left = actAs(leaving, member, 'select public.leave_workspace($1)', [ours])
  await untilBlocked(observer, leaving)
  await sharing.query('commit')
  await left
  await leaving.query('commit')

  const { rows: grants } = await observer.query('select resource_id, access from public.resource_grants')
  expect(grants).toEqual([{ resource_id: view, access: 'none' }])
  const { rows: views } = await observer.query(
    'select id, owner_id, visibility from public.dashboard_views where id = any ($1)',
    [[view, gone]],
  )
  expect(views).toEqual([{ id: view, owner_id: null, visibility: 'workspace' }])
  await observer.query('begin')
  const seen = await actAs(observer, viewer, 'select from public.dashboard_views where id = $1', [view])
  expect(seen.rowCount).toBe(0)
})
