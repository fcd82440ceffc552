import type pg from 'pg'
import { ids, ours } from './cast.ts'

const tables = [
  'public.workspace_roles',
  'public.workspace_members',
  'public.preferences',
  'public.dashboard_views',
  'public.widgets',
  'public.dashboard_view_shares',
  'public.resource_grants',
  'public.role_default_views',
  'public.themes',
  'public.components',
  'public.workspace_invitations',
  'public.notifications',
  'private.notification_mails',
  'private.view_versions',
  'public.support_tickets',
  'public.support_messages',
  'public.marketplace_listings',
  'public.marketplace_versions',
  'public.marketplace_installs',
  'private.marketplace_steps',
  'private.marketplace_publishers',
  'private.marketplace_ratings',
]

/**
 * Fills the cast's first workspace with so many of everything, for so many people beside the cast; a quarter of the
 * views were deleted long ago. To be run as `postgres`; without the triggers, which would check and audit every row.
 */
export async function fillWorkspace(client: pg.Client, size: number, people: number): Promise<void> {
  const statements = [
    ...tables.map((table) => `alter table ${table} disable trigger user`),
    ...filled(size, people),
    ...tables.map((table) => `alter table ${table} enable trigger user`),
    `analyze ${[...tables, 'private.widget_versions'].join(', ')}`,
  ]
  for (const statement of statements) await client.query(statement)
}

function filled(size: number, people: number): string[] {
  const id = (letter: string, number: string) =>
    `('${letter}0000000-0000-4000-8000-' || lpad((${number})::text, 12, '0'))::uuid`
  const someone = id('a', `1 + n % ${people}`)
  const things = `generate_series(1, ${size}) as n`
  return [
    `insert into public.workspace_roles (workspace_id, key, name)
     select '${ours}', 'role-' || n, 'Role ' || n from ${things}`,
    `insert into auth.users (id, email)
     select ${id('a', 'n')}, 'person-' || n || '@example.com' from generate_series(1, ${people}) as n`,
    `insert into public.workspace_members (workspace_id, user_id, role_key)
     select '${ours}', ${id('a', 'n')}, 'viewer' from generate_series(1, ${people}) as n`,
    `insert into public.dashboard_views (workspace_id, id, name, visibility, owner_id, created_by, deleted_at)
     select '${ours}', ${id('d', 'n')}, 'View ' || n, 'workspace', '${ids.member}', '${ids.member}',
       case when n % 4 = 0 then now() - interval '31 days' end
     from ${things}`,
    `insert into private.view_versions (workspace_id, view_id, version, saved_by)
     select '${ours}', ${id('d', 'n')}, 1, '${ids.member}' from ${things}`,
    `insert into public.widgets (workspace_id, id, view_id, open_to, component_audience, component_key,
       built_in_component, x, y, width, height)
     select v.workspace_id, ${id('e', 'right(v.id::text, 12)::integer')}, v.id, v.open_to, 'writers',
       'total-revenue', 'total-revenue', 0, 0, 3, 2
     from public.dashboard_views v`,
    `insert into private.widget_versions (workspace_id, view_id, widget_id, from_version, until_version, document)
     select '${ours}', ${id('d', 'n')}, ${id('e', 'n')}, 1, 1, '{}' from ${things}`,
    `insert into public.preferences (workspace_id, user_id, active_dashboard_view, default_dashboard_view)
     select '${ours}', ${id('a', 'n')}, ${id('d', 'n')}, ${id('d', 'n')} from generate_series(1, ${people}) as n`,
    `insert into public.dashboard_view_shares (workspace_id, view_id, user_id)
     select '${ours}', ${id('d', 'n')}, ${someone} from ${things}`,
    `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access, granted_by)
     select '${ours}', 'widget', ${id('e', 'n')}, ${someone}, 'view', '${ids.member}' from ${things}`,
    `insert into public.role_default_views (workspace_id, role_key, view_id)
     select '${ours}', 'role-' || n, ${id('d', 'n')} from ${things}`,
    `insert into public.themes (workspace_id, name, colors, visibility, created_by)
     select '${ours}', 'Theme ' || n, t.colors, 'workspace', '${ids.member}'
     from ${things}, public.built_in_themes t where t.key = 'default'`,
    `insert into public.components (workspace_id, key, type, created_by)
     select '${ours}', 'gauge-' || n, 'stats', '${ids.member}' from ${things}`,
    `insert into public.workspace_invitations (workspace_id, id, email, role_key, invited_by, expires_at)
     select '${ours}', ${id('f', 'n')}, 'invited-' || n || '@example.com', 'viewer', '${ids.member}', now()
     from ${things}`,
    `insert into private.invitation_tokens (workspace_id, invitation_id, token_hash)
     select '${ours}', ${id('f', 'n')}, sha256(n::text::bytea) from ${things}`,
    `insert into public.notifications (workspace_id, user_id, kind, title, actor_id)
     select '${ours}', ${someone}, 'view_shared', 'View ' || n || ' was shared with you', '${ids.member}'
     from ${things}`,
    `insert into private.notification_mails (workspace_id, notification_id, user_id)
     select workspace_id, id, user_id from public.notifications`,
    `insert into public.support_tickets (workspace_id, id, number, subject, status, priority, first_answer_due_at,
       opened_by, idempotency_key)
     select '${ours}', ${id('b', 'n')}, n, 'Ticket ' || n, 'closed', 'normal', now(), '${ids.member}', ${id('b', 'n')}
     from ${things}`,
    `insert into public.support_messages (workspace_id, ticket_id, number, author_type, author_id, body,
       idempotency_key)
     select '${ours}', ${id('b', 'n')}, 1, 'person', '${ids.member}', 'Help', ${id('b', 'n')} from ${things}`,
    `insert into private.support_notes (workspace_id, ticket_id, body)
     select '${ours}', ${id('b', 'n')}, 'Seen before' from ${things}`,
    `insert into private.marketplace_bundles (content_hash, bundle) values (repeat('0', 64), '{}')`,
    `insert into public.marketplace_listings (id, kind, name, author, description, category, licence)
     select ${id('c', 'n')}, 'theme', 'Listing ' || n, 'Author', 'Many', 'design', 'MIT' from ${things}`,
    `insert into private.marketplace_publishers (workspace_id, listing_id, name_form, author_form, created_by)
     select '${ours}', ${id('c', 'n')}, n::text, 'author', '${ids.member}' from ${things}`,
    `insert into public.marketplace_versions (listing_id, version, content_hash, size)
     select ${id('c', 'n')}, '1.0.0', repeat('0', 64), 2 from ${things}`,
    `insert into public.marketplace_installs (workspace_id, listing_id, kind, name, author, version, content_hash, view_id)
     select '${ours}', ${id('c', 'n')}, 'view', 'Copy', 'Author', '1.0.0', repeat('0', 64), ${id('d', 'n')}
     from ${things}`,
    `insert into private.marketplace_steps (workspace_id, install_id, number, version, content_hash, view_id,
       replaced_version, installed_by)
     select i.workspace_id, i.id, 1, i.version, i.content_hash, i.view_id, 1, '${ids.member}'
     from public.marketplace_installs i`,
    `insert into private.marketplace_ratings (workspace_id, listing_id, stars, rated_by)
     select '${ours}', ${id('c', 'n')}, 5, '${ids.member}' from ${things}`,
    `insert into public.audit_log (workspace_id, actor_id, actor_type, action, table_name, row_id, changes, ip)
     select '${ours}', '${ids.member}', 'user', 'update', 'themes', n::text, '{}', '192.0.2.1' from ${things}`,
  ]
}
