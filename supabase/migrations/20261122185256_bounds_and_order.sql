set local lock_timeout = '5s';
set local statement_timeout = '5min';
set local check_function_bodies = off;

CREATE OR REPLACE FUNCTION private.accept_invitation(p_token text)
 RETURNS public.workspace_members
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
  v_token_hash constant bytea := private.invitation_token_hash(p_token);
  v_invitation public.workspace_invitations;
  v_member public.workspace_members;
begin
  -- A token of Auth outlives its account by up to an hour. The locks come in the order in which the deletion of an
  -- account or of a workspace takes them: account, workspace, invitation.
  perform from public.profiles where id = v_user_id for key share;
  if not found then
    perform private.raise_error('not_signed_in',
      'Accepting an invitation takes an account.', null, 'Sign in with the invited address and try again.');
  end if;
  perform private.lock_workspace(
    (select i.workspace_id from public.workspace_invitations i where i.token_hash = v_token_hash));

  -- First locked, then read: whoever comes second waits here, and reads that it has been accepted.
  perform from public.workspace_invitations i where i.token_hash = v_token_hash for update;
  v_invitation := private.open_invitation(p_token);
  if v_invitation.id is null or v_invitation.email is distinct from private.confirmed_email(v_user_id) then
    perform private.raise_invitation_not_valid();
  end if;

  insert into public.workspace_members (workspace_id, user_id, role_key)
  values (v_invitation.workspace_id, v_user_id, v_invitation.role_key)
  on conflict (workspace_id, user_id) do nothing
  returning * into v_member;
  -- An invitation makes members; it neither promotes one nor lifts a suspension.
  if not found then
    perform private.raise_error('conflict',
      'You are a member of this workspace already.', null,
      'Ask an administrator of the workspace to change your role or your status.');
  end if;

  update public.workspace_invitations i
  set accepted_at = now(), accepted_by = v_user_id
  where i.workspace_id = v_invitation.workspace_id and i.id = v_invitation.id;
  return v_member;
end;
$function$;

CREATE OR REPLACE FUNCTION private.delete_my_account()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
  v_held jsonb;
begin
  perform private.wait_for_account_deletions();

  -- Whoever writes a row that names the person holds a weaker lock on this one.
  perform from public.profiles where id = v_user_id for update;
  if not found then
    perform private.raise_error('not_signed_in',
      'This session belongs to no account.', null, 'Sign in and try again.');
  end if;

  -- First the memberships and then their workspaces, as every change of a member does; in the order of the ids, so
  -- that two who share several workspaces wait for each other and never in a circle.
  perform from public.workspace_members where user_id = v_user_id order by workspace_id for update;
  perform from public.workspaces
  where id in (select workspace_id from public.workspace_members where user_id = v_user_id)
  order by id
  for update;

  v_held := (
    select jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name) order by w.name, w.id)
    from public.workspace_members m
    join public.workspaces w on w.id = m.workspace_id
    where m.user_id = v_user_id and private.is_last_admin(m.workspace_id, v_user_id)
  );
  if v_held is not null then
    perform private.raise_error('last_admin',
      'You are the last admin of a workspace with other people in it.', v_held::text,
      'Make somebody else an admin of each of these workspaces, or delete them.');
  end if;

  -- An address that was never confirmed may be anybody's, and so may its invitations.
  delete from public.workspace_invitations i
  using auth.users u
  where u.id = v_user_id and u.email_confirmed_at is not null and i.email = lower(u.email);

  -- A sign-in with another provider that was never finished; nothing refers to the account there.
  delete from auth.flow_state where user_id = v_user_id;
  delete from auth.users where id = v_user_id;

  -- Last, since the deletion is audited too.
  perform private.scrub_audit_of(v_user_id);
  perform private.remove_orphaned_avatars();
end;
$function$;

