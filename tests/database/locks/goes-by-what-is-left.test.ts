import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gauge, insertComponent } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import * as widgetData from '../../support/dashboards/widget-data.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { append, ask, finish, texts } from '../../support/database/agents.ts'
import { event, track } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { notify, toldTo } from '../../support/database/notifications.ts'
import type { OpenDatabase } from '../../support/database/open-database.ts'
import { overlap, type Sessions } from '../../support/database/overlap.ts'
import * as integrations from '../../support/integrations/destinations.ts'
import { createApiKey } from '../../support/people/api-keys.ts'
import { admin, createCast, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import {
  componentBundle,
  dial,
  install,
  publishListing,
  publishVersion,
  review,
  rollBack,
  saveListing,
  submit,
  themeBundle,
  upgrade,
} from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'

// One is in the middle of a change when another comes to the same thing. The second waits, and goes by what the first
// has left: it is refused with a registered code, finds nothing to do, or changes what is there then.

const takeDatabase = databasePool()
let opened: OpenDatabase
let sessions: Sessions
let observer: pg.Client

beforeEach(async () => {
  opened = await takeDatabase()
  observer = opened.observer
  sessions = { observer, first: await opened.connect(), second: await opened.connect() }
  await createCast(observer)
  await setPlan(observer, 'premium')
})
afterEach(() => opened[Symbol.asyncDispose]())

type Step<Given> = (client: pg.Client, given: Given) => Promise<unknown>

/** What is there before, who is in the middle, who comes second, and what is left when both are over. */
interface Story<Given> {
  given: (client: pg.Client) => Promise<Given>
  first: Step<Given>
  second: Step<Given>
  /** How the second ends. The first is done. */
  late: string
  left?: (client: pg.Client, given: Given) => Promise<void>
}

function atOnce<Given>(what: string, { given, first, second, late, left }: Story<Given>) {
  it(what, async () => {
    await observer.query('begin')
    const made = await given(observer)
    await observer.query('commit')
    const ends = await overlap(
      sessions,
      (client) => first(client, made),
      (client) => second(client, made),
    )
    expect(ends).toEqual(['done', late])
    await observer.query('begin')
    await left?.(observer, made)
    await observer.query('commit')
  })
}

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
    await observer.query('begin')
    const { view } = await own.given(observer)
    await insertWidget(observer, { view_id: view })
    await observer.query('commit')
    const { first, second } = sessions
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

describe('a listing of the marketplace', () => {
  atOnce('that is submitted is not changed', {
    given: async (client) => (await saveListing(client)).id,
    first: (client, id) => submit(client, id, componentBundle()),
    second: (client, id) => saveListing(client, outsider, { ...dial, author: 'Others' }, { id }),
    late: 'conflict',
  })

  const submitted = async (client: pg.Client) => {
    const { id } = await saveListing(client)
    await submit(client, id, componentBundle())
    return id
  }
  atOnce('that is withdrawn is not published', {
    given: submitted,
    first: (client, id) => call(client, outsider, 'withdraw_listing', [theirs, id]),
    second: (client, id) => review(client, id),
    late: 'conflict',
  })

  atOnce('that is withdrawn is not installed', {
    given: (client) => publishListing(client),
    first: (client, { id }) => call(client, outsider, 'withdraw_listing', [theirs, id]),
    second: install,
    late: 'not_found',
  })

  atOnce('holds its name against one that looks like it', {
    given: async (client) => [
      (await saveListing(client)).id,
      (await saveListing(client, admin, { ...dial, author: 'Others' }, { workspaceId: ours })).id,
    ],
    first: (client, [id = '']) => submit(client, id, componentBundle()),
    second: (client, [, id = '']) =>
      submit(client, id, componentBundle(), { actor: admin, workspaceId: ours }),
    late: 'conflict',
  })
})

describe('an installed copy', () => {
  const component = async (client: pg.Client) => {
    const published = await publishListing(client)
    return { published, copy: await install(client, published), view: await insertView(client) }
  }
  type There = Awaited<ReturnType<typeof component>>
  const remove = (client: pg.Client, { copy }: Pick<There, 'copy'>) =>
    call(client, admin, 'remove_install', [ours, copy.id])
  /** What the refusal lists, in place of the code. */
  const usesOf =
    (step: Step<Pick<There, 'copy'>>): Step<Pick<There, 'copy'>> =>
    (client, there) =>
      step(client, there).catch((error) => {
        expect(JSON.parse(error.message).details).toMatch(/"total": 1/)
        throw error
      })

  atOnce('is made once', {
    given: (client) => publishListing(client),
    first: install,
    second: install,
    late: 'conflict',
  })

  atOnce('that is removed is not removed again', {
    given: component,
    first: remove,
    second: remove,
    late: 'not_found',
  })

  atOnce('of a component that a widget begins to show stays, with where that is', {
    given: component,
    first: (client, { view }) =>
      insertWidget(client, { view_id: view, component_key: 'dial', config: { unit: 'l' } }),
    second: usesOf(remove),
    late: 'conflict',
  })

  atOnce('of a theme that somebody begins to use stays, with who that is', {
    given: async (client) => ({ copy: await install(client, await publishListing(client, themeBundle())) }),
    first: (client, { copy }) => call(client, member, 'activate_theme', [ours, copy.themeId]),
    second: usesOf(remove),
    late: 'conflict',
  })

  atOnce('is rolled back with what its widgets were told meanwhile', {
    given: async (client) => {
      const { published, copy, view } = await component(client)
      const piece = await insertWidget(client, {
        view_id: view,
        component_key: 'dial',
        config: { unit: 'l' },
      })
      await client.query('commit; begin')
      await upgrade(
        client,
        copy,
        await publishVersion(client, published, '1.1.0', componentBundle({ version: '1.1.0' })),
      )
      return { copy, piece }
    },
    first: (client, { piece }) =>
      client.query('update public.widgets set config = \'{"unit": "gal"}\' where id = $1', [piece]),
    second: (client, { copy }) => rollBack(client, copy),
    late: 'done',
    left: async (client, { piece }) =>
      expect(
        await one(client, 'select config, component_version from public.widgets where id = $1', [piece]),
      ).toEqual({ config: { unit: 'gal' }, component_version: '1.0.0' }),
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

  atOnce('is stored once', {
    given: question,
    first: async (client, { taken }) =>
      expect(await widgetData.store(client, taken, widgetData.failed)).toMatchObject({ failed: 1, late: 0 }),
    second: async (client, { taken }) =>
      expect(await widgetData.store(client, taken, widgetData.failed)).toMatchObject({ failed: 0, late: 1 }),
    late: 'done',
  })
})

describe('an event for others', () => {
  const waiting = async (client: pg.Client) => {
    const { id } = await integrations.saveDestination(client, integrations.webhook)
    await integrations.rename(client, 'One')
    return id
  }

  atOnce('waits while the secrets of its destination change', {
    given: waiting,
    first: (client, id) => call(client, admin, 'rotate_destination_secret', [ours, id]),
    second: async (client) => expect(await integrations.claim(client)).toEqual([]),
    late: 'done',
    left: async (client) => expect(await integrations.claim(client)).toHaveLength(1),
  })

  atOnce('is not sent to a destination that is deleted, nor is that saved', {
    given: waiting,
    first: (client, id) => call(client, admin, 'delete_destination', [ours, id]),
    second: (client, id) => integrations.saveDestination(client, integrations.webhook, { id }),
    late: 'not_found',
  })
})

describe('an agent', () => {
  const document = { name: 'Analyst', kind: 'analyst', instructions: 'Explain.', tools: [] }
  const save = (client: pg.Client, id: string | null, version: number | null) =>
    call<{ id: string }>(client, member, 'save_agent', [ours, JSON.stringify(document), id, version])

  atOnce('that is deleted is not saved', {
    given: async (client) => (await save(client, null, null)).id,
    first: (client, id) => call(client, member, 'delete_agent', [ours, id]),
    second: (client, id) => save(client, id, 1),
    late: 'not_found',
    left: async (client, id) =>
      expect((await client.query('select from private.agents where id = $1', [id])).rowCount).toBe(0),
  })

  const settings = (client: pg.Client) =>
    call(client, admin, 'save_ai_settings', [ours, JSON.stringify({ retentionDays: 30 }), 1])
  atOnce('follows the settings of one of two', {
    given: (client) => call(client, admin, 'save_ai_settings', [ours, '{}', 0]),
    first: settings,
    second: settings,
    late: 'conflict',
  })

  const again = (client: pg.Client, key: string) => ask(client, member, { key })
  atOnce('is asked once by a click that is repeated', {
    given: async () => randomUUID(),
    first: async (client, key) => expect(await again(client, key)).toMatchObject({ isRepeated: false }),
    second: async (client, key) => expect(await again(client, key)).toMatchObject({ isRepeated: true }),
    late: 'done',
  })

  const running = (client: pg.Client) => ask(client)
  type Running = Awaited<ReturnType<typeof running>>
  const asks = (client: pg.Client, { conversationId }: Running) =>
    ask(client, member, { conversation: conversationId })
  atOnce('answers one question of a conversation at a time', {
    given: async (client) => {
      const begun = await running(client)
      await finish(client, begun)
      return begun
    },
    first: asks,
    second: asks,
    late: 'conflict',
  })

  atOnce('is asked again as soon as the answer before has ended', {
    given: running,
    first: finish,
    second: asks,
    late: 'done',
  })

  const writes = (client: pg.Client, begun: Running) => append(client, begun, 0, texts(0, 'It grew.'))
  atOnce('writes a part of an answer once', {
    given: running,
    first: writes,
    second: (client, begun) => append(client, begun, 0, texts(0, 'It fell.')),
    late: 'done',
    left: async (client, { answerId }) => {
      const parts = JSON.stringify(await call(client, member, 'answer_parts', [answerId]))
      expect(parts).toContain('It grew.')
      expect(parts).not.toContain('It fell.')
    },
  })

  const stop = (client: pg.Client, { answerId }: Running) => call(client, member, 'stop_answer', [answerId])
  atOnce('that is stopped while it writes keeps what it has written', {
    given: async (client) => {
      const begun = await running(client)
      await client.query(`update private.answers set leased_until = now() - interval '1 second'`)
      return begun
    },
    first: writes,
    second: stop,
    late: 'done',
    left: async (client) => {
      expect(await one(client, 'select status, last_sequence from private.answers')).toEqual({
        status: 'running',
        last_sequence: 1,
      })
    },
  })

  atOnce('that ends while it is stopped has ended', {
    given: running,
    first: finish,
    second: async (client, begun) => expect(await stop(client, begun)).toMatchObject({ status: 'complete' }),
    late: 'done',
  })

  atOnce('proposes what is accepted or rejected, and not both', {
    given: async (client) => {
      const view = await makeView(client, member, { visibility: 'workspace' })
      const begun = await running(client)
      const proposalId = randomUUID()
      const changes = [
        { change: 'add', widgetId: 'total-users', position: { x: 0, y: 8, width: 3, height: 2 }, config: {} },
      ]
      await append(client, begun, 0, [
        { type: 'patch', sequence: 1, proposalId, viewId: view, version: 1, summary: 'Tidy up', changes },
      ])
      await finish(client, begun)
      return proposalId
    },
    first: (client, id) => call(client, member, 'reject_proposal', [ours, id]),
    second: (client, id) => call(client, member, 'accept_proposal', [ours, id]),
    late: 'conflict',
  })
})

describe('people', () => {
  atOnce('an API key that is revoked gets no fresh secret', {
    given: async (client) => (await createApiKey(client)).id,
    first: (client, id) => call(client, admin, 'revoke_api_key', [id]),
    second: (client, id) => call(client, admin, 'rotate_api_key', [id]),
    late: 'conflict',
  })

  const role = (key: string) => (client: pg.Client) =>
    actAs(client, admin, 'insert into public.workspace_roles (workspace_id, key, name) values ($1, $2, $3)', [
      ours,
      key,
      'Editor',
    ])
  atOnce('two roles have names of their own', {
    given: nothing,
    first: role('editor'),
    second: role('other'),
    late: 'conflict',
  })

  const joined = (client: pg.Client) =>
    notify(client, [ids.viewer], { kind: 'member_joined', title: 'a', joinKey: 'members', about: 'a' })
  atOnce('are told once of one thing', {
    given: nothing,
    first: joined,
    second: joined,
    late: 'done',
    left: async (client) => expect(await toldTo(client, ids.viewer)).toMatchObject([{ count: 1 }]),
  })

  const rollUp = (client: pg.Client) => client.query('select private.roll_up_analytics()')
  const forget = (client: pg.Client) => call(client, member, 'set_analytics_choice', [false])
  const used = async (client: pg.Client) => {
    await track(client, [event()])
    await client.query(
      `update private.analytics_events set occurred_at = date_trunc('hour', now() - interval '2 hours');
       insert into private.analytics_progress (counted_until) values (date_trunc('hour', now() - interval '2 hours'))
       on conflict (is_only) do update set counted_until = excluded.counted_until`,
    )
  }
  for (const [what, first, second] of [
    ['who is not counted any more while use is put together is not counted', rollUp, forget],
    ['who is not counted any more is not in what is put together meanwhile', forget, rollUp],
  ] as const)
    atOnce(what, {
      given: used,
      first,
      second,
      late: 'done',
      left: async (client) => {
        const { rows } = await client.query(
          'select 1 from private.analytics_person_days union all select 1 from private.analytics_events',
        )
        expect(rows).toEqual([])
      },
    })
})
