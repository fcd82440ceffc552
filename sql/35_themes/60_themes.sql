-- What a front end does with themes beyond reading and writing rows. A theme's id is the uuid of a row of themes, or
-- the key of a built-in theme, wherever one is given or taken.
--
-- All of it runs as the caller: the policies of themes decide what is found, and a personal theme of somebody else
-- looks like one that does not exist.

create function private.find_theme(p_workspace_id text, p_theme_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id constant uuid := case when pg_input_is_valid(p_theme_id, 'uuid') then p_theme_id::uuid end;
  v_theme jsonb;
begin
  if v_id is null then
    select private.theme_document(b.key, b.name, b.version, b.colors, b.radius, b.metadata)
      || '{
        "kind": "built_in", "isBuiltIn": true, "isManaged": false,
        "revision": null, "createdBy": null, "createdAt": null, "updatedAt": null
      }'
    into v_theme
    from public.built_in_themes b
    where b.key = p_theme_id;
  else
    select private.theme_document(t.id::text, t.name, t.version, t.colors, t.radius, t.metadata)
      || jsonb_build_object(
        'kind', t.visibility,
        'isBuiltIn', false,
        'isManaged', t.is_managed,
        'revision', t.revision,
        'createdBy', t.created_by,
        'createdAt', private.timestamp_text(t.created_at),
        'updatedAt', private.timestamp_text(t.updated_at)
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
$$;

comment on function private.find_theme(text, text) is
  'A theme that the caller may see, as get_theme gives it; who calls it has checked the permission. '
  'Error: not_found (theme_id).';

grant execute on function private.find_theme(text, text) to authenticated;

create function private.answer_with_tag(p_content jsonb) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tag constant text := '"' || encode(sha256(convert_to(p_content::text, 'UTF8')), 'hex') || '"';
  v_headers constant text := nullif(current_setting('request.headers', true), '');
  v_known text;
begin
  -- No age is promised: who changed a theme, or lost it, must not be shown the old one. Vary, because a browser's cache
  -- outlives the session of the person who filled it.
  perform set_config('response.headers', jsonb_build_array(
    jsonb_build_object('ETag', v_tag),
    jsonb_build_object('Cache-Control', 'private, no-cache'),
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
$$;

comment on function private.answer_with_tag(jsonb) is
  'Gives the response an ETag of the content, to be kept privately and asked about before each use. True, with status '
  '304, where the request says that the caller has it.';

grant execute on function private.answer_with_tag(jsonb) to authenticated;

create function public.get_theme(workspace_id text, theme_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_theme jsonb;
begin
  perform private.require_permission(workspace_id, 'themes.read');
  v_theme := private.find_theme(workspace_id, theme_id);
  return case when private.answer_with_tag(v_theme) then null else v_theme end;
end;
$$;

comment on function public.get_theme(text, text) is
  'A theme: the document with kind (built_in, workspace, personal), isBuiltIn, isManaged, revision, createdBy, '
  'createdAt and updatedAt. Call it with GET: the answer has an ETag, may be kept but is asked about before each use '
  '(no-cache), and is 304 where If-None-Match holds the tag. Takes themes.read. '
  'Errors: not_found (workspace_id, theme_id), permission_denied.';

grant execute on function public.get_theme(text, text) to authenticated;

create function public.export_theme(workspace_id text, theme_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(workspace_id, 'themes.read');
  return private.find_theme(workspace_id, theme_id) - private.keys_added_to_themes();
end;
$$;

comment on function public.export_theme(text, text) is
  'A theme as a document that import_theme takes, in any workspace. Takes themes.read. '
  'Errors: not_found (workspace_id, theme_id), permission_denied.';

grant execute on function public.export_theme(text, text) to authenticated;

create function public.import_theme(workspace_id text, document jsonb, visibility text default 'personal')
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_read record;
  v_id uuid;
begin
  perform private.require_permission(workspace_id, 'themes.read');
  perform private.require_permission(workspace_id, 'themes.write');
  v_read := private.imported_theme(document);
  -- The table checks it too, but has no column for what it would have to refuse beside these.
  perform private.refuse_problem(v_read.problem);

  insert into public.themes (workspace_id, name, version, colors, radius, metadata, visibility)
  values (
    import_theme.workspace_id, v_read.theme ->> 'name', v_read.theme ->> 'version', v_read.theme -> 'colors',
    v_read.theme -> 'radius', v_read.theme -> 'metadata', import_theme.visibility
  )
  returning id into v_id;

  return private.find_theme(workspace_id, v_id::text)
    || jsonb_build_object('skipped', private.first_skipped(v_read.skipped));
end;
$$;

comment on function public.import_theme(text, jsonb, text) is
  'Makes a theme from a document, with an id of its own, and returns it as get_theme does, with what was left out of '
  'the document in skipped (importedThemeSchema of types/theme.ts); visibility is personal or workspace. The document '
  'is what export_theme gives, or a theme of shadcn/ui or tweakcn. Takes themes.read and themes.write. Errors: '
  'not_found, permission_denied, invalid_input (the path inside the document, or visibility).';

grant execute on function public.import_theme(text, jsonb, text) to authenticated;

create function private.active_theme_id(p_workspace_id text, out theme_id text, out source text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  select coalesce(p.active_theme_id::text, p.active_built_in_theme), 'person' into theme_id, source
  from public.preferences p
  where p.workspace_id = p_workspace_id and p.user_id = (select auth.uid());
  if theme_id is not null then
    return;
  end if;

  select coalesce(d.theme_id::text, d.built_in_theme), 'workspace' into theme_id, source
  from public.default_themes d
  where d.workspace_id = p_workspace_id
    and exists (
      select from private.active_memberships a where a.workspace_id = d.workspace_id);
  if theme_id is null then
    theme_id := 'default';
    source := 'built_in';
  end if;
end;
$$;

comment on function private.active_theme_id(text) is
  'The theme that the caller sees in a workspace, and who chose it: the person, the workspace, or nobody (built_in). '
  'Definer: one question to each table in place of those of its policies; who calls it has checked the permission.';

grant execute on function private.active_theme_id(text) to authenticated;

create function public.active_theme(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(workspace_id, 'themes.read');
  return private.active_theme(workspace_id);
end;
$$;

comment on function public.active_theme(text) is
  'The theme that the caller sees in a workspace, as get_theme gives it, with source: person, workspace or built_in, '
  'whoever''s choice it is. Takes themes.read. Errors: not_found, permission_denied.';

grant execute on function public.active_theme(text) to authenticated;

create function private.active_theme(p_workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_active constant record := private.active_theme_id(p_workspace_id);
begin
  return private.find_theme(p_workspace_id, v_active.theme_id) || jsonb_build_object('source', v_active.source);
end;
$$;

comment on function private.active_theme(text) is
  'See public.active_theme; who calls it has checked the permission.';

grant execute on function private.active_theme(text) to authenticated;

create function public.activate_theme(workspace_id text, theme_id text default null) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(workspace_id, 'themes.read');
  if theme_id is not null then
    perform private.find_theme(workspace_id, theme_id);
  end if;
  perform private.prefer_theme(workspace_id, theme_id);
  return public.active_theme(workspace_id);
end;
$$;

comment on function public.activate_theme(text, text) is
  'Chooses a theme for the caller in a workspace, none for the workspace''s default, and returns it as active_theme '
  'does. Takes themes.read. Errors: not_found (workspace_id, theme_id), permission_denied.';

grant execute on function public.activate_theme(text, text) to authenticated;

create function public.list_themes(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
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
        'isBuiltIn', l.kind = 'built_in',
        'isManaged', l.is_managed,
        'revision', l.revision,
        'isActive', l.id = v_active,
        'isWorkspaceDefault', l.id = v_default,
        'metadata', l.metadata,
        'createdBy', l.created_by,
        'createdAt', private.timestamp_text(l.created_at),
        'updatedAt', private.timestamp_text(l.updated_at)
      )
      order by l.position, l.name collate "und-x-icu", l.id
    )
    from (
      select b.key as id, b.name, b.version, 'built_in' as kind, false as is_managed, null::bigint as revision,
        b.metadata, null::uuid as created_by, null::timestamptz as created_at, null::timestamptz as updated_at,
        b.position
      from public.built_in_themes b
      union all
      select t.id::text, t.name, t.version, t.visibility, t.is_managed, t.revision, t.metadata,
        t.created_by, t.created_at, t.updated_at, null
      from public.themes t
      where t.workspace_id = list_themes.workspace_id
    ) as l
  );
end;
$$;

comment on function public.list_themes(text) is
  'The themes that the caller may use in a workspace: the built-in ones, then the workspace''s and their own by name. '
  'Each has id, name, version, kind, isBuiltIn, isManaged, revision, isActive, isWorkspaceDefault, metadata, '
  'createdBy, createdAt, updatedAt; colors are read with get_theme. Takes themes.read. '
  'Errors: not_found, permission_denied.';

grant execute on function public.list_themes(text) to authenticated;
