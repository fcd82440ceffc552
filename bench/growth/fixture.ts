import { alike, elsewhere, everybodyMeasured, large, owner, small } from './people.ts'

/** How much there is in each of a range of workspaces. */
export interface Contents {
  first: number
  last: number
  /** Members beside the measured people and the owner. */
  members: number
  /** Views that are shared with the workspace. */
  views: number
  widgetsPerView: number
  /** Of shares, grants, invitations and audit entries, all of them somebody else's. */
  things: number
  /** Of components and themes, of which a workspace has at most 200 with those that calls make, and of tickets. */
  limited: number
}

/** 400,000 widgets in workspaces that are alike; one workspace with 20 of everything, and one with 10,000. */
export const contents: Contents[] = [
  { first: 1, last: alike, members: 5, views: 200, widgetsPerView: 10, things: 20, limited: 5 },
  { first: small, last: small, members: 20, views: 20, widgetsPerView: 1, things: 20, limited: 20 },
  {
    first: large,
    last: large,
    members: 10_000,
    views: 10_000,
    widgetsPerView: 1,
    things: 10_000,
    limited: 190,
  },
  { first: elsewhere, last: elsewhere, members: 1, views: 1, widgetsPerView: 1, things: 1, limited: 1 },
]

/** The numbers of the views that every workspace has beside the shared ones; the owner's, but for the deleted one. */
export const views = {
  open: 3,
  /** The first two reach the measured members by a share, the third in every other workspace alone. */
  shared: [1_000_001, 1_000_002, 1_000_003],
  /** Nobody sees it; in every other workspace a grant opens its first widget. */
  hidden: 1_000_004,
  granted: 1_000_005,
  deleted: 1_000_006,
  /** Its first widget is withheld from the measured members. */
  withheld: 1,
}

const workspace = (number: string) => `'WK-G' || lpad((${number})::text, 8, '0')`
const id = (letter: string, workspaceNumber: string, number: string) =>
  `('${letter}' || lpad((${workspaceNumber})::text, 7, '0') || '-0000-4000-8000-'
    || lpad((${number})::text, 12, '0'))::uuid`
const filler = (workspaceNumber: string, number: string) =>
  `('00000000-0000-4000-8000-' || lpad((${workspaceNumber} * 100000 + ${number})::text, 12, '0'))::uuid`

/** What every widget asks. */
const oneQuestion = `(
  select private.question_of(null, 'total-revenue', null, '{"compareMode": "previousPeriod"}') as question
  offset 0) as q`

/** Without the triggers, which would validate, version and audit every row. */
const tables = [
  'workspace_members',
  'dashboard_views',
  'widgets',
  'dashboard_view_shares',
  'resource_grants',
  'role_default_views',
  'default_views',
  'themes',
  'components',
  'component_versions',
  'workspace_invitations',
  'notifications',
  'subscriptions',
  'invoices',
  'support_tickets',
  'support_messages',
  'marketplace_installs',
]

/** The statements that fill a migrated database. */
export function fixture(): string[] {
  return [
    ...tables.map((table) => `alter table public.${table} disable trigger user`),
    'alter table private.conversations disable trigger user',
    measuredAccounts,
    // Long enough ago to be asked what they think of the product.
    "update public.profiles set created_at = created_at - interval '1 month'",
    'create table private.marketplace_publishers_to_be (workspace_id text, id uuid)',
    ...contents.flatMap(fill),
    ...forMeasured,
    ...marketplace,
    activeMembers,
    seats,
    ...tables.map((table) => `alter table public.${table} enable trigger user`),
    'alter table private.conversations enable trigger user',
  ]
}

