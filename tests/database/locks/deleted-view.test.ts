import { expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { openDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { admin, createCast, ours } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

it('a view is deleted while somebody changes a widget of it: they wait for each other, and not in a circle', async () => {
  await using database = await openDatabase()
  const { observer } = database
  const [changing, deleting] = [await database.connect(), await database.connect()]
  await createCast(observer)
  await setPlan(observer, 'premium', ours)
  await insertComponent(observer, ours, {})
  const view = await insertView(observer, { visibility: 'workspace' })
  await insertWidget(observer, { view_id: view })

  await observer.query('begin; select from public.components for update')
  await changing.query('begin')
  const changed = actAs(
    changing,
    admin,
    `update public.widgets set component_key = 'gauge', config = '{"unit": "l"}' where view_id = $1`,
    [view],
  )
    .then(() => changing.query('commit'))
    .then(
      () => 'done',
      (error: unknown) => error,
    )
  await untilBlocked(observer, changing)
  await deleting.query('begin')
  const deleted = actAs(deleting, admin, 'select public.delete_view($1)', [view])
    .then(() => deleting.query('commit'))
    .then(
      () => 'done',
      (error: unknown) => error,
    )
  await untilBlocked(observer, deleting)
  await observer.query('commit')
  expect(await Promise.all([changed, deleted])).toEqual(['done', 'done'])
})
