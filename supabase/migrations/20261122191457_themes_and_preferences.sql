set local lock_timeout = '5s';
set local statement_timeout = '5min';
set local check_function_bodies = off;

CREATE TABLE "public"."built_in_themes" ("key" text NOT NULL, "position" bigint NOT NULL, "name" text NOT NULL, "version" text NOT NULL, "colors" jsonb NOT NULL, "radius" jsonb NOT NULL, "metadata" jsonb, CONSTRAINT "built_in_themes_key_format" CHECK ((key ~ '^[a-z][a-z0-9-]{0,49}$'::text)), CONSTRAINT "built_in_themes_pkey" PRIMARY KEY (key));

ALTER TABLE "public"."built_in_themes" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."default_themes" ("workspace_id" text NOT NULL, "theme_id" uuid, "built_in_theme" text, "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "default_themes_one_theme" CHECK ((num_nonnulls(theme_id, built_in_theme) = 1)), CONSTRAINT "default_themes_pkey" PRIMARY KEY (workspace_id));

ALTER TABLE "public"."default_themes" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."preferences" ("workspace_id" text NOT NULL, "user_id" uuid NOT NULL, "locale" text, "theme_mode" text NOT NULL DEFAULT 'system'::text, "active_theme_id" uuid, "active_built_in_theme" text, "sidebar_collapsed" boolean NOT NULL DEFAULT false, "active_dashboard_view" uuid, "extras" jsonb NOT NULL DEFAULT '{}'::jsonb, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "preferences_extras_object" CHECK ((jsonb_typeof(extras) = 'object'::text)), CONSTRAINT "preferences_extras_size" CHECK ((octet_length((extras)::text) <= 16384)), CONSTRAINT "preferences_locale_format" CHECK ((locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$'::text)), CONSTRAINT "preferences_one_theme" CHECK ((num_nonnulls(active_theme_id, active_built_in_theme) <= 1)), CONSTRAINT "preferences_pkey" PRIMARY KEY (workspace_id, user_id), CONSTRAINT "preferences_theme_mode_known" CHECK ((theme_mode = ANY (ARRAY['light'::text, 'dark'::text, 'system'::text]))));

ALTER TABLE "public"."preferences" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."themes" ("workspace_id" text NOT NULL, "id" uuid NOT NULL DEFAULT gen_random_uuid(), "name" text NOT NULL, "version" text NOT NULL DEFAULT '1.0.0'::text, "colors" jsonb NOT NULL, "radius" jsonb NOT NULL DEFAULT '{"base": "0.625rem"}'::jsonb, "metadata" jsonb, "visibility" text NOT NULL DEFAULT 'personal'::text, "owner_id" uuid, "revision" bigint NOT NULL DEFAULT 1, "created_by" uuid, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "themes_personal_has_owner" CHECK (((visibility = 'personal'::text) = (owner_id IS NOT NULL))), CONSTRAINT "themes_pkey" PRIMARY KEY (workspace_id, id), CONSTRAINT "themes_visibility_known" CHECK ((visibility = ANY (ARRAY['workspace'::text, 'personal'::text]))));

ALTER TABLE "public"."themes" ENABLE ROW LEVEL SECURITY;

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

CREATE OR REPLACE FUNCTION private.require_membership(p_workspace_id text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if not exists (
    select from public.workspace_members
    where workspace_id = p_workspace_id and user_id = (select auth.uid()) and status = 'active')
  then
    perform private.raise_error('not_found',
      'There is no such workspace, or you are not in it.', 'workspace_id', 'Check the id of the workspace.');
  end if;
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

CREATE OR REPLACE FUNCTION public.patch_preferences(workspace_id text, patch jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.patch_preferences(workspace_id, patch);
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

ALTER TABLE "public"."default_themes" ADD CONSTRAINT "default_themes_built_in_theme_fkey" FOREIGN KEY (built_in_theme) REFERENCES public.built_in_themes(key) ON DELETE CASCADE;

ALTER TABLE "public"."default_themes" ADD CONSTRAINT "default_themes_workspace_id_fkey" FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE "public"."preferences" ADD CONSTRAINT "preferences_active_built_in_theme_fkey" FOREIGN KEY (active_built_in_theme) REFERENCES public.built_in_themes(key) ON DELETE SET NULL;

ALTER TABLE "public"."preferences" ADD CONSTRAINT "preferences_member_fkey" FOREIGN KEY (workspace_id, user_id) REFERENCES public.workspace_members(workspace_id, user_id) ON DELETE CASCADE;

ALTER TABLE "public"."themes" ADD CONSTRAINT "themes_created_by_fkey" FOREIGN KEY (created_by) REFERENCES public.profiles(id) ON DELETE SET NULL;

ALTER TABLE "public"."default_themes" ADD CONSTRAINT "default_themes_theme_fkey" FOREIGN KEY (workspace_id, theme_id) REFERENCES public.themes(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE "public"."preferences" ADD CONSTRAINT "preferences_theme_fkey" FOREIGN KEY (workspace_id, active_theme_id) REFERENCES public.themes(workspace_id, id) ON DELETE SET NULL (active_theme_id);

ALTER TABLE "public"."themes" ADD CONSTRAINT "themes_workspace_id_fkey" FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

CREATE INDEX default_themes_built_in_theme_idx ON public.default_themes USING btree (built_in_theme);

CREATE INDEX default_themes_theme_idx ON public.default_themes USING btree (workspace_id, theme_id);

CREATE INDEX preferences_built_in_theme_idx ON public.preferences USING btree (active_built_in_theme);

CREATE INDEX preferences_theme_idx ON public.preferences USING btree (workspace_id, active_theme_id);

CREATE INDEX themes_created_by_idx ON public.themes USING btree (created_by);

CREATE INDEX themes_owner_idx ON public.themes USING btree (workspace_id, owner_id);

CREATE TRIGGER default_themes_audit AFTER INSERT OR DELETE OR UPDATE ON public.default_themes FOR EACH ROW EXECUTE FUNCTION private.tg_audit('workspace_id');

CREATE TRIGGER default_themes_set_updated_at BEFORE UPDATE ON public.default_themes FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER preferences_set_updated_at BEFORE UPDATE ON public.preferences FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER themes_audit_delete AFTER DELETE ON public.themes FOR EACH ROW WHEN ((old.visibility = 'workspace'::text)) EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER themes_audit_insert AFTER INSERT ON public.themes FOR EACH ROW WHEN ((new.visibility = 'workspace'::text)) EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER themes_audit_update AFTER UPDATE ON public.themes FOR EACH ROW WHEN ((new.visibility = 'workspace'::text)) EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER themes_set_updated_at BEFORE UPDATE ON public.themes FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER themes_validate BEFORE INSERT OR UPDATE OF name, version, colors, radius, metadata, visibility, revision ON public.themes FOR EACH ROW EXECUTE FUNCTION private.tg_themes_validate();

CREATE TRIGGER workspace_members_drop_personal_themes AFTER DELETE ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION private.tg_drop_personal_themes();

CREATE POLICY "built_in_themes_select" ON "public"."built_in_themes" FOR SELECT TO "authenticated" USING (true);

CREATE POLICY "default_themes_select" ON "public"."default_themes" FOR SELECT TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('themes.read'::text) AS workspaces_with)::text[])));

CREATE POLICY "preferences_select" ON "public"."preferences" FOR SELECT TO "authenticated" USING (((user_id = ( SELECT auth.uid() AS uid)) AND (workspace_id = ANY (( SELECT private.active_workspaces() AS active_workspaces)::text[]))));

CREATE POLICY "themes_delete" ON "public"."themes" FOR DELETE TO "authenticated" USING (((workspace_id = ANY (( SELECT private.workspaces_with('themes.write'::text) AS workspaces_with)::text[])) AND ((visibility = 'workspace'::text) OR (owner_id = ( SELECT auth.uid() AS uid)))));

CREATE POLICY "themes_insert" ON "public"."themes" FOR INSERT TO "authenticated" WITH CHECK (((workspace_id = ANY (( SELECT private.workspaces_with('themes.write'::text) AS workspaces_with)::text[])) AND ((visibility = 'workspace'::text) OR (owner_id = ( SELECT auth.uid() AS uid)))));

CREATE POLICY "themes_select" ON "public"."themes" FOR SELECT TO "authenticated" USING (((workspace_id = ANY (( SELECT private.workspaces_with('themes.read'::text) AS workspaces_with)::text[])) AND ((visibility = 'workspace'::text) OR (owner_id = ( SELECT auth.uid() AS uid)))));

CREATE POLICY "themes_update" ON "public"."themes" FOR UPDATE TO "authenticated" USING (((workspace_id = ANY (( SELECT private.workspaces_with('themes.write'::text) AS workspaces_with)::text[])) AND ((visibility = 'workspace'::text) OR (owner_id = ( SELECT auth.uid() AS uid))))) WITH CHECK (((workspace_id = ANY (( SELECT private.workspaces_with('themes.write'::text) AS workspaces_with)::text[])) AND ((visibility = 'workspace'::text) OR (owner_id = ( SELECT auth.uid() AS uid)))));

COMMENT ON COLUMN "public"."built_in_themes"."key" IS 'The id by which the functions about themes know it.';

COMMENT ON COLUMN "public"."built_in_themes"."position" IS 'Its place in a list.';

COMMENT ON COLUMN "public"."default_themes"."built_in_theme" IS 'The key of a built-in theme; null for one of the workspace.';

COMMENT ON COLUMN "public"."default_themes"."theme_id" IS 'A shared theme of the workspace; null for a built-in one.';

COMMENT ON COLUMN "public"."preferences"."active_built_in_theme" IS 'The key of a built-in theme.';

COMMENT ON COLUMN "public"."preferences"."active_dashboard_view" IS 'The id of a view of the workspace. No reference holds it: an id that leads nowhere counts as none.';

COMMENT ON COLUMN "public"."preferences"."active_theme_id" IS 'A theme of the workspace. Null where it is a built-in one, or none and the workspace''s default counts.';

COMMENT ON COLUMN "public"."preferences"."extras" IS 'Whatever else a front end keeps, at most 16 KiB as text, under keys such as app:density.';

COMMENT ON COLUMN "public"."preferences"."locale" IS 'A language tag; null for the profile''s.';

COMMENT ON COLUMN "public"."themes"."colors" IS '{light, dark}, each with exactly the tokens of private.theme_tokens().';

COMMENT ON COLUMN "public"."themes"."created_by" IS 'Who made it; null once that account is deleted.';

COMMENT ON COLUMN "public"."themes"."metadata" IS '{author, description, createdAt, updatedAt}, each optional; null for none.';

COMMENT ON COLUMN "public"."themes"."name" IS 'One visible line of 1 to 50 characters.';

COMMENT ON COLUMN "public"."themes"."owner_id" IS 'Whose a personal theme is; null for a shared one. A trigger on members keeps it, in place of a reference: with one, embedding the profiles of members would be ambiguous.';

COMMENT ON COLUMN "public"."themes"."radius" IS '{base}: a number of rem.';

COMMENT ON COLUMN "public"."themes"."revision" IS 'Counts the changes. An update that names another than the present one is refused.';

COMMENT ON COLUMN "public"."themes"."version" IS 'The version that its makers give it: x.y.z.';

COMMENT ON COLUMN "public"."themes"."visibility" IS 'personal: its maker''s alone, who may share it; workspace: shared with the members, and it stays so.';

COMMENT ON FUNCTION "private"."active_theme_id"(text) IS 'The theme that the caller sees in a workspace, and who chose it: the person, the workspace, or nobody (built_in).';

COMMENT ON FUNCTION "private"."answer_with_tag"(jsonb) IS 'Gives the response an ETag of the content and leave to be cached privately for an hour. True, with status 304, where the request says that the caller has it.';

COMMENT ON FUNCTION "private"."color_pattern"() IS 'The grammar of a color, to be matched without regard to case: oklch(), hsl(), hsla(), rgb(), rgba(), # with 3, 4, 6 or 8 hex digits, or a CSS named color.';

COMMENT ON FUNCTION "private"."document_problem"(text, text, text) IS 'What is wrong with a document and where: {path, message, hint}. The path has dots, and is empty for the whole.';

COMMENT ON FUNCTION "private"."export_preferences"(uuid) IS 'What the person prefers in each workspace.';

COMMENT ON FUNCTION "private"."export_themes"(uuid) IS 'The themes that the person made: their personal ones whole, the shared ones by id.';

COMMENT ON FUNCTION "private"."find_theme"(text, text) IS 'A theme that the caller may see, as get_theme gives it; who calls it has checked the permission. Error: not_found (theme_id).';

COMMENT ON FUNCTION "private"."keys_problem"(text, jsonb, text[], text[]) IS 'What is wrong with the keys of an object inside a document: one is missing, or one is not known. Null where nothing is. An unknown key is named only where it is a plain name.';

COMMENT ON FUNCTION "private"."line_problem"(text, jsonb, integer, integer) IS 'What is wrong with a line that people read, counted after private.clean_text; null where nothing is.';

COMMENT ON FUNCTION "private"."patch_preferences"(text, jsonb) IS 'Changes the caller''s own preferences. Definer: no role writes the table, which holds only what is checked here.';

COMMENT ON FUNCTION "private"."patched_extras"(jsonb, jsonb) IS 'Extras with the given ones in place of theirs; null removes one. Values are replaced whole.';

COMMENT ON FUNCTION "private"."preferences_document"(public.preferences) IS 'Preferences as clients read and patch them; of no row, those of somebody who has set nothing.';

COMMENT ON FUNCTION "private"."refuse_problem"(jsonb) IS 'Refuses a document with a problem. Error: invalid_input with the path inside the document in `details`.';

COMMENT ON FUNCTION "private"."require_membership"(text) IS 'Refuses who is not an active member, whatever their role permits. Error: not_found. Definer: it reads memberships, whose own policies would have to be passed first.';

COMMENT ON FUNCTION "private"."require_preferences_patch"(jsonb) IS 'Refuses a patch that holds anything but preferences. Error: invalid_input with the path inside the patch.';

COMMENT ON FUNCTION "private"."set_default_theme"(text, text) IS 'Sets the default theme of a workspace. Definer: no role writes the table, which holds only what is checked here.';

COMMENT ON FUNCTION "private"."text_problem"(text, jsonb, text, text) IS 'What is wrong with a text of a given form; null where nothing is.';

COMMENT ON FUNCTION "private"."tg_drop_personal_themes"() IS 'After a membership ends: deletes the person''s own themes in that workspace. Definer: nobody else may.';

COMMENT ON FUNCTION "private"."tg_themes_validate"() IS 'Before a theme is made or changed: refuses a stale revision and an invalid document, cleans what people read, and sets owner and maker. Errors: conflict (`details` is the present revision, or visibility), invalid_input with the path inside the document.';

COMMENT ON FUNCTION "private"."theme_colors_problem"(text, jsonb) IS 'What is wrong with the colors of one mode; null where nothing is.';

COMMENT ON FUNCTION "private"."theme_document"(text, text, text, jsonb, jsonb, jsonb) IS 'A theme as the front end reads, exports and imports one.';

COMMENT ON FUNCTION "private"."theme_metadata_problem"(jsonb) IS 'What is wrong with the metadata of a theme; null where nothing is.';

COMMENT ON FUNCTION "private"."theme_not_found"() IS 'The one answer for a theme that is not there or not theirs: not_found.';

COMMENT ON FUNCTION "private"."theme_problem"(jsonb) IS 'What is wrong with a theme document, as {path, message, hint}, the first thing found; null for a valid one.';

COMMENT ON FUNCTION "private"."theme_tokens"() IS 'The colors that each mode of a theme has, no more and no fewer.';

COMMENT ON FUNCTION "public"."activate_theme"(text, text) IS 'Chooses a theme for the caller in a workspace, null for the workspace''s default, and returns it as active_theme does. Takes themes.read. Errors: not_found (workspace_id, theme_id), permission_denied.';

COMMENT ON FUNCTION "public"."active_theme"(text) IS 'The theme that the caller sees in a workspace, as get_theme gives it, with source: person, workspace or built_in, whoever''s choice it is. Takes themes.read. Errors: not_found, permission_denied.';

COMMENT ON FUNCTION "public"."export_my_data"() IS 'All personal data of the caller as one JSON document: version (1), exportedAt, account, identities, sessions, profile, memberships, preferences, themes, workspacesCreated, files, invitations {sent, received}, audit. Sections may be added; `version` changes when one changes its meaning. Errors: not_signed_in.';

COMMENT ON FUNCTION "public"."export_theme"(text, text) IS 'A theme as a document that import_theme takes, in any workspace. Takes themes.read. Errors: not_found (workspace_id, theme_id), permission_denied.';

COMMENT ON FUNCTION "public"."get_preferences"(text) IS 'What the caller prefers in a workspace: {locale, theme_mode, active_theme_id, sidebar_collapsed, active_dashboard_view, extras}, complete also where nothing was set. Errors: not_found.';

COMMENT ON FUNCTION "public"."get_theme"(text, text) IS 'A theme: the document with kind (built_in, workspace, personal), revision, createdBy, createdAt and updatedAt. Call it with GET: the answer has an ETag, may be cached for an hour, and is 304 where If-None-Match holds the tag. Takes themes.read. Errors: not_found (workspace_id, theme_id), permission_denied.';

COMMENT ON FUNCTION "public"."import_theme"(text, jsonb, text) IS 'Makes a theme from a document, with an id of its own, and returns it as get_theme does; visibility is personal or workspace. Takes themes.read and themes.write. Errors: not_found, permission_denied, invalid_input (the path inside the document, or visibility).';

COMMENT ON FUNCTION "public"."list_themes"(text) IS 'The themes that the caller may use in a workspace: the built-in ones, then the workspace''s and their own by name. Each has id, name, version, kind, revision, isActive, isWorkspaceDefault, metadata, createdBy, createdAt, updatedAt; colors are read with get_theme. Takes themes.read. Errors: not_found, permission_denied.';

COMMENT ON FUNCTION "public"."patch_preferences"(text, jsonb) IS 'Changes the caller''s preferences in a workspace and returns all of them, as get_preferences does. What is absent stays, null resets; extras are patched key by key, and null removes one. A theme takes themes.read. Errors: not_found, permission_denied, invalid_input (the path inside the patch).';

COMMENT ON FUNCTION "public"."session_context"() IS 'Who is signed in and what they may do: {user, workspaces, preferences}. Each workspace has id, name, status, joinedAt, role {key, name}, permissions, plan, features and preferences (as get_preferences gives them, without extras); where the status is suspended, role, plan and preferences are null and both lists empty. `avatarUrl` is a path below the address of the API, null without a picture. Errors: not_signed_in.';

COMMENT ON FUNCTION "public"."set_default_theme"(text, text) IS 'Sets the theme that members see who have chosen none: the uuid of a shared theme, the key of a built-in one, or null for the product''s default. Takes workspace.update. Errors: not_found (workspace_id, theme_id), permission_denied, invalid_input (theme_id).';

COMMENT ON POLICY "built_in_themes_select" ON "public"."built_in_themes" IS 'The catalog is the same for everyone who is signed in.';

COMMENT ON POLICY "default_themes_select" ON "public"."default_themes" IS 'Members with themes.read.';

COMMENT ON POLICY "preferences_select" ON "public"."preferences" IS 'One''s own, as an active member.';

COMMENT ON POLICY "themes_delete" ON "public"."themes" IS 'Members with themes.write; a personal theme its owner alone.';

COMMENT ON POLICY "themes_insert" ON "public"."themes" IS 'Members with themes.write.';

COMMENT ON POLICY "themes_select" ON "public"."themes" IS 'Members with themes.read; a personal theme its owner alone.';

COMMENT ON POLICY "themes_update" ON "public"."themes" IS 'Members with themes.write; a personal theme its owner alone.';

COMMENT ON TABLE "public"."built_in_themes" IS 'The themes that come with the product. The rows come with the schema.';

COMMENT ON TABLE "public"."default_themes" IS 'The default theme of each workspace that has one; the others have the built-in "default". See set_default_theme.';

COMMENT ON TABLE "public"."preferences" IS 'What each person prefers in each workspace; gone with the membership. Read with get_preferences, written with patch_preferences.';

COMMENT ON TABLE "public"."themes" IS 'The themes of workspaces. Columns hold the parts of the theme document (types/theme.ts), checked as one.';

COMMENT ON TRIGGER "default_themes_audit" ON "public"."default_themes" IS 'Into the audit log.';

COMMENT ON TRIGGER "default_themes_set_updated_at" ON "public"."default_themes" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "preferences_set_updated_at" ON "public"."preferences" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "themes_audit_delete" ON "public"."themes" IS 'Shared themes, into the audit log.';

COMMENT ON TRIGGER "themes_audit_insert" ON "public"."themes" IS 'Shared themes, into the audit log.';

COMMENT ON TRIGGER "themes_audit_update" ON "public"."themes" IS 'Shared themes, into the audit log; sharing one is a change.';

COMMENT ON TRIGGER "themes_set_updated_at" ON "public"."themes" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "themes_validate" ON "public"."themes" IS 'Refuses what is not a theme, with a code and a path.';

COMMENT ON TRIGGER "workspace_members_drop_personal_themes" ON "public"."workspace_members" IS 'Personal themes go with their owner.';

REVOKE ALL ON FUNCTION "private"."active_theme_id"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."active_theme_id"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."answer_with_tag"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."answer_with_tag"(jsonb) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."color_pattern"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."color_pattern"() TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."document_problem"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."document_problem"(text, text, text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."export_preferences"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_preferences"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_themes"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_themes"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."find_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."find_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."keys_problem"(text, jsonb, text[], text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."keys_problem"(text, jsonb, text[], text[]) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."line_problem"(text, jsonb, integer, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."line_problem"(text, jsonb, integer, integer) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."patch_preferences"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."patch_preferences"(text, jsonb) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."patched_extras"(jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."patched_extras"(jsonb, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."preferences_document"(public.preferences) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."preferences_document"(public.preferences) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."refuse_problem"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."refuse_problem"(jsonb) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."require_membership"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_membership"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."require_preferences_patch"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_preferences_patch"(jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."set_default_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."set_default_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."text_problem"(text, jsonb, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."text_problem"(text, jsonb, text, text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."tg_drop_personal_themes"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_drop_personal_themes"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_themes_validate"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_themes_validate"() TO "postgres";

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

REVOKE ALL ON FUNCTION "public"."activate_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."activate_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."active_theme"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."active_theme"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."export_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."export_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."get_preferences"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."get_preferences"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."get_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."get_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."import_theme"(text, jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."import_theme"(text, jsonb, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."list_themes"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."list_themes"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."patch_preferences"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."patch_preferences"(text, jsonb) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."set_default_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."set_default_theme"(text, text) TO "authenticated", "postgres";

GRANT SELECT ON TABLE "public"."built_in_themes" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."built_in_themes" TO "postgres";

GRANT SELECT ON TABLE "public"."built_in_themes" TO "service_role";

GRANT SELECT ON TABLE "public"."default_themes" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."default_themes" TO "postgres";

GRANT SELECT ON TABLE "public"."default_themes" TO "service_role";

GRANT SELECT ON TABLE "public"."preferences" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."preferences" TO "postgres";

GRANT SELECT ON TABLE "public"."preferences" TO "service_role";

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

ALTER TABLE "public"."built_in_themes" ADD CONSTRAINT "built_in_themes_valid" CHECK ((private.theme_problem((jsonb_build_object('name', name, 'version', version, 'colors', colors, 'radius', radius) ||
CASE
    WHEN (metadata IS NULL) THEN '{}'::jsonb
    ELSE jsonb_build_object('metadata', metadata)
END)) IS NULL));

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