/** A theme in two versions, which everybody offers by a name of their own. */
const marketplace = [
  `insert into private.marketplace_bundles (content_hash, bundle)
   select private.content_hash(b.bundle), b.bundle
   from public.built_in_themes t
   cross join unnest('{1.0.0,1.1.0}'::text[]) as v (version)
   cross join lateral (
     select jsonb_build_object('format', 'b-dashboard-bundle', 'version', 1, 'kind', 'theme', 'content',
       jsonb_build_object('name', t.name, 'version', v.version, 'colors', t.colors, 'radius', t.radius)) as bundle
   ) as b
   where t.key = 'default'`,
  `insert into public.marketplace_listings (id, kind, state, name, author, description, category, licence, version,
     content_hash, install_count, publication, published_at)
   select x.id, 'theme', 'published', 'Listing ' || x.id, 'Author', 'Made to be measured.', 'design', 'MIT', '1.1.0',
     b.content_hash, hashtext(x.id::text) & 1023, nextval('private.marketplace_publications'), now()
   from private.marketplace_publishers_to_be x, private.marketplace_bundles b
   where b.bundle #>> '{content,version}' = '1.1.0'`,
  `insert into private.marketplace_publishers (workspace_id, listing_id, name_form, author_form)
   select x.workspace_id, x.id, x.id::text, 'author' from private.marketplace_publishers_to_be x`,
  `insert into public.marketplace_versions (listing_id, version, state, content_hash, size, published_at)
   select x.id, b.bundle #>> '{content,version}', 'published', b.content_hash, 2, now()
   from private.marketplace_publishers_to_be x, private.marketplace_bundles b`,
  `insert into public.marketplace_installs (workspace_id, kind, name, author, version, content_hash)
   select x.workspace_id, 'view', 'Copy', 'Author', '1.0.0', b.content_hash
   from private.marketplace_publishers_to_be x, private.marketplace_bundles b
   where b.bundle #>> '{content,version}' = '1.0.0'`,
  'drop table private.marketplace_publishers_to_be',
]

/** What a trigger keeps. */
const activeMembers = `
  insert into private.active_members (workspace_id, member_id, role_key)
  select workspace_id, user_id, role_key from public.workspace_members where status = 'active'
  on conflict do nothing`

const seats = `
  insert into private.seats (workspace_id, taken)
  select workspace_id, count(*) from public.workspace_members where status = 'active' group by workspace_id
  on conflict do nothing`

const measuredAccounts = `
  insert into auth.users (id, aud, role, email, email_confirmed_at)
  select id, 'authenticated', 'authenticated', right(id::text, 12) || '@bench.test', now()
  from unnest(array['${[owner, ...everybodyMeasured.map(({ id }) => id)].join("','")}']::uuid[]) as id`

