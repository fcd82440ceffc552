import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { insertShare, insertView } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { notify, toldTo } from '../../support/database/notifications.ts'
import type { OpenDatabase } from '../../support/database/open-database.ts'
import { overlap, type Sessions } from '../../support/database/overlap.ts'
import { admin, createCast, ids, member, ours, viewer } from '../../support/people/cast.ts'

// Two who tell the same people at the same moment: nothing is lost, nothing comes twice, nobody waits in a circle.

const takeDatabase = databasePool()
let opened: OpenDatabase
let sessions: Sessions
let observer: pg.Client

beforeEach(async () => {
  opened = await takeDatabase()
  observer = opened.observer
  sessions = { observer, first: await opened.connect(), second: await opened.connect() }
  await createCast(observer)
})
afterEach(() => opened[Symbol.asyncDispose]())

const joined = (about: string) => (client: pg.Client) =>
  notify(client, [ids.viewer, ids.member], { kind: 'member_joined', title: about, joinKey: 'members', about })
const markAll = (client: pg.Client) => actAs(client, viewer, 'select public.mark_notifications()')

describe('a burst', () => {
  it('from two transactions is counted once each', async () => {
    expect(await overlap(sessions, joined('a'), joined('b'))).toEqual(['done', 'done'])
    expect(await overlap(sessions, joined('c'), joined('a'))).toEqual(['done', 'done'])
    for (const id of [ids.viewer, ids.member])
      expect(await toldTo(observer, id)).toMatchObject([{ title: '3 people joined', count: 3 }])
  })

  it('from twenty sessions at once loses nobody', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => opened.connect()))
    await Promise.all(clients.map((client, n) => joined(`guest ${n}`)(client)))
    for (const id of [ids.viewer, ids.member])
      expect(await toldTo(observer, id)).toMatchObject([{ title: '20 people joined', count: 20 }])
  })

  it('goes on in another row where the first was read meanwhile', async () => {
    await joined('a')(observer)
    expect(await overlap(sessions, markAll, joined('b'))).toEqual(['done', 'done'])
    expect(await toldTo(observer, ids.viewer)).toMatchObject([
      { title: 'b', count: 1, is_read: false },
      { title: 'a', count: 1, is_read: true },
    ])
    expect(await toldTo(observer, ids.member)).toMatchObject([{ count: 2 }])
  })

  it('stays unread where it grows while it is marked, which waits for nobody', async () => {
    await joined('a')(observer)
    expect(await overlap(sessions, joined('b'), markAll)).toEqual(['done', 'done'])
    expect(await toldTo(observer, ids.viewer)).toMatchObject([{ count: 2, is_read: false }])
  })

  it('of one person, who shares two views with the same people in both orders, ends', async () => {
    const share = (id: string) => async (client: pg.Client) => {
      for (const user_id of [ids.viewer, ids.admin])
        await insertShare(client, { view_id: id, user_id }, member)
    }
    const [first, second] = [
      await insertView(observer, { owner_id: ids.member }),
      await insertView(observer, { owner_id: ids.member }),
    ]
    expect(await overlap(sessions, share(first), share(second))).toEqual(['done', 'done'])
    expect(await toldTo(observer, ids.viewer)).toMatchObject([{ count: 2 }])
  })
})

describe('somebody whose account is being deleted', () => {
  const deletion = (client: pg.Client) => actAs(client, viewer, 'select public.delete_my_account()')

  it('is not waited for, and hears nothing', async () => {
    await overlap(sessions, deletion, joined('a'))
    expect(await toldTo(observer, ids.viewer)).toEqual([])
    expect(await toldTo(observer, ids.member)).toMatchObject([{ title: 'a' }])
  })

  it('takes along what they are told at that moment', async () => {
    expect(await overlap(sessions, joined('a'), deletion)).toEqual(['done', 'done'])
    expect((await observer.query('select user_id from public.notifications')).rows).toEqual([
      { user_id: ids.member },
    ])
  })

  it('leaves no name in what they told others at that moment', async () => {
    const view = await insertView(observer, { owner_id: ids.member })
    const sharing = (client: pg.Client) => insertShare(client, { view_id: view, user_id: ids.admin }, member)
    const leaving = (client: pg.Client) => actAs(client, member, 'select public.delete_my_account()')
    expect(await overlap(sessions, sharing, leaving)).toEqual(['done', 'done'])
    expect(await toldTo(observer, ids.admin)).toMatchObject([
      { title: 'A deleted user shared A view with you', payload: { actor: null } },
    ])
    expect(
      (await observer.query('select from public.notifications where actor_id is not null')).rowCount,
    ).toBe(0)
  })
})

it('two accounts are deleted, each of which was told something by the other', async () => {
  for (const [actor, userId] of [
    [member, ids.viewer],
    [viewer, ids.member],
  ] as const) {
    await observer.query('begin')
    await observer.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(actor)])
    await notify(observer, [userId])
    await observer.query('commit')
  }
  await observer.query('delete from public.workspace_members where user_id = any ($1)', [
    [ids.member, ids.viewer],
  ])
  const leaving = (actor: typeof member) => (client: pg.Client) =>
    actAs(client, actor, 'select public.delete_my_account()')
  expect(await overlap(sessions, leaving(member), leaving(viewer))).toEqual(['done', 'done'])
  expect((await observer.query('select from public.notifications')).rowCount).toBe(0)
})

it('a workspace is deleted while its members are told something', async () => {
  const deletion = (client: pg.Client) =>
    actAs(client, admin, "select public.delete_workspace($1, 'Ours')", [ours])
  expect(await overlap(sessions, joined('a'), deletion)).toEqual(['done', 'done'])
  expect((await observer.query('select from public.notifications')).rowCount).toBe(0)
  expect((await observer.query('select from public.workspaces where id = $1', [ours])).rowCount).toBe(0)
})

describe('two thousand people', () => {
  const size = 2_000

  it('cost whoever shares with them nothing, and are told in parts of some moments, and counted up as fast', async () => {
    await observer.query(
      `insert into auth.users (id, email, raw_user_meta_data)
       select ('a0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n || '@example.com', '{"name": "N"}'
       from generate_series(1, ${size}) as n`,
    )
    await observer.query(
      `insert into public.workspace_members (workspace_id, user_id, role_key)
       select $1, id, 'viewer' from public.profiles where id::text like 'a%'`,
      [ours],
    )
    await observer.query('analyze public.profiles, public.workspace_members')
    for (const count of [1, 2, 3]) {
      const view = await insertView(observer, { owner_id: ids.member })
      await observer.query("begin; set local statement_timeout = '500ms'")
      await insertShare(observer, { view_id: view, role_key: 'viewer' }, member)
      await observer.query('commit')
      await observer.query("set statement_timeout = '2s'")
      for (let more = 1; more > 0; )
        more =
          (await observer.query<{ more: number }>('select private.tell_of_shares(500) as more')).rows[0]
            ?.more ?? 0
      await observer.query('reset statement_timeout')
      const { rows } = await observer.query(
        'select count(*)::int as people, min(count) as least, max(count) as most from public.notifications',
      )
      expect(rows).toEqual([{ people: size + 1, least: count, most: count }])
    }
  })
})
