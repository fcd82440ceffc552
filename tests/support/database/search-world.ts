import fc from 'fast-check'
import type pg from 'pg'
import { insertComponent } from '../dashboards/components.ts'
import { themeColumns } from '../dashboards/themes.ts'
import { machine } from '../people/api-keys.ts'
import { ids, ours, theirs } from '../people/cast.ts'
import { setPlan } from '../people/plan.ts'
import { type Actor, person } from './act.ts'

// Workspaces to search in, made up at random: people and their roles, things, shares and grants, and a query.

type Name = keyof typeof ids
const insiders: Name[] = ['admin', 'member', 'viewer', 'suspended']
const permissions = [
  ...['dashboards.read', 'dashboards.write', 'dashboards.arrange', 'themes.read', 'components.read'],
  ...['components.write', 'members.read', 'audit.read', 'ai.use', 'support.manage', 'grants.write'],
]
const name = fc.constantFrom(
  'Zebra',
  'zébrä  crossing',
  'Zbera',
  'Crossing the road',
  'Revenue 2026',
  'Lion',
  'Ze',
)
const query = fc.constantFrom(
  'zebra',
  'ZEB',
  'ze',
  'zeb cross',
  'zerba',
  'zébra',
  'crosing',
  'revenu 20',
  'roads z',
)
const insider = fc.constantFrom(...insiders)
const role = fc.constantFrom('admin', 'member', 'viewer', 'custom')
const grantee = fc.oneof(
  insider,
  role.map((key) => ({ role: key })),
)
const given = (levels: string[]) =>
  fc.uniqueArray(fc.record({ to: grantee, access: fc.constantFrom(...levels) }), {
    maxLength: 2,
    selector: ({ to }) => JSON.stringify(to),
  })
const access = ['none', 'none', 'view', 'edit', 'manage']
const componentKey = fc.constantFrom(
  'total-revenue',
  'recent-orders',
  'own-writers',
  'own-readers',
  'own-listed',
)
const owned = fc.record({ name, owner: fc.option(insider), isShared: fc.boolean() })

