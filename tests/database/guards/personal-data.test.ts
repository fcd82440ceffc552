import { expect, it } from 'vitest'
import { guardSuite, ours } from '../../support/database/guard-suite.ts'

// export_my_data is all that is stored about a person: what names somebody has a part in it, or a reason for none.

const { query } = guardSuite()

/** By the part that tells of it. */
const told: Record<string, string[]> = {
  account: ['auth.users.email'],
  agents: ['private.agents.owner_id'],
  analytics: ['private.analytics_events.user_id'],
  active_days: ['private.analytics_person_days.user_id'],
  analytics_choice: ['private.analytics_choices.user_id'],
  ai_usage: ['private.ai_usage.user_id'],
  api_keys: ['private.api_keys.created_by'],
  audit: ['public.audit_log.actor_id', 'public.audit_log.claimed_ip', 'public.audit_log.ip'],
  components: ['public.component_versions.published_by'],
  conversations: ['private.conversations.owner_id'],
  invitations_received: ['public.workspace_invitations.accepted_by', 'public.workspace_invitations.email'],
  invitations_sent: ['public.workspace_invitations.invited_by'],
  marketplace_listings: ['private.marketplace_publishers.created_by'],
  marketplace_ratings: ['private.marketplace_ratings.rated_by'],
  marketplace_reports: ['private.marketplace_reports.reported_by'],
  memberships: ['public.workspace_members.user_id'],
  notification_preferences: ['public.notification_preferences.user_id'],
  notifications: ['public.notifications.user_id'],
  preferences: ['public.preferences.user_id'],
  profile: ['public.profiles.email', 'public.profiles.id'],
  shares: ['public.dashboard_view_shares.user_id'],
  survey_answers: ['private.survey_answers.user_id'],
  support_messages: ['public.support_messages.author_id'],
  support_tickets: ['public.support_tickets.opened_by'],
  themes: ['public.themes.created_by', 'public.themes.owner_id'],
  view_versions: ['private.view_versions.saved_by'],
  views: ['public.dashboard_views.created_by', 'public.dashboard_views.owner_id'],
  workspaces_created: ['public.workspaces.created_by'],
  workspaces_deleted: [
    'private.deleted_workspaces.claimed_ip',
    'private.deleted_workspaces.deleted_by',
    'private.deleted_workspaces.ip',
  ],
}

const untold: Record<string, string> = {
  'private.active_members.member_id': 'the memberships tell the same',
  'private.ai_usage_daily.user_id': 'they are the sums of what aiUsage tells',
  'private.analytics_person_months.user_id': 'they are the sums of what active_days tells',
  'private.analytics_views.user_id': 'the view is theirs, and views tells of it',
  'private.ai_credits_of_people.email_digest':
    'entitlements tells what it comes to; it is forgotten when the month is over',
  'private.answers.email_digest': 'is forgotten when the answer has ended',
  'private.checkout_sessions.email_digest': 'begin_checkout tells what it comes to',
  'private.trials.email_digest': 'begin_checkout tells what it comes to',
  'private.answers.owner_id': 'the conversations tell the same',
  'private.conversation_words.owner_id': 'the messages tell the same',
  'private.member_keys.user_id': 'it is made of what the profile and the memberships tell',
  'private.view_watchers.user_id':
    'which views are on screen is forgotten within hours, and asked of nobody else',
  'private.suspended_leavers.user_id': 'they are told where it matters: when they are invited again',
  'private.usage_holds.user_id':
    'is forgotten a month after the work ended; what was made with it tells the rest',
  'private.mails.user_id': 'the notifications that are mailed tell the same',
  'private.notification_mails.user_id': 'the notification that is mailed tells the same',
  'private.shares_to_tell.actor_id': 'is forgotten when all were told; the audit tells of the share',
  'private.marketplace_steps.installed_by': 'the audit tells what the person did',
  'private.widget_snapshots.kept_by': 'it is data of the workspace, and asks nothing but whose it is to read',
  'public.components.created_by': 'the first of its versions tells the same',
  'public.notifications.actor_id': 'what others were told is theirs; the audit tells what the person did',
  'public.resource_grants.granted_by': 'the audit tells what the person did',
  'public.resource_grants.user_id':
    'what is withheld from somebody is not told to them; explain_access tells the rest',
}

it('what names a person is told to them', async () => {
  const rows = await query<{ column: string }>(
    `select c.oid::regclass::text as table, format('%s.%s.%s', n.nspname, c.relname, a.attname) as column
     from pg_attribute a
     join pg_class c on c.oid = a.attrelid
     join pg_namespace n on n.oid = c.relnamespace
     where ${ours} and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
       and (
         a.atttypid = 'inet'::regtype
         or a.attname ~ 'email|phone'
         or (a.atttypid = 'uuid'::regtype and a.attname ~ '(_by|user_id|owner_id|actor_id|person_id|member_id)$')
         or exists (
           select from pg_constraint k
           where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey)
             and k.confrelid in ('public.profiles'::regclass, 'auth.users'::regclass)))`,
  )
  const known = [...Object.values(told).flat(), ...Object.keys(untold)]
  expect(rows.map(({ column }) => column).sort()).toEqual(
    known.filter((column) => !column.startsWith('auth.')).sort(),
  )
})

it.each(Object.entries(told))(
  'the part %s reads what it tells of, and is in the whole',
  async (part, columns) => {
    const sourceOf = async (name: string) =>
      (
        await query<{ source: string }>('select prosrc as source from pg_proc where oid = $1::regproc', [
          name,
        ])
      )[0]?.source
    const source = await sourceOf(`private.export_${part}`)
    for (const column of columns) {
      const [schema, table, name] = column.split('.')
      expect(source).toContain(`${schema}.${table} `)
      expect(source).toMatch(new RegExp(`\\.${name}\\b`))
    }
    expect(await sourceOf('private.export_my_data')).toContain(`private.export_${part}(v_user_id, p_after)`)
  },
)

it('every function that tells a person’s data is in the whole', async () => {
  const rows = await query<{ name: string }>(
    `select p.proname as name from pg_proc p
     where p.pronamespace = 'private'::regnamespace and p.prorettype = 'refcursor'::regtype
       and position(format('private.%I(v_user_id, p_after)', p.proname) in (
         select m.prosrc from pg_proc m where m.oid = 'private.export_my_data'::regproc)) = 0`,
  )
  expect(rows).toEqual([])
})
