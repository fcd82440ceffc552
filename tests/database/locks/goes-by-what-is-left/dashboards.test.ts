import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { gauge, insertComponent } from '../../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../../support/dashboards/layouts.ts'
import { grant } from '../../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget, makeView } from '../../../support/dashboards/view-rows.ts'
import * as widgetData from '../../../support/dashboards/widget-data.ts'
import { actAs, clientError } from '../../../support/database/act.ts'
import { call } from '../../../support/database/call.ts'
import { untilBlocked } from '../../../support/database/open-database.ts'
import { storiesOfTwo } from '../../../support/database/stories-of-two.ts'
import { admin, ids, member, ours, viewer } from '../../../support/people/cast.ts'

// One is in the middle of a change when another comes to the same thing. The second waits, and goes by what the first
// has left: it is refused with a registered code, finds nothing to do, or changes what is there then.

const { atOnce, connect, sessions } = storiesOfTwo()
const nothing = async () => undefined
const one = async (client: pg.Client, sql: string, values: unknown[] = []) =>
  (await client.query(sql, values)).rows[0]

describe('a dashboard', () => {
  const rename = (client: pg.Client, { view }: { view: string }) =>
    actAs(client, member, "update public.dashboard_views set name = 'Theirs' where id = $1", [view])

  atOnce('that is renamed is not saved as it was read', {
    given: async (client) => ({ view: await makeView(client, member, { visibility: 'workspace' }) }),
    first: rename,
    second: (client, { view }) =>
      call(client, admin, 'save_view', [
        view,
        JSON.stringify({ name: 'Mine', description: '', layout: layoutOf() }),
        1,
      ]),
    late: 'conflict',
    left: async (client, { view }) => {
      expect(await one(client, 'select name from public.dashboard_views where id = $1', [view])).toEqual({
        name: 'Theirs',
      })
    },
  })

  const own = {
    given: async (client: pg.Client) => ({
      view: await makeView(client, admin, { visibility: 'workspace' }),
    }),
    close: (client: pg.Client, { view }: { view: string }) =>
      actAs(client, admin, "update public.dashboard_views set visibility = 'personal' where id = $1", [view]),
    seenFirst: (client: pg.Client, { view }: { view: string }) =>
      call(client, admin, 'set_role_default_view', [ours, 'viewer', view]),
  }
  atOnce('that becomes personal is not what people see first', {
    ...own,
    first: own.close,
    second: own.seenFirst,
    late: 'invalid_input',
  })
  atOnce('that becomes what people see first does not become personal', {
    ...own,
    first: own.seenFirst,
    second: own.close,
    late: 'conflict',
  })

  // A statement on the view has the view already: it must not wait for widgets, whose writers wait for their view.
  it('is not closed while its widgets change, and whoever tries does not wait', async () => {
    const { observer, first, second } = sessions()
    await observer.query('begin')
    const { view } = await own.given(observer)
    await insertWidget(observer, { view_id: view })
    await observer.query('commit')
    await first.query('begin')
    await first.query('select from public.widgets where view_id = $1 for update', [view])
    await second.query("begin; set local lock_timeout = '2s'")
    expect(await clientError(own.close(second, { view }))).toMatchObject({
      code: 'conflict',
      details: 'view_id',
    })
  })

  atOnce('is opened to one person’s analytics once', {
    given: nothing,
    first: (client) => call(client, admin, 'analytics_view', [ours]),
    second: (client) => call(client, admin, 'analytics_view', [ours]),
    late: 'done',
    left: async (client) => {
      const { rowCount } = await client.query("select from public.dashboard_views where name = 'Analytics'")
      expect(rowCount).toBe(1)
    },
  })
})

