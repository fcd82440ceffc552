-- All that a person prefers in a workspace, as one document that is read and patched. What is chosen of themes and
-- dashboards these check and write themselves; this is where all of it comes together.
--
-- One way to write, patch_preferences: an update through the Data API would find no row for who has none, and say
-- nothing.
--
-- Threats: another's preferences (the row is found by the caller's own id, which is no argument); extras of arbitrary
-- size or keys (both are bounded); two patches at the same moment, of which one would be lost (the row is locked).

create function private.chosen_preferences(p_preferences public.preferences) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_object_agg(c.key, c.value), '{}')
    from jsonb_each(jsonb_build_object(
      'locale', p_preferences.locale,
      'theme_mode', p_preferences.theme_mode,
      'active_theme_id', coalesce(p_preferences.active_theme_id::text, p_preferences.active_built_in_theme),
      'sidebar_collapsed', p_preferences.sidebar_collapsed,
      'active_dashboard_view', p_preferences.active_dashboard_view,
      'extras', p_preferences.extras
    )) as c
    where c.value not in ('null', '{}')
  );
end;
$$;

comment on function private.chosen_preferences(public.preferences) is
  'What a person has chosen: the keys of preferences_document, without those of which they have chosen nothing.';

create function private.preferences_document(p_preferences public.preferences) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{"locale": null, "theme_mode": "system", "active_theme_id": null, "sidebar_collapsed": false,
    "active_dashboard_view": null, "extras": {}}'::jsonb || private.chosen_preferences(p_preferences);
end;
$$;

comment on function private.preferences_document(public.preferences) is
  'Preferences as clients read and patch them; of no row, those of somebody who has set nothing.';

create function private.current_preferences(p_preferences public.preferences) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb := private.preferences_document(p_preferences);
begin
  if v_document -> 'active_theme_id' <> 'null'
    and not (
      'themes.read' = any (private.permissions_in(p_preferences.workspace_id))
      and private.sees_theme(p_preferences.workspace_id, v_document ->> 'active_theme_id'))
  then
    v_document := v_document || '{"active_theme_id": null}';
  end if;
  if v_document -> 'active_dashboard_view' <> 'null'
    and not private.sees_view(p_preferences.workspace_id, p_preferences.active_dashboard_view)
  then
    v_document := v_document || '{"active_dashboard_view": null}';
  end if;
  return v_document;
end;
$$;

comment on function private.current_preferences(public.preferences) is
  'The caller''s preferences as they count: a theme or a view that is gone, or not for the caller any more, is none. '
  'For definer functions.';

