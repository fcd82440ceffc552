-- All that is stored about a person, for that person, in parts: together they have no limit, and one answer has.
--
-- One function a part, each a cursor over the rows of one account (00_foundation/74_pages.sql): a table that holds
-- personal data has its own `export_…` beside it, and a line here. Those of Auth, which has no folder here, stand in
-- this file.
--
-- Threats: reading somebody else's data (the parts take anyone's id, so they are granted to nobody and called by the
-- one definer, which takes none; where to go on is a place among the caller's own rows); learning about other people
-- from one's own data (told are the person's own acts and addresses: of an invitation that they sent, the address is
-- the other's, and of one that they received, the inviter is); secrets in a download (no password hash, no token).

create function private.export_account(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(u.id), jsonb_build_object(
      'id', u.id,
      'email', u.email,
      'emailVerifiedAt', u.email_confirmed_at,
      'phone', u.phone,
      'phoneVerifiedAt', u.phone_confirmed_at,
      'metadata', u.raw_user_meta_data,
      'createdAt', u.created_at,
      'updatedAt', u.updated_at,
      'lastSignInAt', u.last_sign_in_at
    )
    from auth.users u
    where u.id = p_user_id and u.id > v_after[1]::uuid;
  return v_rows;
end;
$$;

comment on function private.export_account(uuid, text) is
  'The account as Auth knows it, without password and tokens.';

create function private.export_identities(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(i.id), jsonb_build_object(
      'provider', i.provider,
      'data', i.identity_data,
      'createdAt', i.created_at,
      'lastSignInAt', i.last_sign_in_at
    )
    from auth.identities i
    where i.user_id = p_user_id and i.id > v_after[1]::uuid
    order by i.id;
  return v_rows;
end;
$$;

comment on function private.export_identities(uuid, text) is
  'The ways in which the person can sign in, with what each provider told about them.';

create function private.export_sessions(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(s.id), jsonb_build_object(
      'createdAt', s.created_at,
      'updatedAt', s.updated_at,
      'userAgent', s.user_agent,
      'ip', host(s.ip)
    )
    from auth.sessions s
    where s.user_id = p_user_id and s.id > v_after[1]::uuid
    order by s.id;
  return v_rows;
end;
$$;

comment on function private.export_sessions(uuid, text) is
  'Where the person is signed in: browser and address of each session.';

create function public.export_my_data(part text default null, after text default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.export_my_data(part, after);
end;
$$;

comment on function public.export_my_data(text, text) is
  'All personal data of the caller, a page a call (types/my-data.ts puts them together). Without a part: {version, '
  'exportedAt, parts}, the names of the parts. With one: {part, rows, next}, at most 500 rows and up to the one that '
  'makes it 1 MiB; `next` is null on the last page, else what to give as `after`. Parts may be added; `version` (2) '
  'changes when one changes its meaning. Errors: not_signed_in, invalid_input (part, after).';

grant execute on function public.export_my_data(text, text) to authenticated;

create function private.export_my_data(p_part text, p_after text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_parts constant text[] := '{account,identities,sessions,profile,memberships,preferences,themes,views,'
    'viewVersions,shares,components,workspacesCreated,workspacesDeleted,files,invitationsSent,invitationsReceived,'
    'notifications,notificationPreferences,supportTickets,supportMessages,marketplaceListings,'
    'marketplaceRatings,marketplaceReports,apiKeys,agents,conversations,messages,'
    'aiUsage,analytics,activeDays,analyticsChoice,surveyAnswers,audit}';
  v_user_id constant uuid := auth.uid();
  v_rows refcursor;
begin
  if not exists (select from public.profiles where id = v_user_id) then
    perform private.account_not_found();
  end if;
  if p_part is null and p_after is not null then
    perform private.raise_invalid_input('after',
      'It continues a part, and none is named.', 'Give `part`, too, or leave `after` out.');
  elsif p_part is null then
    return jsonb_build_object('version', 2, 'exportedAt', private.timestamp_text(now()), 'parts', c_parts);
  end if;

  v_rows := case p_part
    when 'account' then private.export_account(v_user_id, p_after)
    when 'identities' then private.export_identities(v_user_id, p_after)
    when 'sessions' then private.export_sessions(v_user_id, p_after)
    when 'profile' then private.export_profile(v_user_id, p_after)
    when 'memberships' then private.export_memberships(v_user_id, p_after)
    when 'preferences' then private.export_preferences(v_user_id, p_after)
    when 'themes' then private.export_themes(v_user_id, p_after)
    when 'views' then private.export_views(v_user_id, p_after)
    when 'viewVersions' then private.export_view_versions(v_user_id, p_after)
    when 'shares' then private.export_shares(v_user_id, p_after)
    when 'components' then private.export_components(v_user_id, p_after)
    when 'workspacesCreated' then private.export_workspaces_created(v_user_id, p_after)
    when 'workspacesDeleted' then private.export_workspaces_deleted(v_user_id, p_after)
    when 'files' then private.export_files(v_user_id, p_after)
    when 'invitationsSent' then private.export_invitations_sent(v_user_id, p_after)
    when 'invitationsReceived' then private.export_invitations_received(v_user_id, p_after)
    when 'notifications' then private.export_notifications(v_user_id, p_after)
    when 'notificationPreferences' then private.export_notification_preferences(v_user_id, p_after)
    when 'supportTickets' then private.export_support_tickets(v_user_id, p_after)
    when 'supportMessages' then private.export_support_messages(v_user_id, p_after)
    when 'marketplaceListings' then private.export_marketplace_listings(v_user_id, p_after)
    when 'marketplaceRatings' then private.export_marketplace_ratings(v_user_id, p_after)
    when 'marketplaceReports' then private.export_marketplace_reports(v_user_id, p_after)
    when 'apiKeys' then private.export_api_keys(v_user_id, p_after)
    when 'agents' then private.export_agents(v_user_id, p_after)
    when 'conversations' then private.export_conversations(v_user_id, p_after)
    when 'messages' then private.export_messages(v_user_id, p_after)
    when 'aiUsage' then private.export_ai_usage(v_user_id, p_after)
    when 'analytics' then private.export_analytics(v_user_id, p_after)
    when 'activeDays' then private.export_active_days(v_user_id, p_after)
    when 'analyticsChoice' then private.export_analytics_choice(v_user_id, p_after)
    when 'surveyAnswers' then private.export_survey_answers(v_user_id, p_after)
    when 'audit' then private.export_audit(v_user_id, p_after)
  end;
  if v_rows is null then
    perform private.raise_invalid_input('part',
      'A person''s data has no such part.', format('Give one of %s.', array_to_string(c_parts, ', ')));
  end if;
  return jsonb_build_object('part', p_part) || private.page_of(v_rows);
end;
$$;

comment on function private.export_my_data(text, text) is
  'A page of the caller''s data. Definer: the account is Auth''s, and a person may know what is stored about them '
  'where they are suspended, too.';

grant execute on function private.export_my_data(text, text) to authenticated;