function fill({ first, last, members, views: shared, widgetsPerView, things, limited }: Contents): string[] {
  const workspaces = `generate_series(${first}, ${last}) as w`
  const upTo = (number: number) => `generate_series(1, ${number}) as n`
  const versions = Math.min(things, 1_000)
  return [
    `insert into public.workspaces (id, name, plan_type)
     select ${workspace('w')}, 'Workspace ' || w, 'premium' from ${workspaces}`,
    `insert into public.workspace_roles (workspace_id, key, name, permissions)
     select r.workspace_id, 'custom', 'Custom', r.permissions
     from public.workspace_roles r, ${workspaces} where r.workspace_id = ${workspace('w')} and r.key = 'member'`,
    `insert into auth.users (id, aud, role, email, raw_user_meta_data)
     select ${filler('w', 'n')}, 'authenticated', 'authenticated', w || '-' || n || '@bench.test',
       jsonb_build_object('name', 'Person ' || n)
     from ${workspaces}, ${upTo(members)}`,
    `insert into public.workspace_members (workspace_id, user_id, role_key)
     select ${workspace('w')}, ${filler('w', 'n')}, 'member' from ${workspaces}, ${upTo(members)}
     union all select ${workspace('w')}, '${owner}', 'admin' from ${workspaces}`,
    `insert into public.dashboard_views (workspace_id, id, name, visibility, owner_id, deleted_at)
     select ${workspace('w')}, ${id('d', 'w', 'n')}, 'View ' || n,
       case when n <= ${shared} or n = ${views.deleted} then 'workspace' else 'personal' end,
       case when n <= ${shared} then ${filler('w', `1 + n % ${members}`)} else '${owner}' end,
       case when n = ${views.deleted} then now() end
     from ${workspaces}, (
       select n from ${upTo(shared)} union all select n from generate_series(1000001, ${views.deleted}) as n
     ) as v`,
    `insert into public.widgets (
       workspace_id, id, view_id, open_to, component_audience, made_in_version, component_key, built_in_component,
       x, y, width, height, config, question, question_hash)
     select v.workspace_id, ${id('e', 'w', 'right(v.id::text, 12)::integer * 10 + n - 1')}, v.id, v.open_to,
       'writers', 1, 'total-revenue', 'total-revenue', n % 4 * 3, n / 4 * 2, 3, 2,
       '{"compareMode": "previousPeriod", "showTrend": true}', q.question, private.question_hash(q.question)
     from ${workspaces}, ${upTo(widgetsPerView)}, public.dashboard_views v, ${oneQuestion}
     where v.workspace_id = ${workspace('w')}`,
    `insert into private.widget_data (workspace_id, question_hash, data, fetched_at, fresh_until, stale_until)
     select ${workspace('w')}, private.question_hash(q.question), '{"value": 42}', now(), now() + interval '1 day',
       now() + interval '7 days'
     from ${workspaces}, ${oneQuestion}`,
    `insert into private.data_sources (workspace_id, kind, name, data)
     select ${workspace('w')}, 'static', 'Source ' || n, '{"value": 42}'
     from ${workspaces}, ${upTo(Math.min(limited, 90))}`,
    `insert into private.destinations (workspace_id, kind, name, events, shown_url, secret_id)
     select ${workspace('w')}, 'slack', 'Destination ' || n, '{view.created}', 'https://hooks.slack.com',
       gen_random_uuid()
     from ${workspaces}, ${upTo(Math.min(limited, 40))}`,
    `insert into private.destination_states (workspace_id, destination_id)
     select d.workspace_id, d.id from private.destinations d, ${workspaces} where d.workspace_id = ${workspace('w')}`,
    `insert into private.deliveries (
       workspace_id, destination_id, event_id, type, thing, payload, status, settled_at)
     select d.workspace_id, d.id, gen_random_uuid(), 'view.created', 'view:' || n, '{}', 'delivered', now()
     from private.destinations d, ${workspaces}, ${upTo(things)}
     where d.workspace_id = ${workspace('w')} and d.name = 'Destination 1'`,
    `insert into private.widget_snapshots (workspace_id, hash, widget_id, question, data, fetched_at)
     select ${workspace('w')}, private.question_hash(to_jsonb(n)), ${id('e', 'w', '20')}, q.question, '{"value": 42}',
       now()
     from ${workspaces}, ${upTo(limited)}, ${oneQuestion}`,
    `insert into public.dashboard_view_shares (workspace_id, view_id, user_id)
     select ${workspace('w')}, ${id('d', 'w', `1 + n % ${shared}`)}, ${filler('w', `1 + n % ${members}`)}
     from ${workspaces}, ${upTo(things)}
     on conflict do nothing`,
    `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
     select ${workspace('w')}, 'widget', ${id('e', 'w', `(1 + n % ${shared}) * 10`)},
       ${filler('w', `1 + n % ${members}`)}, 'view'
     from ${workspaces}, ${upTo(things)}
     on conflict do nothing`,
    `insert into public.workspace_invitations (workspace_id, email, role_key, invited_by, expires_at)
     select ${workspace('w')}, 'invited-' || n || '@bench.test', 'viewer', '${owner}', now() + interval '7 days'
     from ${workspaces}, ${upTo(things)}`,
    `insert into public.notifications (workspace_id, user_id, kind, title)
     select ${workspace('w')}, ${filler('w', `1 + n % ${members}`)}, 'view_shared', 'View ' || n
     from ${workspaces}, ${upTo(things)}`,
    `insert into private.billing_customers (workspace_id, id, livemode)
     select ${workspace('w')}, 'cus_' || w, false from ${workspaces}`,
    `insert into public.subscriptions (workspace_id, id, customer_id, status, current_period_end)
     select ${workspace('w')}, 'sub_' || w, 'cus_' || w, 'canceled', now() from ${workspaces}`,
    // Ten years of months: no more come of a workspace.
    `insert into public.invoices (
       workspace_id, id, customer_id, currency, total, amount_due, amount_paid, created_at)
     select ${workspace('w')}, 'in_' || w || '_' || n, 'cus_' || w, 'eur', 1900, 1900, 1900,
       now() - n * interval '30 days'
     from ${workspaces}, ${upTo(Math.min(things, 120))}`,
    `insert into public.support_tickets (workspace_id, id, number, subject, status, priority, first_answer_due_at,
       opened_by, idempotency_key, message_count)
     select ${workspace('w')}, ${id('b', 'w', 'n')}, n, 'Ticket ' || n, 'closed', 'normal', now(),
       ${filler('w', `1 + n % ${members}`)}, ${id('b', 'w', 'n')}, 1
     from ${workspaces}, ${upTo(limited)}`,
    `insert into public.support_messages (workspace_id, ticket_id, number, author_type, author_id, body,
       idempotency_key)
     select t.workspace_id, t.id, 1, 'person', t.opened_by, 'Help', t.id
     from public.support_tickets t, ${workspaces} where t.workspace_id = ${workspace('w')}`,
    `insert into private.marketplace_publishers_to_be
     select ${workspace('w')}, ${id('f', 'w', 'n')} from ${workspaces}, ${upTo(Math.min(limited, 90))}`,
    `insert into public.audit_log (
       workspace_id, occurred_at, actor_id, actor_type, actor_role, action, table_name, row_id, changes)
     select ${workspace('w')}, now() - n * interval '1 second', ${filler('w', `1 + n % ${members}`)}, 'user',
       'member', 'update', 'dashboards', 'row ' || n, '{"name": {"old": "Before", "new": "After"}}'
     from ${workspaces}, ${upTo(things)}`,
    ...conversationsOf(
      `select ${workspace('w')} as workspace_id, ${filler('w', `1 + n % ${members}`)} as owner_id, n
       from ${workspaces}, ${upTo(things)}`,
    ),
    // The history of the view that everybody opens: each version moved its first widget.
    `update public.dashboard_views set version = ${versions} + 1
     where id in (select ${id('d', 'w', String(views.open))} from ${workspaces})`,
    `insert into private.view_versions (workspace_id, view_id, version, name, description, row_height, gap)
     select v.workspace_id, v.id, n, v.name, v.description, v.row_height, v.gap
     from ${workspaces}, public.dashboard_views v, ${upTo(versions)}
     where v.id = ${id('d', 'w', String(views.open))}`,
    `insert into private.widget_versions (
       workspace_id, view_id, widget_id, from_version, until_version, document)
     select s.workspace_id, s.view_id, s.id, n, n, s.document
     from (
       select moved.*, private.widget_document(moved) as document
       from ${workspaces}, public.widgets moved
       where moved.id = ${id('e', 'w', String(views.open * 10))}
       offset 0
     ) as s, ${upTo(versions)}`,
    `insert into public.themes (workspace_id, name, colors, radius, visibility)
     select ${workspace('w')}, 'Theme ' || n, t.colors, t.radius, 'workspace'
     from ${workspaces}, ${upTo(limited)}, public.built_in_themes t where t.key = 'default'`,
    `insert into public.default_themes (workspace_id, built_in_theme)
     select ${workspace('w')}, 'default' from ${workspaces}`,
    `insert into public.role_default_views (workspace_id, role_key, view_id)
     select ${workspace('w')}, 'viewer', ${id('d', 'w', '1')} from ${workspaces}`,
    `insert into public.default_views (workspace_id, view_id)
     select ${workspace('w')}, ${id('d', 'w', '1')} from ${workspaces}`,
    `insert into public.components (workspace_id, key, type)
     select ${workspace('w')}, 'gauge-' || n, 'stats' from ${workspaces}, ${upTo(limited)}`,
    `insert into public.component_versions (workspace_id, component_key, version, title, description, icon,
       allowed_roles, size_config, default_config, config_schema)
     select ${workspace('w')}, 'gauge-' || n, '1.0.0', 'Gauge', 'How full it is.', 'Gauge',
       '{member,viewer}', b.size_config, b.default_config, b.config_schema
     from ${workspaces}, ${upTo(limited)}, public.built_in_components b where b.key = 'total-revenue'`,
  ]
}