create function public.get_preferences(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_person();
  perform private.require_membership(workspace_id);
  return private.own_preferences(workspace_id);
end;
$$;

comment on function public.get_preferences(text) is
  'What the caller prefers in a workspace: {locale, theme_mode, active_theme_id, sidebar_collapsed, '
  'active_dashboard_view, extras}, complete also where nothing was set. A theme or a view that is gone, or not for the '
  'caller any more, is null. Errors: not_found.';

grant execute on function public.get_preferences(text) to authenticated;

create function private.own_preferences(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_preferences public.preferences;
begin
  select * into v_preferences
  from public.preferences p
  where p.workspace_id = p_workspace_id and p.user_id = (select auth.uid());
  return private.current_preferences(v_preferences);
end;
$$;

comment on function private.own_preferences(text) is
  'See public.get_preferences; who calls it has checked that the caller is a member. Definer: the caller''s own row, '
  'without the questions of its policy.';

grant execute on function private.own_preferences(text) to authenticated;

create function public.patch_preferences(workspace_id text, patch jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.patch_preferences(workspace_id, patch);
end;
$$;

comment on function public.patch_preferences(text, jsonb) is
  'Changes the caller''s preferences in a workspace and returns all of them, as get_preferences does. What is absent, '
  'or is as it was, stays, null resets; extras are patched key by key, and null removes one. A theme takes '
  'themes.read. Errors: not_found, permission_denied, invalid_input (the path inside the patch).';

grant execute on function public.patch_preferences(text, jsonb) to authenticated;

create function private.patch_preferences(p_workspace_id text, p_patch jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_patch jsonb := p_patch;
  v_row public.preferences;
  v_before jsonb;
begin
  perform private.require_person();
  perform private.require_membership(p_workspace_id);
  perform private.require_preferences_patch(p_patch);

  select * into v_row
  from public.preferences
  where workspace_id = p_workspace_id and user_id = v_user_id;
  v_before := private.preferences_document(v_row);

  -- What a subject lets choose it checks itself. What is chosen already is not asked about again: who sends back all
  -- that they read changes one thing, and the rest may be gone since.
  if p_patch -> 'active_theme_id' <> v_before -> 'active_theme_id' then
    if not private.hold_theme_to_prefer(p_workspace_id, p_patch ->> 'active_theme_id') then
      perform private.raise_invalid_input('active_theme_id',
        'There is no such theme, or it is not for you.', 'Give the id of a theme that you see.');
    end if;
  else
    v_patch := v_patch - 'active_theme_id';
  end if;
  if p_patch -> 'active_dashboard_view' <> v_before -> 'active_dashboard_view' then
    if not private.hold_view_to_prefer(p_workspace_id, (p_patch ->> 'active_dashboard_view')::uuid) then
      perform private.raise_invalid_input('active_dashboard_view',
        'There is no such view, or it is not for you.', 'Give the id of a view that you see.');
    end if;
  else
    v_patch := v_patch - 'active_dashboard_view';
  end if;

  -- One write, of which the person's other devices hear once. Who has a row already has it changed under its lock, so
  -- that of two patches at the same moment neither is lost.
  v_row := private.patched_preferences(null, v_patch);
  insert into public.preferences (
    workspace_id, user_id, locale, theme_mode, sidebar_collapsed, extras, active_theme_id, active_built_in_theme,
    active_dashboard_view
  )
  values (
    p_workspace_id, v_user_id, v_row.locale, v_row.theme_mode, v_row.sidebar_collapsed, v_row.extras,
    v_row.active_theme_id, v_row.active_built_in_theme, v_row.active_dashboard_view
  )
  on conflict (workspace_id, user_id) do nothing
  returning * into v_row;
  if not found then
    select * into v_row
    from public.preferences
    where workspace_id = p_workspace_id and user_id = v_user_id
    for update;
    v_row := private.patched_preferences(v_row, v_patch);
    update public.preferences
    set locale = v_row.locale,
      theme_mode = v_row.theme_mode,
      sidebar_collapsed = v_row.sidebar_collapsed,
      extras = v_row.extras,
      active_theme_id = v_row.active_theme_id,
      active_built_in_theme = v_row.active_built_in_theme,
      active_dashboard_view = v_row.active_dashboard_view
    where workspace_id = p_workspace_id and user_id = v_user_id;
  end if;

  return private.current_preferences(v_row);
end;
$$;

comment on function private.patch_preferences(text, jsonb) is
  'Changes the caller''s own preferences. Definer: no role writes the table, which holds only what is checked here.';

grant execute on function private.patch_preferences(text, jsonb) to authenticated;

create function private.patched_preferences(p_preferences public.preferences, p_patch jsonb)
returns public.preferences
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row public.preferences := p_preferences;
  v_theme constant text := p_patch ->> 'active_theme_id';
begin
  v_row.extras := coalesce(v_row.extras, '{}');
  if p_patch ? 'locale' then
    v_row.locale := p_patch ->> 'locale';
  end if;
  if p_patch ? 'theme_mode' then
    v_row.theme_mode := p_patch ->> 'theme_mode';
  end if;
  if p_patch ? 'sidebar_collapsed' then
    v_row.sidebar_collapsed := (p_patch ->> 'sidebar_collapsed')::boolean;
  end if;
  if p_patch ? 'active_theme_id' then
    v_row.active_theme_id := case when pg_input_is_valid(v_theme, 'uuid') then v_theme::uuid end;
    v_row.active_built_in_theme := case when v_row.active_theme_id is null then v_theme end;
  end if;
  if p_patch ? 'active_dashboard_view' then
    v_row.active_dashboard_view := (p_patch ->> 'active_dashboard_view')::uuid;
  end if;
  if p_patch ? 'extras' then
    v_row.extras := case jsonb_typeof(p_patch -> 'extras')
      when 'object' then private.patched_extras(v_row.extras, p_patch -> 'extras')
      else '{}'
    end;
    perform private.refuse_problem(private.size_problem('extras', v_row.extras, 16384,
      private.document_problem('extras',
        'The extras must not be larger than 16 KiB.', 'Remove some with null, or keep large things elsewhere.')));
    perform private.refuse_problem(private.json_problem('extras', v_row.extras));
  end if;
  return v_row;
end;
$$;

comment on function private.patched_preferences(public.preferences, jsonb) is
  'Preferences, of no row those of somebody who has set nothing, with what a checked patch says. Error: invalid_input '
  '(extras).';

create function private.require_preferences_patch(p_patch jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_keys constant text[] :=
    '{locale,theme_mode,active_theme_id,sidebar_collapsed,active_dashboard_view,extras}';
  v_extra text;
begin
  perform private.refuse_problem(coalesce(
    private.keys_problem('', coalesce(p_patch, 'null'), '{}', c_keys),
    case when jsonb_typeof(p_patch -> 'locale') <> 'null' then
      private.locale_problem('locale', p_patch -> 'locale')
    end,
    case when jsonb_typeof(p_patch -> 'theme_mode') <> 'null' then
      private.text_problem('theme_mode', p_patch -> 'theme_mode', '^(light|dark|system)$',
        'Give "light", "dark" or "system".')
    end,
    case when jsonb_typeof(p_patch -> 'active_theme_id') not in ('null', 'string') then
      private.document_problem('active_theme_id', 'This is not the id of a theme.', 'Give a uuid or a key.')
    end,
    case when jsonb_typeof(p_patch -> 'sidebar_collapsed') <> 'null' then
      private.flag_problem('sidebar_collapsed', p_patch -> 'sidebar_collapsed')
    end,
    case when jsonb_typeof(p_patch -> 'active_dashboard_view') <> 'null' then
      private.uuid_problem('active_dashboard_view', p_patch -> 'active_dashboard_view', 'Give the uuid of a view.')
    end,
    case when jsonb_typeof(p_patch -> 'extras') not in ('null', 'object') then
      private.document_problem('extras', 'This must be a JSON object.', 'Give an object such as {"app:density": 1}.')
    end
  ));

  if jsonb_typeof(p_patch -> 'extras') = 'object' then
    select k into v_extra
    from jsonb_object_keys(p_patch -> 'extras') as k
    where k !~ private.extras_key_pattern()
    limit 1;
    if found then
      perform private.raise_invalid_input(
        case when v_extra ~ '^[A-Za-z0-9_.:-]{1,100}$' then 'extras.' || v_extra else 'extras' end,
        'A key of the extras needs a namespace and a name.', 'Give a key such as app:density.');
    end if;
  end if;
end;
$$;

comment on function private.require_preferences_patch(jsonb) is
  'Refuses a patch that holds anything but preferences. Error: invalid_input with the path inside the patch.';

create function private.patched_extras(p_extras jsonb, p_patch jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_object_agg(e.key, e.value), '{}')
    from jsonb_each(p_extras || p_patch) as e
    where e.value <> 'null'
  );
end;
$$;

comment on function private.patched_extras(jsonb, jsonb) is
  'Extras with the given ones in place of theirs; null removes one. Values are replaced whole.';

create function private.export_preferences(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text');
  v_rows refcursor;
begin
  -- By way of the memberships, which have an index that begins with the person.
  open v_rows for
    select jsonb_build_array(m.workspace_id), jsonb_build_object(
      'workspaceId', m.workspace_id,
      'preferences', private.preferences_document(x),
      'createdAt', x.created_at,
      'updatedAt', x.updated_at
    )
    from public.workspace_members m
    join public.preferences x on x.workspace_id = m.workspace_id and x.user_id = m.user_id
    where m.user_id = p_user_id and m.workspace_id > v_after[1]
    order by m.workspace_id;
  return v_rows;
end;
$$;

comment on function private.export_preferences(uuid, text) is
  'What the person prefers in each workspace.';
