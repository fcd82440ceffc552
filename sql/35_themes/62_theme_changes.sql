-- Changing and deleting a theme by its id, whatever it is: a built-in one, which is no row of themes, is refused with
-- the reason. Rows can be written through the table as well.
--
-- All of it runs as the caller: the policies of themes decide what is found.

create function private.refuse_built_in_theme(p_theme_id text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from public.built_in_themes where key = p_theme_id) then
    perform private.raise_error('conflict',
      'A built-in theme cannot be changed or deleted.', 'theme_id', 'Export it, import it, and change the copy.');
  end if;
end;
$$;

comment on function private.refuse_built_in_theme(text) is
  'Refuses to write one of the themes that everyone has. Error: conflict (theme_id).';

grant execute on function private.refuse_built_in_theme(text) to authenticated;

create function public.update_theme(workspace_id text, theme_id text, patch jsonb, revision bigint default null)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id constant uuid := case when pg_input_is_valid(theme_id, 'uuid') then theme_id::uuid end;
  v_patch constant jsonb := private.without_read(
    coalesce(patch, 'null'), '{id,isDefault}'::text[] || private.keys_added_to_themes());
  v_read jsonb;
  v_theme jsonb;
begin
  perform private.require_permission(workspace_id, 'themes.read');
  perform private.require_permission(workspace_id, 'themes.write');
  perform private.refuse_built_in_theme(theme_id);
  v_read := private.find_theme(workspace_id, theme_id);
  -- Which changes beside the theme, whose revision says nothing of it, as another default does.
  perform private.refuse_managed(v_read -> 'isManaged' = 'true');
  perform private.refuse_problem(private.keys_problem(
    '', v_patch, '{}', '{name,version,colors,radius,metadata,visibility}'));
  -- A copy that is stale says what was, and is a conflict below.
  if revision is null or to_jsonb(revision) = v_read -> 'revision' then
    perform private.refuse_problem(private.kept_problem(
      patch, v_read, '{"kind": "Give visibility, or leave it out."}'));
  end if;

  v_theme := public.export_theme(workspace_id, theme_id) || (v_patch - 'visibility');
  if v_theme -> 'metadata' = 'null' then
    v_theme := v_theme - 'metadata';
  end if;
  -- The columns are made of texts, where a number would pass for one.
  perform private.refuse_problem(private.theme_problem(v_theme));

  -- What the patch does not name is as it is by then, and not as it was read above.
  update public.themes as t
  set name = case when v_patch ? 'name' then v_theme ->> 'name' else t.name end,
    version = case when v_patch ? 'version' then v_theme ->> 'version' else t.version end,
    colors = case when v_patch ? 'colors' then v_theme -> 'colors' else t.colors end,
    radius = case when v_patch ? 'radius' then v_theme -> 'radius' else t.radius end,
    metadata = case when v_patch ? 'metadata' then v_theme -> 'metadata' else t.metadata end,
    visibility = case when v_patch ? 'visibility' then v_patch ->> 'visibility' else t.visibility end,
    revision = coalesce(update_theme.revision, t.revision)
  where t.workspace_id = update_theme.workspace_id and t.id = v_id;
  if not found then
    perform private.theme_not_found();
  end if;
  return private.find_theme(workspace_id, theme_id);
end;
$$;

comment on function public.update_theme(text, text, jsonb, bigint) is
  'Changes what the patch names of a theme (name, version, colors, radius, metadata, null for none, visibility) and '
  'returns it as get_theme does; what reading adds may stand beside it. revision is the one that was read; without it '
  'the last write of each part wins. Takes themes.read and themes.write. Errors: not_found (workspace_id, theme_id), '
  'permission_denied, invalid_input (the path inside the patch), conflict (theme_id for a built-in theme; the present '
  'revision for a stale one; visibility).';

grant execute on function public.update_theme(text, text, jsonb, bigint) to authenticated;

create function public.delete_theme(workspace_id text, theme_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id constant uuid := case when pg_input_is_valid(theme_id, 'uuid') then theme_id::uuid end;
begin
  perform private.require_permission(workspace_id, 'themes.read');
  perform private.require_permission(workspace_id, 'themes.write');
  perform private.refuse_built_in_theme(theme_id);
  delete from public.themes t where t.workspace_id = delete_theme.workspace_id and t.id = v_id;
  if not found then
    perform private.theme_not_found();
  end if;
end;
$$;

comment on function public.delete_theme(text, text) is
  'Deletes a theme of the workspace or the caller''s own; whoever had it active sees the workspace''s default. Takes '
  'themes.read and themes.write. Errors: not_found (workspace_id, theme_id), permission_denied, conflict (theme_id for '
  'a built-in theme).';

grant execute on function public.delete_theme(text, text) to authenticated;