/** What there is in `ours`, and who searches there for what. */
export const world = fc.record({
  isPremium: fc.boolean(),
  custom: fc.subarray(permissions),
  roles: fc.record({ admin: role, member: role, viewer: role, suspended: role }),
  views: fc.array(
    fc.record({
      name,
      description: fc.oneof(name, fc.constant('')),
      owner: fc.option(insider),
      isShared: fc.boolean(),
      isDeleted: fc.oneof(
        { weight: 5, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      shares: given(['view', 'edit']),
      grants: given(access),
      widgets: fc.array(fc.record({ title: fc.option(name), componentKey, grants: given(access) }), {
        maxLength: 3,
      }),
    }),
    { maxLength: 6 },
  ),
  themes: fc.array(owned, { maxLength: 4 }),
  conversations: fc.array(fc.record({ owner: insider, isShared: fc.boolean(), title: name, said: name }), {
    maxLength: 4,
  }),
  tickets: fc.array(fc.record({ owner: fc.option(insider), subject: name, said: name }), { maxLength: 4 }),
  listings: fc.array(
    fc.record({
      name,
      tag: name,
      state: fc.constantFrom('draft', 'published', 'withdrawn'),
      isOurs: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  elsewhere: fc.array(name, { maxLength: 2 }),
  actor: fc.constantFrom<Name | 'key'>('admin', 'member', 'viewer', 'suspended', 'outsider', 'key'),
  query,
})
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never
type Given = World['views'][number]['grants']

/** The id of one of a kind, by its place. */
export const idOf = (kind: number, index: number) =>
  `00000000-0000-4000-8000-00000000${kind}${String(index).padStart(3, '0')}`
const personOf = (owner: Name | null) => (owner ? ids[owner] : null)
const toColumns = (to: Given[number]['to']) =>
  typeof to === 'string' ? [ids[to as Name], null] : [null, to.role]

/** Opens or closes a thing of `ours` to people and roles, past every policy. */
export async function grant(client: pg.Client, type: string, id: string, grants: Given): Promise<void> {
  for (const { to, access } of grants)
    await client.query(
      `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, role_key, access)
       values ($1, $2, $3, $4, $5, $6)`,
      [ours, type, id, ...toColumns(to), access],
    )
}

async function buildViews(client: pg.Client, { views, elsewhere }: World): Promise<void> {
  let widgets = 0
  for (const [index, view] of views.entries()) {
    const isShared = view.isShared || !view.owner
    await client.query(
      `insert into public.dashboard_views (workspace_id, id, name, description, visibility, owner_id)
       values ($1, $2, $3, $4, $5, $6)`,
      [
        ours,
        idOf(1, index),
        view.name,
        view.description,
        isShared ? 'workspace' : 'personal',
        personOf(view.owner),
      ],
    )
    for (const { to, access } of view.shares)
      await client.query(
        `insert into public.dashboard_view_shares (workspace_id, view_id, user_id, role_key, access)
         values ($1, $2, $3, $4, $5)`,
        [ours, idOf(1, index), ...toColumns(to), access],
      )
    await grant(client, 'dashboard', idOf(1, index), view.grants)
    for (const { title, componentKey, grants } of view.widgets) {
      const id = idOf(2, widgets++)
      const config = componentKey.startsWith('own') ? { unit: 'l' } : title ? { title } : {}
      await client.query(
        `insert into public.widgets (workspace_id, id, view_id, component_key, x, y, width, height, config)
         values ($1, $2, $3, $4, 0, 0, 3, 2, $5)`,
        [ours, id, idOf(1, index), componentKey, config],
      )
      await grant(client, 'widget', id, grants)
    }
    if (view.isDeleted)
      await client.query('update public.dashboard_views set deleted_at = now() where id = $1', [
        idOf(1, index),
      ])
  }
  for (const [index, name] of elsewhere.entries())
    await client.query(
      'insert into public.dashboard_views (workspace_id, id, name, visibility) values ($1, $2, $3, $4)',
      [theirs, idOf(9, index), name, 'workspace'],
    )
}

export interface Listing {
  name: string
  tag: string
  state: string
  isOurs: boolean
}

/** Makes listings of `ours` and of `theirs`, past every policy. */
export async function buildListings(client: pg.Client, { listings }: { listings: Listing[] }): Promise<void> {
  for (const [index, { name, tag, state, isOurs }] of listings.entries()) {
    await client.query(
      `insert into public.marketplace_listings (
         id, kind, state, name, author, description, category, tags, licence, version, content_hash, publication)
       values ($1, 'theme', $2, $3, 'Somebody', 'What it is.', (select min(key) from public.marketplace_categories),
         array[$4], 'MIT', '1.0.0', repeat('0', 64), nextval('private.marketplace_publications'))`,
      [idOf(6, index), state, name, tag],
    )
    await client.query(
      `insert into private.marketplace_publishers (workspace_id, listing_id, name_form, author_form)
       values ($1, $2, '', '')`,
      [isOurs ? ours : theirs, idOf(6, index)],
    )
  }
}

async function buildOthers(client: pg.Client, { themes, conversations, tickets }: World): Promise<void> {
  for (const [index, { name, owner, isShared }] of themes.entries()) {
    const isPersonal = owner !== null && !isShared
    await client.query(
      `insert into public.themes (workspace_id, id, name, version, colors, radius, visibility, owner_id)
       values ($1, $2, $3, '1.0.0', $4, $5, $6, $7)`,
      [
        ours,
        idOf(3, index),
        name,
        themeColumns.colors,
        themeColumns.radius,
        isPersonal ? 'personal' : 'workspace',
        isPersonal ? personOf(owner) : null,
      ],
    )
  }
  for (const [index, { owner, isShared, title, said }] of conversations.entries())
    await client.query(
      `with made as (
         insert into private.conversations (workspace_id, id, owner_id, title, agent_id, messages, head, shared_at)
         values ($1, $2, $3, $4, $2, 1, 1, case when $5 then now() end) returning *),
       message as (
         insert into private.messages (workspace_id, conversation_id, number, role, status, parts)
         select workspace_id, id, 1, 'user', 'complete',
           jsonb_build_array(jsonb_build_object('type', 'text', 'sequence', 1, 'text', $6::text)) from made)
       select private.keep_words(made::private.conversations, w.number, w.text)
       from made, (values (0, $4), (1, $6)) as w (number, text)`,
      [ours, idOf(4, index), ids[owner], title, isShared, said],
    )
  for (const [index, { owner, subject, said }] of tickets.entries()) {
    await client.query(
      `insert into public.support_tickets (
         workspace_id, id, number, subject, priority, first_answer_due_at, answer_due_at, opened_by, idempotency_key)
       values ($1, $2, $3, $4, 'normal', now(), now(), $5, gen_random_uuid())`,
      [ours, idOf(5, index), index + 1, subject, personOf(owner)],
    )
    await client.query(
      `insert into public.support_messages (
         workspace_id, ticket_id, number, author_type, author_id, body, idempotency_key)
       values ($1, $2, 1, 'person', $3, $4, gen_random_uuid())`,
      [ours, idOf(5, index), personOf(owner), said],
    )
  }
}

/** Makes a world of the cast, past every policy; returns who searches. */
export async function build(client: pg.Client, at: World): Promise<Actor> {
  await client.query(
    `insert into public.workspace_roles (workspace_id, key, name, permissions) values ($1, 'custom', 'Custom', $2)`,
    [ours, at.custom],
  )
  // The key's maker is an admin: its scopes say what it may.
  const actor =
    at.actor === 'key'
      ? await machine(
          client,
          at.custom.filter((key) => /read|components|dashboards.write/.test(key)).concat('workspace.read'),
        )
      : person(ids[at.actor])
  for (const name of insiders)
    await client.query('update public.workspace_members set role_key = $1 where user_id = $2', [
      at.roles[name as keyof World['roles']],
      ids[name],
    ])
  const own = { writers: ['member'], readers: ['viewer'], listed: ['custom'] }
  for (const [key, allowedRoles] of Object.entries(own))
    await insertComponent(client, ours, { id: `own-${key}`, title: `Zebra ${key}`, allowedRoles })
  await buildViews(client, at)
  await buildOthers(client, at)
  await buildListings(client, at)
  await setPlan(client, at.isPremium ? 'premium' : 'free')
  return actor
}
