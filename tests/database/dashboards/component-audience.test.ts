import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { roleAudienceSchema, viewAudienceSchema, viewPreviewSchema } from '../../../types/index.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { limitFree } from '../../support/people/plan.ts'

// A widget of a component that is not for one's role is in nothing that one reads.

const story = policySuite()
const forAll = '00000000-0000-4000-8000-0000000000f1'
const forWriters = '00000000-0000-4000-8000-0000000000f2'
const forAdmins = '00000000-0000-4000-8000-0000000000f3'

/** A shared view with a widget for everybody, one for who writes dashboards and one for admins. */
async function audienceView(client: pg.Client): Promise<string> {
  await insertComponent(client, ours, { id: 'for-admins', allowedRoles: ['admin'] })
  const view_id = await insertView(client, { name: 'Shared' })
  for (const [id, component_key, config] of [
    [forAll, 'recent-orders', {}],
    [forWriters, 'total-revenue', {}],
    [forAdmins, 'for-admins', { unit: 'l' }],
  ] as const)
    await insertWidget(client, { id, instance_id: id, view_id, component_key, config })
  return view_id
}

async function rowsSeen(client: pg.Client, actor: Actor): Promise<string[]> {
  const { rows } = await actAs<{ id: string }>(client, actor, 'select id from public.widgets order by id')
  return rows.map(({ id }) => id)
}

interface Shown {
  version: number
  layout: { widgets: { instanceId: string }[] }
}
const instancesOf = ({ layout }: Shown) => layout.widgets.map(({ instanceId }) => instanceId).toSorted()

describe('a widget of a component', () => {
  it.each([
    ['an admin', admin, [forAll, forWriters, forAdmins]],
    ['a member', member, [forAll, forWriters]],
    ['a viewer', viewer, [forAll]],
  ])(
    'is seen by %s as far as it is for the role, in rows, documents, history and exports',
    (_, actor, seen) =>
      story(async (client) => {
        const view = await audienceView(client)
        expect(await rowsSeen(client, actor)).toEqual(seen)
        const shown = await call<Shown>(client, actor, 'get_view', [view])
        expect(instancesOf(shown)).toEqual(seen)
        const kept = await call<Shown['layout']>(client, actor, 'get_view_version', [view, shown.version])
        expect(kept.widgets.map(({ instanceId }) => instanceId).toSorted()).toEqual(seen)
        const exported = JSON.stringify(await call(client, actor, 'export_view', [view]))
        for (const id of [forAll, forWriters, forAdmins])
          expect([id, exported.includes(id)]).toEqual([id, seen.includes(id)])
        for (const id of [forAll, forWriters, forAdmins]) {
          const access = await call(client, actor, 'my_access', [ours, 'widget', id])
          expect([id, access === 'none']).toEqual([id, !seen.includes(id)])
        }
      })(),
  )

  it(
    'is seen by a role that it lists, in rows and documents, and follows what the latest version says',
    story(async (client) => {
      const view = await audienceView(client)
      const seenBy = async (actor: Actor) => {
        const rows = await rowsSeen(client, actor)
        expect(instancesOf(await call<Shown>(client, actor, 'get_view', [view]))).toEqual(rows)
        return rows
      }
      await insertComponent(client, theirs, { id: 'for-admins', allowedRoles: ['admin'] })
      await giveCustomRole(client, 'guest', ['dashboards.read', 'components.read'], [ids.member])
      expect(await seenBy(member)).toEqual([forAll])
      await insertComponent(client, ours, { id: 'for-admins', version: '1.1.0', allowedRoles: ['guest'] })
      expect(await seenBy(member)).toEqual([forAll, forAdmins])
      expect(await seenBy(viewer)).toEqual([forAll])
      await insertComponent(client, ours, { id: 'for-admins', version: '1.2.0', allowedRoles: ['viewer'] })
      expect(await seenBy(viewer)).toEqual([forAll, forAdmins])
      await insertComponent(client, ours, { id: 'for-admins', version: '1.3.0', allowedRoles: ['admin'] })
      expect(await seenBy(viewer)).toEqual([forAll])
      expect(await seenBy(admin)).toEqual([forAll, forWriters, forAdmins])
    }),
  )

  it(
    'stays as it is when somebody saves who does not see it, and is not changed or deleted by them',
    story(async (client) => {
      const view = await audienceView(client)
      const shown = await call<Shown>(client, member, 'get_view', [view])
      await call(client, member, 'save_layout', [view, { ...shown.layout, widgets: [] }, shown.version])
      for (const sql of ['update public.widgets set y = 7', 'delete from public.widgets'])
        expect((await actAs(client, member, `${sql} where view_id = $1`, [view])).rowCount).toBe(0)
      const { rows } = await client.query('select id, y from public.widgets')
      expect(rows).toEqual([{ id: forAdmins, y: 0 }])
    }),
  )
})

