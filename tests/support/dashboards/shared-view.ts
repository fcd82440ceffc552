import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Layout, Widget } from '../../../types/layout.ts'
import { type StoredView, storedViewSchema } from '../../../types/view.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../http/front-end.ts'
import { widget } from './layouts.ts'
import { createSharedView, saveLayout, withWidget } from './view-calls.ts'

/** Two people, each with a client of their own, and a view that both may edit. */
export interface SharedView {
  app: FrontEnd
  ada: Person
  bob: Person
  workspace_id: string
  view: StoredView
}

export const one = widget({ config: { limit: 1 } })
export const two = widget({ position: { x: 3, y: 0, width: 3, height: 2 } })
export const three = widget({
  widgetId: 'total-revenue',
  config: {},
  position: { x: 6, y: 0, width: 3, height: 2 },
})

/** The people of a suite, with a workspace and a view of three widgets for each of its tests. */
export function sharedViewSuite(widgets: Widget[] = [one, two, three]): () => SharedView {
  let app: FrontEnd
  let ada: Person
  let bob: Person
  let workspace_id: string
  let view: StoredView
  beforeAll(async () => {
    app = await borrowFrontEnd()
    ada = await app.signUp('Ada')
    bob = await app.signUp('Bob')
  })
  afterAll(() => app[Symbol.asyncDispose]())
  beforeEach(async () => {
    workspace_id = await app.createWorkspace(ada, { member: bob })
    view = await createSharedView(ada, workspace_id, widgets)
  })
  return () => ({ app, ada, bob, workspace_id, view })
}

/** Saves a layout, and gives the view as it is then. */
export async function saved(
  by: Person,
  from: StoredView,
  layout: Layout,
  label?: string,
): Promise<StoredView> {
  const { data, error } = await saveLayout(by, from, layout, label)
  if (error) throw error
  return storedViewSchema.parse(data)
}

/** Saves a view with one of its widgets changed. */
export const saveWidget = (by: Person, view: StoredView, { instanceId }: Widget, changes: Partial<Widget>) =>
  saveLayout(by, view, withWidget(view, instanceId, changes))

/** Changes the row of a widget. */
export const updateRow = (
  { supabase }: Person,
  { view, workspace_id }: SharedView,
  { instanceId }: Widget,
  columns: { config?: { limit: number }; x?: number; version?: number },
) =>
  supabase
    .from('widgets')
    .update(columns)
    .match({ workspace_id, view_id: view.id, instance_id: instanceId })
    .select('instance_id, config, version')
    .single()

/** The configurations of a view's widgets, by name. */
export const configs = ({ layout }: StoredView) =>
  Object.fromEntries(layout.widgets.map(({ instanceId, config }) => [instanceId, config]))

/** The parts of widgets that a person decides about, by name. */
export const decided = ({ widgets }: Layout) =>
  Object.fromEntries(
    widgets.map(({ instanceId, widgetId, position, visible, config }) => [
      instanceId,
      { widgetId, position, visible, config },
    ]),
  )
