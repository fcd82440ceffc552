-- All that is stored about a person, as one JSON document for that person.
--
-- One function a subject, each answering for one account, put together here: a table that holds personal data has its
-- own `export_…` beside it, and a line in this document. Those of Auth, which has no folder here, stand in this file.
--
-- Threats: reading somebody else's data (the parts take anyone's id, so they are granted to nobody and called by the
-- one definer, which takes none); learning about other people from one's own data (told are the person's own acts and
-- addresses: of an invitation that they sent, the address is the other's, and of one that they received, the inviter
-- is); secrets in a download (no password hash, no token).

create function private.export_account(p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
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
    where u.id = p_user_id
  );
end;
$$;

comment on function private.export_account(uuid) is 'The account as Auth knows it, without password and tokens.';

create function private.export_identities(p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'provider', i.provider,
      'data', i.identity_data,
      'createdAt', i.created_at,
      'lastSignInAt', i.last_sign_in_at
    ) order by i.created_at, i.provider), '[]')
    from auth.identities i
    where i.user_id = p_user_id
  );
end;
$$;

comment on function private.export_identities(uuid) is
  'The ways in which the person can sign in, with what each provider told about them.';

create function private.export_sessions(p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'createdAt', s.created_at,
      'updatedAt', s.updated_at,
      'userAgent', s.user_agent,
      'ip', host(s.ip)
    ) order by s.created_at), '[]')
    from auth.sessions s
    where s.user_id = p_user_id
  );
end;
$$;

comment on function private.export_sessions(uuid) is
  'Where the person is signed in: browser and address of each session.';

create function public.export_my_data() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.export_my_data();
end;
$$;

comment on function public.export_my_data() is
  'All personal data of the caller as one JSON document: version (1), exportedAt, account, identities, sessions, '
  'profile, memberships, preferences, themes, views, workspacesCreated, files, invitations {sent, received}, '
  'audit. Sections may be added; `version` changes when one changes its meaning. Errors: not_signed_in.';

grant execute on function public.export_my_data() to authenticated;

create function private.export_my_data() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if not exists (select from public.profiles where id = v_user_id) then
    perform private.account_not_found();
  end if;

  return jsonb_build_object(
    'version', 1,
    'exportedAt', now(),
    'account', private.export_account(v_user_id),
    'identities', private.export_identities(v_user_id),
    'sessions', private.export_sessions(v_user_id),
    'profile', private.export_profile(v_user_id),
    'memberships', private.export_memberships(v_user_id),
    'preferences', private.export_preferences(v_user_id),
    'themes', private.export_themes(v_user_id),
    'views', private.export_views(v_user_id),
    'workspacesCreated', private.export_workspaces_created(v_user_id),
    'files', private.export_files(v_user_id),
    'invitations', private.export_invitations(v_user_id),
    'audit', private.export_audit(v_user_id)
  );
end;
$$;

comment on function private.export_my_data() is
  'The caller''s data, section by section. Definer: the account is Auth''s, and a person may know what is stored '
  'about them where they are suspended, too.';

grant execute on function private.export_my_data() to authenticated;