describe('what is withheld', () => {
  const made = async (client: pg.Client) => {
    const view = await insertView(client)
    const piece = await insertWidget(client, { view_id: view })
    return { view, piece }
  }
  type Made = Awaited<ReturnType<typeof made>>
  const withhold = (client: pg.Client, type: string, id: string, user_id: string) =>
    grant(client, admin, { resource_type: type, resource_id: id, user_id, access: 'none' })
  const release = (client: pg.Client, id: string, user_id: string) =>
    actAs(client, admin, 'delete from public.resource_grants where resource_id = $1 and user_id = $2', [
      id,
      user_id,
    ])
  const sees = async (client: pg.Client, { piece }: Made) => [
    (await actAs(client, viewer, 'select from public.widgets where id = $1', [piece])).rowCount,
    (await actAs(client, member, 'select from public.widgets where id = $1', [piece])).rowCount,
  ]

  for (const type of ['widget', 'dashboard']) {
    const idOf = ({ view, piece }: Made) => (type === 'widget' ? piece : view)
    atOnce(`of a ${type} stays withheld from one while it is given to another`, {
      given: async (client) => {
        const there = await made(client)
        await withhold(client, type, idOf(there), ids.member)
        return there
      },
      first: (client, there) => withhold(client, type, idOf(there), ids.viewer),
      second: async (client, there) => {
        await release(client, idOf(there), ids.member)
        await client.query('set constraints all immediate')
      },
      late: 'done',
      left: async (client, there) => expect(await sees(client, there)).toEqual([0, 1]),
    })
  }

  atOnce('of a dashboard without widgets stays withheld from one while it is given to another', {
    given: async (client) => {
      const view = await insertView(client)
      await withhold(client, 'dashboard', view, ids.member)
      return view
    },
    first: (client, view) => withhold(client, 'dashboard', view, ids.viewer),
    second: async (client, view) => {
      await release(client, view, ids.member)
      await client.query('set constraints all immediate')
    },
    late: 'done',
    left: async (client, view) => {
      const find = 'select from public.dashboard_views where id = $1'
      expect((await actAs(client, viewer, find, [view])).rowCount).toBe(0)
      expect((await actAs(client, member, find, [view])).rowCount).toBe(1)
    },
  })

  it('of a widget that is back stays withheld from one, however many wait to give it to another', async () => {
    const { observer, first, second } = sessions()
    const [third, fourth] = [await connect(), await connect()]
    await observer.query('begin')
    const view = await makeView(observer, member, { visibility: 'workspace' })
    await call(observer, member, 'save_layout', [view, JSON.stringify(layoutOf(widget())), 1])
    const { id } = await one(observer, 'select id from public.widgets where view_id = $1', [view])
    await withhold(observer, 'widget', id, ids.member)
    await observer.query('commit; begin')
    await call(observer, member, 'save_layout', [view, JSON.stringify(layoutOf()), 1])
    await observer.query('commit')

    // It comes back while two wait for the view, of whom the second gives it to somebody.
    for (const client of [first, second, third, fourth]) await client.query('begin')
    await call(first, member, 'restore_view_version', [view, 1])
    const waiting = second.query('select from public.dashboard_views where id = $1 for no key update', [view])
    await untilBlocked(observer, second)
    const given = release(third, id, ids.member).then(() => third.query('set constraints all immediate'))
    await untilBlocked(observer, third)
    await first.query('commit')
    await waiting
    // By then it is there to be taken from another.
    await withhold(fourth, 'widget', id, ids.viewer)
    await second.query('commit')
    await untilBlocked(observer, third)
    await fourth.query('commit')
    await given
    await third.query('commit')
    await observer.query('begin')
    expect(await sees(observer, { view, piece: id })).toEqual([0, 1])
  })

  atOnce('of a widget that is on its way back is not seen when it is there', {
    given: async (client) => {
      const view = await makeView(client, member, { visibility: 'workspace' })
      await call(client, member, 'save_layout', [view, JSON.stringify(layoutOf(widget())), 1])
      const { id } = await one(client, 'select id from public.widgets where view_id = $1', [view])
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: id,
        user_id: ids.viewer,
        access: 'view',
      })
      await client.query('commit; begin')
      await call(client, member, 'save_layout', [view, JSON.stringify(layoutOf()), 1])
      // Another that is there all the time.
      await insertWidget(client, { view_id: await insertView(client) })
      return { view, piece: id as string }
    },
    first: (client, { view }) => call(client, member, 'restore_view_version', [view, 1]),
    second: (client) => actAs(client, admin, "update public.resource_grants set access = 'none'"),
    late: 'done',
    left: async (client, there) => expect(await sees(client, there)).toEqual([0, 1]),
  })

  atOnce('from a role by the component is not seen in a widget that is made meanwhile', {
    given: async (client) => {
      await insertComponent(client, ours, {})
      return made(client)
    },
    first: (client, { view, piece }) =>
      client.query(
        `insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height, config)
         select workspace_id, $1, 'gauge', 3, 0, 3, 2, '{"unit": "l"}' from public.widgets where id = $2`,
        [view, piece],
      ),
    second: (client) =>
      call(client, admin, 'publish_component', [
        ours,
        JSON.stringify({ ...gauge, version: '1.1.0', allowedRoles: ['member'] }),
      ]),
    late: 'done',
    left: async (client) => {
      const seen = "select from public.widgets where component_key = 'gauge'"
      expect((await actAs(client, viewer, seen)).rowCount).toBe(0)
      expect((await actAs(client, member, seen)).rowCount).toBe(1)
    },
  })
})

