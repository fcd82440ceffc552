import type pg from 'pg'
import { expect, it } from 'vitest'
import { insertShare, insertView } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { createCast, ids, member, ours } from '../../support/people/cast.ts'

// Who shares a view with a role of thousands waits for none of them: a job tells them, in parts.

const crowd = 150

const story = policySuite(async (client) => {
  await createCast(client)
  await client.query(
    `insert into auth.users (id, email)
     select ('a0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n || '@example.com'
     from generate_series(1, $1::integer) as n`,
    [crowd],
  )
  await client.query(
    `insert into public.workspace_members (workspace_id, user_id, role_key)
     select $1, id, 'viewer' from public.profiles where id::text like 'a0000000-%'`,
    [ours],
  )
  await client.query('delete from realtime.messages')
})

const share = async (
  client: pg.Client,
  row: { role_key?: string; user_id?: string } = { role_key: 'viewer' },
) => {
  const view_id = await insertView(client, { name: 'Sales', owner_id: ids.member })
  return insertShare(client, { view_id, ...row }, member)
}
const count = async (client: pg.Client, table: string) =>
  Number((await client.query<{ count: string }>(`select count(*) from ${table}`)).rows[0]?.count)
const tell = async (client: pg.Client, batch: number) => {
  const { rows } = await client.query<{ more: number }>('select private.tell_of_shares($1) as more', [batch])
  return rows[0]?.more
}
const tellAll = async (client: pg.Client, batch = 60) => {
  let batches = 0
  while ((await tell(client, batch)) === 1) batches += 1
  return batches
}

it(
  'is told to all of them, each once, in the name of whoever shared it',
  story(async (client) => {
    await share(client)
    expect(await count(client, 'public.notifications')).toBe(0)
    expect(await tellAll(client)).toBe(3)
    const { rows } = await client.query(
      'select title, actor_id, count(*)::integer, count(distinct user_id)::integer as people from public.notifications group by 1, 2',
    )
    // With the viewer of the cast.
    const people = crowd + 1
    expect(rows).toEqual([
      { title: 'member shared Sales with you', actor_id: ids.member, count: people, people },
    ])
    const { rows: said } = await client.query(
      "select from realtime.messages where event = 'notification:new'",
    )
    expect(said).toHaveLength(people)
    expect(await count(client, 'private.shares_to_tell')).toBe(0)
  }),
)

it(
  'is told in parts of its own, whatever else waits to be told',
  story(async (client) => {
    await share(client)
    await share(client)
    // One after the other: 60, 60 and the last of 151, twice.
    expect(await tellAll(client)).toBe(6)
    const { rows } = await client.query(
      'select count::integer, count(*)::integer as people from public.notifications group by 1',
    )
    expect(rows).toEqual([{ count: 2, people: crowd + 1 }])
  }),
)

it(
  'is told at once to one person, and to a role of few',
  story(async (client) => {
    await share(client, { user_id: ids.viewer })
    await share(client, { role_key: 'admin' })
    expect(await count(client, 'public.notifications')).toBe(2)
    expect(await tell(client, 60)).toBe(0)
  }),
)

it(
  'is told to nobody where the share was rolled back, or taken back before, or its view deleted',
  story(async (client) => {
    await client.query('savepoint before')
    await share(client)
    await client.query('rollback to savepoint before')
    const id = await share(client)
    await actAs(client, member, 'delete from public.dashboard_view_shares where id = $1', [id])
    expect(await tell(client, 60)).toBe(0)
    await share(client)
    await client.query('update public.dashboard_views set deleted_at = now()')
    expect(await tellAll(client)).toBe(1)
    expect(await count(client, 'public.notifications')).toBe(0)
  }),
)

it(
  'is not told to whom it is withheld, or who is suspended, by the time they would be told',
  onPremium(story)(async (client) => {
    const id = await share(client)
    await tell(client, 60)
    await client.query(
      `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
       select workspace_id, 'dashboard', view_id, 'a0000000-0000-4000-8000-000000000149', 'none'
       from public.dashboard_view_shares where id = $1`,
      [id],
    )
    await client.query(
      `update public.workspace_members set status = 'suspended'
       where workspace_id = $1 and user_id = 'a0000000-0000-4000-8000-000000000150'`,
      [ours],
    )
    await tellAll(client)
    expect(await count(client, "public.notifications where kind = 'view_shared'")).toBe(crowd + 1 - 2)
  }),
)

it(
  'names nobody whose account was deleted meanwhile',
  story(async (client) => {
    await share(client)
    await client.query('update public.dashboard_views set owner_id = $1', [ids.admin])
    await client.query('delete from auth.users where id = $1', [ids.member])
    await tellAll(client)
    const { rows } = await client.query(
      "select distinct title, actor_id, payload -> 'actor' as actor from public.notifications",
    )
    expect(rows).toEqual([{ title: 'Sales was shared with you', actor_id: null, actor: null }])
  }),
)
