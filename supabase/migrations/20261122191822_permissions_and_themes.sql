set local lock_timeout = '5s';
set local statement_timeout = '5min';
set local check_function_bodies = off;

DROP POLICY "workspace_members_select" ON "public"."workspace_members";

DROP POLICY "avatars_insert" ON "storage"."objects";

CREATE TABLE "private"."deleted_workspaces" ("workspace_id" text NOT NULL, "deleted_at" timestamp with time zone NOT NULL DEFAULT clock_timestamp(), "name" text NOT NULL, "plan_type" text NOT NULL, "member_count" bigint NOT NULL, "deleted_by" uuid, "request_id" text, "ip" inet, CONSTRAINT "deleted_workspaces_pkey" PRIMARY KEY (workspace_id, deleted_at));

ALTER TABLE "private"."deleted_workspaces" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."audit_log" ("workspace_id" text NOT NULL, "id" uuid NOT NULL, "occurred_at" timestamp with time zone NOT NULL, "actor_id" uuid, "actor_type" text NOT NULL, "actor_role" text, "action" text NOT NULL, "table_name" text NOT NULL, "row_id" text NOT NULL, "changes" jsonb NOT NULL, "request_id" text, "ip" inet) PARTITION BY RANGE (occurred_at);

ALTER TABLE "public"."audit_log" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."built_in_themes" ("key" text NOT NULL, "position" bigint NOT NULL, "name" text NOT NULL, "version" text NOT NULL, "colors" jsonb NOT NULL, "radius" jsonb NOT NULL, "metadata" jsonb, CONSTRAINT "built_in_themes_key_format" CHECK ((key ~ '^[a-z][a-z0-9-]{0,49}$'::text)), CONSTRAINT "built_in_themes_pkey" PRIMARY KEY (key));