CREATE OR REPLACE FUNCTION private.delete_workspace(p_workspace_id text, p_name text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(p_workspace_id, 'workspace.delete');

  -- First the members and then their workspace, as every change of a member does.
  perform from public.workspace_members where workspace_id = p_workspace_id order by user_id for update;
  delete from public.workspaces where id = p_workspace_id and name = p_name;
  if not found then
    perform private.raise_invalid_input('name',
      'This is not the name of the workspace.', 'Type the name exactly as it is shown.');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.leave_workspace(p_workspace_id text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.require_workspace_id(p_workspace_id);

  delete from public.workspace_members
  where workspace_id = p_workspace_id and user_id = (select auth.uid()) and status = 'active';
  if not found then
    perform private.raise_error('not_found',
      'There is no such workspace, or you are not in it.', 'workspace_id', 'Check the id of the workspace.');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.list_members(p_workspace_id text, p_search text, p_role text, p_status text, p_sort text, p_direction text, p_page integer, p_per_page integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
 SET random_page_cost TO '1.1'
AS $function$
declare
  -- Names sort as people expect in every database, whatever its own collation.
  v_order constant text := case p_sort
    when 'name' then 'name collate "und-x-icu"'
    when 'email' then 'email'
    when 'role' then 'role_key'
    when 'joined_at' then 'created_at'
  end || case p_direction when 'asc' then ' asc' when 'desc' then ' desc' end;
  v_pattern constant text := '%' || regexp_replace(nullif(btrim(p_search), ''), '([\\%_])', '\\\1', 'g') || '%';
  v_total bigint;
  v_page uuid[];
  v_members jsonb;
begin
  perform private.require_permission(p_workspace_id, 'members.read');

  if p_role is not null then
    perform private.require_role(p_workspace_id, p_role, 'role');
  end if;
  if p_status is not null then
    perform private.require_member_status(p_status);
  end if;
  if char_length(p_search) > 255 then
    perform private.raise_invalid_input('search',
      'A search must not be longer than 255 characters.', 'Search for a part of the name or address.');
  end if;
  if p_sort is null or p_sort not in ('name', 'email', 'role', 'joined_at') then
    perform private.raise_invalid_input('sort',
      'Members cannot be sorted by this.', 'Give "name", "email", "role" or "joined_at".');
  end if;
  if p_direction is null or p_direction not in ('asc', 'desc') then
    perform private.raise_invalid_input('direction', 'A list runs one way or the other.', 'Give "asc" or "desc".');
  end if;
  if p_page is null or p_page < 1 then
    perform private.raise_invalid_input('page', 'Pages are counted from 1.', 'Give 1 or more.');
  end if;
  if p_per_page is null or p_per_page not between 1 and 100 then
    perform private.raise_invalid_input('per_page', 'A page has 1 to 100 members.', 'Give a number from 1 to 100.');
  end if;

  -- Planned for these values: five people and five thousand want different plans. Without a search neither the total
  -- nor an order by role reads a profile; with one, the people are matched once for both. The outer join and the
  -- coalesce hold the planner to this workspace's people: left to itself it expects the pattern to be rare, and
  -- matches everybody's. The ids come last in the order, so that equals keep their places from page to page.
  execute format(
    'with matching as %s (
       select m.user_id, m.role_key, m.created_at, p.name, p.email
       from public.workspace_members m
       left join public.profiles p on p.id = m.user_id
       where m.workspace_id = $1
         and ($2 is null or m.role_key = $2)
         and ($3 is null or m.status = $3)
         and ($4 is null or coalesce(p.name ilike $4 or p.email ilike $4, false))
     )
     select (select count(*) from matching),
       array(
         select user_id from matching
         order by %s nulls last, user_id
         limit $5 offset ($6 - 1)::bigint * $5
       )',
    case when v_pattern is null then 'not materialized' else 'materialized' end, v_order)
  into v_total, v_page
  using p_workspace_id, p_role, p_status, v_pattern, p_per_page, p_page;

  select coalesce(jsonb_agg(private.member_document(m, p) order by x.place), '[]') into v_members
  from unnest(v_page) with ordinality as x (user_id, place)
  join public.workspace_members m on m.workspace_id = p_workspace_id and m.user_id = x.user_id
  join public.profiles p on p.id = m.user_id;

  return jsonb_build_object('total', v_total, 'page', p_page, 'perPage', p_per_page, 'members', v_members);
end;
$function$;

CREATE OR REPLACE FUNCTION private.my_access(p_workspace_id text, p_resource_type text, p_resource_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  c_levels constant text[] := '{none,view,edit,manage}';
  v_permissions constant text[] := private.permissions_in(p_workspace_id);
  v_by_role constant text := case
    when not 'dashboards.read' = any (v_permissions) then 'none'
    when not 'dashboards.write' = any (v_permissions) then 'view'
    when not 'grants.write' = any (v_permissions) then 'edit'
    else 'manage'
  end;
  v_by_grant text;
begin
  perform private.require_workspace_id(p_workspace_id);
  if p_resource_type is null or p_resource_type not in ('dashboard', 'widget') then
    perform private.raise_invalid_input('resource_type',
      'There is no access to this kind of thing.', 'Give "dashboard" or "widget".');
  end if;

  select g.access into v_by_grant
  from private.grants_of_caller(p_resource_type) g
  where g.workspace_id = p_workspace_id and g.resource_id = p_resource_id;

  return case
    when v_by_grant = 'none' then 'none'
    else c_levels[greatest(array_position(c_levels, v_by_role), array_position(c_levels, v_by_grant))]
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.open_invitation(p_token text)
 RETURNS public.workspace_invitations
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_invitation public.workspace_invitations;
begin
  select i.* into v_invitation
  from public.workspace_invitations i
  join public.workspaces w on w.id = i.workspace_id
  join public.workspace_roles given on given.workspace_id = i.workspace_id and given.key = i.role_key
  join public.workspace_members inviter on inviter.workspace_id = i.workspace_id and inviter.user_id = i.invited_by
  join public.workspace_roles held on held.workspace_id = i.workspace_id and held.key = inviter.role_key
  where i.token_hash = private.invitation_token_hash(p_token)
    and i.accepted_at is null
    and i.revoked_at is null
    and i.expires_at > now()
    and inviter.status = 'active'
    and 'members.invite' = any (held.permissions)
    and given.permissions <@ held.permissions
    and (given.is_built_in or w.plan_type = 'premium');
  return v_invitation;
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_permission(p_workspace_id text, p_permission text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_held constant text[] := private.permissions_in(p_workspace_id);
begin
  if p_permission = any (v_held) then
    return;
  end if;
  perform private.require_workspace_id(p_workspace_id);
  if v_held = '{}' then
    perform private.raise_error('not_found',
      'There is no such workspace, or you are not in it.', 'workspace_id', 'Check the id of the workspace.');
  end if;
  perform private.raise_error('permission_denied',
    'Your role in this workspace does not permit this.', p_permission,
    'Ask an administrator of the workspace for this permission.');
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_role_of_plan(p_workspace_id text, p_role_key text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  if p_role_key not in ('admin', 'member', 'viewer') then
    perform private.require_premium(p_workspace_id, 'custom_roles');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_role_to_give(p_workspace_id text, p_role text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_permissions text[];
begin
  select r.permissions into v_permissions
  from public.workspace_roles r
  where r.workspace_id = p_workspace_id and r.key = p_role;

  if not found then
    perform private.raise_invalid_input('role',
      'The workspace has no such role.', 'Give the key of one of its roles, such as "member".');
  end if;
  perform private.require_held(p_workspace_id, v_permissions);
  perform private.require_role_of_plan(p_workspace_id, p_role);
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_workspace_id(p_workspace_id text)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  if (p_workspace_id ~ '^WK-[0-9A-HJKMNP-TV-Z]{9}$') is not true then
    perform private.raise_invalid_input('workspace_id',
      'This is not the id of a workspace.', 'Give "WK-" and nine digits or capital letters, such as "WK-7Q2M9XKT4".');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.session_context()
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_context constant jsonb := (
    select jsonb_build_object(
      'user', jsonb_build_object(
        'id', p.id,
        'name', p.name,
        'email', p.email,
        'emailVerifiedAt', u.email_confirmed_at,
        'avatarPath', p.avatar_path,
        'avatarUrl', '/storage/v1/object/public/avatars/' || private.url_encoded_path(p.avatar_path),
        'locale', p.locale,
        'createdAt', p.created_at,
        'updatedAt', p.updated_at
      ),
      'workspaces', coalesce(
        (
          select jsonb_agg(
            jsonb_build_object(
              'id', w.id,
              'name', w.name,
              'status', m.status,
              'joinedAt', m.created_at,
              'role', case when m.status = 'active' then jsonb_build_object('key', r.key, 'name', r.name) end,
              'permissions', case when m.status = 'active' then r.permissions else '{}' end,
              'plan', case when m.status = 'active' then w.plan_type end,
              'features', case when m.status = 'active' then coalesce(f.features, '{}') else '{}' end
            )
            order by w.name, w.id
          )
          from public.workspace_members m
          join public.workspaces w on w.id = m.workspace_id
          join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
          left join public.plans f on f.key = w.plan_type
          where m.user_id = p.id
        ),
        '[]'
      ),
      'preferences', jsonb_build_object('locale', p.locale)
    )
    from public.profiles p
    join auth.users u on u.id = p.id
    where p.id = (select auth.uid())
  );
begin
  -- A token outlives its account by up to an hour.
  if v_context is null then
    perform private.raise_error('not_signed_in',
      'This session belongs to no account.', null, 'Sign in and try again.');
  end if;

  return v_context;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_profiles_validate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.name := private.clean_text(new.name);

  if coalesce(char_length(new.name), 0) not between 1 and 100 then
    perform private.raise_invalid_input('name',
      'A name must have 1 to 100 visible characters.', 'Shorten the name, or give one.');
  end if;
  if new.locale is null or new.locale !~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$' then
    perform private.raise_invalid_input('locale',
      'The locale is not a language tag.', 'Give a tag such as "en", "de" or "pt-BR".');
  end if;
  if new.avatar_path is not null
    and not (
      starts_with(new.avatar_path, new.id::text || '/')
      and char_length(new.avatar_path) <= 255
      -- Browsers resolve dots, and every colleague's browser asks for this address.
      and new.avatar_path !~ '(^|/)\.{1,2}(/|$)'
    )
  then
    perform private.raise_invalid_input('avatar_path',
      'An avatar lies in its person''s own folder.',
      'Upload the picture to the bucket "avatars" as "<your user id>/<file name>" and give that path.');
  end if;

  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_profiles_wait_to_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.wait_for_account_deletions();
  return old;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_workspace_members_check_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.lock_workspace(old.workspace_id);
  if (select auth.uid()) is not null then
    perform private.require_permission(old.workspace_id, 'members.update');
  end if;
  perform private.require_role(old.workspace_id, new.role_key, 'role_key');
  perform private.require_member_status(new.status);
  if (select auth.uid()) is not null then
    -- The role that is taken away counts too, and counts while suspended: letting an admin back in gives it.
    perform private.require_held_roles(old.workspace_id, array[old.role_key, new.role_key]);
    if new.role_key <> old.role_key then
      perform private.require_role_of_plan(old.workspace_id, new.role_key);
    end if;
  end if;

  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.wait_for_account_deletions()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform pg_advisory_xact_lock(hashtextextended('private.wait_for_account_deletions', 0));
end;
$function$;

CREATE OR REPLACE FUNCTION public.update_workspace_settings(workspace_id text, patch jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_settings jsonb;
begin
  perform private.require_permission(workspace_id, 'workspace.update');
  if jsonb_typeof(patch) is distinct from 'object' then
    perform private.raise_invalid_input('patch',
      'A patch of the settings must be a JSON object.', 'Give the settings that change; null removes one.');
  end if;
  -- Enough to remove or replace every setting; merging takes the square of the number of members.
  if octet_length(patch::text) > 65536 then
    perform private.raise_invalid_input('patch',
      'A patch of the settings must not be larger than 64 KiB.', 'Keep large things in tables of their own.');
  end if;

  -- Merged inside of the update: of two patches at the same moment the later one sees what the first has written.
  update public.workspaces w
  set settings = private.merge_patch(w.settings, update_workspace_settings.patch)
  where w.id = update_workspace_settings.workspace_id
  returning w.settings into v_settings;

  if not found then
    perform private.raise_error('not_found',
      'There is no such workspace, or you are not in it.', 'workspace_id', 'Check the id of the workspace.');
  end if;
  return v_settings;
end;
$function$;

CREATE TRIGGER profiles_wait_to_delete BEFORE DELETE ON public.profiles FOR EACH ROW EXECUTE FUNCTION private.tg_profiles_wait_to_delete();

COMMENT ON FUNCTION "private"."open_invitation"(text) IS 'The invitation that a token opens, or a row of nulls: pending, not expired, from an active member who may invite and holds every permission of the role, and to a role of the plan.';

COMMENT ON FUNCTION "private"."require_permission"(text, text) IS 'Refuses a caller who lacks a permission in a workspace. Errors: not_found for who is not in it, permission_denied with the permission in `details` for who is, invalid_input (workspace_id) for what cannot be an id.';

COMMENT ON FUNCTION "private"."require_role_of_plan"(text, text) IS 'Refuses to give a custom role on the free plan. Error: payment_required.';

COMMENT ON FUNCTION "private"."require_role_to_give"(text, text) IS 'Refuses a role that the workspace lacks, one that holds a permission that the caller lacks, and a custom one on the free plan. Errors: invalid_input (role), permission_denied, payment_required.';

COMMENT ON FUNCTION "private"."require_workspace_id"(text) IS 'Refuses what cannot be the id of a workspace. Error: invalid_input (workspace_id).';

COMMENT ON FUNCTION "private"."tg_profiles_wait_to_delete"() IS 'Before delete, which Auth and Studio cause too: one account after the other.';

COMMENT ON FUNCTION "private"."tg_workspace_members_check_update"() IS 'Before update: the role must exist, and the caller hold members.update and everything that the role before and the role after permit; another role must be of the plan. Errors: not_found, permission_denied, invalid_input (role_key, status), payment_required. Definer: it locks the workspace and reads roles, which the caller may not.';

COMMENT ON FUNCTION "private"."wait_for_account_deletions"() IS 'Lets accounts be deleted one after the other. A deletion writes wherever the person left a trace, in no order: of two people in each other''s workspaces, each would wait for the other.';

COMMENT ON FUNCTION "public"."change_member"(text, uuid, text, text) IS 'Changes the role, the status (active, suspended) or both of a member, and returns the member as get_member does. Takes members.update and every permission of the role before and after, and for another custom role the premium plan. Errors: not_found, permission_denied, invalid_input (role, status), payment_required, last_admin.';

COMMENT ON FUNCTION "public"."create_invitation"(text, text, text) IS 'Invites an address to a role and returns {id, email, role, token, expiresAt}. The token is shown this once: put it into the link that is sent to that address. Takes members.invite and every permission of the role, and for a custom role the premium plan. Errors: not_found, permission_denied, invalid_input (email, role), payment_required, conflict (invited already, in the workspace already, or 100 pending on the free plan).';

COMMENT ON FUNCTION "public"."list_members"(text, text, text, text, text, text, integer, integer) IS 'A page of the members of a workspace: {total, page, perPage, members}, each member as get_member gives one. Search finds a part of the name or the address; role and status narrow; sort is name, email, role or joined_at, direction asc or desc, per_page at most 100. Takes members.read. Errors: not_found, permission_denied, invalid_input (search, role, status, sort, direction, page, per_page).';

COMMENT ON FUNCTION "public"."my_access"(text, text, uuid) IS 'What the caller may do with one dashboard or widget by role and grants together: none, view, edit or manage. It does not say that the resource exists, and is none in a workspace that one is not in. Error: invalid_input (workspace_id, resource_type).';

COMMENT ON FUNCTION "public"."resend_invitation"(text, uuid) IS 'Gives a pending invitation, expired or not, another token and seven more days, with the caller as its inviter; the old token is dead. Returns what create_invitation does, and takes the same permissions. Errors: not_found, permission_denied, payment_required, conflict (accepted or revoked).';

COMMENT ON TRIGGER "profiles_wait_to_delete" ON "public"."profiles" IS 'Accounts are deleted one after the other.';

REVOKE ALL ON FUNCTION "private"."require_role_of_plan"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_role_of_plan"(text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_workspace_id"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_workspace_id"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."tg_profiles_wait_to_delete"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_profiles_wait_to_delete"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."wait_for_account_deletions"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."wait_for_account_deletions"() TO "postgres";
