import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gauge, insertComponent } from '../../support/dashboards/components.ts'
import { layoutOf } from '../../support/dashboards/layouts.ts'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { insertShare, insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError, person, service } from '../../support/database/act.ts'
import { append, ask, finish, texts, usage } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { type Call, held as heldIn } from '../../support/database/held.ts'
import { type OpenDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { claim, rename, saveDestination, settle, webhook } from '../../support/integrations/destinations.ts'
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

const held = (locks: string, calls: Call[]) => heldIn(opened, locks, calls)

/** Auth deletes with the rights of a role of its own, and without a token. */
const deleteAsAuth: Call = ['postgres', 'delete from auth.users where id = $1', [ids.member]]

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

it('a member is changed while they delete their account', async () => {
  expect(
    await held(`select from public.workspace_members where user_id = '${ids.member}' for update`, [
      [admin, "select public.change_member($1, $2, 'viewer')", [ours, ids.member]],
      [member, 'select public.delete_my_account()', []],
    ]),
  ).toEqual(['done', 'done'])
  expect(await count(`auth.users where id = '${ids.member}'`)).toBe(0)
})

it('somebody makes a view while they delete their account', async () => {
  expect(
    await held(`select from public.workspace_members where user_id = '${ids.member}' for no key update`, [
      [member, "select public.create_view($1, 'Hers')", [ours]],
      [member, 'select public.delete_my_account()', []],
    ]),
  ).toEqual(['done', 'done'])
  expect(await count(`auth.users where id = '${ids.member}'`)).toBe(0)
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

it.each(['widgets', 'profiles'])(
  'an account is deleted by its owner and by Auth, which wait for %s',
  async (table) => {
    await observer.query('begin')
    await insertWidget(observer, { view_id: await insertView(observer, { owner_id: ids.member }) })
    await observer.query('commit')
    expect(
      await held(`select from public.${table} for update`, [
        [member, 'select public.delete_my_account()', []],
        deleteAsAuth,
      ]),
    ).toEqual(['done', 'done'])
    expect(await count(`auth.users where id = '${ids.member}'`)).toBe(0)
  },
)

describe('a layout is saved', () => {
  const [view, widget] = ['00000000-0000-4000-8000-0000000000f1', '00000000-0000-4000-8000-0000000000c1']
  const layout = { version: 1, gridColumns: 12, rowHeight: 40, gap: 16, widgets: [] }
  const save: Call = [
    admin,
    'select public.save_layout($1, $2, (select version from public.dashboard_views where id = $1))',
    [view, layout],
  ]
  const move: Call = [admin, 'update public.widgets set x = 5', []]

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
  ] satisfies [string, number, Call, Call][])('while %s', async (_, left, one, other) => {
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

// A statement that writes widgets has them before it comes to their view, or to their component.
describe('a widget is written', () => {
  const [view, widget] = ['00000000-0000-4000-8000-0000000000f1', '00000000-0000-4000-8000-0000000000c1']
  const write: Call = [service, 'update public.widgets set config = \'{"unit": "m"}\'', []]

  it.each([
    ['the owner of its view leaves', {}, [member, 'select public.leave_workspace($1)', [ours]]],
    ['the owner deletes the account', {}, [member, 'select public.delete_my_account()', []]],
    ['the owner is deleted by Auth', {}, deleteAsAuth],
    ['its workspace is deleted', {}, [admin, "select public.delete_workspace($1, 'Ours')", [ours]]],
    [
      'its view goes for good',
      { deleted_at: '2020-01-01T00:00:00Z' },
      ['postgres', 'select private.remove_deleted_views()', []],
    ],
    [
      'its view is withheld from somebody',
      { visibility: 'workspace' as const },
      [
        admin,
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         values ($1, 'dashboard', $2, $3, 'none')`,
        [ours, view, ids.viewer],
      ],
    ],
    [
      'its component becomes another role’s',
      {},
      [
        admin,
        'select public.publish_component($1, $2)',
        [ours, { ...gauge, version: '1.1.0', allowedRoles: ['member'] }],
      ],
    ],
  ] satisfies [string, object, Call][])('while %s', async (_, row, other) => {
    await observer.query('begin')
    await setPlan(observer, 'premium', ours)
    await insertComponent(observer, ours, {})
    await insertView(observer, { id: view, owner_id: ids.member, ...row })
    await insertWidget(observer, { id: widget, view_id: view, component_key: 'gauge', config: { unit: 'l' } })
    await observer.query('commit')
    expect(
      await held(`select from public.widgets where id = '${widget}' for update`, [write, other]),
    ).toEqual(['done', 'done'])
  })

  it('while a layout is saved', async () => {
    await observer.query('begin')
    await insertView(observer, { id: view, visibility: 'workspace' })
    await insertWidget(observer, { id: widget, view_id: view })
    await observer.query('commit')
    const [written, saved] = await held(`select from public.widgets where id = '${widget}' for update`, [
      [admin, 'update public.widgets set x = 5', []],
      [admin, 'select public.save_layout($1, $2, 1)', [view, layoutOf()]],
    ])
    expect(written).toBe('done')
    // Whoever comes first: the write, of which the save learns, or the save, which leaves nothing to write.
    if (saved === 'done')
      expect(await count(`private.widget_versions where document #>> '{position,x}' = '5'`)).toBe(0)
    else expect(await clientError(Promise.reject(saved))).toMatchObject({ code: 'conflict' })
  })
})

describe('who has the first of two things, while another waits for it, gets the second', () => {
  /** One step, another session's that waits for it, and one step more; returns how the two end. */
  async function goesOn(one: Step, other: Step, more: Step): Promise<unknown[]> {
    const [first, second] = [await opened.connect(), await opened.connect()]
    await first.query('begin')
    await second.query('begin')
    await one(first)
    const waiting = other(second)
      .then(() => second.query('commit'))
      .then(
        () => 'done',
        (error: unknown) => error,
      )
    await untilBlocked(observer, second)
    const going = await more(first).then(
      () => 'done',
      (error: unknown) => error,
    )
    await first.query('commit')
    return [going, await waiting]
  }
  type Step = (client: pg.Client) => Promise<unknown>

  async function given<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    await observer.query('begin')
    await setPlan(observer, 'premium', ours)
    const made = await work(observer)
    await observer.query('commit')
    return made
  }

  it.each(['widget', 'dashboard'])(
    'where both withhold one %s from the same people',
    async (resource_type) => {
      const { view, piece } = await given(async (client) => {
        const view_id = await insertView(client)
        return { view: view_id, piece: await insertWidget(client, { view_id }) }
      })
      const resource_id = resource_type === 'widget' ? piece : view
      const withhold = (user_id: string) => (client: pg.Client) =>
        grant(client, admin, { resource_type, resource_id, user_id, access: 'none' })
      expect(await goesOn(withhold(ids.viewer), withhold(ids.member), withhold(ids.member))).toEqual([
        'done',
        expect.objectContaining({ code: '23505' }),
      ])
    },
  )

  it('where a widget is written and another made, and their component becomes another role’s', async () => {
    const row = await given(async (client) => {
      await insertComponent(client, ours, {})
      const made = { view_id: await insertView(client), component_key: 'gauge', config: { unit: 'l' } }
      await insertWidget(client, made)
      return { ...made, y: 5 }
    })
    const document = { ...gauge, version: '1.1.0', allowedRoles: ['member'] }
    expect(
      await goesOn(
        (client) => actAs(client, admin, 'update public.widgets set x = 5'),
        (client) => call(client, admin, 'publish_component', [ours, JSON.stringify(document)]),
        (client) => insertWidget(client, row, admin),
      ),
    ).toEqual(['done', 'done'])
  })

  it('where what is held of the usage is paid, and given back', async () => {
    const hold = (client: pg.Client, lifetime: string) =>
      client
        .query("select private.hold_usage($1, 'ai_credits', 1, '1 hour', $2) as id", [ours, ids.member])
        .then(async ({ rows: [{ id }] }) => {
          await client.query(
            'update private.usage_holds set expires_at = now() + $2::interval where id = $1',
            [id, lifetime],
          )
          return id as string
        })
    const [lasting, expired] = await given(async (client) => [
      await hold(client, '1 hour'),
      await hold(client, '-1 hour'),
    ])
    const settle = (id?: string) => (client: pg.Client) =>
      client.query('select private.settle_usage($1, $2, 1)', [ours, id])
    expect(
      await goesOn(
        settle(lasting),
        (client) => client.query('select private.release_expired_holds(10)'),
        settle(expired),
      ),
    ).toEqual(['done', 'done'])
  })

  it('where a destination is saved, and paused', async () => {
    const { id, claimed } = await given(async (client) => {
      const saved = await saveDestination(client, webhook)
      await rename(client, 'One')
      return { id: saved.id, claimed: (await claim(client))[0] }
    })
    if (!claimed) throw new Error('Nothing waits.')
    expect(
      await goesOn(
        (client) => call(client, admin, 'rotate_destination_secret', [ours, id]),
        (client) => settle(client, claimed, 'refused', { status: 410 }),
        (client) => saveDestination(client, webhook, { id }),
      ),
    ).toEqual(['done', 'done'])
  })

  describe('where an answer is written', () => {
    const renew: Step = async (client) => {
      const { rows } = await client.query('select id, lease from private.answers')
      await call(client, service, 'renew_answer', [rows[0].id, rows[0].lease])
    }
    const write: Step = async (client) => {
      const { rows } = await client.query('select id as "answerId", lease from private.answers')
      await append(client, rows[0], 0, texts(0, 'It grew.'))
    }
    const report: Step = async (client) => {
      const { rows } = await client.query('select id, lease from private.answers')
      await call(client, service, 'renew_answer', [
        ...[rows[0].id, rows[0].lease, null],
        JSON.stringify([usage()]),
      ])
    }
    const begun = () => given((client) => ask(client))

    it('and its conversation deleted', async () => {
      const { conversationId } = await begun()
      const remove: Step = (client) => call(client, member, 'delete_conversation', [ours, conversationId])
      expect(await goesOn(renew, remove, write)).toEqual(['done', 'done'])
    })

    it.each([
      ['written', write],
      ['paid', report],
    ])('and its workspace deleted before it is %s', async (_, more) => {
      await begun()
      const remove: Step = (client) => call(client, admin, 'delete_workspace', [ours, 'Ours'])
      expect(await goesOn(renew, remove, more)).toEqual(['done', 'done'])
    })

    it('and ended, while somebody changes another conversation: nobody waits', async () => {
      const [other, answer] = [await begun(), await begun()]
      const [first, second] = [await opened.connect(), await opened.connect()]
      await first.query('begin')
      await call(first, member, 'update_conversation', [ours, other.conversationId, '{"title": "Mine"}'])
      await second.query("begin; set local lock_timeout = '5s'")
      expect(await finish(second, answer)).toMatchObject({ status: 'complete' })
      for (const client of [first, second]) await client.query('commit')
    })

    it('and ended, and its conversation changed', async () => {
      const answer = await begun()
      expect(
        await goesOn(
          (client) =>
            call(client, member, 'update_conversation', [ours, answer.conversationId, '{"title": "Mine"}']),
          (client) => finish(client, answer),
          (client) => call(client, member, 'stop_answer', [answer.answerId]),
        ),
      ).toEqual(['done', 'done'])
    })
  })
})

it('who saves a view waits for whoever does, in the order in which they came', async () => {
  await observer.query('begin')
  const view = await insertView(observer, { visibility: 'workspace' })
  await insertWidget(observer, { view_id: view })
  await observer.query('commit')
  const clients: (pg.Client & { processID?: number })[] = []
  const saves: Promise<unknown>[] = []
  for (const isFirst of [true, false, false]) {
    const client: (typeof clients)[number] = await opened.connect()
    await client.query('begin')
    const saving = call(client, admin, 'save_layout', [view, JSON.stringify(layoutOf()), 1])
    saves.push(isFirst ? saving : saving.then(() => client.query('commit')))
    if (isFirst) await saving
    else await untilBlocked(observer, client)
    // Not for its widgets, which it would try to get for some seconds only.
    const { rows } = await observer.query('select pg_blocking_pids($1) as pids', [client.processID])
    expect(new Set(rows[0].pids)).toEqual(new Set(clients.map(({ processID }) => processID)))
    clients.push(client)
  }
  await clients[0]?.query('commit')
  await Promise.all(saves)
  expect(await count('public.widgets')).toBe(0)
})