const inGroup = '00000000-0000-4000-8000-0000000000f4'

describe('a statement without a condition, which asks no policy of select,', () => {
  it.each([
    ['an admin', admin, [forAll, forWriters, forAdmins]],
    ['a viewer to whom a grant gives the view', viewer, [forAll, inGroup]],
    ['a role that is listed, to which a grant gives the view', member, [forAll, forAdmins, inGroup]],
  ])('changes and removes what is for %s, and nothing else', (_, actor, mine) =>
    onPremium(story)(async (client) => {
      const view_id = await audienceView(client)
      await giveCustomRole(client, 'guest', ['dashboards.read', 'components.read'], [ids.member])
      await insertComponent(client, ours, { id: 'for-admins', version: '1.1.0', allowedRoles: ['guest'] })
      await insertComponent(client, ours, { id: 'for-readers', allowedRoles: ['viewer'] })
      await insertWidget(client, {
        id: inGroup,
        view_id,
        component_key: 'for-readers',
        config: { unit: 'l' },
      })
      for (const user_id of [ids.viewer, ids.member])
        await grant(client, admin, { resource_id: view_id, user_id, access: 'edit' })
      const changes = { at: actor === admin ? [...mine, inGroup] : mine }
      expect((await actAs(client, actor, 'update public.widgets set x = 4')).rowCount).toBe(changes.at.length)
      const moved = await client.query('select id from public.widgets where x = 4 order by id')
      expect(moved.rows.map(({ id }) => id)).toEqual(changes.at)
      expect((await actAs(client, actor, 'delete from public.widgets')).rowCount).toBe(changes.at.length)
      const left = await client.query('select id from public.widgets order by id')
      expect(left.rows.map(({ id }) => id)).toEqual(
        [forAll, forWriters, forAdmins, inGroup].filter((id) => !changes.at.includes(id)),
      )
    })(),
  )
})

it(
  'who has no seat, and may only read, sees what is for their role, and nothing more',
  story(async (client) => {
    const view = await audienceView(client)
    await limitFree(client, { members: 1 })
    for (const [actor, widgets] of [
      [viewer, [forAll]],
      [member, [forAll, forWriters]],
    ] as const) {
      expect(await rowsSeen(client, actor)).toEqual(widgets)
      expect(instancesOf(await call<Shown>(client, actor, 'get_view', [view]))).toEqual(widgets)
      expect((await actAs(client, actor, 'update public.widgets set x = 4')).rowCount).toBe(0)
    }
  }),
)

describe('view_audience and see_as', () => {
  it(
    'tell who manages a view what each role sees of it',
    story(async (client) => {
      const view = await audienceView(client)
      const audience = viewAudienceSchema.parse(await call(client, admin, 'view_audience', [view]))
      const hidden = Object.fromEntries(
        audience.map((entry) => [entry.role, entry.hidden.map(({ instanceId }) => instanceId)]),
      )
      expect(hidden).toEqual({ admin: [], member: [forAdmins], viewer: [forWriters, forAdmins] })
      expect(audience.map(({ access }) => access)).toEqual(['manage', 'edit', 'view'])
      const preview = viewPreviewSchema.parse(await call(client, admin, 'see_as', [view, 'viewer']))
      expect(preview.layout?.widgets.map(({ instanceId }) => instanceId)).toEqual([forAll])

      const chosen = await call(client, admin, 'set_role_default_view', [ours, 'viewer', view])
      expect(roleAudienceSchema.parse(chosen).hidden).toHaveLength(2)
    }),
  )

  it(
    'tell nobody else',
    story(async (client) => {
      const view = await audienceView(client)
      for (const [name, values] of [
        ['view_audience', [view]],
        ['see_as', [view, 'admin']],
      ] as const) {
        expect(await clientError(call(client, member, name, [...values]))).toMatchObject({
          code: 'permission_denied',
          details: 'manage',
        })
        expect(await clientError(call(client, outsider, name, [...values]))).toMatchObject({
          code: 'not_found',
        })
      }
      expect(await clientError(call(client, admin, 'see_as', [view, 'nobody']))).toMatchObject({
        code: 'invalid_input',
        details: 'role_key',
      })
    }),
  )

  it(
    'count a widget for a role to which a grant gives it, whatever its component is for',
    onPremium(story)(async (client) => {
      const view = await audienceView(client)
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: forWriters,
        role_key: 'viewer',
        access: 'view',
      })
      const audience = viewAudienceSchema.parse(await call(client, admin, 'view_audience', [view]))
      expect(audience.at(-1)?.hidden.map(({ instanceId }) => instanceId)).toEqual([forAdmins])
    }),
  )
})