/** A conversation of two messages for each owner, with a number, that a query gives. */
function conversationsOf(owners: string): string[] {
  const id = `md5(o.workspace_id || o.owner_id || o.n)::uuid`
  return [
    `insert into private.conversations (workspace_id, id, owner_id, title, agent_id, head, messages)
     select o.workspace_id, ${id}, o.owner_id, 'Numbers', 'a0000000-0000-4000-8000-000000000001', 2, 2
     from (${owners}) as o`,
    `insert into private.messages (workspace_id, conversation_id, number, parent, role, status, parts, bytes,
       finished_at)
     select o.workspace_id, ${id}, n.number, nullif(n.number - 1, 0), n.role, 'complete',
       '[{"type": "text", "sequence": 1, "text": "How is revenue?"}]', 60, now()
     from (${owners}) as o, (values (1, 'user'), (2, 'assistant')) as n (number, role)`,
    `insert into private.conversation_words (workspace_id, conversation_id, number, owner_id, words)
     select o.workspace_id, ${id}, m.number, o.owner_id, private.words_of('How is revenue?')
     from (${owners}) as o, generate_series(1, 2) as m (number)`,
  ]
}

/** Memberships of the measured people and, for those who are no administrators, what exceptions there are for them. */
const forMeasured = [
  ...everybodyMeasured.map(
    ({ id: person, role, workspaces: [first, last] }) => `
      insert into public.workspace_members (workspace_id, user_id, role_key)
      select ${workspace('w')}, '${person}', '${role}' from generate_series(${first}, ${last}) as w`,
  ),
  ...conversationsOf(
    `select m.workspace_id, m.user_id as owner_id, 0 as n from public.workspace_members m
     where m.user_id in (select id from auth.users where email_confirmed_at is not null)`,
  ),
  `insert into private.proposals (workspace_id, conversation_id, id, view_id, view_version, summary, changes)
   select c.workspace_id, c.id, gen_random_uuid(), v.id, 1, 'Nothing', '[]'
   from private.conversations c
   join public.dashboard_views v on v.workspace_id = c.workspace_id and ${numbered('v.id', [views.open])}
   where c.owner_id in (select id from auth.users where email_confirmed_at is not null)`,
  `insert into public.preferences (workspace_id, user_id)
   select m.workspace_id, m.user_id from public.workspace_members m
   where m.user_id in (select id from auth.users where email_confirmed_at is not null)`,
  `insert into public.workspace_invitations (workspace_id, id, email, role_key, invited_by, expires_at)
   select ${workspace(String(elsewhere))}, u.id, u.email, 'viewer', '${owner}', now() + interval '7 days'
   from auth.users u where u.email_confirmed_at is not null and u.id <> '${owner}'`,
  `insert into private.invitation_tokens (workspace_id, invitation_id, token_hash)
   select ${workspace(String(elsewhere))}, u.id, sha256(convert_to('token ' || u.id, 'UTF8'))
   from auth.users u where u.email_confirmed_at is not null and u.id <> '${owner}'`,
  // As many for everybody: a person keeps at most 500, wherever they come from.
  `insert into public.notification_preferences (user_id, kind, delivery)
   select id, 'role_changed', 'both'
   from unnest(array['${everybodyMeasured.map(({ id }) => id).join("','")}']::uuid[]) as id`,
  `insert into public.notifications (workspace_id, user_id, kind, title, read_at)
   select m.workspace_id, m.user_id, 'view_shared', 'View ' || n, case when n % 2 = 0 then now() end
   from (select distinct on (user_id) workspace_id, user_id from public.workspace_members order by user_id, 1) as m
   join auth.users u on u.id = m.user_id and u.email_confirmed_at is not null,
     generate_series(1, 400) as n`,
  // One in each workspace: a person has few.
  `insert into public.support_tickets (workspace_id, id, number, subject, status, priority, first_answer_due_at,
     opened_by, idempotency_key, message_count, created_at)
   select m.workspace_id, gen_random_uuid(), 1000000 + row_number() over (order by m.workspace_id, m.user_id), 'Ticket',
     'closed', 'normal', now(), m.user_id, gen_random_uuid(), 1, now() - interval '2 days'
   from public.workspace_members m join auth.users u on u.id = m.user_id and u.email_confirmed_at is not null`,
  `insert into public.support_messages (workspace_id, ticket_id, number, author_type, author_id, body, idempotency_key,
     created_at)
   select t.workspace_id, t.id, 1, 'person', t.opened_by, 'Help', t.id, t.created_at
   from public.support_tickets t where t.number > 1000000`,
  `insert into storage.objects (bucket_id, name, owner_id)
   select 'avatars', u.id || '/1.png', u.id::text from auth.users u where u.email_confirmed_at is not null`,
  `insert into private.view_versions (workspace_id, view_id, version)
   select v.workspace_id, v.id, v.version from public.dashboard_views v`,
  `create temporary table concerned as
   select m.workspace_id, m.user_id, right(m.workspace_id, 8)::integer as w
   from public.workspace_members m
   where m.user_id in ('${everybodyMeasured
     .filter(({ role }) => role !== 'admin')
     .map(({ id: person }) => person)
     .join("','")}')`,
  `insert into public.dashboard_view_shares (workspace_id, view_id, user_id, access)
   select c.workspace_id, ${id('d', 'c.w', 'n')}, c.user_id, 'edit'
   from concerned c, unnest(array[${views.shared}]) with ordinality as v (n, place)
   where place < 3 or c.w % 2 = 1`,
  ...[
    ['dashboard', 'd', String(views.granted), 'edit', 'true'],
    ['widget', 'e', String(views.hidden * 10), 'edit', 'c.w % 2 = 1'],
    ['widget', 'e', String(views.withheld * 10), 'none', 'true'],
  ].map(
    ([type, letter = '', number = '', access, where]) => `
      insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
      select c.workspace_id, '${type}', ${id(letter, 'c.w', number)}, c.user_id, '${access}'
      from concerned c where ${where}`,
  ),
  `update public.widgets w set is_restricted = true
   from public.resource_grants g
   where g.workspace_id = w.workspace_id and g.resource_id = w.id and g.access = 'none'`,
]

function numbered(column: string, numbers: number[]): string {
  return `right(${column}::text, 12)::integer in (${numbers})`
}
