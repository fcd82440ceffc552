import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { DuplicatedView, StoredView } from '../../../types/view.ts'
import { accessOf, grant } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory, onPremium, policySuite } from '../../support/database/policy-suite.ts'
import {
  admin,
  createCast,
  ids,
  member,
  ours,
  outsider,
  suspended,
  viewer,
} from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

const board = '00000000-0000-4000-8000-0000000000d1'
const open = '00000000-0000-4000-8000-0000000000d2'
const secret = '00000000-0000-4000-8000-0000000000d3'
const [openInstance, secretInstance] = [open, secret].map((id) => id.replace('8000', '9000'))

/** The cast with a shared view of two widgets, of which a grant takes one from the member and one from the viewers. */
async function createWithheld(client: pg.Client): Promise<void> {
  await createCast(client)
  await setPlan(client, 'premium')
  await insertView(client, { id: board })
  await insertWidget(client, { id: open, view_id: board, instance_id: openInstance ?? '' })
  await insertWidget(client, { id: secret, view_id: board, instance_id: secretInstance ?? '', y: 2 })
  for (const grantee of [{ user_id: ids.member }, { role_key: 'viewer' }])
    await grant(client, admin, { resource_type: 'widget', resource_id: secret, access: 'none', ...grantee })
}

const withheld = policySuite(createWithheld)
const premium = onPremium(policySuite())
const committed = committedStory(createWithheld)

const widget = (client: pg.Client, actor: Actor, id: string) => accessOf(client, actor, id, ours, 'widget')
const get = (client: pg.Client, actor: Actor) => call<StoredView>(client, actor, 'get_view', [board])
const instances = ({ widgets }: StoredView['layout']) => widgets.map(({ instanceId }) => instanceId)
const positions = async (client: pg.Client) =>
  (await client.query<{ id: string; x: number }>('select id, x from public.widgets order by id')).rows

