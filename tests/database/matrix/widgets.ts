import { insertWidget, widgetColumns } from '../../support/dashboards/view-rows.ts'
import { forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'
import { borrowers, editors, makers, ownerAlone, readers, serviceAlone, views } from './dashboard_views.ts'

/** One widget in each kind of view, and two that grants are about. */
export const widgetIds = {
  shared: '00000000-0000-4000-8000-0000000000c1',
  personal: '00000000-0000-4000-8000-0000000000c2',
  lent: '00000000-0000-4000-8000-0000000000c3',
  deleted: '00000000-0000-4000-8000-0000000000c4',
  /** In the shared view, and taken from the roles viewer and member. */
  withheld: '00000000-0000-4000-8000-0000000000c5',
  /** In the member's own view, and granted to the role viewer to edit. */
  granted: '00000000-0000-4000-8000-0000000000c6',
}

const own = (id: string) => ({ workspace_id: ours, id })
const into = (view_id: string) => ({ workspace_id: ours, view_id, ...widgetColumns })

// They follow their view, but for grants: `none` takes one away, `edit` opens one to who does not see the view.
export const widgets: TableMatrix = {
  async prepare(client) {
    const { shared, personal, lent, deleted } = views
    for (const [id, view_id] of [
      [widgetIds.shared, shared],
      [widgetIds.personal, personal],
      [widgetIds.lent, lent],
      [widgetIds.deleted, deleted],
      [widgetIds.withheld, shared],
      [widgetIds.granted, personal],
    ] as const)
      await insertWidget(client, { id, view_id })
    await client.query(
      `insert into public.resource_grants (workspace_id, resource_type, resource_id, role_key, access)
       values ($1, 'widget', $2, 'viewer', 'none'), ($1, 'widget', $2, 'member', 'none'),
         ($1, 'widget', $3, 'viewer', 'edit')`,
      [ours, widgetIds.withheld, widgetIds.granted],
    )
  },
  cases: [
    { operation: 'select', what: 'one of a shared view', match: own(widgetIds.shared), verdicts: readers },
    {
      operation: 'select',
      what: 'one of a personal view',
      match: own(widgetIds.personal),
      verdicts: ownerAlone,
    },
    {
      operation: 'select',
      what: 'one of a view that is shared with roles',
      match: own(widgetIds.lent),
      verdicts: borrowers,
    },
    {
      operation: 'select',
      what: 'one of a deleted view',
      match: own(widgetIds.deleted),
      verdicts: serviceAlone,
    },
    {
      operation: 'select',
      what: 'one that is taken away',
      match: own(widgetIds.withheld),
      verdicts: { ...serviceAlone, admin: 'rows', api_key: 'rows' },
    },
    {
      operation: 'select',
      what: 'one that is granted',
      match: own(widgetIds.granted),
      verdicts: { ...ownerAlone, viewer: 'rows' },
    },
    { operation: 'insert', what: 'one into a shared view', values: into(views.shared), verdicts: makers },
    {
      operation: 'insert',
      what: 'one into a personal view',
      values: into(views.personal),
      verdicts: { ...makers, admin: '42501', api_key: '42501' },
    },
    {
      operation: 'insert',
      what: 'one into a view that is shared with roles to edit',
      values: into(views.lent),
      verdicts: { ...makers, admin: '42501', api_key: '42501' },
    },
    {
      operation: 'insert',
      what: 'one into a deleted view',
      values: into(views.deleted),
      verdicts: { ...makers, member: '42501', admin: '42501', api_key: '42501' },
    },
    {
      operation: 'insert',
      what: 'one with an id',
      values: { ...into(views.shared), id: '00000000-0000-4000-8000-0000000000ff' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'one of a shared view',
      match: own(widgetIds.shared),
      values: { x: 5 },
      verdicts: editors,
    },
    {
      operation: 'update',
      what: 'one of a personal view',
      match: own(widgetIds.personal),
      values: { x: 5 },
      verdicts: ownerAlone,
    },
    {
      operation: 'update',
      what: 'one of a view that is shared with roles to edit',
      match: own(widgetIds.lent),
      values: { x: 5 },
      verdicts: { ...borrowers, viewer: 'none' },
    },
    {
      operation: 'update',
      what: 'one of a deleted view',
      match: own(widgetIds.deleted),
      values: { x: 5 },
      verdicts: serviceAlone,
    },
    {
      operation: 'update',
      what: 'one that is taken away',
      match: own(widgetIds.withheld),
      values: { x: 5 },
      verdicts: { ...serviceAlone, admin: 'rows', api_key: 'rows' },
    },
    {
      operation: 'update',
      what: 'one that is granted to edit',
      match: own(widgetIds.granted),
      values: { x: 5 },
      verdicts: { ...ownerAlone, viewer: 'rows' },
    },
    {
      operation: 'update',
      what: 'the view of one',
      match: own(widgetIds.personal),
      values: { view_id: views.shared },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the instance of one',
      match: own(widgetIds.personal),
      values: { instance_id: '00000000-0000-4000-8000-0000000000ff' },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'one of a shared view', match: own(widgetIds.shared), verdicts: editors },
    {
      operation: 'delete',
      what: 'one of a personal view',
      match: own(widgetIds.personal),
      verdicts: ownerAlone,
    },
    {
      operation: 'delete',
      what: 'one that is taken away',
      match: own(widgetIds.withheld),
      verdicts: { ...serviceAlone, admin: 'rows', api_key: 'rows' },
    },
    {
      operation: 'delete',
      what: 'one that is granted to edit',
      match: own(widgetIds.granted),
      verdicts: ownerAlone,
    },
  ],
}
