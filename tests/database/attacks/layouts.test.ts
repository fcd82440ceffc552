import { describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { layoutOf } from '../../support/dashboards/layouts.ts'
import { insertShare, insertView, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { codeOf, outcomeOf } from '../../support/database/attacks.ts'
import { call } from '../../support/database/call.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { untilBlocked } from '../../support/database/open-database.ts'
import { commit, committedStory, policySuite } from '../../support/database/policy-suite.ts'
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

// Attacks on layouts from inside of a workspace: with versions that never were or were somebody else's, with an access
// that has just ended, with documents that are none.

const story = policySuite()
const committed = committedStory()
const takeDatabase = databasePool()

describe('a widget', () => {
  it(
    'that is had back counts on, so that who read it before it was removed does not undo what came after',
    committed(async (client) => {
      const view = await makeView(client, member)
      const id = await insertWidget(client, { view_id: view }, member)
      const moveTo = (x: number, version?: number) =>
        outcomeOf(
          client,
          member,
          `update public.widgets set x = $1${version ? ', version = $3' : ''} where id = $2`,
          version ? [x, id, version] : [x, id],
        )
      await commit(client)
      await moveTo(1)
      await commit(client)
      const version = async () =>
        Number(
          (await client.query('select version from public.widgets where id = $1', [id])).rows[0]?.version,
        )
      const read = await version()
      const { version: there } = await call<{ version: number }>(client, member, 'get_view', [view])
      await actAs(client, member, 'delete from public.widgets where id = $1', [id])
      await commit(client)
      await call(client, member, 'restore_view_version', [view, there])
      await commit(client)
      expect(await version()).toBe(read + 1)
      await moveTo(2)
      await commit(client)
      expect(codeOf(await moveTo(5, read))).toBe('conflict')
      expect(codeOf(await moveTo(5, await version()))).toBeUndefined()
    }),
  )

  it(
    'whose version never was is looked for in no history',
    committed(async (client) => {
      const view = await makeView(client, member)
      const id = await insertWidget(client, { view_id: view }, member)
      for (const version of [0, -1, 99]) {
        const refused = await clientError(
          actAs(client, member, 'update public.widgets set x = 4, version = $1 where id = $2', [version, id]),
        )
        expect(refused).toMatchObject({ code: 'conflict' })
        expect(JSON.parse(String(refused.details))).toMatchObject({
          version: 1,
          conflicts: [{ base: null }],
        })
      }
    }),
  )

  it(
    'of a component that is not for one’s role is not made by copying its view',
    story(async (client) => {
      await insertComponent(client, ours, { id: 'for-admins', allowedRoles: ['admin'] })
      const view = await insertView(client)
      await insertWidget(client, { view_id: view, component_key: 'for-admins', config: { unit: 'l' } })
      await insertWidget(client, { view_id: view })
      for (const [actor, copied] of [
        [member, ['recent-orders']],
        [admin, ['for-admins', 'recent-orders']],
      ] as const) {
        const { layout } = await call<{ layout: { widgets: { widgetId: string }[] } }>(
          client,
          actor,
          'duplicate_view',
          [view],
        )
        expect(layout.widgets.map(({ widgetId }) => widgetId).toSorted()).toEqual(copied)
      }
    }),
  )
})

describe('a save', () => {
  it.each([['"text"'], ['1'], ['true'], ['null'], ['[]']])(
    'of the document %s is refused by its form',
    (document) =>
      story(async (client) => {
        const view = await makeView(client, member)
        for (const name of ['save_view', 'save_layout', 'import_view', 'import_dashboard'])
          expect(
            codeOf(
              await outcomeOf(
                client,
                member,
                name.startsWith('save')
                  ? `select public.${name}($1, $2::jsonb, 1)`
                  : `select public.${name}($1, $2::jsonb)`,
                [name.startsWith('save') ? view : ours, document],
              ),
            ),
            name,
          ).toBe('invalid_input')
      })(),
  )

  it('that waited while its access was withdrawn writes nothing', async () => {
    await using sessions = await takeDatabase()
    const { observer: owner } = sessions
    const other = await sessions.connect()
    await createCast(owner)
    const view = await insertView(owner, { owner_id: ids.admin })
    const share = await insertShare(owner, { view_id: view, user_id: ids.member, access: 'edit' })
    await owner.query('begin')
    await other.query('begin')
    await actAs(owner, admin, 'select public.save_layout($1, $2, 1)', [view, layoutOf()])
    await owner.query("select pg_advisory_xact_lock(hashtextextended('private.lock_view ' || $1, 0))", [view])
    const save = outcomeOf(other, member, 'select public.save_layout($1, $2, 1)', [
      view,
      { ...layoutOf(), gap: 4 },
    ])
    await untilBlocked(owner, other)
    await actAs(owner, admin, 'delete from public.dashboard_view_shares where id = $1', [share])
    await owner.query('commit')
    expect(codeOf(await save)).toBe('not_found')
    await other.query('commit')
    expect((await owner.query('select gap::integer from public.dashboard_views')).rows).toEqual([{ gap: 16 }])
  })
})

describe('a stranger', () => {
  it('who would put a widget into a view waits for nobody who saves it', async () => {
    await using sessions = await takeDatabase()
    const { observer: saver } = sessions
    const stranger = await sessions.connect()
    await createCast(saver)
    const view = await insertView(saver)
    await saver.query('begin; select from public.dashboard_views for update')
    await stranger.query("begin; set local lock_timeout = '300ms'")
    const attempt = (actor: Actor) =>
      outcomeOf(
        stranger,
        actor,
        `insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height)
         values ($1, $2, 'total-revenue', 0, 0, 1, 1)`,
        [ours, view],
      )
    for (const actor of [outsider, suspended, viewer]) expect(codeOf(await attempt(actor))).toBe('42501')
    // Who may edit the view has to wait, or this would prove nothing.
    expect(codeOf(await attempt(member))).toBe('55P03')
  })
})