describe('a widget that a grant takes away', () => {
  it(
    'is in no answer to whom it is taken from, and everybody else sees it',
    withheld(async (client) => {
      for (const [actor, seen] of [
        [admin, [openInstance, secretInstance]],
        [member, [openInstance]],
        [viewer, [openInstance]],
      ] as const) {
        expect(instances((await get(client, actor)).layout)).toEqual(seen)
        const { rows } = await actAs(client, actor, 'select instance_id from public.widgets order by y')
        expect(rows.map(({ instance_id }) => instance_id)).toEqual(seen)
        const all = await call(client, actor, 'get_dashboard', [ours, board])
        expect(JSON.stringify(all).includes(secretInstance ?? '')).toBe(seen.length === 2)
        expect(await widget(client, actor, secret)).toBe(seen.length === 2 ? 'manage' : 'none')
      }
      for (const actor of [suspended, outsider]) expect(await widget(client, actor, open)).toBe('none')
    }),
  )

  it(
    'stays as it is when the view is saved, whole or row by row, and is not copied',
    withheld(async (client) => {
      const { layout, version } = await get(client, member)
      const [first] = layout.widgets
      const moved = { ...layout, widgets: [{ ...first, position: { x: 6, y: 0, width: 3, height: 2 } }] }
      const saved = await call<StoredView>(client, member, 'save_layout', [board, moved, version])
      expect(instances(saved.layout)).toEqual([openInstance])
      expect(await positions(client)).toEqual([
        { id: open, x: 6 },
        { id: secret, x: 0 },
      ])
      for (const sql of ['update public.widgets set x = 9', 'delete from public.widgets'])
        expect((await actAs(client, member, `${sql} where id = $1`, [secret])).rowCount).toBe(0)
      await call(client, member, 'save_layout', [board, { ...layout, widgets: [] }, saved.version])
      expect(await positions(client)).toEqual([{ id: secret, x: 0 }])

      // Not a word of the one that is withheld, not even among what could not be copied.
      const copy = await call<DuplicatedView>(client, member, 'duplicate_view', [board])
      expect(copy.layout.widgets).toEqual([])
      expect(copy.skipped).toEqual([])
      expect(instances((await get(client, admin)).layout)).toEqual([secretInstance])
    }),
  )

  it(
    'is not replaced under its name, which nothing tells: what is made under it gets another',
    withheld(async (client) => {
      const { layout, version } = await get(client, member)
      const [first] = layout.widgets
      const forged = { ...layout, widgets: [first, { ...first, instanceId: secretInstance }] }
      const before = (await positions(client)).filter(({ id }) => id === secret)
      const saved = await call<StoredView>(client, member, 'save_layout', [board, forged, version])
      expect(instances(saved.layout)).toHaveLength(2)
      expect(instances(saved.layout)).not.toContain(secretInstance)
      const made = await insertWidget(client, { view_id: board, instance_id: secretInstance ?? '' }, member)
      const { rows } = await client.query('select id from public.widgets where instance_id = $1', [
        secretInstance,
      ])
      expect(rows).toEqual([{ id: secret }])
      expect(made).not.toBe(secret)
      expect((await positions(client)).filter(({ id }) => id === secret)).toEqual(before)

      // A name that one can see is taken, and to a server and an operator all are there to see.
      for (const [actor, instance_id] of [
        [member, openInstance ?? ''],
        [service, openInstance ?? ''],
        [service, secretInstance ?? ''],
      ] as const)
        await expect(insertWidget(client, { view_id: board, instance_id }, actor)).rejects.toMatchObject({
          code: '23505',
        })
      await expect(
        insertWidget(client, { view_id: board, instance_id: secretInstance ?? '' }),
      ).rejects.toMatchObject({ code: '23505' })
    }),
  )

  it(
    'is in no version of the history for whom it is taken from, and restoring leaves it alone',
    committed(async (client) => {
      const setPositions = async (x: number) => {
        await client.query('update public.widgets set x = $1', [x])
        await commit(client)
      }
      await setPositions(1)
      await setPositions(2)
      const { version } = await get(client, member)
      for (const each of [version - 2, version - 1, version]) {
        const layout = await call<StoredView['layout']>(client, member, 'get_view_version', [board, each])
        expect(instances(layout)).toEqual([openInstance])
        const whole = await call<StoredView['layout']>(client, admin, 'get_view_version', [board, each])
        expect(instances(whole)).toEqual([openInstance, secretInstance])
      }
      const compare = (actor: Actor) => call(client, actor, 'compare_view_versions', [board, version - 2])
      expect(await compare(member)).toMatchObject({
        moved: [{ instanceId: openInstance }],
        added: [],
        removed: [],
      })
      expect(await compare(admin)).toMatchObject({
        moved: [{ instanceId: openInstance }, { instanceId: secretInstance }],
      })
      const restored = await call<StoredView>(client, member, 'restore_view_version', [board, version - 2])
      expect(instances(restored.layout)).toEqual([openInstance])
      expect(await positions(client)).toEqual([
        { id: open, x: 0 },
        { id: secret, x: 2 },
      ])
    }),
  )

  it(
    'stays taken away when it is removed: neither the history nor a restore shows it',
    committed(async (client) => {
      const before = await get(client, admin)
      await call(client, admin, 'save_layout', [
        board,
        {
          ...before.layout,
          widgets: before.layout.widgets.filter(({ instanceId }) => instanceId === openInstance),
        },
        before.version,
      ])
      await commit(client)
      const { version } = await get(client, member)
      const was = await call<StoredView['layout']>(client, member, 'get_view_version', [board, version - 1])
      expect(instances(was)).toEqual([openInstance])
      expect(await call(client, member, 'compare_view_versions', [board, version - 1])).toMatchObject({
        removed: [],
      })
      const restored = await call<StoredView>(client, member, 'restore_view_version', [board, version - 1])
      expect(instances(restored.layout)).toEqual([openInstance])
      await commit(client)
      const again = await call<StoredView>(client, admin, 'restore_view_version', [board, version - 1])
      expect(again.layout.widgets.map(({ id }) => id)).toEqual([open, secret])
      expect(await widget(client, member, secret)).toBe('none')
    }),
  )

  it(
    'is not told by a conflict of another widget that was given its name',
    committed(async (client) => {
      const setX = async (x: number) => {
        await client.query('update public.widgets set x = $1 where id = $2', [x, secret])
        await commit(client)
      }
      await setX(1)
      await setX(2)
      await client.query('delete from public.widgets where id = $1', [secret])
      await commit(client)
      await insertWidget(client, { view_id: board, instance_id: secretInstance ?? '' }, member)
      await commit(client)
      // The third version of it would be that of the one that is gone.
      for (const version of [2, 3]) {
        const { details } = await clientError(
          actAs(client, member, 'update public.widgets set x = 9, version = $1 where instance_id = $2', [
            version,
            secretInstance,
          ]),
        )
        expect(JSON.parse(String(details))).toMatchObject({
          version: 1,
          conflicts: [{ instanceId: secretInstance, base: null }],
        })
      }
      // The name is theirs again, and so is the widget.
      expect(instances((await get(client, member)).layout)).toEqual([openInstance, secretInstance])
    }),
  )

  it(
    'is not taken from the owner of its view, nor back on the free plan given back',
    premium(async (client) => {
      const view_id = await makeView(client, member, { visibility: 'workspace' })
      const id = await insertWidget(client, { view_id }, member)
      for (const role_key of ['member', 'viewer'])
        await grant(client, admin, { resource_type: 'widget', resource_id: id, role_key, access: 'none' })
      expect(await widget(client, member, id)).toBe('manage')
      expect((await actAs(client, member, 'select from public.widgets')).rowCount).toBe(1)
      expect(await widget(client, viewer, id)).toBe('none')
      await setPlan(client, 'free')
      expect(await widget(client, viewer, id)).toBe('none')
      expect((await actAs(client, viewer, 'select from public.widgets')).rowCount).toBe(0)
    }),
  )

  it(
    'does not count for whom it is taken from in the list of views, and counts for the owner',
    premium(async (client) => {
      const view_id = await makeView(client, member, { visibility: 'workspace' })
      const taken = await insertWidget(client, { view_id })
      await insertWidget(client, { view_id, y: 2 })
      for (const user_id of [ids.viewer, ids.member])
        await grant(client, admin, { resource_type: 'widget', resource_id: taken, user_id, access: 'none' })
      for (const [actor, widgetCount] of [
        [admin, 2],
        [member, 2],
        [viewer, 1],
      ] as const)
        expect(await call(client, actor, 'list_views', [ours])).toContainEqual(
          expect.objectContaining({ id: view_id, widgetCount }),
        )
    }),
  )
})
