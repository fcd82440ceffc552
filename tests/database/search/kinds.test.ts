import { expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { type Actor, person } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { marked, search, titles } from '../../support/database/search.ts'
import { buildListings, grant, idOf, type Listing } from '../../support/database/search-world.ts'
import { machine } from '../../support/people/api-keys.ts'
import { ids, ours, theirs } from '../../support/people/cast.ts'
import { giveCustomRole, giveRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'

// What each kind of thing has of its own where it is searched for: who finds it, by what, and as what.

const story = policySuite()

it.each([
  ['', [], []],
  [' and may write them', ['dashboards.write'], ['widgets zebra-others']],
])(
  'who reads dashboards by grants alone%s finds what they open once, where it matches and is for that role',
  (_, held, more) =>
    story(async (client) => {
      await giveCustomRole(client, 'guest', ['components.read', ...held], [ids.viewer])
      const give = (type: string, id: string, access = 'view') =>
        grant(client, type, id, [{ to: 'viewer', access }])
      const [zebra, lion] = [
        await insertView(client, { name: 'Zebra' }),
        await insertView(client, { name: 'Lion' }),
      ]
      const closed = await insertView(client, { name: 'Zebra closed' })
      const personal = await insertView(client, { name: 'Zebra of one', owner_id: ids.admin })
      for (const id of [zebra, lion, personal]) await give('dashboard', id)
      await insertComponent(client, ours, { id: 'zebra-others', allowedRoles: ['member'] })
      await insertComponent(client, ours, { id: 'zebra-guests', allowedRoles: ['guest'] })
      // For a role of another workspace that has the same key.
      await insertComponent(client, theirs, { id: 'zebra-others', allowedRoles: ['guest'] })
      const made = (view_id: string, title: string, component_key = 'recent-orders') =>
        insertWidget(client, { view_id, component_key, config: title ? { title } : { unit: 'l' } })
      await made(zebra, 'Zebra orders')
      await made(zebra, 'Lions')
      await made(zebra, '', 'zebra-others')
      await made(zebra, '', 'zebra-guests')
      await give('widget', await made(zebra, 'Zebra withheld'), 'none')
      await made(closed, 'Zebra behind')
      await give('widget', await made(closed, 'Zebra granted'))
      await made(personal, 'Zebra personal')
      const found = await search(client, person(ids.viewer), 'zebra', ['views', 'widgets'])
      expect(titles(found).toSorted()).toEqual(
        [
          'views Zebra',
          'views Zebra of one',
          'widgets Zebra granted',
          'widgets Zebra orders',
          'widgets Zebra personal',
          'widgets zebra-guests',
          ...more,
        ].toSorted(),
      )
      // A widget that is granted by itself does not tell of its view.
      const viewOf = (of: string) => found.find(({ title }) => title === of)
      expect(viewOf('Zebra granted')).toMatchObject({ viewName: null })
      expect(viewOf('Zebra orders')).toMatchObject({ viewName: 'Zebra' })
      expect(viewOf('Zebra personal')).toMatchObject({ viewName: 'Zebra of one' })
    })(),
)

it(
  'a widget tells of its view to who sees that, and of another person’s to nobody to whom it alone is granted',
  story(async (client) => {
    await setPlan(client, 'premium')
    const views = {
      shared: await insertView(client, { name: 'Shared' }),
      own: await insertView(client, { name: 'Own', owner_id: ids.member }),
      foreign: await insertView(client, { name: 'Foreign', owner_id: ids.admin }),
    }
    for (const view_id of Object.values(views)) {
      const id = await insertWidget(client, { view_id, config: { title: 'Zebra' } })
      await grant(client, 'widget', id, [{ to: 'member', access: 'view' }])
    }
    const found = await search(client, person(ids.member), 'zebra', ['widgets'])
    const names = found.map((one) => (one.kind === 'widgets' ? [one.viewId, one.viewName] : []))
    expect(Object.fromEntries(names)).toEqual({
      [views.shared]: 'Shared',
      [views.own]: 'Own',
      [views.foreign]: null,
    })
  }),
)

it(
  'listings that are not published are found by who publishes, in their workspace, where they match',
  story(async (client) => {
    const listing = (name: string, state: string, isOurs: boolean): Listing => ({
      ...{ name, state, isOurs },
      tag: 'Colors',
    })
    await buildListings(client, {
      listings: [
        listing('Zebra draft', 'draft', true),
        listing('Lion draft', 'draft', true),
        listing('Zebra elsewhere', 'draft', false),
        listing('Zebra published', 'published', false),
        listing('Zebra of ours', 'published', true),
      ],
    })
    await giveCustomRole(client, 'publisher', ['marketplace.publish'], [ids.viewer])
    const { rows } = await client.query<{ key: string }>(
      "select key from public.permissions where key <> 'marketplace.publish'",
    )
    await giveRole(
      client,
      'reader',
      rows.map(({ key }) => key),
      [ids.member],
    )
    const found = async (id: string) =>
      (await search(client, person(id), 'zebra', ['listings'])).map(({ title }) => title).toSorted()
    const published = ['Zebra of ours', 'Zebra published']
    expect(await found(ids.viewer)).toEqual(['Zebra draft', ...published])
    expect(await found(ids.member)).toEqual(published)
  }),
)

it(
  'a built-in component that is for other roles is found by who uses all, with components.read',
  story(async (client) => {
    await client.query(
      "update public.built_in_components set allowed_roles = '{viewer}' where key = 'recent-orders'",
    )
    const finds = async (actor: Actor) =>
      (await search(client, actor, 'recent orders', ['components'])).length === 1
    for (const [actor, isFound] of [
      [person(ids.admin), true],
      [person(ids.viewer), true],
      [person(ids.member), false],
      [await machine(client, ['components.read']), true],
      [await machine(client, ['components.write', 'dashboards.read']), false],
    ] as const)
      expect(await finds(actor)).toBe(isFound)
  }),
)

it(
  'tickets that one has opened are found in their workspace, each by the message that matches',
  story(async (client) => {
    await client.query(
      "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
      [theirs, ids.member],
    )
    for (const [workspace, id] of [
      [ours, idOf(5, 1)],
      [theirs, idOf(5, 2)],
    ] as const) {
      await client.query(
        `insert into public.support_tickets (
           workspace_id, id, number, subject, priority, first_answer_due_at, answer_due_at, opened_by, idempotency_key)
         values ($1, $2, 1, 'Help', 'normal', now(), now(), $3, gen_random_uuid())`,
        [workspace, id, ids.member],
      )
      await client.query(
        `insert into public.support_messages (
           workspace_id, ticket_id, number, author_type, author_id, body, idempotency_key)
         select $1, $2, n, 'person', $3, b, gen_random_uuid()
         from unnest(array['The lion roars', 'The zebra runs', 'So it is']) with ordinality as m (b, n)`,
        [workspace, id, ids.member],
      )
    }
    const found = await search(client, person(ids.member), 'zebra', ['tickets'])
    expect(found).toMatchObject([{ id: idOf(5, 1), messageNumber: 2 }])
    expect(found.map(marked)).toEqual(['The [zebra] runs'])
  }),
)

it(
  'a component is found by its latest version in this workspace',
  story(async (client) => {
    await insertComponent(client, ours, { id: 'own', title: 'Zebra' })
    await insertComponent(client, theirs, { id: 'own', title: 'Zebra of others', version: '2.0.0' })
    await insertComponent(client, ours, { id: 'old', title: 'Zebra' })
    await insertComponent(client, ours, { id: 'old', title: 'Lion', version: '2.0.0' })
    expect(titles(await search(client, person(ids.admin), 'zebra', ['components']))).toEqual([
      'components Zebra',
    ])
  }),
)

it(
  'of what is everywhere in the audit log the latest are found, once each, and of this workspace',
  story(async (client) => {
    const write = (workspace: string, name: string, count: number, months: number) =>
      client.query(
        `insert into public.audit_log (workspace_id, occurred_at, actor_type, action, table_name, row_id, changes)
         select $1, date_trunc('month', now(), 'UTC') - make_interval(months => $4), 'system', 'update', 'themes',
           gen_random_uuid()::text, jsonb_build_object('name', jsonb_build_object('old', $2::text, 'new', n::text))
         from generate_series(1, $3::integer) as n`,
        [workspace, name, count, months],
      )
    await write(ours, 'Zebra', 320, 1)
    await write(theirs, 'Zebra', 320, 0)
    await write(ours, 'Lion', 320, 0)
    await write(ours, 'Zebra', 5, 0)
    const found = await search(client, person(ids.admin), 'zebra', ['audit_entries'])
    const { rows } = await client.query(
      `select count(*) filter (where workspace_id = $2)::integer as ours,
         count(*) filter (where changes #>> '{name,old}' = 'Zebra')::integer as zebras,
         count(*) filter (where occurred_at >= date_trunc('month', now(), 'UTC'))::integer as latest
       from public.audit_log where id = any ($1::uuid[])`,
      [found.map(({ id }) => id), ours],
    )
    expect(rows).toEqual([{ ours: 50, zebras: 50, latest: 5 }])
  }),
)