describe('what widgets show', () => {
  const asked = async (client: pg.Client) => {
    const { id } = await widgetData.saveSource(client, widgetData.answers)
    const piece = await insertWidget(client, {
      view_id: await insertView(client),
      component_key: 'total-users',
      config: { source: id },
    })
    return { source: id, piece }
  }

  atOnce('of a source that is deleted is not saved', {
    given: asked,
    first: (client, { source }) => call(client, admin, 'delete_data_source', [ours, source]),
    second: (client, { source }) => widgetData.saveSource(client, widgetData.answers, { id: source }),
    late: 'not_found',
  })

  const question = async (client: pg.Client) => {
    const piece = await insertWidget(client, {
      view_id: await insertView(client),
      component_key: 'total-users',
    })
    const hash = await widgetData.questionOf(client, piece)
    const [taken] = await widgetData.claim(client, [hash])
    if (!taken) throw new Error('It is not due.')
    return { hash, taken }
  }

  atOnce('is asked for by one server', {
    given: async (client) => {
      const { hash, taken } = await question(client)
      await widgetData.store(client, taken, widgetData.failed)
      await widgetData.age(client, '2 hours')
      return hash
    },
    first: async (client, hash) => expect(await widgetData.claim(client, [hash])).toHaveLength(1),
    second: async (client, hash) => expect(await widgetData.claim(client, [hash])).toEqual([]),
    late: 'done',
  })

  it('is asked for by one server, where both have come to what they use of the plan', async () => {
    const { observer, first, second } = sessions()
    await observer.query('begin')
    const { hash, taken } = await question(observer)
    await widgetData.store(observer, taken, widgetData.failed)
    await widgetData.age(observer, '2 hours')
    await observer.query('commit; begin')
    expect((await observer.query('select from private.usage for update')).rowCount).toBe(1)
    const claims: Promise<unknown[]>[] = []
    for (const client of [first, second]) {
      await client.query('begin')
      claims.push(
        widgetData.claim(client, [hash]).then(async (claimed) => {
          await client.query('commit')
          return claimed
        }),
      )
      await untilBlocked(observer, client)
    }
    await observer.query('commit')
    expect((await Promise.all(claims)).flat()).toHaveLength(1)
  })

  atOnce('is stored once', {
    given: question,
    first: async (client, { taken }) =>
      expect(await widgetData.store(client, taken, widgetData.failed)).toMatchObject({ failed: 1, late: 0 }),
    second: async (client, { taken }) =>
      expect(await widgetData.store(client, taken, widgetData.failed)).toMatchObject({ failed: 0, late: 1 }),
    late: 'done',
  })
})