ALTER TABLE "public"."built_in_themes" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."default_themes" ("workspace_id" text NOT NULL, "theme_id" uuid, "built_in_theme" text, "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "default_themes_one_theme" CHECK ((num_nonnulls(theme_id, built_in_theme) = 1)), CONSTRAINT "default_themes_pkey" PRIMARY KEY (workspace_id));

ALTER TABLE "public"."default_themes" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."plans" ("key" text NOT NULL, "name" text NOT NULL, "description" text NOT NULL, "features" text[] NOT NULL DEFAULT '{}'::text[], CONSTRAINT "plans_key_known" CHECK ((key = ANY (ARRAY['free'::text, 'premium'::text]))), CONSTRAINT "plans_pkey" PRIMARY KEY (key));

ALTER TABLE "public"."plans" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."preferences" ("workspace_id" text NOT NULL, "user_id" uuid NOT NULL, "locale" text, "theme_mode" text NOT NULL DEFAULT 'system'::text, "active_theme_id" uuid, "active_built_in_theme" text, "sidebar_collapsed" boolean NOT NULL DEFAULT false, "active_dashboard_view" uuid, "extras" jsonb NOT NULL DEFAULT '{}'::jsonb, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "preferences_extras_object" CHECK ((jsonb_typeof(extras) = 'object'::text)), CONSTRAINT "preferences_extras_size" CHECK ((octet_length((extras)::text) <= 16384)), CONSTRAINT "preferences_locale_format" CHECK ((locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$'::text)), CONSTRAINT "preferences_one_theme" CHECK ((num_nonnulls(active_theme_id, active_built_in_theme) <= 1)), CONSTRAINT "preferences_pkey" PRIMARY KEY (workspace_id, user_id), CONSTRAINT "preferences_theme_mode_known" CHECK ((theme_mode = ANY (ARRAY['light'::text, 'dark'::text, 'system'::text]))));

ALTER TABLE "public"."preferences" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."resource_grants" ("workspace_id" text NOT NULL, "id" uuid NOT NULL DEFAULT gen_random_uuid(), "resource_type" text NOT NULL, "resource_id" uuid NOT NULL, "user_id" uuid, "role_key" text, "access" text NOT NULL, "granted_by" uuid, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "resource_grants_access_known" CHECK ((access = ANY (ARRAY['none'::text, 'view'::text, 'edit'::text, 'manage'::text]))), CONSTRAINT "resource_grants_one_grantee" CHECK ((num_nonnulls(user_id, role_key) = 1)), CONSTRAINT "resource_grants_pkey" PRIMARY KEY (workspace_id, id), CONSTRAINT "resource_grants_resource_type_known" CHECK ((resource_type = ANY (ARRAY['dashboard'::text, 'widget'::text]))), CONSTRAINT "resource_grants_role_unique" UNIQUE (workspace_id, role_key, resource_type, resource_id), CONSTRAINT "resource_grants_user_unique" UNIQUE (workspace_id, user_id, resource_type, resource_id));

ALTER TABLE "public"."resource_grants" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."themes" ("workspace_id" text NOT NULL, "id" uuid NOT NULL DEFAULT gen_random_uuid(), "name" text NOT NULL, "version" text NOT NULL DEFAULT '1.0.0'::text, "colors" jsonb NOT NULL, "radius" jsonb NOT NULL DEFAULT '{"base": "0.625rem"}'::jsonb, "metadata" jsonb, "visibility" text NOT NULL DEFAULT 'personal'::text, "owner_id" uuid, "revision" bigint NOT NULL DEFAULT 1, "created_by" uuid, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "themes_personal_has_owner" CHECK (((visibility = 'personal'::text) = (owner_id IS NOT NULL))), CONSTRAINT "themes_pkey" PRIMARY KEY (workspace_id, id), CONSTRAINT "themes_visibility_known" CHECK ((visibility = ANY (ARRAY['workspace'::text, 'personal'::text]))));

ALTER TABLE "public"."themes" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."workspace_invitations" ("workspace_id" text NOT NULL, "id" uuid NOT NULL DEFAULT gen_random_uuid(), "email" text NOT NULL, "role_key" text NOT NULL, "token_hash" bytea NOT NULL, "invited_by" uuid, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "expires_at" timestamp with time zone NOT NULL, "accepted_at" timestamp with time zone, "accepted_by" uuid, "revoked_at" timestamp with time zone, CONSTRAINT "workspace_invitations_one_end" CHECK (((accepted_at IS NULL) OR (revoked_at IS NULL))), CONSTRAINT "workspace_invitations_pkey" PRIMARY KEY (workspace_id, id), CONSTRAINT "workspace_invitations_token_hash_length" CHECK ((octet_length(token_hash) = 32)));

ALTER TABLE "public"."workspace_invitations" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."audit_log" ALTER COLUMN "id" SET DEFAULT gen_random_uuid();

ALTER TABLE "public"."audit_log" ALTER COLUMN "occurred_at" SET DEFAULT clock_timestamp();

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

CREATE OR REPLACE FUNCTION private.active_theme_id(p_workspace_id text, OUT theme_id text, OUT source text)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  select coalesce(p.active_theme_id::text, p.active_built_in_theme), 'person' into theme_id, source
  from public.preferences p
  where p.workspace_id = p_workspace_id and p.user_id = (select auth.uid());
  if theme_id is not null then
    return;
  end if;

  select coalesce(d.theme_id::text, d.built_in_theme), 'workspace' into theme_id, source
  from public.default_themes d
  where d.workspace_id = p_workspace_id;
  if theme_id is null then
    theme_id := 'default';
    source := 'built_in';
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.active_workspaces()
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return coalesce(
    (
      select array_agg(m.workspace_id)
      from public.workspace_members m
      where m.user_id = (select auth.uid()) and m.status = 'active'
    ),
    '{}'
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.add_audit_partition(p_month timestamp without time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_name constant text := 'audit_log_' || to_char(p_month, 'YYYY_MM');
  v_from constant timestamptz := p_month at time zone 'UTC';
  v_to constant timestamptz := (p_month + interval '1 month') at time zone 'UTC';
begin
  if to_regclass('private.' || v_name) is not null then
    return;
  end if;

  execute format('create table private.%I (like public.audit_log including all)', v_name);
  perform private.protect_audit_partition(v_name,
    format('Entries of the audit log of %s (UTC).', to_char(p_month, 'FMMonth YYYY')));

  -- Of a month that has begun, entries may be in the default partition and on their way there: writers wait until
  -- the month is attached. Nobody waits for a month that is to come.
  if v_from <= now() then
    lock table public.audit_log in share row exclusive mode;
    perform private.allow_audit_changes(true);
    execute format(
      'with moved as (delete from private.audit_log_default where occurred_at >= $1 and occurred_at < $2 returning *)
      insert into private.%I select * from moved', v_name) using v_from, v_to;
    perform private.allow_audit_changes(false);
  end if;

  execute format('alter table public.audit_log attach partition private.%I for values from (%L) to (%L)',
    v_name, v_from, v_to);
end;
$function$;

CREATE OR REPLACE FUNCTION private.administers_access(p_workspace_id text, p_user_id uuid, p_role_key text)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return exists (
    select from public.workspace_roles r
    where r.workspace_id = p_workspace_id
      and 'grants.write' = any (r.permissions)
      and (
        r.key = p_role_key
        or r.key = (
          select m.role_key
          from public.workspace_members m
          where m.workspace_id = p_workspace_id and m.user_id = p_user_id
        )
      )
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.allow_audit_changes(p_allowed boolean)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform set_config('private.audit_changes_allowed', p_allowed::text, true);
end;
$function$;

CREATE OR REPLACE FUNCTION private.answer_with_tag(p_content jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_tag constant text := '"' || encode(sha256(convert_to(p_content::text, 'UTF8')), 'hex') || '"';
  v_headers constant text := nullif(current_setting('request.headers', true), '');
  v_known text;
begin
  -- Vary, because a browser's cache outlives the session of the person who filled it.
  perform set_config('response.headers', jsonb_build_array(
    jsonb_build_object('ETag', v_tag),
    jsonb_build_object('Cache-Control', 'private, max-age=3600'),
    jsonb_build_object('Vary', 'Authorization')
  )::text, true);

  if pg_input_is_valid(v_headers, 'jsonb') is not true then
    return false;
  end if;
  v_known := v_headers::jsonb ->> 'if-none-match';
  -- The comparison is weak, as RFC 9110 has it for this header: a proxy that compresses marks its tags as weak.
  if v_known = '*' or v_tag = any (regexp_split_to_array(regexp_replace(v_known, 'W/', '', 'g'), ' *, *')) then
    perform set_config('response.status', '304', true);
    return true;
  end if;
  return false;
end;
$function$;

CREATE OR REPLACE FUNCTION private.change_member(p_workspace_id text, p_user_id uuid, p_role text, p_status text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(p_workspace_id, 'members.update');
  if p_role is null and p_status is null then
    perform private.raise_invalid_input('role',
      'There is nothing to change.', 'Give a role, a status, or both.');
  end if;
  if p_role is not null then
    perform private.require_role(p_workspace_id, p_role, 'role');
  end if;

  update public.workspace_members
  set role_key = coalesce(p_role, role_key), status = coalesce(p_status, status)
  where workspace_id = p_workspace_id and user_id = p_user_id;

  return private.find_member(p_workspace_id, p_user_id);
end;
$function$;

CREATE OR REPLACE FUNCTION private.color_pattern()
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  -- As in types/color.ts; a test holds the two together.
  c_number constant text := '[+-]?[0-9]*[.]?[0-9]+';
  c_value constant text := '(?:' || c_number || '%?|none)';
  c_hue constant text := '(?:' || c_number || '(?:deg|grad|rad|turn)?|none)';
  c_alpha constant text := '(?: */ *' || c_value || ')?';
  c_names constant text :=
    'aliceblue|antiquewhite|aqua|aquamarine|azure|beige|bisque|black|blanchedalmond|blue|blueviolet|brown|burlywood|'
    'cadetblue|chartreuse|chocolate|coral|cornflowerblue|cornsilk|crimson|cyan|darkblue|darkcyan|darkgoldenrod|'
    'darkgray|darkgreen|darkgrey|darkkhaki|darkmagenta|darkolivegreen|darkorange|darkorchid|darkred|darksalmon|'
    'darkseagreen|darkslateblue|darkslategray|darkslategrey|darkturquoise|darkviolet|deeppink|deepskyblue|dimgray|'
    'dimgrey|dodgerblue|firebrick|floralwhite|forestgreen|fuchsia|gainsboro|ghostwhite|gold|goldenrod|gray|green|'
    'greenyellow|grey|honeydew|hotpink|indianred|indigo|ivory|khaki|lavender|lavenderblush|lawngreen|lemonchiffon|'
    'lightblue|lightcoral|lightcyan|lightgoldenrodyellow|lightgray|lightgreen|lightgrey|lightpink|lightsalmon|'
    'lightseagreen|lightskyblue|lightslategray|lightslategrey|lightsteelblue|lightyellow|lime|limegreen|linen|'
    'magenta|maroon|mediumaquamarine|mediumblue|mediumorchid|mediumpurple|mediumseagreen|mediumslateblue|'
    'mediumspringgreen|mediumturquoise|mediumvioletred|midnightblue|mintcream|mistyrose|moccasin|navajowhite|navy|'
    'oldlace|olive|olivedrab|orange|orangered|orchid|palegoldenrod|palegreen|paleturquoise|palevioletred|papayawhip|'
    'peachpuff|peru|pink|plum|powderblue|purple|rebeccapurple|red|rosybrown|royalblue|saddlebrown|salmon|sandybrown|'
    'seagreen|seashell|sienna|silver|skyblue|slateblue|slategray|slategrey|snow|springgreen|steelblue|tan|teal|'
    'thistle|tomato|transparent|turquoise|violet|wheat|white|whitesmoke|yellow|yellowgreen';
begin
  return '^(?:' || array_to_string(
    array[
      'oklch[(] *' || c_value || ' +' || c_value || ' +' || c_hue || c_alpha || ' *[)]',
      'hsla?[(] *' || c_hue || ' +' || c_value || ' +' || c_value || c_alpha || ' *[)]',
      'hsla?[(] *' || c_hue || ' *, *' || c_number || '% *, *' || c_number || '%(?: *, *' || c_number || '%?)? *[)]',
      'rgba?[(] *' || c_value || ' +' || c_value || ' +' || c_value || c_alpha || ' *[)]',
      'rgba?[(] *' || c_number || '%? *, *' || c_number || '%? *, *' || c_number || '%?(?: *, *' || c_number
        || '%?)? *[)]',
      '#(?:[0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})',
      c_names
    ],
    '|'
  ) || ')$';
end;
$function$;

CREATE OR REPLACE FUNCTION private.confirmed_email(p_user_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select lower(u.email collate "C")
    from auth.users u
    where u.id = p_user_id and u.email_confirmed_at is not null
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.create_invitation(p_workspace_id text, p_email text, p_role text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  c_pending_on_free constant integer := 100;
  v_email constant text := lower(private.clean_text(p_email) collate "C");
  v_token constant text := private.new_invitation_token();
  v_plan text;
  v_invitation public.workspace_invitations;
begin
  perform private.require_permission(p_workspace_id, 'members.invite');
  if private.is_email(v_email) is not true then
    perform private.raise_invalid_input('email',
      'This is not an e-mail address.', 'Give an address such as ada@example.com, without a name around it.');
  end if;
  perform private.require_role_to_give(p_workspace_id, p_role);

  if exists (
    select from public.workspace_members m
    join public.profiles p on p.id = m.user_id
    where m.workspace_id = p_workspace_id and lower(p.email collate "C") = v_email
  ) then
    perform private.raise_error('conflict',
      'The person with this address is in the workspace already.', 'email',
      'Change the role of the member instead, or let a suspended one back in.');
  end if;

  -- Held until the end, so that parallel invitations are counted one after the other.
  select w.plan_type into v_plan from public.workspaces w where w.id = p_workspace_id for no key update;
  if v_plan = 'free' and c_pending_on_free <= (
    select count(*)
    from public.workspace_invitations i
    where i.workspace_id = p_workspace_id and i.accepted_at is null and i.revoked_at is null
  ) then
    perform private.raise_error('conflict',
      'A workspace on the free plan has at most 100 pending invitations.', 'workspace_id',
      'Revoke some that are no longer needed, or upgrade the workspace.');
  end if;

  insert into public.workspace_invitations (workspace_id, email, role_key, token_hash, invited_by, expires_at)
  values (
    p_workspace_id, v_email, p_role, private.invitation_token_hash(v_token), (select auth.uid()),
    now() + interval '7 days')
  on conflict (workspace_id, email) where accepted_at is null and revoked_at is null do nothing
  returning * into v_invitation;

  if not found then
    perform private.raise_error('conflict',
      'This address has been invited already.', 'email', 'Resend that invitation, or revoke it first.');
  end if;
  return private.invitation_with_token(v_invitation, v_token);
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

CREATE OR REPLACE FUNCTION private.document_problem(p_path text, p_message text, p_hint text)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object('path', p_path, 'message', p_message, 'hint', p_hint);
end;
$function$;

CREATE OR REPLACE FUNCTION private.drop_resource_grants(p_workspace_id text, p_resource_type text, p_resource_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  delete from public.resource_grants g
  where g.workspace_id = p_workspace_id
    and g.resource_type = p_resource_type
    and g.resource_id = p_resource_id;
end;
$function$;

CREATE OR REPLACE FUNCTION private.error_status(p_code text)
 RETURNS integer
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return case p_code
    when 'invalid_input' then 400
    when 'not_signed_in' then 401
    when 'payment_required' then 402
    when 'permission_denied' then 403
    when 'not_found' then 404
    when 'conflict' then 409
    when 'last_admin' then 409
    when 'invitation_not_valid' then 410
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.expire_audit_entries(p_batch integer)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  c_free constant interval := '90 days';
  c_premium constant interval := '400 days';
  v_expired integer;
begin
  perform private.allow_audit_changes(true);

  with expired as (
    select l.workspace_id, l.occurred_at, l.id
    from public.audit_log l
    where l.occurred_at < now() - c_free
      and (
        l.occurred_at < now() - c_premium
        or not exists (
          select from public.workspaces w where w.id = l.workspace_id and w.plan_type = 'premium'
        )
      )
    limit p_batch
  )
  delete from public.audit_log l
  using expired e
  where l.workspace_id = e.workspace_id and l.occurred_at = e.occurred_at and l.id = e.id;
  get diagnostics v_expired = row_count;

  perform private.allow_audit_changes(false);
  return v_expired;
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_account(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION private.export_audit(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  -- What was changed belongs to the workspace, which the person may have left; that they did it is theirs.
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'workspaceId', l.workspace_id,
      'occurredAt', l.occurred_at,
      'action', l.action,
      'table', l.table_name,
      'role', l.actor_role,
      'requestId', l.request_id,
      'ip', host(l.ip)
    ) order by l.occurred_at, l.id), '[]')
    from public.audit_log l
    where l.actor_id = p_user_id
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_files(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'bucket', o.bucket_id,
      'path', o.name,
      'size', (o.metadata ->> 'size')::bigint,
      'type', o.metadata ->> 'mimetype',
      'createdAt', o.created_at,
      'updatedAt', o.updated_at
    ) order by o.bucket_id, o.name), '[]')
    from storage.objects o
    where o.bucket_id = 'avatars' and starts_with(o.name, p_user_id::text || '/')
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_identities(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION private.export_invitations(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  -- An address that was never confirmed may be anybody's.
  v_email constant text := (
    select lower(u.email) from auth.users u where u.id = p_user_id and u.email_confirmed_at is not null);
begin
  return (
    select jsonb_build_object(
      'sent', coalesce(jsonb_agg(i.document order by i.created_at) filter (where i.invited_by = p_user_id), '[]'),
      'received', coalesce(
        jsonb_agg(i.document order by i.created_at) filter (where i.accepted_by = p_user_id or i.email = v_email), '[]')
    )
    from (
      select w.invited_by, w.accepted_by, w.email, w.created_at,
        jsonb_build_object(
          'workspaceId', w.workspace_id,
          'role', w.role_key,
          'createdAt', w.created_at,
          'expiresAt', w.expires_at,
          'acceptedAt', w.accepted_at,
          'revokedAt', w.revoked_at
        ) as document
      from public.workspace_invitations w
      where w.invited_by = p_user_id or w.accepted_by = p_user_id or w.email = v_email
    ) as i
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_memberships(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'workspaceId', m.workspace_id,
      'workspaceName', w.name,
      'role', m.role_key,
      'status', m.status,
      'joinedAt', m.created_at,
      'updatedAt', m.updated_at
    ) order by m.created_at, m.workspace_id), '[]')
    from public.workspace_members m
    join public.workspaces w on w.id = m.workspace_id
    where m.user_id = p_user_id
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_my_data()
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
begin
  if not exists (select from public.profiles where id = v_user_id) then
    perform private.raise_error('not_signed_in',
      'This session belongs to no account.', null, 'Sign in and try again.');
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
    'workspacesCreated', private.export_workspaces_created(v_user_id),
    'files', private.export_files(v_user_id),
    'invitations', private.export_invitations(v_user_id),
    'audit', private.export_audit(v_user_id)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_preferences(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'workspaceId', x.workspace_id,
      'preferences', private.preferences_document(x),
      'createdAt', x.created_at,
      'updatedAt', x.updated_at
    ) order by x.workspace_id), '[]')
    from public.preferences x
    where x.user_id = p_user_id
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_profile(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select jsonb_build_object(
      'name', p.name,
      'email', p.email,
      'avatarPath', p.avatar_path,
      'locale', p.locale,
      'createdAt', p.created_at,
      'updatedAt', p.updated_at
    )
    from public.profiles p
    where p.id = p_user_id
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_sessions(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION private.export_themes(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  -- A theme that the person shared is the workspace's; that they made it is theirs.
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'workspaceId', t.workspace_id,
      'id', t.id,
      'visibility', t.visibility,
      'document', case when t.owner_id = p_user_id
        then private.theme_document(t.id::text, t.name, t.version, t.colors, t.radius, t.metadata)
      end,
      'createdAt', t.created_at
    ) order by t.created_at, t.id), '[]')
    from public.themes t
    where t.created_by = p_user_id
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_workspaces_created(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  -- The name is the workspace's, which the person may have left: it is told where they still belong.
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'workspaceId', w.id,
      'workspaceName', case when m.user_id is not null then w.name end,
      'createdAt', w.created_at
    ) order by w.created_at, w.id), '[]')
    from public.workspaces w
    left join public.workspace_members m on m.workspace_id = w.id and m.user_id = p_user_id
    where w.created_by = p_user_id
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.find_member(p_workspace_id text, p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_member jsonb;
begin
  select private.member_document(m, p) into v_member
  from public.workspace_members m
  join public.profiles p on p.id = m.user_id
  where m.workspace_id = p_workspace_id and m.user_id = p_user_id;

  if v_member is null then
    perform private.raise_error('not_found',
      'There is no such member in this workspace.', 'user_id', 'Read the members again: the person may have left.');
  end if;
  return v_member;
end;
$function$;

CREATE OR REPLACE FUNCTION private.find_theme(p_workspace_id text, p_theme_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_id constant uuid := case when pg_input_is_valid(p_theme_id, 'uuid') then p_theme_id::uuid end;
  v_theme jsonb;
begin
  if v_id is null then
    select private.theme_document(b.key, b.name, b.version, b.colors, b.radius, b.metadata)
      || '{"kind": "built_in", "revision": null, "createdBy": null, "createdAt": null, "updatedAt": null}'
    into v_theme
    from public.built_in_themes b
    where b.key = p_theme_id;
  else
    select private.theme_document(t.id::text, t.name, t.version, t.colors, t.radius, t.metadata)
      || jsonb_build_object(
        'kind', t.visibility,
        'revision', t.revision,
        'createdBy', t.created_by,
        'createdAt', t.created_at,
        'updatedAt', t.updated_at
      )
    into v_theme
    from public.themes t
    where t.workspace_id = p_workspace_id and t.id = v_id;
  end if;

  if v_theme is null then
    perform private.theme_not_found();
  end if;
  return v_theme;
end;
$function$;

CREATE OR REPLACE FUNCTION private.get_member(p_workspace_id text, p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(p_workspace_id, 'members.read');

  return private.find_member(p_workspace_id, p_user_id);
end;
$function$;

CREATE OR REPLACE FUNCTION private.grants_of_caller(p_resource_type text)
 RETURNS TABLE(workspace_id text, resource_id uuid, access text)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return query
    select distinct on (g.workspace_id, g.resource_id) g.workspace_id, g.resource_id, g.access
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    join public.workspaces w on w.id = m.workspace_id
    cross join lateral (
      select personal.*
      from public.resource_grants personal
      where personal.workspace_id = m.workspace_id and personal.user_id = m.user_id
      union all
      select by_role.*
      from public.resource_grants by_role
      where by_role.workspace_id = m.workspace_id and by_role.role_key = m.role_key
    ) g
    where m.user_id = (select auth.uid())
      and m.status = 'active'
      and g.resource_type = p_resource_type
      and case g.access
        when 'none' then not 'grants.write' = any (r.permissions)
        else w.plan_type = 'premium'
      end
    -- Of a personal grant and one by role, the personal one.
    order by g.workspace_id, g.resource_id, g.user_id is null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.invitation_token_hash(p_token text)
 RETURNS bytea
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return sha256(convert_to(p_token, 'UTF8'));
end;
$function$;

CREATE OR REPLACE FUNCTION private.invitation_with_token(p_invitation public.workspace_invitations, p_token text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'id', p_invitation.id,
    'email', p_invitation.email,
    'role', p_invitation.role_key,
    'token', p_token,
    'expiresAt', p_invitation.expires_at
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.is_email(p_text text)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  -- ASCII in lower case only: what looks or folds like another letter (the Kelvin sign) would be another mailbox.
  c_label constant text := '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
begin
  return char_length(p_text) <= 254
    and p_text ~ ('^[a-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@' || c_label || '(\.' || c_label || ')+$');
end;
$function$;

CREATE OR REPLACE FUNCTION private.is_last_admin(p_workspace_id text, p_user_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return
    exists (
      select from public.workspace_members
      where workspace_id = p_workspace_id and user_id = p_user_id and role_key = 'admin' and status = 'active')
    and not exists (
      select from public.workspace_members
      where workspace_id = p_workspace_id and user_id <> p_user_id and role_key = 'admin' and status = 'active')
    and exists (
      select from public.workspace_members
      where workspace_id = p_workspace_id and user_id <> p_user_id);
end;
$function$;

CREATE OR REPLACE FUNCTION private.keys_problem(p_path text, p_object jsonb, p_required text[], p_optional text[] DEFAULT '{}'::text[])
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_key text;
begin
  if jsonb_typeof(p_object) is distinct from 'object' then
    return private.document_problem(p_path, 'This must be a JSON object.', 'Compare it with an exported document.');
  end if;
  if not p_object ?& p_required then
    select k into v_key from unnest(p_required) as k where not p_object ? k limit 1;
    return private.document_problem(v_prefix || v_key, 'This is missing.', 'Every part that is not optional is given.');
  end if;

  select k into v_key from jsonb_object_keys(p_object) as k where k <> all (p_required || p_optional) limit 1;
  if found then
    return private.document_problem(
      case when v_key ~ '^[A-Za-z0-9_-]{1,50}$' then v_prefix || v_key else p_path end,
      'There is no such key here.', 'Leave out what the document does not have.');
  end if;
  return null;
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

CREATE OR REPLACE FUNCTION private.line_problem(p_path text, p_value jsonb, p_min integer, p_max integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  if jsonb_typeof(p_value) is distinct from 'string'
    or char_length(private.clean_text(p_value #>> '{}')) not between p_min and p_max
  then
    return private.document_problem(p_path,
      format('This must be a text of %s to %s visible characters.', p_min, p_max), 'Shorten it, or give one.');
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.list_audit_log(p_workspace_id text, p_before timestamp with time zone, p_before_id uuid, p_per_page integer, p_actor_id uuid, p_action text, p_table_name text, p_since timestamp with time zone, p_until timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
declare
  v_page jsonb;
  v_last jsonb;
begin
  perform private.require_permission(p_workspace_id, 'audit.read');
  if (p_per_page between 1 and 100) is not true then
    perform private.raise_invalid_input('per_page',
      'A page has 1 to 100 entries.', 'Give a whole number from 1 to 100.');
  end if;
  if (p_before is null) <> (p_before_id is null) then
    perform private.raise_invalid_input('before',
      'A page is continued by two values.', 'Give `before` and `before_id`, as `next` of the last page names them.');
  end if;
  if p_action not in ('insert', 'update', 'delete') then
    perform private.raise_invalid_input('action',
      'There is no such action.', 'Give "insert", "update" or "delete".');
  end if;
  if p_since >= p_until then
    perform private.raise_invalid_input('until',
      'The time span is empty.', 'Give an `until` that is later than `since`.');
  end if;

  -- The comparisons of occurred_at alone say no more than the others; they keep the other months' tables closed.
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'id', l.id,
      'occurredAt', l.occurred_at,
      'actor', jsonb_build_object(
        'type', l.actor_type,
        'id', l.actor_id,
        'name', (select p.name from public.profiles p where p.id = l.actor_id),
        'role', l.actor_role
      ),
      'action', l.action,
      'table', l.table_name,
      'rowId', l.row_id,
      'changes', l.changes,
      'requestId', l.request_id,
      'ip', host(l.ip)
    )
    order by l.occurred_at desc, l.id desc
  ), '[]')
  into v_page
  from (
    select *
    from public.audit_log a
    where a.workspace_id = p_workspace_id
      and a.occurred_at <= coalesce(p_before, 'infinity')
      and (a.occurred_at, a.id)
        < (coalesce(p_before, 'infinity'), coalesce(p_before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      and a.occurred_at >= coalesce(p_since, '-infinity')
      and a.occurred_at < coalesce(p_until, 'infinity')
      and (p_actor_id is null or a.actor_id = p_actor_id)
      and (p_action is null or a.action = p_action)
      and (p_table_name is null or a.table_name = p_table_name)
    order by a.occurred_at desc, a.id desc
    -- One more than asked for tells whether there is a next page.
    limit p_per_page + 1
  ) as l;

  if jsonb_array_length(v_page) <= p_per_page then
    return jsonb_build_object('entries', v_page, 'next', null);
  end if;
  v_last := v_page -> (p_per_page - 1);
  return jsonb_build_object(
    'entries', v_page - p_per_page,
    'next', jsonb_build_object('before', v_last -> 'occurredAt', 'beforeId', v_last -> 'id')
  );
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

CREATE OR REPLACE FUNCTION private.lock_pending_invitation(p_workspace_id text, p_id uuid)
 RETURNS public.workspace_invitations
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_invitation public.workspace_invitations;
begin
  select i.* into v_invitation
  from public.workspace_invitations i
  where i.workspace_id = p_workspace_id and i.id = p_id
  for update;

  if not found then
    perform private.raise_error('not_found',
      'There is no such invitation in this workspace.', 'id', 'Check the id of the invitation.');
  end if;
  if v_invitation.accepted_at is not null or v_invitation.revoked_at is not null then
    perform private.raise_error('conflict',
      'This invitation has been accepted or revoked.', 'id', 'Invite the person again.');
  end if;
  return v_invitation;
end;
$function$;

CREATE OR REPLACE FUNCTION private.lock_workspace(p_workspace_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- The weakest lock that excludes itself: rows that refer to the workspace can still be added meanwhile.
  perform from public.workspaces where id = p_workspace_id for no key update;
  return found;
end;
$function$;

CREATE OR REPLACE FUNCTION private.maintain_audit_partitions()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET lock_timeout TO '5s'
AS $function$
declare
  c_months_ahead constant integer := 3;
  c_longest_retention constant interval := '400 days';
  v_this_month constant timestamp := date_trunc('month', now() at time zone 'UTC');
  v_month timestamp;
  v_partition text;
begin
  if to_regclass('private.audit_log_default') is null then
    create table private.audit_log_default partition of public.audit_log default;
    perform private.protect_audit_partition('audit_log_default',
      'Entries of months without a partition: normally none. The next maintenance moves them.');
  end if;

  for v_month in
    select v_this_month + make_interval(months => n) from generate_series(0, c_months_ahead) as n
    union
    select date_trunc('month', d.occurred_at at time zone 'UTC') from private.audit_log_default d
    order by 1
  loop
    perform private.add_audit_partition(v_month);
  end loop;

  for v_partition in
    select c.relname
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.audit_log'::regclass
      and c.relname ~ '^audit_log_\d{4}_\d{2}$'
      and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC'
        <= now() - c_longest_retention
    order by 1
  loop
    execute format('drop table private.%I', v_partition);
  end loop;
end;
$function$;

CREATE OR REPLACE FUNCTION private.member_document(p_member public.workspace_members, p_profile public.profiles)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'userId', p_member.user_id,
    'name', p_profile.name,
    'email', p_profile.email,
    'avatarPath', p_profile.avatar_path,
    'role', p_member.role_key,
    'status', p_member.status,
    'joinedAt', p_member.created_at
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.merge_patch(p_target jsonb, p_patch jsonb, p_depth integer DEFAULT 1)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
declare
  c_deepest constant integer := 32;
  v_result jsonb := case when jsonb_typeof(p_target) = 'object' then p_target else '{}' end;
  v_member record;
begin
  if jsonb_typeof(p_patch) <> 'object' then
    return p_patch;
  end if;
  -- Each level is a call of this function, and the stack is not endless.
  if p_depth > c_deepest then
    perform private.raise_invalid_input('patch',
      'The patch is nested too deep.', format('Nest at most %s objects.', c_deepest));
  end if;

  for v_member in select m.key, m.value from jsonb_each(p_patch) as m loop
    v_result := case
      when v_member.value = 'null' then v_result - v_member.key
      else v_result || jsonb_build_object(
        v_member.key, private.merge_patch(v_result -> v_member.key, v_member.value, p_depth + 1))
    end;
  end loop;
  return v_result;
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

CREATE OR REPLACE FUNCTION private.new_invitation_token()
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return rtrim(translate(encode(extensions.gen_random_bytes(32), 'base64'), '+/', '-_'), '=');
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

CREATE OR REPLACE FUNCTION private.patch_preferences(p_workspace_id text, p_patch jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
  v_theme constant text := p_patch ->> 'active_theme_id';
  v_theme_id constant uuid := case when pg_input_is_valid(v_theme, 'uuid') then v_theme::uuid end;
  v_row public.preferences;
begin
  perform private.require_membership(p_workspace_id);
  perform private.require_preferences_patch(p_patch);

  if v_theme is not null then
    perform private.require_permission(p_workspace_id, 'themes.read');
    if not exists (
        select from public.themes
        where workspace_id = p_workspace_id
          and id = v_theme_id
          and (visibility = 'workspace' or owner_id = v_user_id))
      and not exists (select from public.built_in_themes where key = v_theme)
    then
      perform private.raise_invalid_input('active_theme_id',
        'There is no such theme, or it is not for you.', 'Give the id of a theme that list_themes gives.');
    end if;
  end if;

  -- Under the lock of the row, so that of two patches at the same moment neither is lost.
  insert into public.preferences (workspace_id, user_id)
  values (p_workspace_id, v_user_id)
  on conflict (workspace_id, user_id) do nothing;
  select * into v_row
  from public.preferences
  where workspace_id = p_workspace_id and user_id = v_user_id
  for update;

  if p_patch ? 'locale' then
    v_row.locale := p_patch ->> 'locale';
  end if;
  if p_patch ? 'theme_mode' then
    v_row.theme_mode := coalesce(p_patch ->> 'theme_mode', 'system');
  end if;
  if p_patch ? 'active_theme_id' then
    v_row.active_theme_id := v_theme_id;
    v_row.active_built_in_theme := case when v_theme_id is null then v_theme end;
  end if;
  if p_patch ? 'sidebar_collapsed' then
    v_row.sidebar_collapsed := p_patch -> 'sidebar_collapsed' = 'true';
  end if;
  if p_patch ? 'active_dashboard_view' then
    v_row.active_dashboard_view := (p_patch ->> 'active_dashboard_view')::uuid;
  end if;
  if p_patch ? 'extras' then
    v_row.extras := case jsonb_typeof(p_patch -> 'extras')
      when 'object' then private.patched_extras(v_row.extras, p_patch -> 'extras')
      else '{}'
    end;
    if octet_length(v_row.extras::text) > 16384 then
      perform private.raise_invalid_input('extras',
        'The extras must not be larger than 16 KiB.', 'Remove some with null, or keep large things elsewhere.');
    end if;
  end if;

  update public.preferences
  set locale = v_row.locale,
    theme_mode = v_row.theme_mode,
    active_theme_id = v_row.active_theme_id,
    active_built_in_theme = v_row.active_built_in_theme,
    sidebar_collapsed = v_row.sidebar_collapsed,
    active_dashboard_view = v_row.active_dashboard_view,
    extras = v_row.extras
  where workspace_id = p_workspace_id and user_id = v_user_id;

  return private.preferences_document(v_row);
end;
$function$;

CREATE OR REPLACE FUNCTION private.patched_extras(p_extras jsonb, p_patch jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select coalesce(jsonb_object_agg(e.key, e.value), '{}')
    from jsonb_each(p_extras || p_patch) as e
    where e.value <> 'null'
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.permissions_in(p_workspace_id text)
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return coalesce(
    (
      select r.permissions
      from public.workspace_members m
      join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
      where m.workspace_id = p_workspace_id
        and m.user_id = (select auth.uid())
        and m.status = 'active'
    ),
    '{}'
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.permissions_to_grant(p_access text)
 RETURNS text[]
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return case p_access
    when 'view' then '{dashboards.read}'::text[]
    when 'edit' then '{dashboards.read,dashboards.write}'
    else '{dashboards.read,dashboards.write,grants.write}'
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.preferences_document(p_preferences public.preferences)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'locale', p_preferences.locale,
    'theme_mode', coalesce(p_preferences.theme_mode, 'system'),
    'active_theme_id', coalesce(p_preferences.active_theme_id::text, p_preferences.active_built_in_theme),
    'sidebar_collapsed', coalesce(p_preferences.sidebar_collapsed, false),
    'active_dashboard_view', p_preferences.active_dashboard_view,
    'extras', coalesce(p_preferences.extras, '{}')
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.preview_invitation(p_token text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_invitation constant public.workspace_invitations := private.open_invitation(p_token);
begin
  if v_invitation.id is null then
    perform private.raise_invitation_not_valid();
  end if;
  return (
    select jsonb_build_object(
      'workspaceName', w.name, 'inviterName', p.name, 'expiresAt', v_invitation.expires_at)
    from public.workspaces w, public.profiles p
    where w.id = v_invitation.workspace_id and p.id = v_invitation.invited_by
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.protect_audit_partition(p_name text, p_comment text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_policy constant text := p_name || '_select';
begin
  execute format('alter table private.%I enable row level security', p_name);
  execute format('create policy %I on private.%I for select to authenticated using (false)', v_policy, p_name);
  execute format(
    'create trigger audit_log_refuse_change before update or delete or truncate on private.%I
      for each statement execute function private.tg_refuse_audit_change()', p_name);

  execute format('comment on table private.%I is %L', p_name, p_comment);
  execute format('comment on policy %I on private.%I is %L', v_policy, p_name,
    'Entries are read through public.audit_log and its policy alone.');
  execute format('comment on trigger audit_log_refuse_change on private.%I is %L', p_name,
    'Entries are never changed or removed by hand.');
end;
$function$;

CREATE OR REPLACE FUNCTION private.raise_invitation_not_valid()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.raise_error('invitation_not_valid',
    'This invitation is not valid for you.', null,
    'Sign in with the confirmed address that was invited, or ask for another invitation.');
end;
$function$;

CREATE OR REPLACE FUNCTION private.refuse_built_in_role(p_key text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- The schema's own statements run as its owner: they make these roles and refresh them from the catalog.
  if current_user in ('authenticated', 'service_role') and p_key in ('admin', 'member', 'viewer') then
    perform private.raise_error('conflict',
      'The roles admin, member and viewer are built in and stay as they are.', 'key',
      'Make a role of your own under another key.');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.refuse_problem(p_problem jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if p_problem is not null then
    perform private.raise_invalid_input(p_problem ->> 'path', p_problem ->> 'message', p_problem ->> 'hint');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.remove_member(p_workspace_id text, p_user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(p_workspace_id, 'members.remove');
  perform private.find_member(p_workspace_id, p_user_id);

  delete from public.workspace_members where workspace_id = p_workspace_id and user_id = p_user_id;
end;
$function$;

CREATE OR REPLACE FUNCTION private.remove_orphaned_avatars()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_url constant text := (select decrypted_secret from vault.decrypted_secrets where name = 'project_url');
  v_key constant text := (select decrypted_secret from vault.decrypted_secrets where name = 'secret_key');
  v_name text;
begin
  for v_name in
    select o.name
    from storage.objects o
    where o.bucket_id = 'avatars'
      and not exists (select from public.profiles p where p.id::text = (storage.foldername(o.name))[1])
    order by o.created_at
    limit 500
  loop
    if v_url is null or v_key is null then
      raise warning 'Pictures of deleted accounts wait for the Vault secrets "project_url" and "secret_key".';
      return;
    end if;
    perform net.http_delete(
      url := rtrim(v_url, '/') || '/storage/v1/object/avatars/' || private.url_encoded_path(v_name),
      headers := jsonb_build_object('apikey', v_key)
    );
  end loop;
end;
$function$;

CREATE OR REPLACE FUNCTION private.request_origin(OUT request_id text, OUT ip inet)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_text constant text := nullif(current_setting('request.headers', true), '');
  v_headers jsonb;
  v_address text;
begin
  if pg_input_is_valid(v_text, 'jsonb') is not true then
    return;
  end if;

  v_headers := v_text;
  request_id := substring(btrim(v_headers ->> 'x-request-id') from '^[!-~]{1,100}');

  foreach v_address in array array[split_part(v_headers ->> 'x-forwarded-for', ',', 1), v_headers ->> 'x-real-ip'] loop
    v_address := btrim(v_address);
    -- A network such as 10.0.0.0/8 is a valid inet and no address.
    if strpos(v_address, '/') = 0 and pg_input_is_valid(v_address, 'inet') then
      ip := v_address;
      return;
    end if;
  end loop;
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_held(p_workspace_id text, p_permissions text[])
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_missing constant text[] := array(
    select unnest(p_permissions) except select unnest(private.permissions_in(p_workspace_id)) order by 1);
begin
  if v_missing <> '{}' then
    perform private.raise_error('permission_denied',
      'Nobody can give or take away a permission they lack.', array_to_string(v_missing, ', '),
      'Choose a role whose permissions you hold all.');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_held_roles(p_workspace_id text, p_role_keys text[])
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  perform private.require_held(p_workspace_id, array(
    select unnest(r.permissions)
    from public.workspace_roles r
    where r.workspace_id = p_workspace_id and r.key = any (p_role_keys)
  ));
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_member_status(p_status text)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  if p_status is null or p_status not in ('active', 'suspended') then
    perform private.raise_invalid_input('status',
      'A member is active or suspended.', 'Give "active" or "suspended".');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_membership(p_workspace_id text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if exists (
    select from public.workspace_members
    where workspace_id = p_workspace_id and user_id = (select auth.uid()) and status = 'active')
  then
    return;
  end if;
  perform private.require_workspace_id(p_workspace_id);
  perform private.raise_error('not_found',
    'There is no such workspace, or you are not in it.', 'workspace_id', 'Check the id of the workspace.');
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

CREATE OR REPLACE FUNCTION private.require_preferences_patch(p_patch jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  c_keys constant text[] :=
    '{locale,theme_mode,active_theme_id,sidebar_collapsed,active_dashboard_view,extras}';
  v_extra text;
begin
  perform private.refuse_problem(coalesce(
    private.keys_problem('', coalesce(p_patch, 'null'), '{}', c_keys),
    case when jsonb_typeof(p_patch -> 'locale') <> 'null' then
      private.text_problem('locale', p_patch -> 'locale', '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$',
        'Give a tag such as "en", "de" or "pt-BR".')
    end,
    case when jsonb_typeof(p_patch -> 'theme_mode') <> 'null' then
      private.text_problem('theme_mode', p_patch -> 'theme_mode', '^(light|dark|system)$',
        'Give "light", "dark" or "system".')
    end,
    case when jsonb_typeof(p_patch -> 'active_theme_id') not in ('null', 'string') then
      private.document_problem('active_theme_id', 'This is not the id of a theme.', 'Give a uuid or a key.')
    end,
    case when jsonb_typeof(p_patch -> 'sidebar_collapsed') not in ('null', 'boolean') then
      private.document_problem('sidebar_collapsed', 'This must be true or false.', 'Give one of them.')
    end,
    case when jsonb_typeof(p_patch -> 'active_dashboard_view') <> 'null' then
      private.text_problem('active_dashboard_view', p_patch -> 'active_dashboard_view',
        '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', 'Give the uuid of a view.')
    end,
    case when jsonb_typeof(p_patch -> 'extras') not in ('null', 'object') then
      private.document_problem('extras', 'This must be a JSON object.', 'Give an object such as {"app:density": 1}.')
    end
  ));

  if jsonb_typeof(p_patch -> 'extras') = 'object' then
    select k into v_extra
    from jsonb_object_keys(p_patch -> 'extras') as k
    where k !~ '^[a-z0-9_.-]{1,50}:[a-z0-9_.-]{1,100}$'
    limit 1;
    if found then
      perform private.raise_invalid_input(
        case when v_extra ~ '^[A-Za-z0-9_.:-]{1,100}$' then 'extras.' || v_extra else 'extras' end,
        'A key of the extras has a namespace and a name.', 'Give a key such as app:density.');
    end if;
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_premium(p_workspace_id text, p_feature text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if not exists (select from public.workspaces where id = p_workspace_id and plan_type = 'premium') then
    perform private.raise_error('payment_required',
      'This feature belongs to the premium plan.', p_feature, 'Upgrade the workspace.');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_role(p_workspace_id text, p_role_key text, p_field text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  if not exists (select from public.workspace_roles where workspace_id = p_workspace_id and key = p_role_key) then
    perform private.raise_invalid_input(p_field,
      'The workspace has no such role.', 'Give the key of one of its roles, such as "member".');
  end if;
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
begin
  perform private.require_role(p_workspace_id, p_role, 'role');
  perform private.require_held_roles(p_workspace_id, array[p_role]);
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

CREATE OR REPLACE FUNCTION private.resend_invitation(p_workspace_id text, p_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_token constant text := private.new_invitation_token();
  v_invitation public.workspace_invitations;
begin
  perform private.require_permission(p_workspace_id, 'members.invite');
  v_invitation := private.lock_pending_invitation(p_workspace_id, p_id);
  perform private.require_role_to_give(p_workspace_id, v_invitation.role_key);

  update public.workspace_invitations i
  set token_hash = private.invitation_token_hash(v_token),
    invited_by = (select auth.uid()),
    expires_at = now() + interval '7 days'
  where i.workspace_id = p_workspace_id and i.id = p_id
  returning i.* into v_invitation;

  return private.invitation_with_token(v_invitation, v_token);
end;
$function$;

CREATE OR REPLACE FUNCTION private.resources_with(p_resource_type text, p_access text)
 RETURNS TABLE(workspace_id text, id uuid)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  c_levels constant text[] := '{view,edit,manage}';
begin
  return query
    select g.workspace_id, g.resource_id
    from private.grants_of_caller(p_resource_type) g
    where array_position(c_levels, g.access) >= array_position(c_levels, p_access);
end;
$function$;

CREATE OR REPLACE FUNCTION private.resources_without(p_resource_type text)
 RETURNS TABLE(workspace_id text, id uuid)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return query
    select g.workspace_id, g.resource_id
    from private.grants_of_caller(p_resource_type) g
    where g.access = 'none';
end;
$function$;

CREATE OR REPLACE FUNCTION private.revoke_invitation(p_workspace_id text, p_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(p_workspace_id, 'members.invite');
  perform private.lock_pending_invitation(p_workspace_id, p_id);

  update public.workspace_invitations i
  set revoked_at = now()
  where i.workspace_id = p_workspace_id and i.id = p_id;
end;
$function$;

CREATE OR REPLACE FUNCTION private.role_is_in_use(p_workspace_id text, p_key text)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return exists (
    select from public.workspace_members where workspace_id = p_workspace_id and role_key = p_key);
end;
$function$;

CREATE OR REPLACE FUNCTION private.scrub_audit_of(p_user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.allow_audit_changes(true);
  update public.audit_log set ip = null where actor_id = p_user_id and ip is not null;
  perform private.allow_audit_changes(false);
  update private.deleted_workspaces set ip = null where deleted_by = p_user_id and ip is not null;
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
              'features', case when m.status = 'active' then coalesce(f.features, '{}') else '{}' end,
              'preferences', case when m.status = 'active' then private.preferences_document(x) - 'extras' end
            )
            order by w.name, w.id
          )
          from public.workspace_members m
          join public.workspaces w on w.id = m.workspace_id
          join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
          left join public.plans f on f.key = w.plan_type
          left join public.preferences x on x.workspace_id = m.workspace_id and x.user_id = m.user_id
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

CREATE OR REPLACE FUNCTION private.set_default_theme(p_workspace_id text, p_theme_id text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_id constant uuid := case when pg_input_is_valid(p_theme_id, 'uuid') then p_theme_id::uuid end;
  v_theme public.themes;
begin
  perform private.require_permission(p_workspace_id, 'workspace.update');

  if p_theme_id is null then
    delete from public.default_themes where workspace_id = p_workspace_id;
    return;
  end if;

  if v_id is null then
    if not exists (select from public.built_in_themes where key = p_theme_id) then
      perform private.theme_not_found();
    end if;
  else
    select * into v_theme
    from public.themes
    where workspace_id = p_workspace_id
      and id = v_id
      and (visibility = 'workspace' or owner_id = (select auth.uid()));
    if not found then
      perform private.theme_not_found();
    end if;
    if v_theme.visibility = 'personal' then
      perform private.raise_invalid_input('theme_id',
        'A personal theme cannot be the default of a workspace.', 'Share it first.');
    end if;
  end if;

  insert into public.default_themes (workspace_id, theme_id, built_in_theme)
  values (p_workspace_id, v_id, case when v_id is null then p_theme_id end)
  on conflict (workspace_id) do update
  set theme_id = excluded.theme_id, built_in_theme = excluded.built_in_theme;
end;
$function$;

CREATE OR REPLACE FUNCTION private.text_problem(p_path text, p_value jsonb, p_pattern text, p_hint text)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  if jsonb_typeof(p_value) is distinct from 'string' or (p_value #>> '{}') !~ p_pattern then
    return private.document_problem(p_path, 'This is not in the form that it must have.', p_hint);
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_audit()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  -- Recorded elsewhere in the entry, or no news.
  c_left_out constant text[] := '{workspace_id,updated_at}';
  v_withheld constant text[] := string_to_array(tg_argv[1], ',');
  v_old constant jsonb := to_jsonb(old);
  v_new constant jsonb := to_jsonb(new);
  v_row constant jsonb := coalesce(v_new, v_old);
  v_actor_id constant uuid := auth.uid();
begin
  insert into public.audit_log (
    workspace_id, actor_id, actor_type, actor_role, action, table_name, row_id, changes, request_id, ip
  )
  select
    w.id,
    v_actor_id,
    case
      when v_actor_id is not null then 'user'
      when nullif(current_setting('request.jwt.claims', true), '') is not null then 'api_key'
      else 'system'
    end,
    case
      -- Who changes or leaves their own membership acted with the role they had before.
      when tg_relid = 'public.workspace_members'::regclass and v_old ->> 'user_id' = v_actor_id::text
        then v_old ->> 'role_key'
      else (
        select m.role_key
        from public.workspace_members m
        where m.workspace_id = w.id and m.user_id = v_actor_id
      )
    end,
    lower(tg_op),
    tg_table_name,
    case
      when strpos(tg_argv[0], ',') = 0 then v_row ->> tg_argv[0]
      else (
        select string_agg(v_row ->> k.name, ',' order by k.position)
        from unnest(string_to_array(tg_argv[0], ',')) with ordinality as k (name, position)
      )
    end,
    d.changes,
    o.request_id,
    o.ip
  from public.workspaces w
  cross join private.request_origin() as o
  cross join (
    select jsonb_object_agg(
      c.key,
      case
        when c.key = any (v_withheld) then '{}'
        when v_old is null then jsonb_build_object('new', c.value)
        when v_new is null then jsonb_build_object('old', c.value)
        else jsonb_build_object('old', v_old -> c.key, 'new', c.value)
      end
    ) as changes
    from jsonb_each(v_row) as c
    where c.key <> all (c_left_out)
      and c.value <> case when v_old is null or v_new is null then 'null' else v_old -> c.key end
  ) as d
  -- The workspace itself is the one audited row without a workspace_id. A workspace that is being deleted is gone
  -- before the rows that it takes with it: they leave no entry.
  where w.id = coalesce(v_row ->> 'workspace_id', v_row ->> 'id')
    and d.changes is not null;

  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_drop_personal_themes()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  delete from public.themes where workspace_id = old.workspace_id and owner_id = old.user_id;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_keep_an_admin()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  -- Gone with its workspace.
  if not private.lock_workspace(old.workspace_id) then
    return null;
  end if;

  if not exists (select from public.workspace_members where workspace_id = old.workspace_id) then
    delete from public.workspaces where id = old.workspace_id;
    return null;
  end if;

  if old.role_key = 'admin' and old.status = 'active'
    and not exists (
      select from public.workspace_members
      where workspace_id = old.workspace_id and role_key = 'admin' and status = 'active')
  then
    perform private.raise_error('last_admin',
      'The workspace would be left with people and without an active admin.', old.workspace_id,
      'Make another member an admin first.');
  end if;

  return null;
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

CREATE OR REPLACE FUNCTION private.tg_purge_audit_log()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.allow_audit_changes(true);
  delete from public.audit_log where workspace_id = old.id;
  perform private.allow_audit_changes(false);
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_record_workspace_deletion()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_origin constant record := private.request_origin();
begin
  insert into private.deleted_workspaces (
    workspace_id, name, plan_type, member_count, deleted_by, request_id, ip
  )
  select old.id, old.name, old.plan_type, count(*), auth.uid(), v_origin.request_id, v_origin.ip
  from public.workspace_members m
  where m.workspace_id = old.id;
  return old;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if current_setting('private.audit_changes_allowed', true) is distinct from 'true' then
    perform private.raise_error('permission_denied',
      'The audit log only grows.', 'audit_log', 'Entries leave with their retention period or with their workspace.');
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_resource_grants_validate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_caller constant uuid := (select auth.uid());
begin
  -- Before the values, and before the policy has its say, so that outsiders learn nothing from either.
  -- Without an account it is an administrator of the database.
  if v_caller is not null then
    perform private.require_permission(new.workspace_id, 'grants.write');
  end if;

  if new.resource_type is null or new.resource_type not in ('dashboard', 'widget') then
    perform private.raise_invalid_input('resource_type',
      'There are no grants on this kind of thing.', 'Give "dashboard" or "widget".');
  end if;
  if new.access is null or new.access not in ('none', 'view', 'edit', 'manage') then
    perform private.raise_invalid_input('access',
      'This is not a level of access.', 'Give "none", "view", "edit" or "manage".');
  end if;
  if num_nonnulls(new.user_id, new.role_key) <> 1 then
    perform private.raise_invalid_input('user_id',
      'A grant is for one person or for one role.', 'Give either user_id or role_key.');
  end if;

  perform private.require_premium(new.workspace_id, 'resource_grants');
  if v_caller is not null then
    perform private.require_held(new.workspace_id, private.permissions_to_grant(new.access));
    if tg_op = 'UPDATE' then
      perform private.require_held(new.workspace_id, private.permissions_to_grant(old.access));
    end if;
  end if;
  if new.access = 'none' and private.administers_access(new.workspace_id, new.user_id, new.role_key) then
    perform private.raise_error('conflict',
      'Access cannot be taken from those who hold grants.write, who could give it back to themselves.', 'access',
      'Give the person another role first, or take grants.write from the role.');
  end if;

  new.granted_by := v_caller;
  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_themes_validate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_caller constant uuid := (select auth.uid());
begin
  if tg_op = 'UPDATE' and new.revision is distinct from old.revision then
    perform private.raise_error('conflict',
      'The theme was changed since it was read.', old.revision::text,
      'Read the theme again, and change what is there; `details` is its present revision.');
  end if;
  if new.visibility is null or new.visibility not in ('workspace', 'personal') then
    perform private.raise_invalid_input('visibility',
      'This is not a visibility of themes.', 'Give "workspace" or "personal".');
  end if;

  if tg_op = 'INSERT' then
    new.revision := 1;
    new.created_by := v_caller;
    if new.visibility = 'personal' and v_caller is null then
      perform private.raise_invalid_input('visibility',
        'A personal theme belongs to a person.', 'Give "workspace", or make the theme as that person.');
    end if;
    new.owner_id := case new.visibility when 'personal' then v_caller end;
  else
    new.revision := old.revision + 1;
    if new.visibility = 'personal' and old.visibility = 'workspace' then
      perform private.raise_error('conflict',
        'A shared theme stays shared: others may be using it.', 'visibility',
        'Export it, and import it as a personal one.');
    end if;
    new.owner_id := case new.visibility when 'personal' then old.owner_id end;
  end if;

  new.name := private.clean_text(new.name);
  perform private.refuse_problem(private.theme_problem(
    private.theme_document(new.id::text, new.name, new.version, new.colors, new.radius, new.metadata)));
  if new.metadata is not null then
    new.metadata := new.metadata
      || jsonb_strip_nulls(jsonb_build_object(
        'author', private.clean_text(new.metadata ->> 'author'),
        'description', private.clean_text(new.metadata ->> 'description')));
  end if;
  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_workspace_members_check_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_caller constant uuid := (select auth.uid());
begin
  if not private.lock_workspace(old.workspace_id) or v_caller is null or v_caller = old.user_id then
    return old;
  end if;
  perform private.require_permission(old.workspace_id, 'members.remove');
  perform private.require_held_roles(old.workspace_id, array[old.role_key]);

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

CREATE OR REPLACE FUNCTION private.tg_workspace_roles_check_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- What goes with its workspace is deleted by the owner of the schema, and needs no leave.
  if current_user not in ('authenticated', 'service_role') then
    return old;
  end if;
  perform private.refuse_built_in_role(old.key);
  if (select auth.uid()) is not null then
    perform private.require_held(old.workspace_id, old.permissions);
  end if;
  if private.role_is_in_use(old.workspace_id, old.key) then
    perform private.raise_error('conflict',
      'There are members who have this role.', 'key', 'Give these members, suspended ones too, another role first.');
  end if;

  return old;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_workspace_roles_validate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.refuse_built_in_role(new.key);
  new.name := private.clean_text(new.name);

  if new.key is null or new.key !~ '^[a-z][a-z0-9_-]{0,49}$' then
    perform private.raise_invalid_input('key',
      'The key of a role must have 1 to 50 small letters, digits, "-" or "_", and begin with a letter.',
      'Give a key such as "editor" or "guest-author".');
  end if;
  if coalesce(char_length(new.name), 0) not between 1 and 50 then
    perform private.raise_invalid_input('name',
      'The name of a role must have 1 to 50 visible characters.', 'Shorten the name, or give one.');
  end if;
  if new.permissions is null
    or exists (select from unnest(new.permissions) as u (key)
      where not exists (select from public.permissions p where p.key = u.key))
  then
    perform private.raise_invalid_input('permissions',
      'A role can give only permissions that exist.', 'Give a list of keys of the table permissions.');
  end if;
  new.permissions := array(select distinct u.key from unnest(new.permissions) as u (key) order by u.key);

  -- Built-in roles come with a workspace on every plan, and work without an account is the server's.
  if new.is_built_in or (select auth.uid()) is null then
    return new;
  end if;
  perform private.require_permission(new.workspace_id, 'roles.write');
  perform private.require_premium(new.workspace_id, 'custom_roles');
  perform private.require_held(new.workspace_id,
    case tg_op when 'UPDATE' then old.permissions || new.permissions else new.permissions end);

  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.theme_colors_problem(p_path text, p_colors jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  c_pattern constant text := private.color_pattern();
  v_problem constant jsonb := private.keys_problem(p_path, p_colors, private.theme_tokens());
  v_lines text;
  v_token text;
begin
  if v_problem is not null then
    return v_problem;
  end if;

  -- All at once, a color a line: an expression of this size is prepared anew for every text that it is matched with,
  -- which for each color by itself takes ten times as long.
  select string_agg((c.value #>> '{}') || e'\n', '') into v_lines
  from jsonb_each(p_colors) as c
  where jsonb_typeof(c.value) = 'string'
    and char_length(c.value #>> '{}') <= 64
    and strpos(c.value #>> '{}', e'\n') = 0;
  if v_lines ~* format('^(?:%s\n)+$', btrim(c_pattern, '^$'))
    and cardinality(string_to_array(v_lines, e'\n')) = cardinality(private.theme_tokens()) + 1
  then
    return null;
  end if;

  select c.key into v_token
  from jsonb_each(p_colors) as c
  where jsonb_typeof(c.value) <> 'string'
    or char_length(c.value #>> '{}') > 64
    or (c.value #>> '{}') !~* c_pattern
  limit 1;
  if found then
    return private.document_problem(p_path || '.' || v_token, 'This is not a color.',
      'Give oklch(), hsl(), hsla(), rgb(), rgba(), # with 3, 4, 6 or 8 hex digits, or a CSS named color.');
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.theme_document(p_id text, p_name text, p_version text, p_colors jsonb, p_radius jsonb, p_metadata jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'id', p_id,
    'name', p_name,
    'version', p_version,
    'isDefault', p_id = 'default',
    'colors', p_colors,
    'radius', p_radius
  ) || case when p_metadata is null then '{}' else jsonb_build_object('metadata', p_metadata) end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.theme_metadata_problem(p_metadata jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  c_moment constant text := '^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]'
    ':[0-5][0-9](?:[.][0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$';
  c_hint constant text := 'Give a moment such as 2026-01-31T12:00:00Z.';
begin
  return coalesce(
    private.keys_problem('metadata', p_metadata, '{}', '{author,description,createdAt,updatedAt}'),
    case when p_metadata ? 'author' then
      private.line_problem('metadata.author', p_metadata -> 'author', 0, 100)
    end,
    case when p_metadata ? 'description' then
      private.line_problem('metadata.description', p_metadata -> 'description', 0, 500)
    end,
    case when p_metadata ? 'createdAt' then
      private.text_problem('metadata.createdAt', p_metadata -> 'createdAt', c_moment, c_hint)
    end,
    case when p_metadata ? 'updatedAt' then
      private.text_problem('metadata.updatedAt', p_metadata -> 'updatedAt', c_moment, c_hint)
    end
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.theme_not_found()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.raise_error('not_found',
    'There is no such theme, or it is not for you.', 'theme_id', 'Read the list of themes again.');
end;
$function$;

CREATE OR REPLACE FUNCTION private.theme_problem(p_document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return coalesce(
    private.keys_problem('', p_document, '{name,version,colors,radius}', '{id,isDefault,metadata}'),
    case when p_document ? 'id' then
      private.text_problem('id', p_document -> 'id', '^[A-Za-z0-9_-]{1,100}$', 'Leave it out: a theme gets its own.')
    end,
    private.line_problem('name', p_document -> 'name', 1, 50),
    private.text_problem('version', p_document -> 'version',
      '^(?:0|[1-9][0-9]{0,8})(?:[.](?:0|[1-9][0-9]{0,8})){2}$', 'Give three numbers such as 1.0.0.'),
    case when jsonb_typeof(p_document -> 'isDefault') <> 'boolean' then
      private.document_problem('isDefault', 'This must be true or false.', 'Leave it out.')
    end,
    private.keys_problem('colors', p_document -> 'colors', '{light,dark}'),
    private.theme_colors_problem('colors.light', p_document #> '{colors,light}'),
    private.theme_colors_problem('colors.dark', p_document #> '{colors,dark}'),
    private.keys_problem('radius', p_document -> 'radius', '{base}'),
    private.text_problem('radius.base', p_document #> '{radius,base}',
      '^(?:[0-9]{1,3}(?:[.][0-9]{1,6})?|[.][0-9]{1,6})rem$', 'Give a number of rem such as 0.625rem.'),
    case when p_document ? 'metadata' then private.theme_metadata_problem(p_document -> 'metadata') end
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.theme_tokens()
 RETURNS text[]
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return '{background,foreground,card,cardForeground,popover,popoverForeground,primary,primaryForeground,secondary,'
    'secondaryForeground,muted,mutedForeground,accent,accentForeground,destructive,border,input,ring,chart1,chart2,'
    'chart3,chart4,chart5,sidebar,sidebarForeground,sidebarPrimary,sidebarPrimaryForeground,sidebarAccent,'
    'sidebarAccentForeground,sidebarBorder,sidebarRing}'::text[];
end;
$function$;

CREATE OR REPLACE FUNCTION private.transfer_workspace(p_workspace_id text, p_user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_caller_id constant uuid := auth.uid();
  v_caller_role text;
  v_heir_status text;
begin
  perform private.require_permission(p_workspace_id, 'members.update');
  if p_user_id is null or p_user_id = v_caller_id then
    perform private.raise_invalid_input('user_id',
      'A workspace is handed over to another member.', 'Give the id of another active member.');
  end if;

  -- Both rows, in one order for everybody: what is checked here holds until the end.
  perform from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id in (v_caller_id, p_user_id)
  order by m.user_id
  for update;

  select m.role_key into v_caller_role
  from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id = v_caller_id and m.status = 'active';
  if v_caller_role is distinct from 'admin' then
    perform private.raise_error('permission_denied',
      'Only an admin can hand a workspace over.', 'admin', 'Ask an admin of the workspace.');
  end if;

  select m.status into v_heir_status
  from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id = p_user_id;
  if v_heir_status is null then
    perform private.raise_error('not_found',
      'There is no such member in this workspace.', 'user_id', 'Invite the person first.');
  elsif v_heir_status <> 'active' then
    perform private.raise_error('conflict',
      'This member is suspended.', 'user_id', 'Lift the suspension first.');
  end if;

  -- First the new admin: the workspace is not without one in between.
  update public.workspace_members set role_key = 'admin'
  where workspace_id = p_workspace_id and user_id = p_user_id;
  update public.workspace_members set role_key = 'member'
  where workspace_id = p_workspace_id and user_id = v_caller_id;
end;
$function$;

CREATE OR REPLACE FUNCTION private.url_encoded_path(p_path text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select string_agg(
      case
        when part.c ~ '[A-Za-z0-9_.~/-]' then part.c
        else regexp_replace(upper(encode(convert_to(part.c, 'UTF8'), 'hex')), '(..)', '%\1', 'g')
      end,
      '' order by part.i
    )
    from regexp_split_to_table(p_path, '') with ordinality as part (c, i)
  );
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

CREATE OR REPLACE FUNCTION private.workspaces_with(p_permission text)
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := auth.uid();
begin
  return array(
    select m.workspace_id
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    where m.user_id = v_user_id
      and m.status = 'active'
      and p_permission = any (r.permissions)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION public.accept_invitation(token text)
 RETURNS public.workspace_members
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.accept_invitation(token);
end;
$function$;

CREATE OR REPLACE FUNCTION public.activate_theme(workspace_id text, theme_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(workspace_id, 'themes.read');
  if theme_id is not null then
    perform private.find_theme(workspace_id, theme_id);
  end if;
  perform public.patch_preferences(workspace_id, jsonb_build_object('active_theme_id', theme_id));
  return public.active_theme(workspace_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.active_theme(workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_active record;
begin
  perform private.require_permission(workspace_id, 'themes.read');
  v_active := private.active_theme_id(workspace_id);
  return private.find_theme(workspace_id, v_active.theme_id) || jsonb_build_object('source', v_active.source);
end;
$function$;

CREATE OR REPLACE FUNCTION public.change_member(workspace_id text, user_id uuid, role text DEFAULT NULL::text, status text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.change_member(workspace_id, user_id, role, status);
end;
$function$;

CREATE OR REPLACE FUNCTION public.create_invitation(workspace_id text, email text, role text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.create_invitation(workspace_id, email, role);
end;
$function$;

CREATE OR REPLACE FUNCTION public.delete_my_account()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.delete_my_account();
end;
$function$;

CREATE OR REPLACE FUNCTION public.delete_workspace(workspace_id text, name text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.delete_workspace(workspace_id, name);
end;
$function$;

CREATE OR REPLACE FUNCTION public.export_my_data()
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.export_my_data();
end;
$function$;

CREATE OR REPLACE FUNCTION public.export_theme(workspace_id text, theme_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(workspace_id, 'themes.read');
  return private.find_theme(workspace_id, theme_id) - '{kind,revision,createdBy,createdAt,updatedAt}'::text[];
end;
$function$;

CREATE OR REPLACE FUNCTION public.get_member(workspace_id text, user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.get_member(workspace_id, user_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.get_preferences(workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_preferences public.preferences;
begin
  perform private.require_membership(workspace_id);
  select * into v_preferences
  from public.preferences p
  where p.workspace_id = get_preferences.workspace_id and p.user_id = (select auth.uid());
  return private.preferences_document(v_preferences);
end;
$function$;

CREATE OR REPLACE FUNCTION public.get_theme(workspace_id text, theme_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_theme jsonb;
begin
  perform private.require_permission(workspace_id, 'themes.read');
  v_theme := private.find_theme(workspace_id, theme_id);
  return case when private.answer_with_tag(v_theme) then null else v_theme end;
end;
$function$;

CREATE OR REPLACE FUNCTION public.import_theme(workspace_id text, document jsonb, visibility text DEFAULT 'personal'::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_id uuid;
begin
  perform private.require_permission(workspace_id, 'themes.read');
  perform private.require_permission(workspace_id, 'themes.write');
  -- The table checks it too, but has no column for what it would have to refuse beside these.
  perform private.refuse_problem(coalesce(
    private.theme_problem(document),
    case when document is null then private.document_problem('', 'There is no document.', 'Give one.') end));

  insert into public.themes (workspace_id, name, version, colors, radius, metadata, visibility)
  values (
    import_theme.workspace_id, document ->> 'name', document ->> 'version', document -> 'colors',
    document -> 'radius', document -> 'metadata', import_theme.visibility
  )
  returning id into v_id;

  return private.find_theme(workspace_id, v_id::text);
end;
$function$;

CREATE OR REPLACE FUNCTION public.leave_workspace(workspace_id text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.leave_workspace(workspace_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.list_audit_log(workspace_id text, before timestamp with time zone DEFAULT NULL::timestamp with time zone, before_id uuid DEFAULT NULL::uuid, per_page integer DEFAULT 50, actor_id uuid DEFAULT NULL::uuid, action text DEFAULT NULL::text, table_name text DEFAULT NULL::text, since timestamp with time zone DEFAULT NULL::timestamp with time zone, until timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.list_audit_log(
    workspace_id, before, before_id, per_page, actor_id, action, table_name, since, until);
end;
$function$;

CREATE OR REPLACE FUNCTION public.list_members(workspace_id text, search text DEFAULT NULL::text, role text DEFAULT NULL::text, status text DEFAULT NULL::text, sort text DEFAULT 'name'::text, direction text DEFAULT 'asc'::text, page integer DEFAULT 1, per_page integer DEFAULT 50)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.list_members(workspace_id, search, role, status, sort, direction, page, per_page);
end;
$function$;

CREATE OR REPLACE FUNCTION public.list_themes(workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_active text;
  v_default text;
begin
  perform private.require_permission(workspace_id, 'themes.read');

  v_active := (select a.theme_id from private.active_theme_id(workspace_id) as a);
  v_default := coalesce(
    (
      select coalesce(d.theme_id::text, d.built_in_theme)
      from public.default_themes d
      where d.workspace_id = list_themes.workspace_id
    ),
    'default');

  return (
    select jsonb_agg(
      jsonb_build_object(
        'id', l.id,
        'name', l.name,
        'version', l.version,
        'kind', l.kind,
        'revision', l.revision,
        'isActive', l.id = v_active,
        'isWorkspaceDefault', l.id = v_default,
        'metadata', l.metadata,
        'createdBy', l.created_by,
        'createdAt', l.created_at,
        'updatedAt', l.updated_at
      )
      order by l.position, l.name collate "und-x-icu", l.id
    )
    from (
      select b.key as id, b.name, b.version, 'built_in' as kind, null::bigint as revision, b.metadata,
        null::uuid as created_by, null::timestamptz as created_at, null::timestamptz as updated_at, b.position
      from public.built_in_themes b
      union all
      select t.id::text, t.name, t.version, t.visibility, t.revision, t.metadata,
        t.created_by, t.created_at, t.updated_at, null
      from public.themes t
      where t.workspace_id = list_themes.workspace_id
    ) as l
  );
end;
$function$;

CREATE OR REPLACE FUNCTION public.my_access(workspace_id text, resource_type text, resource_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.my_access(workspace_id, resource_type, resource_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.patch_preferences(workspace_id text, patch jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.patch_preferences(workspace_id, patch);
end;
$function$;

CREATE OR REPLACE FUNCTION public.preview_invitation(token text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN private.preview_invitation(token);

CREATE OR REPLACE FUNCTION public.remove_member(workspace_id text, user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.remove_member(workspace_id, user_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.resend_invitation(workspace_id text, id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.resend_invitation(workspace_id, id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.revoke_invitation(workspace_id text, id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.revoke_invitation(workspace_id, id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.session_context()
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.session_context();
end;
$function$;

CREATE OR REPLACE FUNCTION public.set_default_theme(workspace_id text, theme_id text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.set_default_theme(workspace_id, theme_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.transfer_workspace(workspace_id text, user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.transfer_workspace(workspace_id, user_id);
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

ALTER TABLE "public"."audit_log" ADD CONSTRAINT "audit_log_action_known" CHECK ((action = ANY (ARRAY['insert'::text, 'update'::text, 'delete'::text])));

ALTER TABLE "public"."audit_log" ADD CONSTRAINT "audit_log_actor_type_known" CHECK ((actor_type = ANY (ARRAY['user'::text, 'api_key'::text, 'system'::text])));

-- squawk-ignore adding-serial-primary-key-field
ALTER TABLE "public"."audit_log" ADD CONSTRAINT "audit_log_pkey" PRIMARY KEY (workspace_id, occurred_at, id);

ALTER TABLE "public"."default_themes" ADD CONSTRAINT "default_themes_built_in_theme_fkey" FOREIGN KEY (built_in_theme) REFERENCES public.built_in_themes(key) ON DELETE CASCADE;

ALTER TABLE "public"."default_themes" ADD CONSTRAINT "default_themes_workspace_id_fkey" FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE "public"."preferences" ADD CONSTRAINT "preferences_active_built_in_theme_fkey" FOREIGN KEY (active_built_in_theme) REFERENCES public.built_in_themes(key) ON DELETE SET NULL;

ALTER TABLE "public"."preferences" ADD CONSTRAINT "preferences_member_fkey" FOREIGN KEY (workspace_id, user_id) REFERENCES public.workspace_members(workspace_id, user_id) ON DELETE CASCADE;

ALTER TABLE "public"."resource_grants" ADD CONSTRAINT "resource_grants_granted_by_fkey" FOREIGN KEY (granted_by) REFERENCES public.profiles(id) ON DELETE SET NULL;

ALTER TABLE "public"."resource_grants" ADD CONSTRAINT "resource_grants_role_fkey" FOREIGN KEY (workspace_id, role_key) REFERENCES public.workspace_roles(workspace_id, key) ON DELETE CASCADE;

ALTER TABLE "public"."resource_grants" ADD CONSTRAINT "resource_grants_user_fkey" FOREIGN KEY (workspace_id, user_id) REFERENCES public.workspace_members(workspace_id, user_id) ON DELETE CASCADE;

ALTER TABLE "public"."resource_grants" ADD CONSTRAINT "resource_grants_workspace_id_fkey" FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE "public"."themes" ADD CONSTRAINT "themes_created_by_fkey" FOREIGN KEY (created_by) REFERENCES public.profiles(id) ON DELETE SET NULL;

ALTER TABLE "public"."default_themes" ADD CONSTRAINT "default_themes_theme_fkey" FOREIGN KEY (workspace_id, theme_id) REFERENCES public.themes(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE "public"."preferences" ADD CONSTRAINT "preferences_theme_fkey" FOREIGN KEY (workspace_id, active_theme_id) REFERENCES public.themes(workspace_id, id) ON DELETE SET NULL (active_theme_id);

ALTER TABLE "public"."themes" ADD CONSTRAINT "themes_workspace_id_fkey" FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE "public"."workspace_invitations" ADD CONSTRAINT "workspace_invitations_accepted_by_fkey" FOREIGN KEY (accepted_by) REFERENCES public.profiles(id) ON DELETE CASCADE;

ALTER TABLE "public"."workspace_invitations" ADD CONSTRAINT "workspace_invitations_invited_by_fkey" FOREIGN KEY (invited_by) REFERENCES public.profiles(id) ON DELETE SET NULL;

ALTER TABLE "public"."workspace_invitations" ADD CONSTRAINT "workspace_invitations_role_fkey" FOREIGN KEY (workspace_id, role_key) REFERENCES public.workspace_roles(workspace_id, key) ON DELETE CASCADE;

ALTER TABLE "public"."workspace_invitations" ADD CONSTRAINT "workspace_invitations_workspace_id_fkey" FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

CREATE INDEX audit_log_actor_idx ON ONLY public.audit_log USING btree (actor_id, workspace_id, occurred_at, id) WHERE (actor_id IS NOT NULL);

CREATE INDEX default_themes_built_in_theme_idx ON public.default_themes USING btree (built_in_theme);

CREATE INDEX default_themes_theme_idx ON public.default_themes USING btree (workspace_id, theme_id);

CREATE INDEX preferences_built_in_theme_idx ON public.preferences USING btree (active_built_in_theme);

CREATE INDEX preferences_theme_idx ON public.preferences USING btree (workspace_id, active_theme_id);

CREATE INDEX resource_grants_granted_by_idx ON public.resource_grants USING btree (granted_by);

CREATE INDEX resource_grants_resource_idx ON public.resource_grants USING btree (workspace_id, resource_type, resource_id);

CREATE INDEX themes_created_by_idx ON public.themes USING btree (created_by);

CREATE INDEX themes_owner_idx ON public.themes USING btree (workspace_id, owner_id);

CREATE INDEX workspace_invitations_accepted_by_idx ON public.workspace_invitations USING btree (accepted_by);

CREATE INDEX workspace_invitations_invited_by_idx ON public.workspace_invitations USING btree (invited_by);

CREATE UNIQUE INDEX workspace_invitations_pending_idx ON public.workspace_invitations USING btree (workspace_id, email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));

CREATE INDEX workspace_invitations_role_idx ON public.workspace_invitations USING btree (workspace_id, role_key);

CREATE UNIQUE INDEX workspace_invitations_token_hash_idx ON public.workspace_invitations USING btree (token_hash);

CREATE TRIGGER audit_log_refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION private.tg_refuse_audit_change();

CREATE TRIGGER default_themes_audit AFTER INSERT OR DELETE OR UPDATE ON public.default_themes FOR EACH ROW EXECUTE FUNCTION private.tg_audit('workspace_id');

CREATE TRIGGER default_themes_set_updated_at BEFORE UPDATE ON public.default_themes FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER preferences_set_updated_at BEFORE UPDATE ON public.preferences FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER profiles_wait_to_delete BEFORE DELETE ON public.profiles FOR EACH ROW EXECUTE FUNCTION private.tg_profiles_wait_to_delete();

CREATE TRIGGER resource_grants_audit AFTER INSERT OR DELETE OR UPDATE ON public.resource_grants FOR EACH ROW EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER resource_grants_set_updated_at BEFORE UPDATE ON public.resource_grants FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER resource_grants_validate BEFORE INSERT OR UPDATE OF access ON public.resource_grants FOR EACH ROW EXECUTE FUNCTION private.tg_resource_grants_validate();

CREATE TRIGGER themes_audit_delete AFTER DELETE ON public.themes FOR EACH ROW WHEN ((old.visibility = 'workspace'::text)) EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER themes_audit_insert AFTER INSERT ON public.themes FOR EACH ROW WHEN ((new.visibility = 'workspace'::text)) EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER themes_audit_update AFTER UPDATE ON public.themes FOR EACH ROW WHEN ((new.visibility = 'workspace'::text)) EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER themes_set_updated_at BEFORE UPDATE ON public.themes FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER themes_validate BEFORE INSERT OR UPDATE OF name, version, colors, radius, metadata, visibility, revision ON public.themes FOR EACH ROW EXECUTE FUNCTION private.tg_themes_validate();

CREATE TRIGGER workspace_invitations_audit AFTER INSERT OR DELETE OR UPDATE ON public.workspace_invitations FOR EACH ROW EXECUTE FUNCTION private.tg_audit('id', 'token_hash,email');

CREATE TRIGGER workspace_members_audit AFTER INSERT OR DELETE OR UPDATE ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION private.tg_audit('user_id');

CREATE TRIGGER workspace_members_check_delete BEFORE DELETE ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION private.tg_workspace_members_check_delete();

CREATE TRIGGER workspace_members_check_update BEFORE UPDATE ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION private.tg_workspace_members_check_update();

CREATE TRIGGER workspace_members_drop_personal_themes AFTER DELETE ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION private.tg_drop_personal_themes();

CREATE TRIGGER workspace_members_keep_an_admin AFTER DELETE OR UPDATE ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION private.tg_keep_an_admin();

CREATE TRIGGER workspace_roles_audit_insert AFTER INSERT ON public.workspace_roles FOR EACH ROW WHEN ((NOT new.is_built_in)) EXECUTE FUNCTION private.tg_audit('key');

CREATE TRIGGER workspace_roles_audit AFTER DELETE OR UPDATE ON public.workspace_roles FOR EACH ROW WHEN ((NOT old.is_built_in)) EXECUTE FUNCTION private.tg_audit('key');

CREATE TRIGGER workspace_roles_check_delete BEFORE DELETE ON public.workspace_roles FOR EACH ROW EXECUTE FUNCTION private.tg_workspace_roles_check_delete();

CREATE TRIGGER workspace_roles_validate BEFORE INSERT OR UPDATE ON public.workspace_roles FOR EACH ROW EXECUTE FUNCTION private.tg_workspace_roles_validate();

CREATE TRIGGER workspaces_audit AFTER INSERT OR UPDATE ON public.workspaces FOR EACH ROW EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER workspaces_purge_audit_log AFTER DELETE ON public.workspaces FOR EACH ROW EXECUTE FUNCTION private.tg_purge_audit_log();

CREATE TRIGGER workspaces_record_deletion BEFORE DELETE ON public.workspaces FOR EACH ROW EXECUTE FUNCTION private.tg_record_workspace_deletion();

CREATE POLICY "deleted_workspaces_select" ON "private"."deleted_workspaces" FOR SELECT TO "service_role" USING (true);

CREATE POLICY "audit_log_select" ON "public"."audit_log" FOR SELECT TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('audit.read'::text) AS workspaces_with)::text[])));

CREATE POLICY "built_in_themes_select" ON "public"."built_in_themes" FOR SELECT TO "authenticated" USING (true);

CREATE POLICY "default_themes_select" ON "public"."default_themes" FOR SELECT TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('themes.read'::text) AS workspaces_with)::text[])));

CREATE POLICY "plans_select" ON "public"."plans" FOR SELECT TO "authenticated" USING (true);

CREATE POLICY "preferences_select" ON "public"."preferences" FOR SELECT TO "authenticated" USING (((user_id = ( SELECT auth.uid() AS uid)) AND (workspace_id = ANY (( SELECT private.active_workspaces() AS active_workspaces)::text[]))));

CREATE POLICY "resource_grants_delete" ON "public"."resource_grants" FOR DELETE TO "authenticated" USING (((workspace_id = ANY (( SELECT private.workspaces_with('grants.write'::text) AS workspaces_with)::text[])) AND (workspace_id = ANY (( SELECT private.workspaces_with('dashboards.read'::text) AS workspaces_with)::text[])) AND ((access = 'view'::text) OR (workspace_id = ANY (( SELECT private.workspaces_with('dashboards.write'::text) AS workspaces_with)::text[])))));

CREATE POLICY "resource_grants_insert" ON "public"."resource_grants" FOR INSERT TO "authenticated" WITH CHECK ((workspace_id = ANY (( SELECT private.workspaces_with('grants.write'::text) AS workspaces_with)::text[])));

CREATE POLICY "resource_grants_select" ON "public"."resource_grants" FOR SELECT TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('grants.write'::text) AS workspaces_with)::text[])));

CREATE POLICY "resource_grants_update" ON "public"."resource_grants" FOR UPDATE TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('grants.write'::text) AS workspaces_with)::text[]))) WITH CHECK ((workspace_id = ANY (( SELECT private.workspaces_with('grants.write'::text) AS workspaces_with)::text[])));

CREATE POLICY "themes_delete" ON "public"."themes" FOR DELETE TO "authenticated" USING (((workspace_id = ANY (( SELECT private.workspaces_with('themes.write'::text) AS workspaces_with)::text[])) AND ((visibility = 'workspace'::text) OR (owner_id = ( SELECT auth.uid() AS uid)))));

CREATE POLICY "themes_insert" ON "public"."themes" FOR INSERT TO "authenticated" WITH CHECK (((workspace_id = ANY (( SELECT private.workspaces_with('themes.write'::text) AS workspaces_with)::text[])) AND ((visibility = 'workspace'::text) OR (owner_id = ( SELECT auth.uid() AS uid)))));

CREATE POLICY "themes_select" ON "public"."themes" FOR SELECT TO "authenticated" USING (((workspace_id = ANY (( SELECT private.workspaces_with('themes.read'::text) AS workspaces_with)::text[])) AND ((visibility = 'workspace'::text) OR (owner_id = ( SELECT auth.uid() AS uid)))));

CREATE POLICY "themes_update" ON "public"."themes" FOR UPDATE TO "authenticated" USING (((workspace_id = ANY (( SELECT private.workspaces_with('themes.write'::text) AS workspaces_with)::text[])) AND ((visibility = 'workspace'::text) OR (owner_id = ( SELECT auth.uid() AS uid))))) WITH CHECK (((workspace_id = ANY (( SELECT private.workspaces_with('themes.write'::text) AS workspaces_with)::text[])) AND ((visibility = 'workspace'::text) OR (owner_id = ( SELECT auth.uid() AS uid)))));

CREATE POLICY "workspace_invitations_select" ON "public"."workspace_invitations" FOR SELECT TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('members.invite'::text) AS workspaces_with)::text[])));

CREATE POLICY "workspace_members_delete" ON "public"."workspace_members" FOR DELETE TO "authenticated" USING (((workspace_id = ANY (( SELECT private.workspaces_with('members.remove'::text) AS workspaces_with)::text[])) OR ((user_id = ( SELECT auth.uid() AS uid)) AND (status = 'active'::text))));

CREATE POLICY "workspace_members_select" ON "public"."workspace_members" FOR SELECT TO "authenticated" USING (((workspace_id = ANY (( SELECT private.workspaces_with('members.read'::text) AS workspaces_with)::text[])) OR ((user_id = ( SELECT auth.uid() AS uid)) AND (status = 'active'::text))));

CREATE POLICY "workspace_members_update" ON "public"."workspace_members" FOR UPDATE TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('members.update'::text) AS workspaces_with)::text[]))) WITH CHECK ((workspace_id = ANY (( SELECT private.workspaces_with('members.update'::text) AS workspaces_with)::text[])));

CREATE POLICY "workspace_roles_delete" ON "public"."workspace_roles" FOR DELETE TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('roles.write'::text) AS workspaces_with)::text[])));

CREATE POLICY "workspace_roles_insert" ON "public"."workspace_roles" FOR INSERT TO "authenticated" WITH CHECK ((workspace_id = ANY (( SELECT private.workspaces_with('roles.write'::text) AS workspaces_with)::text[])));

CREATE POLICY "workspace_roles_update" ON "public"."workspace_roles" FOR UPDATE TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('roles.write'::text) AS workspaces_with)::text[]))) WITH CHECK ((workspace_id = ANY (( SELECT private.workspaces_with('roles.write'::text) AS workspaces_with)::text[])));

CREATE POLICY "avatars_insert" ON "storage"."objects" FOR INSERT TO "authenticated" WITH CHECK (((bucket_id = 'avatars'::text) AND ((storage.foldername(name))[1] = ( SELECT (p.id)::text AS id
   FROM public.profiles p
  WHERE (p.id = ( SELECT auth.uid() AS uid))))));

COMMENT ON COLUMN "private"."deleted_workspaces"."deleted_by" IS 'The account that deleted it; null for the system and for API keys. No reference: it outlives the account.';

COMMENT ON COLUMN "private"."deleted_workspaces"."member_count" IS 'How many people were in it, suspended ones included.';

COMMENT ON COLUMN "public"."audit_log"."actor_id" IS 'The person''s account, null for an API key or the system. No reference: an id without a profile is a deleted user.';

COMMENT ON COLUMN "public"."audit_log"."actor_role" IS 'The role that the person had in the workspace when they acted; null where they were no member.';

COMMENT ON COLUMN "public"."audit_log"."actor_type" IS 'user: somebody signed in. api_key: a request with a key alone. system: no request at all, such as a cron job.';

COMMENT ON COLUMN "public"."audit_log"."changes" IS 'By column: {"old": …, "new": …} for an update, {"new": …} for an insert, {"old": …} for a delete, and {} where the value is withheld.';

COMMENT ON COLUMN "public"."audit_log"."ip" IS 'Where the request came from according to its headers: a hint, no proof. Erased with the account.';

COMMENT ON COLUMN "public"."audit_log"."occurred_at" IS 'When the change was made, by the clock and not by the transaction: entries of one transaction keep their order.';

COMMENT ON COLUMN "public"."audit_log"."request_id" IS 'The header x-request-id, at most 100 characters. The caller chose it.';

COMMENT ON COLUMN "public"."audit_log"."row_id" IS 'The key of the row without workspace_id, parts joined by commas.';

COMMENT ON COLUMN "public"."built_in_themes"."key" IS 'The id by which the functions about themes know it.';

COMMENT ON COLUMN "public"."built_in_themes"."position" IS 'Its place in a list.';

COMMENT ON COLUMN "public"."default_themes"."built_in_theme" IS 'The key of a built-in theme; null for one of the workspace.';

COMMENT ON COLUMN "public"."default_themes"."theme_id" IS 'A shared theme of the workspace; null for a built-in one.';

COMMENT ON COLUMN "public"."plans"."features" IS 'What the plan offers beyond the free one, by the names that errors give too.';

COMMENT ON COLUMN "public"."plans"."key" IS 'What workspaces.plan_type names.';

COMMENT ON COLUMN "public"."preferences"."active_built_in_theme" IS 'The key of a built-in theme.';

COMMENT ON COLUMN "public"."preferences"."active_dashboard_view" IS 'The id of a view of the workspace. No reference holds it: an id that leads nowhere counts as none.';

COMMENT ON COLUMN "public"."preferences"."active_theme_id" IS 'A theme of the workspace. Null where it is a built-in one, or none and the workspace''s default counts.';

COMMENT ON COLUMN "public"."preferences"."extras" IS 'Whatever else a front end keeps, at most 16 KiB as text, under keys such as app:density.';

COMMENT ON COLUMN "public"."preferences"."locale" IS 'A language tag; null for the profile''s.';

COMMENT ON COLUMN "public"."resource_grants"."access" IS 'view, edit or manage, which add to the role; or none, which takes away what the role gives.';

COMMENT ON COLUMN "public"."resource_grants"."granted_by" IS 'Who set the access last; null once that account is deleted.';

COMMENT ON COLUMN "public"."resource_grants"."resource_id" IS 'The id of a resource of the same workspace.';

COMMENT ON COLUMN "public"."resource_grants"."resource_type" IS 'dashboard or widget.';

COMMENT ON COLUMN "public"."resource_grants"."role_key" IS 'The role it is for; null where it is for a person.';

COMMENT ON COLUMN "public"."resource_grants"."user_id" IS 'The member it is for; null where it is for a role.';

COMMENT ON COLUMN "public"."themes"."colors" IS '{light, dark}, each with exactly the tokens of private.theme_tokens().';

COMMENT ON COLUMN "public"."themes"."created_by" IS 'Who made it; null once that account is deleted.';

COMMENT ON COLUMN "public"."themes"."metadata" IS '{author, description, createdAt, updatedAt}, each optional; null for none.';

COMMENT ON COLUMN "public"."themes"."name" IS 'One visible line of 1 to 50 characters.';

COMMENT ON COLUMN "public"."themes"."owner_id" IS 'Whose a personal theme is; null for a shared one. A trigger on members keeps it, in place of a reference: with one, embedding the profiles of members would be ambiguous.';

COMMENT ON COLUMN "public"."themes"."radius" IS '{base}: a number of rem.';

COMMENT ON COLUMN "public"."themes"."revision" IS 'Counts the changes. An update that names another than the present one is refused.';

COMMENT ON COLUMN "public"."themes"."version" IS 'The version that its makers give it: x.y.z.';

COMMENT ON COLUMN "public"."themes"."visibility" IS 'personal: its maker''s alone, who may share it; workspace: shared with the members, and it stays so.';

COMMENT ON COLUMN "public"."workspace_invitations"."expires_at" IS 'Seven days after it was last sent.';

COMMENT ON COLUMN "public"."workspace_invitations"."invited_by" IS 'Who vouches for it: whoever sent it last. Without this person, or without their right to give the role, it is not valid.';

COMMENT ON COLUMN "public"."workspace_invitations"."token_hash" IS 'SHA-256 of the token, which is shown once and not kept.';

COMMENT ON COLUMN "public"."workspace_roles"."name" IS 'One visible line of 1 to 50 characters.';

COMMENT ON COLUMN "public"."workspace_roles"."permissions" IS 'Keys of public.permissions that the role gives, sorted, each once.';

COMMENT ON FUNCTION "private"."accept_invitation"(text) IS 'See public.accept_invitation. Definer: clients write neither memberships nor invitations, and accounts are Auth''s.';

COMMENT ON FUNCTION "private"."active_theme_id"(text) IS 'The theme that the caller sees in a workspace, and who chose it: the person, the workspace, or nobody (built_in).';

COMMENT ON FUNCTION "private"."active_workspaces"() IS 'The ids of the workspaces in which the caller is an active member, whatever the role permits; empty for nobody. Definer: it reads memberships, which the caller sees through policies only.';

COMMENT ON FUNCTION "private"."add_audit_partition"(timestamp without time zone) IS 'Makes the partition of the month that begins at this moment (UTC) where there is none, and moves its entries there from the default partition.';

COMMENT ON FUNCTION "private"."administers_access"(text, uuid, text) IS 'Whether a grantee, a member or a role, holds grants.write.';

COMMENT ON FUNCTION "private"."allow_audit_changes"(boolean) IS 'Opens the audit log for the few functions that take entries out, and closes it behind them. A setting can be forged, which helps nobody who lacks the grants: it protects the owner from accidents.';

COMMENT ON FUNCTION "private"."answer_with_tag"(jsonb) IS 'Gives the response an ETag of the content and leave to be cached privately for an hour. True, with status 304, where the request says that the caller has it.';

COMMENT ON FUNCTION "private"."change_member"(text, uuid, text, text) IS 'Changes role, status or both of a member and returns the member. Definer: it must find members whom the caller may change and not read; the triggers of the table check what is written.';

COMMENT ON FUNCTION "private"."color_pattern"() IS 'The grammar of a color, to be matched without regard to case: oklch(), hsl(), hsla(), rgb(), rgba(), # with 3, 4, 6 or 8 hex digits, or a CSS named color.';

COMMENT ON FUNCTION "private"."confirmed_email"(uuid) IS 'The address that an account has proved to own, in lower case (of ASCII alone: other letters stay what they are), or null.';

COMMENT ON FUNCTION "private"."create_invitation"(text, text, text) IS 'See public.create_invitation. Definer: clients may not write invitations, nor read every membership.';

COMMENT ON FUNCTION "private"."delete_my_account"() IS 'Deletes the caller''s account and what is only theirs, or nothing. Definer: accounts are Auth''s.';

COMMENT ON FUNCTION "private"."delete_workspace"(text, text) IS 'Deletes a workspace with everything in it. Definer: clients may not delete workspaces by themselves.';

COMMENT ON FUNCTION "private"."document_problem"(text, text, text) IS 'What is wrong with a document and where: {path, message, hint}. The path has dots, and is empty for the whole.';

COMMENT ON FUNCTION "private"."drop_resource_grants"(text, text, uuid) IS 'Takes the grants of a resource that is deleted. Definer: whoever deletes it need not hold grants.write. Granted to nobody: the delete trigger that calls it is a definer itself.';

COMMENT ON FUNCTION "private"."expire_audit_entries"(integer) IS 'Removes at most so many entries that are past their retention (90 days, on the premium plan 400), and returns how many. Run by cron until nothing is left, with a commit after each batch.';

COMMENT ON FUNCTION "private"."export_account"(uuid) IS 'The account as Auth knows it, without password and tokens.';

COMMENT ON FUNCTION "private"."export_audit"(uuid) IS 'What the person did according to the audit log, when and from which address; the changed values are left out.';

COMMENT ON FUNCTION "private"."export_files"(uuid) IS 'The files in the person''s own folder, by name and size; their bytes are downloaded from Storage.';

COMMENT ON FUNCTION "private"."export_identities"(uuid) IS 'The ways in which the person can sign in, with what each provider told about them.';

COMMENT ON FUNCTION "private"."export_invitations"(uuid) IS 'The invitations that the person sent, and those that they accepted or that wait for their confirmed address.';

COMMENT ON FUNCTION "private"."export_memberships"(uuid) IS 'The workspaces the person is in, and as what.';

COMMENT ON FUNCTION "private"."export_my_data"() IS 'The caller''s data, section by section. Definer: the account is Auth''s, and a person may know what is stored about them where they are suspended, too.';

COMMENT ON FUNCTION "private"."export_preferences"(uuid) IS 'What the person prefers in each workspace.';

COMMENT ON FUNCTION "private"."export_profile"(uuid) IS 'What colleagues see of the person.';

COMMENT ON FUNCTION "private"."export_sessions"(uuid) IS 'Where the person is signed in: browser and address of each session.';

COMMENT ON FUNCTION "private"."export_themes"(uuid) IS 'The themes that the person made: their personal ones whole, the shared ones by id.';

COMMENT ON FUNCTION "private"."export_workspaces_created"(uuid) IS 'The workspaces the person made; by id alone where they are no longer in it.';

COMMENT ON FUNCTION "private"."find_member"(text, uuid) IS 'One member as clients read one; who calls it has checked the permission. Error: not_found (user_id).';

COMMENT ON FUNCTION "private"."find_theme"(text, text) IS 'A theme that the caller may see, as get_theme gives it; who calls it has checked the permission. Error: not_found (theme_id).';

COMMENT ON FUNCTION "private"."get_member"(text, uuid) IS 'One member of a workspace. Definer: it checks the permission once, in place of the policies of two tables.';

COMMENT ON FUNCTION "private"."grants_of_caller"(text) IS 'The grants that count for the caller, one for a resource: none of a suspended member, nothing given on the free plan, nothing taken from who holds grants.write. For the definer functions of this file.';

COMMENT ON FUNCTION "private"."invitation_token_hash"(text) IS 'What is kept of a token. A plain hash is enough for 256 random bits, which nobody can try out.';

COMMENT ON FUNCTION "private"."invitation_with_token"(public.workspace_invitations, text) IS 'What an inviter is told, once: {id, email, role, token, expiresAt}.';

COMMENT ON FUNCTION "private"."is_email"(text) IS 'Whether a text is an e-mail address in the form in which it is kept: ASCII, lower case, at most 254 characters.';

COMMENT ON FUNCTION "private"."is_last_admin"(text, uuid) IS 'Whether the person is the only active admin of a workspace with other people in it, suspended ones included. A preview: what decides is the trigger. Definer: it reads memberships beyond the caller''s policies.';

COMMENT ON FUNCTION "private"."keys_problem"(text, jsonb, text[], text[]) IS 'What is wrong with the keys of an object inside a document: one is missing, or one is not known. Null where nothing is. An unknown key is named only where it is a plain name.';

COMMENT ON FUNCTION "private"."leave_workspace"(text) IS 'Ends the caller''s own membership. Definer: in the shape of its neighbours; it reaches no row but the caller''s.';

COMMENT ON FUNCTION "private"."line_problem"(text, jsonb, integer, integer) IS 'What is wrong with a line that people read, counted after private.clean_text; null where nothing is.';

COMMENT ON FUNCTION "private"."list_audit_log"(text, timestamp with time zone, uuid, integer, uuid, text, text, timestamp with time zone, timestamp with time zone) IS 'A page of the audit log. Definer: it names people who have left the workspace.';

COMMENT ON FUNCTION "private"."list_members"(text, text, text, text, text, text, integer, integer) IS 'A page of the members of a workspace with the total. Definer: it checks the permission once, in place of the policies of two tables for every person.';

COMMENT ON FUNCTION "private"."lock_pending_invitation"(text, uuid) IS 'An invitation that is to be changed, locked against being accepted meanwhile. Errors: not_found, conflict.';

COMMENT ON FUNCTION "private"."lock_workspace"(text) IS 'Lets one transaction at a time decide about the members of a workspace. False where the workspace is gone, or is being deleted by this very transaction.';

COMMENT ON FUNCTION "private"."maintain_audit_partitions"() IS 'Makes the partitions of this month and the next three, empties the default partition, and drops the partitions that lie wholly beyond the longest retention. Run by cron, and once by the migration.';

COMMENT ON FUNCTION "private"."member_document"(public.workspace_members, public.profiles) IS 'A member as clients read one: userId, name, email, avatarPath, role, status, joinedAt.';

COMMENT ON FUNCTION "private"."merge_patch"(jsonb, jsonb, integer) IS 'JSON merge patch (RFC 7396): members are replaced, null removes one, objects are merged, anything else is taken as it is. Error: invalid_input (patch) for more than 32 levels.';

COMMENT ON FUNCTION "private"."my_access"(text, text, uuid) IS 'See public.my_access. Definer: the caller cannot read grants.';

COMMENT ON FUNCTION "private"."new_invitation_token"() IS '32 random bytes as base64url: 43 characters that fit a link.';

COMMENT ON FUNCTION "private"."open_invitation"(text) IS 'The invitation that a token opens, or a row of nulls: pending, not expired, from an active member who may invite and holds every permission of the role, and to a role of the plan.';

COMMENT ON FUNCTION "private"."patch_preferences"(text, jsonb) IS 'Changes the caller''s own preferences. Definer: no role writes the table, which holds only what is checked here.';

COMMENT ON FUNCTION "private"."patched_extras"(jsonb, jsonb) IS 'Extras with the given ones in place of theirs; null removes one. Values are replaced whole.';

COMMENT ON FUNCTION "private"."permissions_in"(text) IS 'The permissions that the caller holds in a workspace; empty for outsiders and suspended members. Definer: it reads memberships, whose own policies would have to be passed first.';

COMMENT ON FUNCTION "private"."permissions_to_grant"(text) IS 'What one must hold to set an access: what it gives, or for none what it takes away.';

COMMENT ON FUNCTION "private"."preferences_document"(public.preferences) IS 'Preferences as clients read and patch them; of no row, those of somebody who has set nothing.';

COMMENT ON FUNCTION "private"."preview_invitation"(text) IS 'See public.preview_invitation. Definer: who is invited can read nothing of the workspace yet.';

COMMENT ON FUNCTION "private"."protect_audit_partition"(text, text) IS 'Gives a partition of the audit log what it does not inherit: row-level security, the refusal of changes, comments.';

COMMENT ON FUNCTION "private"."raise_invitation_not_valid"() IS 'The one answer for every token that does not count. Error: invitation_not_valid.';

COMMENT ON FUNCTION "private"."refuse_built_in_role"(text) IS 'Refuses an API role, the service role too, that writes a built-in role. Error: conflict.';

COMMENT ON FUNCTION "private"."refuse_problem"(jsonb) IS 'Refuses a document with a problem. Error: invalid_input with the path inside the document in `details`.';

COMMENT ON FUNCTION "private"."remove_member"(text, uuid) IS 'Removes a member. Definer: it must find members whom the caller may remove and not read; the triggers of the table check whom.';

COMMENT ON FUNCTION "private"."remove_orphaned_avatars"() IS 'Asks the Storage API to remove up to 500 pictures of accounts that are gone. Runs by schedule and when an account is deleted. Definer: it reads Vault. Warns, and does nothing, while the secrets are not set.';

COMMENT ON FUNCTION "private"."request_origin"() IS 'The x-request-id of the request (its first 100 printable characters) and the address it came from (the first of x-forwarded-for, else x-real-ip); null where absent or malformed. Never fails.';

COMMENT ON FUNCTION "private"."require_held"(text, text[]) IS 'Refuses a caller who lacks one of the permissions that a role, an invitation or a grant would give. Error: permission_denied with the missing ones in `details`.';

COMMENT ON FUNCTION "private"."require_held_roles"(text, text[]) IS 'Refuses a caller who lacks a permission that one of the roles gives. Error: permission_denied.';

COMMENT ON FUNCTION "private"."require_member_status"(text) IS 'Refuses a status that members cannot have. Error: invalid_input (status).';

COMMENT ON FUNCTION "private"."require_membership"(text) IS 'Refuses who is not an active member, whatever their role permits. Errors: not_found, invalid_input (workspace_id) for what cannot be an id. Definer: it reads memberships, whose own policies would have to be passed first.';

COMMENT ON FUNCTION "private"."require_permission"(text, text) IS 'Refuses a caller who lacks a permission in a workspace. Errors: not_found for who is not in it, permission_denied with the permission in `details` for who is, invalid_input (workspace_id) for what cannot be an id.';

COMMENT ON FUNCTION "private"."require_preferences_patch"(jsonb) IS 'Refuses a patch that holds anything but preferences. Error: invalid_input with the path inside the patch.';

COMMENT ON FUNCTION "private"."require_premium"(text, text) IS 'Refuses a workspace on the free plan; call it after the permission is checked, or it tells outsiders the plan. Error: payment_required with the feature in `details`. Definer: triggers call it for roles that may not read.';

COMMENT ON FUNCTION "private"."require_role"(text, text, text) IS 'Refuses a role that the workspace does not have. Error: invalid_input with the given field.';

COMMENT ON FUNCTION "private"."require_role_of_plan"(text, text) IS 'Refuses to give a custom role on the free plan. Error: payment_required.';

COMMENT ON FUNCTION "private"."require_role_to_give"(text, text) IS 'Refuses a role that the workspace lacks, one that holds a permission that the caller lacks, and a custom one on the free plan. Errors: invalid_input (role), permission_denied, payment_required.';

COMMENT ON FUNCTION "private"."require_workspace_id"(text) IS 'Refuses what cannot be the id of a workspace. Error: invalid_input (workspace_id).';

COMMENT ON FUNCTION "private"."resend_invitation"(text, uuid) IS 'See public.resend_invitation. Definer: clients may not write invitations.';

COMMENT ON FUNCTION "private"."resources_with"(text, text) IS 'The resources to which grants give the caller at least an access: view, edit or manage. Definer: the caller cannot read grants.';

COMMENT ON FUNCTION "private"."resources_without"(text) IS 'The resources from which a grant takes away all that the caller''s role gives. Definer: the caller cannot read grants.';

COMMENT ON FUNCTION "private"."revoke_invitation"(text, uuid) IS 'See public.revoke_invitation. Definer: clients may not write invitations.';

COMMENT ON FUNCTION "private"."role_is_in_use"(text, text) IS 'Whether a member, suspended or not, has the role. Definer: who may delete roles need not see members.';

COMMENT ON FUNCTION "private"."scrub_audit_of"(uuid) IS 'Erases the IP addresses of a person''s entries; what stays is a bare id, shown as a deleted user. To be called after the account''s rows are gone, which makes entries too. Definer: nobody else may change an entry.';

COMMENT ON FUNCTION "private"."session_context"() IS 'The caller, their workspaces and their preferences. Definer: it reads the account, which is Auth''s, and memberships past their policies.';

COMMENT ON FUNCTION "private"."set_default_theme"(text, text) IS 'Sets the default theme of a workspace. Definer: no role writes the table, which holds only what is checked here.';

COMMENT ON FUNCTION "private"."text_problem"(text, jsonb, text, text) IS 'What is wrong with a text of a given form; null where nothing is.';

COMMENT ON FUNCTION "private"."tg_add_built_in_roles"() IS 'After a workspace is made: gives it its three roles. Definer: no API role may write built-in roles.';

COMMENT ON FUNCTION "private"."tg_audit"() IS 'After insert, update or delete: writes the entry. Arguments: the columns of the row''s key without workspace_id, and the columns whose values are withheld, both joined by commas. Definer: no role may write entries.';

COMMENT ON FUNCTION "private"."tg_drop_personal_themes"() IS 'After a membership ends: deletes the person''s own themes in that workspace. Definer: nobody else may.';

COMMENT ON FUNCTION "private"."tg_keep_an_admin"() IS 'After update or delete: refuses the end of the last active admin, and deletes a workspace without people. Error: last_admin with the id of the workspace in `details`. Definer: it locks, counts and deletes beyond the caller''s policies.';

COMMENT ON FUNCTION "private"."tg_profiles_wait_to_delete"() IS 'Before delete, which Auth and Studio cause too: one account after the other.';

COMMENT ON FUNCTION "private"."tg_purge_audit_log"() IS 'After a workspace is deleted: removes its audit log. Definer: no role may remove entries.';

COMMENT ON FUNCTION "private"."tg_record_workspace_deletion"() IS 'Before a workspace is deleted, by whatever way: records it while its members can be counted. Definer: no role writes the record.';

COMMENT ON FUNCTION "private"."tg_refuse_audit_change"() IS 'Before update, delete or truncate: refuses it to everyone, the owner included, outside of allow_audit_changes. Error: permission_denied.';

COMMENT ON FUNCTION "private"."tg_resource_grants_validate"() IS 'Before insert or update of access: who may, on which plan, and nobody gives or takes what they lack. Definer: who writes grants need not be able to read members and roles. Errors: not_found, permission_denied, invalid_input (resource_type, access, user_id), payment_required, conflict.';

COMMENT ON FUNCTION "private"."tg_themes_validate"() IS 'Before a theme is made or changed: refuses a stale revision and an invalid document, cleans what people read, and sets owner and maker. Errors: conflict (`details` is the present revision, or visibility), invalid_input with the path inside the document.';

COMMENT ON FUNCTION "private"."tg_workspace_members_check_delete"() IS 'Before delete: the caller must hold members.remove and everything that the member''s role permits; oneself one may always remove, and a workspace that goes takes its members along. Errors: not_found, permission_denied. Definer: it locks the workspace and reads roles, which the caller may not.';

COMMENT ON FUNCTION "private"."tg_workspace_members_check_update"() IS 'Before update: the role must exist, and the caller hold members.update and everything that the role before and the role after permit; another role must be of the plan. Errors: not_found, permission_denied, invalid_input (role_key, status), payment_required. Definer: it locks the workspace and reads roles, which the caller may not.';

COMMENT ON FUNCTION "private"."tg_workspace_roles_check_delete"() IS 'Before delete by an API role: keeps built-in roles, roles that members have, and roles that permit more than the caller may. The plan does not matter. Errors: conflict, permission_denied.';

COMMENT ON FUNCTION "private"."tg_workspace_roles_validate"() IS 'Before insert or update: cleans and checks the values, refuses built-in roles, and holds people to the premium plan and to the permissions that they hold themselves, before the change and after it. Errors: conflict, invalid_input, not_found, permission_denied, payment_required.';

COMMENT ON FUNCTION "private"."theme_colors_problem"(text, jsonb) IS 'What is wrong with the colors of one mode; null where nothing is.';

COMMENT ON FUNCTION "private"."theme_document"(text, text, text, jsonb, jsonb, jsonb) IS 'A theme as the front end reads, exports and imports one.';

COMMENT ON FUNCTION "private"."theme_metadata_problem"(jsonb) IS 'What is wrong with the metadata of a theme; null where nothing is.';

COMMENT ON FUNCTION "private"."theme_not_found"() IS 'The one answer for a theme that is not there or not theirs: not_found.';

COMMENT ON FUNCTION "private"."theme_problem"(jsonb) IS 'What is wrong with a theme document, as {path, message, hint}, the first thing found; null for a valid one.';

COMMENT ON FUNCTION "private"."theme_tokens"() IS 'The colors that each mode of a theme has, no more and no fewer.';

COMMENT ON FUNCTION "private"."transfer_workspace"(text, uuid) IS 'Makes another member the admin and the caller a member. Definer: clients may not write memberships.';

COMMENT ON FUNCTION "private"."url_encoded_path"(text) IS 'A path as it stands in an address: everything but plain characters and / is escaped.';

COMMENT ON FUNCTION "private"."wait_for_account_deletions"() IS 'Lets accounts be deleted one after the other. A deletion writes wherever the person left a trace, in no order: of two people in each other''s workspaces, each would wait for the other.';

COMMENT ON FUNCTION "public"."accept_invitation"(text) IS 'Makes the caller a member with the invited role and returns the membership. The confirmed address of the account must be the invited one. Errors: not_signed_in, invitation_not_valid, conflict (a member already, suspended or not).';

COMMENT ON FUNCTION "public"."activate_theme"(text, text) IS 'Chooses a theme for the caller in a workspace, null for the workspace''s default, and returns it as active_theme does. Takes themes.read. Errors: not_found (workspace_id, theme_id), permission_denied.';

COMMENT ON FUNCTION "public"."active_theme"(text) IS 'The theme that the caller sees in a workspace, as get_theme gives it, with source: person, workspace or built_in, whoever''s choice it is. Takes themes.read. Errors: not_found, permission_denied.';

COMMENT ON FUNCTION "public"."change_member"(text, uuid, text, text) IS 'Changes the role, the status (active, suspended) or both of a member, and returns the member as get_member does. Takes members.update and every permission of the role before and after, and for another custom role the premium plan. Errors: not_found, permission_denied, invalid_input (role, status), payment_required, last_admin.';

COMMENT ON FUNCTION "public"."create_invitation"(text, text, text) IS 'Invites an address to a role and returns {id, email, role, token, expiresAt}. The token is shown this once: put it into the link that is sent to that address. Takes members.invite and every permission of the role, and for a custom role the premium plan. Errors: not_found, permission_denied, invalid_input (email, role), payment_required, conflict (invited already, in the workspace already, or 100 pending on the free plan).';

COMMENT ON FUNCTION "public"."delete_my_account"() IS 'Deletes the caller''s account with the profile, the memberships, the files and the workspaces in which they are alone. What they made in other workspaces stays, by nobody. Access tokens that are still valid find nothing. Errors: not_signed_in, last_admin (`details` is a JSON list of {id, name} of the workspaces).';

COMMENT ON FUNCTION "public"."delete_workspace"(text, text) IS 'Deletes a workspace and everything in it, for good. `name` must be its exact name. Takes workspace.delete. Errors: not_found, permission_denied, invalid_input (name).';

COMMENT ON FUNCTION "public"."export_my_data"() IS 'All personal data of the caller as one JSON document: version (1), exportedAt, account, identities, sessions, profile, memberships, preferences, themes, workspacesCreated, files, invitations {sent, received}, audit. Sections may be added; `version` changes when one changes its meaning. Errors: not_signed_in.';

COMMENT ON FUNCTION "public"."export_theme"(text, text) IS 'A theme as a document that import_theme takes, in any workspace. Takes themes.read. Errors: not_found (workspace_id, theme_id), permission_denied.';

COMMENT ON FUNCTION "public"."get_member"(text, uuid) IS 'One member of a workspace: {userId, name, email, avatarPath, role, status, joinedAt}. Takes members.read. Errors: not_found (workspace_id, user_id), permission_denied.';

COMMENT ON FUNCTION "public"."get_preferences"(text) IS 'What the caller prefers in a workspace: {locale, theme_mode, active_theme_id, sidebar_collapsed, active_dashboard_view, extras}, complete also where nothing was set. Errors: not_found.';

COMMENT ON FUNCTION "public"."get_theme"(text, text) IS 'A theme: the document with kind (built_in, workspace, personal), revision, createdBy, createdAt and updatedAt. Call it with GET: the answer has an ETag, may be cached for an hour, and is 304 where If-None-Match holds the tag. Takes themes.read. Errors: not_found (workspace_id, theme_id), permission_denied.';

COMMENT ON FUNCTION "public"."import_theme"(text, jsonb, text) IS 'Makes a theme from a document, with an id of its own, and returns it as get_theme does; visibility is personal or workspace. Takes themes.read and themes.write. Errors: not_found, permission_denied, invalid_input (the path inside the document, or visibility).';

COMMENT ON FUNCTION "public"."leave_workspace"(text) IS 'Ends the caller''s own membership, whatever their role; the last person to leave takes the workspace along. To suspended members the workspace does not exist. Errors: not_found, last_admin.';

COMMENT ON FUNCTION "public"."list_audit_log"(text, timestamp with time zone, uuid, integer, uuid, text, text, timestamp with time zone, timestamp with time zone) IS 'A page of a workspace''s audit log, latest first: {entries, next}. `next` is null on the last page, else what to give as `before` and `before_id`. `since` is included, `until` is not. Takes audit.read. Errors: not_found, permission_denied, invalid_input (per_page, before, action, until).';

COMMENT ON FUNCTION "public"."list_members"(text, text, text, text, text, text, integer, integer) IS 'A page of the members of a workspace: {total, page, perPage, members}, each member as get_member gives one. Search finds a part of the name or the address; role and status narrow; sort is name, email, role or joined_at, direction asc or desc, per_page at most 100. Takes members.read. Errors: not_found, permission_denied, invalid_input (search, role, status, sort, direction, page, per_page).';

COMMENT ON FUNCTION "public"."list_themes"(text) IS 'The themes that the caller may use in a workspace: the built-in ones, then the workspace''s and their own by name. Each has id, name, version, kind, revision, isActive, isWorkspaceDefault, metadata, createdBy, createdAt, updatedAt; colors are read with get_theme. Takes themes.read. Errors: not_found, permission_denied.';

COMMENT ON FUNCTION "public"."my_access"(text, text, uuid) IS 'What the caller may do with one dashboard or widget by role and grants together: none, view, edit or manage. It does not say that the resource exists, and is none in a workspace that one is not in. Error: invalid_input (workspace_id, resource_type).';

COMMENT ON FUNCTION "public"."patch_preferences"(text, jsonb) IS 'Changes the caller''s preferences in a workspace and returns all of them, as get_preferences does. What is absent stays, null resets; extras are patched key by key, and null removes one. A theme takes themes.read. Errors: not_found, permission_denied, invalid_input (the path inside the patch).';

COMMENT ON FUNCTION "public"."preview_invitation"(text) IS 'What an open invitation is about, for whoever holds its token, signed in or not: {workspaceName, inviterName, expiresAt}. Error: invitation_not_valid.';

COMMENT ON FUNCTION "public"."remove_member"(text, uuid) IS 'Removes a member from a workspace. Takes members.remove and every permission of the member''s role. Errors: not_found, permission_denied, last_admin.';

COMMENT ON FUNCTION "public"."resend_invitation"(text, uuid) IS 'Gives a pending invitation, expired or not, another token and seven more days, with the caller as its inviter; the old token is dead. Returns what create_invitation does, and takes the same permissions. Errors: not_found, permission_denied, payment_required, conflict (accepted or revoked).';

COMMENT ON FUNCTION "public"."revoke_invitation"(text, uuid) IS 'Takes a pending invitation back. Takes members.invite and nothing of its role: a mistake is to be mended by whoever sees it. Errors: not_found, permission_denied, conflict (accepted or revoked).';

COMMENT ON FUNCTION "public"."session_context"() IS 'Who is signed in and what they may do: {user, workspaces, preferences}. Each workspace has id, name, status, joinedAt, role {key, name}, permissions, plan, features and preferences (as get_preferences gives them, without extras); where the status is suspended, role, plan and preferences are null and both lists empty. `avatarUrl` is a path below the address of the API, null without a picture. Errors: not_signed_in.';

COMMENT ON FUNCTION "public"."set_default_theme"(text, text) IS 'Sets the theme that members see who have chosen none: the uuid of a shared theme, the key of a built-in one, or null for the product''s default. Takes workspace.update. Errors: not_found (workspace_id, theme_id), permission_denied, invalid_input (theme_id).';

COMMENT ON FUNCTION "public"."transfer_workspace"(text, uuid) IS 'Hands a workspace to another active member, who becomes admin while the calling admin becomes a member. Errors: not_found (workspace_id, user_id), permission_denied, invalid_input (user_id), conflict (user_id, suspended).';

COMMENT ON FUNCTION "public"."update_workspace_settings"(text, jsonb) IS 'Merges a JSON merge patch (RFC 7396) into the settings of a workspace and returns them: null removes a member. Takes workspace.update. Errors: not_found, permission_denied, invalid_input (patch, settings).';

COMMENT ON POLICY "deleted_workspaces_select" ON "private"."deleted_workspaces" IS 'Administrators of the project alone.';

COMMENT ON POLICY "audit_log_select" ON "public"."audit_log" IS 'Members with audit.read.';

COMMENT ON POLICY "built_in_themes_select" ON "public"."built_in_themes" IS 'The catalog is the same for everyone who is signed in.';

COMMENT ON POLICY "default_themes_select" ON "public"."default_themes" IS 'Members with themes.read.';

COMMENT ON POLICY "plans_select" ON "public"."plans" IS 'The catalog is the same for everyone who is signed in.';

COMMENT ON POLICY "preferences_select" ON "public"."preferences" IS 'One''s own, as an active member.';

COMMENT ON POLICY "resource_grants_delete" ON "public"."resource_grants" IS 'Members with grants.write who hold what the grant gives: dashboards.read, and dashboards.write for more than view.';

COMMENT ON POLICY "resource_grants_insert" ON "public"."resource_grants" IS 'Members with grants.write; a trigger checks that they hold what they give.';

COMMENT ON POLICY "resource_grants_select" ON "public"."resource_grants" IS 'Members with grants.write. Everyone asks for their own access with my_access.';

COMMENT ON POLICY "resource_grants_update" ON "public"."resource_grants" IS 'Members with grants.write; a trigger checks that they hold what they give and what they take.';

COMMENT ON POLICY "themes_delete" ON "public"."themes" IS 'Members with themes.write; a personal theme its owner alone.';

COMMENT ON POLICY "themes_insert" ON "public"."themes" IS 'Members with themes.write.';

COMMENT ON POLICY "themes_select" ON "public"."themes" IS 'Members with themes.read; a personal theme its owner alone.';

COMMENT ON POLICY "themes_update" ON "public"."themes" IS 'Members with themes.write; a personal theme its owner alone.';

COMMENT ON POLICY "workspace_invitations_select" ON "public"."workspace_invitations" IS 'Members with members.invite.';

COMMENT ON POLICY "workspace_members_delete" ON "public"."workspace_members" IS 'Members with members.remove, and active members themselves: that is leaving.';

COMMENT ON POLICY "workspace_members_select" ON "public"."workspace_members" IS 'Members with members.read, and active members themselves.';

COMMENT ON POLICY "workspace_members_update" ON "public"."workspace_members" IS 'Members with members.update.';

COMMENT ON POLICY "workspace_roles_delete" ON "public"."workspace_roles" IS 'Members with roles.write.';

COMMENT ON POLICY "workspace_roles_insert" ON "public"."workspace_roles" IS 'Members with roles.write.';

COMMENT ON POLICY "workspace_roles_update" ON "public"."workspace_roles" IS 'Members with roles.write.';

COMMENT ON TABLE "private"."deleted_workspaces" IS 'One row per deleted workspace: the trail of a deletion, which outlives the workspace and its audit log.';

COMMENT ON TABLE "public"."audit_log" IS 'Who did what in a workspace, and when. Append-only; kept for 90 days on the free plan and 400 on premium.';

COMMENT ON TABLE "public"."built_in_themes" IS 'The themes that come with the product. The rows come with the schema.';

COMMENT ON TABLE "public"."default_themes" IS 'The default theme of each workspace that has one; the others have the built-in "default". See set_default_theme.';

COMMENT ON TABLE "public"."plans" IS 'The plans a workspace can have. The rows come with the schema.';

COMMENT ON TABLE "public"."preferences" IS 'What each person prefers in each workspace; gone with the membership. Read with get_preferences, written with patch_preferences.';

COMMENT ON TABLE "public"."resource_grants" IS 'Access to one dashboard or widget, given to a person or a role beyond their permissions, or taken away.';

COMMENT ON TABLE "public"."themes" IS 'The themes of workspaces. Columns hold the parts of the theme document (types/theme.ts), checked as one.';

COMMENT ON TABLE "public"."workspace_invitations" IS 'Who was asked to join, as what. Name the columns when reading: token_hash is for nobody, so * is denied. An invitation goes with its role, and an accepted one with the account that accepted it.';

COMMENT ON TABLE "public"."workspace_members" IS 'The people of a workspace, each with one role. A workspace with members has an active admin among them; it goes when the last person leaves it.';

COMMENT ON TABLE "public"."workspace_roles" IS 'What the members of a workspace can be. A member has one role. Custom roles are made and changed on the premium plan; when a workspace goes back to free they stay, with the members who have them, and can only be deleted.';

COMMENT ON TRIGGER "audit_log_refuse_change" ON "public"."audit_log" IS 'Entries are never changed or removed by hand.';

COMMENT ON TRIGGER "default_themes_audit" ON "public"."default_themes" IS 'Into the audit log.';

COMMENT ON TRIGGER "default_themes_set_updated_at" ON "public"."default_themes" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "preferences_set_updated_at" ON "public"."preferences" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "profiles_wait_to_delete" ON "public"."profiles" IS 'Accounts are deleted one after the other.';

COMMENT ON TRIGGER "resource_grants_audit" ON "public"."resource_grants" IS 'Into the audit log.';

COMMENT ON TRIGGER "resource_grants_set_updated_at" ON "public"."resource_grants" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "resource_grants_validate" ON "public"."resource_grants" IS 'Refuses what the caller may not give, with a code and a reason, and notes who gave it.';

COMMENT ON TRIGGER "themes_audit_delete" ON "public"."themes" IS 'Shared themes, into the audit log.';

COMMENT ON TRIGGER "themes_audit_insert" ON "public"."themes" IS 'Shared themes, into the audit log.';

COMMENT ON TRIGGER "themes_audit_update" ON "public"."themes" IS 'Shared themes, into the audit log; sharing one is a change.';

COMMENT ON TRIGGER "themes_set_updated_at" ON "public"."themes" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "themes_validate" ON "public"."themes" IS 'Refuses what is not a theme, with a code and a path.';

COMMENT ON TRIGGER "workspace_invitations_audit" ON "public"."workspace_invitations" IS 'Into the audit log, without the token and without the address, which is the invited person''s.';

COMMENT ON TRIGGER "workspace_members_audit" ON "public"."workspace_members" IS 'Into the audit log.';

COMMENT ON TRIGGER "workspace_members_check_delete" ON "public"."workspace_members" IS 'Nobody removes a member who may do more than they.';

COMMENT ON TRIGGER "workspace_members_check_update" ON "public"."workspace_members" IS 'Nobody gives or takes away a role that permits more than their own.';

COMMENT ON TRIGGER "workspace_members_drop_personal_themes" ON "public"."workspace_members" IS 'Personal themes go with their owner.';

COMMENT ON TRIGGER "workspace_members_keep_an_admin" ON "public"."workspace_members" IS 'A workspace with people has an active admin; one without people goes.';

COMMENT ON TRIGGER "workspace_roles_audit" ON "public"."workspace_roles" IS 'Custom roles, into the audit log.';

COMMENT ON TRIGGER "workspace_roles_audit_insert" ON "public"."workspace_roles" IS 'Custom roles, into the audit log.';

COMMENT ON TRIGGER "workspace_roles_check_delete" ON "public"."workspace_roles" IS 'Keeps roles that must stay.';

COMMENT ON TRIGGER "workspace_roles_validate" ON "public"."workspace_roles" IS 'Refuses bad values, built-in roles, the free plan, and what the caller may not give.';

COMMENT ON TRIGGER "workspaces_audit" ON "public"."workspaces" IS 'Into the audit log; the deletion is recorded in private.deleted_workspaces, outside of the workspace.';

COMMENT ON TRIGGER "workspaces_purge_audit_log" ON "public"."workspaces" IS 'A workspace takes its audit log with it.';

COMMENT ON TRIGGER "workspaces_record_deletion" ON "public"."workspaces" IS 'Every deletion leaves a trail.';

REVOKE ALL ON FUNCTION "private"."accept_invitation"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."accept_invitation"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."active_theme_id"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."active_theme_id"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."active_workspaces"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."active_workspaces"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."add_audit_partition"(timestamp without time zone) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."add_audit_partition"(timestamp without time zone) TO "postgres";

REVOKE ALL ON FUNCTION "private"."administers_access"(text, uuid, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."administers_access"(text, uuid, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."allow_audit_changes"(boolean) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."allow_audit_changes"(boolean) TO "postgres";

REVOKE ALL ON FUNCTION "private"."answer_with_tag"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."answer_with_tag"(jsonb) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."change_member"(text, uuid, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."change_member"(text, uuid, text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."color_pattern"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."color_pattern"() TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."confirmed_email"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."confirmed_email"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."create_invitation"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."create_invitation"(text, text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."delete_my_account"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."delete_my_account"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."delete_workspace"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."delete_workspace"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."document_problem"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."document_problem"(text, text, text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."drop_resource_grants"(text, text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."drop_resource_grants"(text, text, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."expire_audit_entries"(integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."expire_audit_entries"(integer) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_account"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_account"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_audit"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_audit"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_files"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_files"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_identities"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_identities"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_invitations"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_invitations"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_memberships"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_memberships"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_my_data"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_my_data"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."export_preferences"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_preferences"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_profile"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_profile"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_sessions"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_sessions"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_themes"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_themes"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_workspaces_created"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_workspaces_created"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."find_member"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."find_member"(text, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."find_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."find_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."get_member"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."get_member"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."grants_of_caller"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."grants_of_caller"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."invitation_token_hash"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."invitation_token_hash"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."invitation_with_token"(public.workspace_invitations, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."invitation_with_token"(public.workspace_invitations, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."is_email"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."is_email"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."is_last_admin"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."is_last_admin"(text, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."keys_problem"(text, jsonb, text[], text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."keys_problem"(text, jsonb, text[], text[]) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."leave_workspace"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."leave_workspace"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."line_problem"(text, jsonb, integer, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."line_problem"(text, jsonb, integer, integer) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."list_audit_log"(text, timestamp with time zone, uuid, integer, uuid, text, text, timestamp with time zone, timestamp with time zone) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."list_audit_log"(text, timestamp with time zone, uuid, integer, uuid, text, text, timestamp with time zone, timestamp with time zone) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."list_members"(text, text, text, text, text, text, integer, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."list_members"(text, text, text, text, text, text, integer, integer) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."lock_pending_invitation"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."lock_pending_invitation"(text, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."lock_workspace"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."lock_workspace"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."maintain_audit_partitions"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."maintain_audit_partitions"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."member_document"(public.workspace_members, public.profiles) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."member_document"(public.workspace_members, public.profiles) TO "postgres";

REVOKE ALL ON FUNCTION "private"."merge_patch"(jsonb, jsonb, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."merge_patch"(jsonb, jsonb, integer) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."my_access"(text, text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."my_access"(text, text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."new_invitation_token"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."new_invitation_token"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."open_invitation"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."open_invitation"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."patch_preferences"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."patch_preferences"(text, jsonb) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."patched_extras"(jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."patched_extras"(jsonb, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."permissions_in"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."permissions_in"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."permissions_to_grant"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."permissions_to_grant"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."preferences_document"(public.preferences) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."preferences_document"(public.preferences) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."preview_invitation"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."preview_invitation"(text) TO "anon", "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."protect_audit_partition"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."protect_audit_partition"(text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."raise_invitation_not_valid"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."raise_invitation_not_valid"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."refuse_built_in_role"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."refuse_built_in_role"(text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."refuse_problem"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."refuse_problem"(jsonb) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."remove_member"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."remove_member"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."remove_orphaned_avatars"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."remove_orphaned_avatars"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."request_origin"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."request_origin"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_held"(text, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_held"(text, text[]) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."require_held_roles"(text, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_held_roles"(text, text[]) TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_member_status"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_member_status"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_membership"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_membership"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."require_permission"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_permission"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."require_preferences_patch"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_preferences_patch"(jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_premium"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_premium"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."require_role"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_role"(text, text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_role_of_plan"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_role_of_plan"(text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_role_to_give"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_role_to_give"(text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_workspace_id"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_workspace_id"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."resend_invitation"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."resend_invitation"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."resources_with"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."resources_with"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."resources_without"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."resources_without"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."revoke_invitation"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."revoke_invitation"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."role_is_in_use"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."role_is_in_use"(text, text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."scrub_audit_of"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."scrub_audit_of"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."session_context"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."session_context"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."set_default_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."set_default_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."text_problem"(text, jsonb, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."text_problem"(text, jsonb, text, text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."tg_audit"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_audit"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_drop_personal_themes"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_drop_personal_themes"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_keep_an_admin"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_keep_an_admin"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_profiles_wait_to_delete"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_profiles_wait_to_delete"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_purge_audit_log"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_purge_audit_log"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_record_workspace_deletion"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_record_workspace_deletion"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_refuse_audit_change"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_refuse_audit_change"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_resource_grants_validate"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_resource_grants_validate"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_themes_validate"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_themes_validate"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_workspace_members_check_delete"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_workspace_members_check_delete"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_workspace_members_check_update"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_workspace_members_check_update"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_workspace_roles_check_delete"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_workspace_roles_check_delete"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_workspace_roles_validate"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_workspace_roles_validate"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."theme_colors_problem"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."theme_colors_problem"(text, jsonb) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."theme_document"(text, text, text, jsonb, jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."theme_document"(text, text, text, jsonb, jsonb, jsonb) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."theme_metadata_problem"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."theme_metadata_problem"(jsonb) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."theme_not_found"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."theme_not_found"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."theme_problem"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."theme_problem"(jsonb) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."theme_tokens"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."theme_tokens"() TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."transfer_workspace"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."transfer_workspace"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."url_encoded_path"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."url_encoded_path"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."wait_for_account_deletions"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."wait_for_account_deletions"() TO "postgres";

REVOKE ALL ON FUNCTION "public"."accept_invitation"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."accept_invitation"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."activate_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."activate_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."active_theme"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."active_theme"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."change_member"(text, uuid, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."change_member"(text, uuid, text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."create_invitation"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_invitation"(text, text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."delete_my_account"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delete_my_account"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."delete_workspace"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delete_workspace"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."export_my_data"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."export_my_data"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."export_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."export_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."get_member"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."get_member"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."get_preferences"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."get_preferences"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."get_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."get_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."import_theme"(text, jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."import_theme"(text, jsonb, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."leave_workspace"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."leave_workspace"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."list_audit_log"(text, timestamp with time zone, uuid, integer, uuid, text, text, timestamp with time zone, timestamp with time zone) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."list_audit_log"(text, timestamp with time zone, uuid, integer, uuid, text, text, timestamp with time zone, timestamp with time zone) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."list_members"(text, text, text, text, text, text, integer, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."list_members"(text, text, text, text, text, text, integer, integer) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."list_themes"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."list_themes"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."my_access"(text, text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."my_access"(text, text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."patch_preferences"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."patch_preferences"(text, jsonb) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."preview_invitation"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."preview_invitation"(text) TO "anon", "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."remove_member"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."remove_member"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."resend_invitation"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."resend_invitation"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."revoke_invitation"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."revoke_invitation"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."session_context"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."session_context"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."set_default_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."set_default_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."transfer_workspace"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."transfer_workspace"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."update_workspace_settings"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."update_workspace_settings"(text, jsonb) TO "authenticated", "postgres";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "private"."deleted_workspaces" TO "postgres";

GRANT SELECT ON TABLE "private"."deleted_workspaces" TO "service_role";

GRANT SELECT ON TABLE "public"."audit_log" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."audit_log" TO "postgres";

GRANT SELECT ON TABLE "public"."audit_log" TO "service_role";

GRANT SELECT ON TABLE "public"."built_in_themes" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."built_in_themes" TO "postgres";

GRANT SELECT ON TABLE "public"."built_in_themes" TO "service_role";

GRANT SELECT ON TABLE "public"."default_themes" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."default_themes" TO "postgres";

GRANT SELECT ON TABLE "public"."default_themes" TO "service_role";

GRANT SELECT ON TABLE "public"."plans" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."plans" TO "postgres";

GRANT SELECT ON TABLE "public"."plans" TO "service_role";

GRANT SELECT ON TABLE "public"."preferences" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."preferences" TO "postgres";

GRANT SELECT ON TABLE "public"."preferences" TO "service_role";

GRANT INSERT ("access"), UPDATE ("access") ON TABLE "public"."resource_grants" TO "authenticated";

GRANT INSERT ("resource_id") ON TABLE "public"."resource_grants" TO "authenticated";

GRANT INSERT ("resource_type") ON TABLE "public"."resource_grants" TO "authenticated";

GRANT INSERT ("role_key") ON TABLE "public"."resource_grants" TO "authenticated";

GRANT INSERT ("user_id") ON TABLE "public"."resource_grants" TO "authenticated";

GRANT INSERT ("workspace_id") ON TABLE "public"."resource_grants" TO "authenticated";

GRANT DELETE, SELECT ON TABLE "public"."resource_grants" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."resource_grants" TO "postgres";

GRANT SELECT ON TABLE "public"."resource_grants" TO "service_role";

GRANT INSERT ("colors"), UPDATE ("colors") ON TABLE "public"."themes" TO "authenticated";

GRANT INSERT ("metadata"), UPDATE ("metadata") ON TABLE "public"."themes" TO "authenticated";

GRANT INSERT ("name"), UPDATE ("name") ON TABLE "public"."themes" TO "authenticated";

GRANT INSERT ("radius"), UPDATE ("radius") ON TABLE "public"."themes" TO "authenticated";

GRANT UPDATE ("revision") ON TABLE "public"."themes" TO "authenticated";

GRANT INSERT ("version"), UPDATE ("version") ON TABLE "public"."themes" TO "authenticated";

GRANT INSERT ("visibility"), UPDATE ("visibility") ON TABLE "public"."themes" TO "authenticated";

GRANT INSERT ("workspace_id") ON TABLE "public"."themes" TO "authenticated";

GRANT DELETE, SELECT ON TABLE "public"."themes" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."themes" TO "postgres";

GRANT INSERT ("colors"), UPDATE ("colors") ON TABLE "public"."themes" TO "service_role";

GRANT INSERT ("metadata"), UPDATE ("metadata") ON TABLE "public"."themes" TO "service_role";

GRANT INSERT ("name"), UPDATE ("name") ON TABLE "public"."themes" TO "service_role";

GRANT INSERT ("radius"), UPDATE ("radius") ON TABLE "public"."themes" TO "service_role";

GRANT UPDATE ("revision") ON TABLE "public"."themes" TO "service_role";

GRANT INSERT ("version"), UPDATE ("version") ON TABLE "public"."themes" TO "service_role";

GRANT INSERT ("visibility"), UPDATE ("visibility") ON TABLE "public"."themes" TO "service_role";

GRANT INSERT ("workspace_id") ON TABLE "public"."themes" TO "service_role";

GRANT DELETE, SELECT ON TABLE "public"."themes" TO "service_role";

GRANT SELECT ("accepted_at") ON TABLE "public"."workspace_invitations" TO "authenticated";

GRANT SELECT ("accepted_by") ON TABLE "public"."workspace_invitations" TO "authenticated";

GRANT SELECT ("created_at") ON TABLE "public"."workspace_invitations" TO "authenticated";

GRANT SELECT ("email") ON TABLE "public"."workspace_invitations" TO "authenticated";

GRANT SELECT ("expires_at") ON TABLE "public"."workspace_invitations" TO "authenticated";

GRANT SELECT ("id") ON TABLE "public"."workspace_invitations" TO "authenticated";

GRANT SELECT ("invited_by") ON TABLE "public"."workspace_invitations" TO "authenticated";

GRANT SELECT ("revoked_at") ON TABLE "public"."workspace_invitations" TO "authenticated";

GRANT SELECT ("role_key") ON TABLE "public"."workspace_invitations" TO "authenticated";

GRANT SELECT ("workspace_id") ON TABLE "public"."workspace_invitations" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."workspace_invitations" TO "postgres";

GRANT SELECT ("accepted_at") ON TABLE "public"."workspace_invitations" TO "service_role";

GRANT SELECT ("accepted_by") ON TABLE "public"."workspace_invitations" TO "service_role";

GRANT SELECT ("created_at") ON TABLE "public"."workspace_invitations" TO "service_role";

GRANT SELECT ("email") ON TABLE "public"."workspace_invitations" TO "service_role";

GRANT SELECT ("expires_at") ON TABLE "public"."workspace_invitations" TO "service_role";

GRANT SELECT ("id") ON TABLE "public"."workspace_invitations" TO "service_role";

GRANT SELECT ("invited_by") ON TABLE "public"."workspace_invitations" TO "service_role";

GRANT SELECT ("revoked_at") ON TABLE "public"."workspace_invitations" TO "service_role";

GRANT SELECT ("role_key") ON TABLE "public"."workspace_invitations" TO "service_role";

GRANT SELECT ("workspace_id") ON TABLE "public"."workspace_invitations" TO "service_role";

REVOKE ALL ("role_key") ON TABLE "public"."workspace_members" FROM "authenticated";

GRANT UPDATE ("role_key") ON TABLE "public"."workspace_members" TO "authenticated";

REVOKE ALL ("status") ON TABLE "public"."workspace_members" FROM "authenticated";

GRANT UPDATE ("status") ON TABLE "public"."workspace_members" TO "authenticated";

REVOKE ALL ON TABLE "public"."workspace_members" FROM "authenticated";

GRANT DELETE, SELECT ON TABLE "public"."workspace_members" TO "authenticated";

REVOKE ALL ("role_key") ON TABLE "public"."workspace_members" FROM "service_role";

GRANT UPDATE ("role_key") ON TABLE "public"."workspace_members" TO "service_role";

REVOKE ALL ("status") ON TABLE "public"."workspace_members" FROM "service_role";

GRANT UPDATE ("status") ON TABLE "public"."workspace_members" TO "service_role";

REVOKE ALL ON TABLE "public"."workspace_members" FROM "service_role";

GRANT DELETE, SELECT ON TABLE "public"."workspace_members" TO "service_role";

REVOKE ALL ("key") ON TABLE "public"."workspace_roles" FROM "authenticated";

GRANT INSERT ("key") ON TABLE "public"."workspace_roles" TO "authenticated";

REVOKE ALL ("name") ON TABLE "public"."workspace_roles" FROM "authenticated";

GRANT INSERT ("name"), UPDATE ("name") ON TABLE "public"."workspace_roles" TO "authenticated";

REVOKE ALL ("permissions") ON TABLE "public"."workspace_roles" FROM "authenticated";

GRANT INSERT ("permissions"), UPDATE ("permissions") ON TABLE "public"."workspace_roles" TO "authenticated";

REVOKE ALL ("workspace_id") ON TABLE "public"."workspace_roles" FROM "authenticated";

GRANT INSERT ("workspace_id") ON TABLE "public"."workspace_roles" TO "authenticated";

REVOKE ALL ON TABLE "public"."workspace_roles" FROM "authenticated";

GRANT DELETE, SELECT ON TABLE "public"."workspace_roles" TO "authenticated";

REVOKE ALL ("key") ON TABLE "public"."workspace_roles" FROM "service_role";

GRANT INSERT ("key") ON TABLE "public"."workspace_roles" TO "service_role";

REVOKE ALL ("name") ON TABLE "public"."workspace_roles" FROM "service_role";

GRANT INSERT ("name"), UPDATE ("name") ON TABLE "public"."workspace_roles" TO "service_role";

REVOKE ALL ("permissions") ON TABLE "public"."workspace_roles" FROM "service_role";

GRANT INSERT ("permissions"), UPDATE ("permissions") ON TABLE "public"."workspace_roles" TO "service_role";

REVOKE ALL ("workspace_id") ON TABLE "public"."workspace_roles" FROM "service_role";

GRANT INSERT ("workspace_id") ON TABLE "public"."workspace_roles" TO "service_role";

REVOKE ALL ON TABLE "public"."workspace_roles" FROM "service_role";

GRANT DELETE, SELECT ON TABLE "public"."workspace_roles" TO "service_role";

ALTER TABLE "public"."built_in_themes" ADD CONSTRAINT "built_in_themes_valid" CHECK ((private.theme_problem((jsonb_build_object('name', name, 'version', version, 'colors', colors, 'radius', radius) ||
CASE
    WHEN (metadata IS NULL) THEN '{}'::jsonb
    ELSE jsonb_build_object('metadata', metadata)
END)) IS NULL));

ALTER TABLE "public"."workspace_invitations" ADD CONSTRAINT "workspace_invitations_email_format" CHECK (private.is_email(email));

REVOKE ALL ("role_key") ON TABLE "public"."workspace_members" FROM "authenticated";

GRANT UPDATE ("role_key") ON TABLE "public"."workspace_members" TO "authenticated";

REVOKE ALL ("status") ON TABLE "public"."workspace_members" FROM "authenticated";

GRANT UPDATE ("status") ON TABLE "public"."workspace_members" TO "authenticated";

REVOKE ALL ("role_key") ON TABLE "public"."workspace_members" FROM "service_role";

GRANT UPDATE ("role_key") ON TABLE "public"."workspace_members" TO "service_role";

REVOKE ALL ("status") ON TABLE "public"."workspace_members" FROM "service_role";

GRANT UPDATE ("status") ON TABLE "public"."workspace_members" TO "service_role";

REVOKE ALL ("key") ON TABLE "public"."workspace_roles" FROM "authenticated";

GRANT INSERT ("key") ON TABLE "public"."workspace_roles" TO "authenticated";

REVOKE ALL ("name") ON TABLE "public"."workspace_roles" FROM "authenticated";

GRANT INSERT ("name"), UPDATE ("name") ON TABLE "public"."workspace_roles" TO "authenticated";

REVOKE ALL ("permissions") ON TABLE "public"."workspace_roles" FROM "authenticated";

GRANT INSERT ("permissions"), UPDATE ("permissions") ON TABLE "public"."workspace_roles" TO "authenticated";

REVOKE ALL ("workspace_id") ON TABLE "public"."workspace_roles" FROM "authenticated";

GRANT INSERT ("workspace_id") ON TABLE "public"."workspace_roles" TO "authenticated";

REVOKE ALL ("key") ON TABLE "public"."workspace_roles" FROM "service_role";

GRANT INSERT ("key") ON TABLE "public"."workspace_roles" TO "service_role";

REVOKE ALL ("name") ON TABLE "public"."workspace_roles" FROM "service_role";

GRANT INSERT ("name"), UPDATE ("name") ON TABLE "public"."workspace_roles" TO "service_role";

REVOKE ALL ("permissions") ON TABLE "public"."workspace_roles" FROM "service_role";

GRANT INSERT ("permissions"), UPDATE ("permissions") ON TABLE "public"."workspace_roles" TO "service_role";

REVOKE ALL ("workspace_id") ON TABLE "public"."workspace_roles" FROM "service_role";

GRANT INSERT ("workspace_id") ON TABLE "public"."workspace_roles" TO "service_role";

-- Rows of sql/10_permissions.data.sql
-- The catalog of permissions. A row taken out here disappears from the database with the next migration, and
-- built-in roles everywhere follow.

merge into public.permissions as t
using (
  values
    ('workspace.read', 'See the workspace and its settings', '{member,viewer}'::text[]),
    ('workspace.update', 'Rename the workspace and change its settings', '{}'),
    ('workspace.delete', 'Delete the workspace with everything in it', '{}'),
    ('members.read', 'See who is in the workspace, with names and e-mail addresses', '{member,viewer}'),
    ('members.invite', 'Invite people, and see, resend and revoke invitations', '{}'),
    ('members.update', 'Change the role of members, suspend them and let them back in', '{}'),
    ('members.remove', 'Remove members', '{}'),
    ('roles.write', 'Make, change and delete the roles of the workspace', '{}'),
    ('grants.write', 'Give or take away access to single dashboards and widgets', '{}'),
    ('audit.read', 'Read the audit log', '{}'),
    ('dashboards.read', 'See dashboards and their widgets', '{member,viewer}'),
    ('dashboards.write', 'Make, change and delete dashboards and their widgets', '{member}'),
    ('themes.read', 'See the themes of the workspace', '{member,viewer}'),
    ('themes.write', 'Make, change and delete themes', '{member}'),
    ('components.read', 'See and use the components of the workspace', '{member,viewer}'),
    ('components.write', 'Make, change and publish components', '{member}'),
    ('ai.use', 'Use the AI agents of the workspace', '{member}')
) as s (key, description, held_by)
on t.key = s.key
when matched and (t.description, t.held_by) is distinct from (s.description, s.held_by) then
  update set description = s.description, held_by = s.held_by
when not matched then
  insert (key, description, held_by) values (s.key, s.description, s.held_by)
when not matched by source then
  delete;

update public.workspace_roles as r
set permissions = private.built_in_permissions(r.key)
where r.is_built_in
  and r.permissions is distinct from private.built_in_permissions(r.key);

-- Rows of sql/62_audit_partitions.data.sql
-- The partitions of the months around the migration, and the jobs that keep them coming and going.

select private.maintain_audit_partitions();

create extension if not exists pg_cron with schema pg_catalog;

select cron.schedule('audit-log-partitions', '7 2 * * *', 'select private.maintain_audit_partitions()');

select cron.schedule(
  'audit-log-retention',
  '37 2 * * *',
  'do $$ begin while private.expire_audit_entries(10000) > 0 loop commit; end loop; end $$'
);

-- Rows of sql/70_plans.data.sql
-- What each plan offers. The names of the features are those that private.require_premium is called with.

merge into public.plans as t
using (
  values
    ('free', 'Free', 'For trying out and for small teams', '{}'::text[]),
    (
      'premium', 'Premium', 'For teams that need control over who may do what',
      '{custom_roles,resource_grants,custom_components,unlimited_history,audit_400_days}'
    )
) as s (key, name, description, features)
on t.key = s.key
when matched and (t.name, t.description, t.features) is distinct from (s.name, s.description, s.features) then
  update set name = s.name, description = s.description, features = s.features
when not matched then
  insert (key, name, description, features) values (s.key, s.name, s.description, s.features)
when not matched by source then
  delete;

-- Rows of sql/74_avatar_removal.data.sql
-- Asks for the pictures of people who are gone to be removed, every quarter of an hour.

create extension if not exists pg_net with schema extensions;
create extension if not exists pg_cron with schema pg_catalog;

select cron.schedule('remove-orphaned-avatars', '*/15 * * * *', 'select private.remove_orphaned_avatars()');

-- Rows of sql/81_built_in_themes.data.sql
-- The built-in themes. `default` is the front end's own document, color for color; the others are this project's, with
-- every text at least 4.5 : 1 on what it stands on, in both modes, which a test measures.

merge into public.built_in_themes as t
using (
  values
    (
      'default', 1, 'Default', '1.0.0',
      '{"light": {
        "background": "oklch(1 0 0)", "foreground": "oklch(0.145 0 0)", "card": "oklch(1 0 0)",
        "cardForeground": "oklch(0.145 0 0)", "popover": "oklch(1 0 0)", "popoverForeground": "oklch(0.145 0 0)",
        "primary": "oklch(0.205 0 0)", "primaryForeground": "oklch(0.985 0 0)", "secondary": "oklch(0.97 0 0)",
        "secondaryForeground": "oklch(0.205 0 0)", "muted": "oklch(0.97 0 0)",
        "mutedForeground": "oklch(0.556 0 0)", "accent": "oklch(0.97 0 0)", "accentForeground": "oklch(0.205 0 0)",
        "destructive": "oklch(0.577 0.245 27.325)", "border": "oklch(0.922 0 0)", "input": "oklch(0.922 0 0)",
        "ring": "oklch(0.708 0 0)", "chart1": "oklch(0.646 0.222 41.116)", "chart2": "oklch(0.6 0.118 184.704)",
        "chart3": "oklch(0.398 0.07 227.392)", "chart4": "oklch(0.828 0.189 84.429)",
        "chart5": "oklch(0.769 0.188 70.08)", "sidebar": "oklch(0.985 0 0)",
        "sidebarForeground": "oklch(0.145 0 0)", "sidebarPrimary": "oklch(0.205 0 0)",
        "sidebarPrimaryForeground": "oklch(0.985 0 0)", "sidebarAccent": "oklch(0.97 0 0)",
        "sidebarAccentForeground": "oklch(0.205 0 0)", "sidebarBorder": "oklch(0.922 0 0)",
        "sidebarRing": "oklch(0.708 0 0)"
      }, "dark": {
        "background": "oklch(0.145 0 0)", "foreground": "oklch(0.985 0 0)", "card": "oklch(0.205 0 0)",
        "cardForeground": "oklch(0.985 0 0)", "popover": "oklch(0.205 0 0)",
        "popoverForeground": "oklch(0.985 0 0)", "primary": "oklch(0.922 0 0)",
        "primaryForeground": "oklch(0.205 0 0)", "secondary": "oklch(0.269 0 0)",
        "secondaryForeground": "oklch(0.985 0 0)", "muted": "oklch(0.269 0 0)",
        "mutedForeground": "oklch(0.708 0 0)", "accent": "oklch(0.269 0 0)", "accentForeground": "oklch(0.985 0 0)",
        "destructive": "oklch(0.704 0.191 22.216)", "border": "oklch(1 0 0 / 10%)", "input": "oklch(1 0 0 / 15%)",
        "ring": "oklch(0.556 0 0)", "chart1": "oklch(0.488 0.243 264.376)", "chart2": "oklch(0.696 0.17 162.48)",
        "chart3": "oklch(0.769 0.188 70.08)", "chart4": "oklch(0.627 0.265 303.9)",
        "chart5": "oklch(0.645 0.246 16.439)", "sidebar": "oklch(0.205 0 0)",
        "sidebarForeground": "oklch(0.985 0 0)", "sidebarPrimary": "oklch(0.488 0.243 264.376)",
        "sidebarPrimaryForeground": "oklch(0.985 0 0)", "sidebarAccent": "oklch(0.269 0 0)",
        "sidebarAccentForeground": "oklch(0.985 0 0)", "sidebarBorder": "oklch(1 0 0 / 10%)",
        "sidebarRing": "oklch(0.556 0 0)"
      }}'::jsonb,
      '{"base": "0.625rem"}'::jsonb,
      '{"description": "The default shadcn/ui theme with neutral colors", "author": "shadcn"}'::jsonb
    ),
    (
      'ocean', 2, 'Ocean', '1.0.0',
      '{"light": {
        "background": "oklch(0.992 0.003 235)", "foreground": "oklch(0.22 0.03 235)", "card": "oklch(1 0 0)",
        "cardForeground": "oklch(0.22 0.03 235)", "popover": "oklch(1 0 0)",
        "popoverForeground": "oklch(0.22 0.03 235)", "primary": "oklch(0.47 0.095 235)",
        "primaryForeground": "oklch(0.985 0.005 235)", "secondary": "oklch(0.95 0.02 235)",
        "secondaryForeground": "oklch(0.3 0.05 235)", "muted": "oklch(0.96 0.01 235)",
        "mutedForeground": "oklch(0.5 0.03 235)", "accent": "oklch(0.93 0.04 210)",
        "accentForeground": "oklch(0.3 0.045 210)", "destructive": "oklch(0.55 0.21 27)",
        "border": "oklch(0.9 0.015 235)", "input": "oklch(0.9 0.015 235)", "ring": "oklch(0.6 0.095 235)",
        "chart1": "oklch(0.55 0.1 235)", "chart2": "oklch(0.6 0.1 200)", "chart3": "oklch(0.65 0.1 170)",
        "chart4": "oklch(0.7 0.1 85)", "chart5": "oklch(0.5 0.1 290)", "sidebar": "oklch(0.97 0.01 235)",
        "sidebarForeground": "oklch(0.26 0.03 235)", "sidebarPrimary": "oklch(0.47 0.095 235)",
        "sidebarPrimaryForeground": "oklch(0.985 0.005 235)", "sidebarAccent": "oklch(0.93 0.04 210)",
        "sidebarAccentForeground": "oklch(0.3 0.045 210)", "sidebarBorder": "oklch(0.9 0.015 235)",
        "sidebarRing": "oklch(0.6 0.095 235)"
      }, "dark": {
        "background": "oklch(0.18 0.02 235)", "foreground": "oklch(0.96 0.01 235)", "card": "oklch(0.22 0.025 235)",
        "cardForeground": "oklch(0.96 0.01 235)", "popover": "oklch(0.22 0.025 235)",
        "popoverForeground": "oklch(0.96 0.01 235)", "primary": "oklch(0.76 0.11 235)",
        "primaryForeground": "oklch(0.2 0.03 235)", "secondary": "oklch(0.29 0.03 235)",
        "secondaryForeground": "oklch(0.95 0.01 235)", "muted": "oklch(0.27 0.02 235)",
        "mutedForeground": "oklch(0.74 0.03 235)", "accent": "oklch(0.32 0.05 210)",
        "accentForeground": "oklch(0.95 0.02 210)", "destructive": "oklch(0.68 0.19 25)",
        "border": "oklch(0.32 0.025 235)", "input": "oklch(0.36 0.025 235)", "ring": "oklch(0.62 0.095 235)",
        "chart1": "oklch(0.72 0.1 235)", "chart2": "oklch(0.68 0.1 200)", "chart3": "oklch(0.76 0.1 170)",
        "chart4": "oklch(0.8 0.1 85)", "chart5": "oklch(0.65 0.1 290)", "sidebar": "oklch(0.205 0.025 235)",
        "sidebarForeground": "oklch(0.94 0.01 235)", "sidebarPrimary": "oklch(0.76 0.11 235)",
        "sidebarPrimaryForeground": "oklch(0.2 0.03 235)", "sidebarAccent": "oklch(0.32 0.05 210)",
        "sidebarAccentForeground": "oklch(0.95 0.02 210)", "sidebarBorder": "oklch(0.32 0.025 235)",
        "sidebarRing": "oklch(0.62 0.095 235)"
      }}'::jsonb,
      '{"base": "0.5rem"}'::jsonb,
      '{"author": "B-Dashboard", "description": "Deep blue on cool white, calm for long days"}'::jsonb
    ),
    (
      'forest', 3, 'Forest', '1.0.0',
      '{"light": {
        "background": "oklch(0.992 0.003 155)", "foreground": "oklch(0.22 0.03 155)", "card": "oklch(1 0 0)",
        "cardForeground": "oklch(0.22 0.03 155)", "popover": "oklch(1 0 0)",
        "popoverForeground": "oklch(0.22 0.03 155)", "primary": "oklch(0.45 0.1 155)",
        "primaryForeground": "oklch(0.985 0.005 155)", "secondary": "oklch(0.95 0.02 155)",
        "secondaryForeground": "oklch(0.3 0.05 155)", "muted": "oklch(0.96 0.01 155)",
        "mutedForeground": "oklch(0.5 0.03 155)", "accent": "oklch(0.93 0.04 115)",
        "accentForeground": "oklch(0.3 0.045 115)", "destructive": "oklch(0.55 0.21 27)",
        "border": "oklch(0.9 0.015 155)", "input": "oklch(0.9 0.015 155)", "ring": "oklch(0.6 0.1 155)",
        "chart1": "oklch(0.55 0.1 155)", "chart2": "oklch(0.6 0.1 115)", "chart3": "oklch(0.65 0.1 85)",
        "chart4": "oklch(0.7 0.1 50)", "chart5": "oklch(0.5 0.1 230)", "sidebar": "oklch(0.97 0.01 155)",
        "sidebarForeground": "oklch(0.26 0.03 155)", "sidebarPrimary": "oklch(0.45 0.1 155)",
        "sidebarPrimaryForeground": "oklch(0.985 0.005 155)", "sidebarAccent": "oklch(0.93 0.04 115)",
        "sidebarAccentForeground": "oklch(0.3 0.045 115)", "sidebarBorder": "oklch(0.9 0.015 155)",
        "sidebarRing": "oklch(0.6 0.1 155)"
      }, "dark": {
        "background": "oklch(0.18 0.02 155)", "foreground": "oklch(0.96 0.01 155)", "card": "oklch(0.22 0.025 155)",
        "cardForeground": "oklch(0.96 0.01 155)", "popover": "oklch(0.22 0.025 155)",
        "popoverForeground": "oklch(0.96 0.01 155)", "primary": "oklch(0.78 0.13 155)",
        "primaryForeground": "oklch(0.2 0.03 155)", "secondary": "oklch(0.29 0.03 155)",
        "secondaryForeground": "oklch(0.95 0.01 155)", "muted": "oklch(0.27 0.02 155)",
        "mutedForeground": "oklch(0.74 0.03 155)", "accent": "oklch(0.32 0.05 115)",
        "accentForeground": "oklch(0.95 0.02 115)", "destructive": "oklch(0.68 0.19 25)",
        "border": "oklch(0.32 0.025 155)", "input": "oklch(0.36 0.025 155)", "ring": "oklch(0.62 0.1 155)",
        "chart1": "oklch(0.72 0.1 155)", "chart2": "oklch(0.68 0.1 115)", "chart3": "oklch(0.76 0.1 85)",
        "chart4": "oklch(0.8 0.1 50)", "chart5": "oklch(0.65 0.1 230)", "sidebar": "oklch(0.205 0.025 155)",
        "sidebarForeground": "oklch(0.94 0.01 155)", "sidebarPrimary": "oklch(0.78 0.13 155)",
        "sidebarPrimaryForeground": "oklch(0.2 0.03 155)", "sidebarAccent": "oklch(0.32 0.05 115)",
        "sidebarAccentForeground": "oklch(0.95 0.02 115)", "sidebarBorder": "oklch(0.32 0.025 155)",
        "sidebarRing": "oklch(0.62 0.1 155)"
      }}'::jsonb,
      '{"base": "0.375rem"}'::jsonb,
      '{"author": "B-Dashboard", "description": "Moss and pine on paper, easy on the eyes"}'::jsonb
    ),
    (
      'ember', 4, 'Ember', '1.0.0',
      '{"light": {
        "background": "oklch(0.992 0.003 45)", "foreground": "oklch(0.22 0.03 45)", "card": "oklch(1 0 0)",
        "cardForeground": "oklch(0.22 0.03 45)", "popover": "oklch(1 0 0)",
        "popoverForeground": "oklch(0.22 0.03 45)", "primary": "oklch(0.5 0.115 45)",
        "primaryForeground": "oklch(0.985 0.005 45)", "secondary": "oklch(0.95 0.02 45)",
        "secondaryForeground": "oklch(0.3 0.05 45)", "muted": "oklch(0.96 0.01 45)",
        "mutedForeground": "oklch(0.5 0.03 45)", "accent": "oklch(0.93 0.04 70)",
        "accentForeground": "oklch(0.3 0.045 70)", "destructive": "oklch(0.55 0.21 27)",
        "border": "oklch(0.9 0.015 45)", "input": "oklch(0.9 0.015 45)", "ring": "oklch(0.6 0.115 45)",
        "chart1": "oklch(0.55 0.1 45)", "chart2": "oklch(0.6 0.1 70)", "chart3": "oklch(0.65 0.1 25)",
        "chart4": "oklch(0.7 0.1 350)", "chart5": "oklch(0.5 0.1 260)", "sidebar": "oklch(0.97 0.01 45)",
        "sidebarForeground": "oklch(0.26 0.03 45)", "sidebarPrimary": "oklch(0.5 0.115 45)",
        "sidebarPrimaryForeground": "oklch(0.985 0.005 45)", "sidebarAccent": "oklch(0.93 0.04 70)",
        "sidebarAccentForeground": "oklch(0.3 0.045 70)", "sidebarBorder": "oklch(0.9 0.015 45)",
        "sidebarRing": "oklch(0.6 0.115 45)"
      }, "dark": {
        "background": "oklch(0.18 0.02 45)", "foreground": "oklch(0.96 0.01 45)", "card": "oklch(0.22 0.025 45)",
        "cardForeground": "oklch(0.96 0.01 45)", "popover": "oklch(0.22 0.025 45)",
        "popoverForeground": "oklch(0.96 0.01 45)", "primary": "oklch(0.76 0.11 45)",
        "primaryForeground": "oklch(0.2 0.03 45)", "secondary": "oklch(0.29 0.03 45)",
        "secondaryForeground": "oklch(0.95 0.01 45)", "muted": "oklch(0.27 0.02 45)",
        "mutedForeground": "oklch(0.74 0.03 45)", "accent": "oklch(0.32 0.05 70)",
        "accentForeground": "oklch(0.95 0.02 70)", "destructive": "oklch(0.68 0.19 25)",
        "border": "oklch(0.32 0.025 45)", "input": "oklch(0.36 0.025 45)", "ring": "oklch(0.62 0.115 45)",
        "chart1": "oklch(0.72 0.1 45)", "chart2": "oklch(0.68 0.1 70)", "chart3": "oklch(0.76 0.1 25)",
        "chart4": "oklch(0.8 0.1 350)", "chart5": "oklch(0.65 0.1 260)", "sidebar": "oklch(0.205 0.025 45)",
        "sidebarForeground": "oklch(0.94 0.01 45)", "sidebarPrimary": "oklch(0.76 0.11 45)",
        "sidebarPrimaryForeground": "oklch(0.2 0.03 45)", "sidebarAccent": "oklch(0.32 0.05 70)",
        "sidebarAccentForeground": "oklch(0.95 0.02 70)", "sidebarBorder": "oklch(0.32 0.025 45)",
        "sidebarRing": "oklch(0.62 0.115 45)"
      }}'::jsonb,
      '{"base": "0.75rem"}'::jsonb,
      '{"author": "B-Dashboard", "description": "Warm copper and sand, bright without glare"}'::jsonb
    )
) as s (key, position, name, version, colors, radius, metadata)
on t.key = s.key
when matched
  and (t.position, t.name, t.version, t.colors, t.radius, t.metadata)
    is distinct from (s.position, s.name, s.version, s.colors, s.radius, s.metadata)
then
  update set position = s.position, name = s.name, version = s.version, colors = s.colors, radius = s.radius,
    metadata = s.metadata
when not matched then
  insert (key, position, name, version, colors, radius, metadata)
  values (s.key, s.position, s.name, s.version, s.colors, s.radius, s.metadata)
when not matched by source then
  delete;
