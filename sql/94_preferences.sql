-- What a person prefers in a workspace. A row is made by the first patch; who has none prefers nothing in particular.
--
-- One way to write, patch_preferences: an update through the Data API would find no row for who has none, and say
-- nothing. Threats: reading or writing another's (the row is found by the caller's own id, which is no argument);
-- choosing another's personal theme or view (the choice is checked against what the caller sees); a store of arbitrary
-- size or keys (extras are bounded, unknown preferences refused).

create table public.preferences (
  workspace_id text not null,
  user_id uuid not null,
  locale text
    constraint preferences_locale_format check (locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$'),
  theme_mode text not null default 'system'
    constraint preferences_theme_mode_known check (theme_mode in ('light', 'dark', 'system')),
  active_theme_id uuid,
  active_built_in_theme text references public.built_in_themes (key) on delete set null,
  sidebar_collapsed boolean not null default false,
  active_dashboard_view uuid,
  default_dashboard_view uuid,
  extras jsonb not null default '{}'
    constraint preferences_extras_object check (jsonb_typeof(extras) = 'object')
    constraint preferences_extras_size check (octet_length(extras::text) <= 16384),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, user_id),
  constraint preferences_member_fkey foreign key (workspace_id, user_id)
    references public.workspace_members (workspace_id, user_id) on delete cascade,
  constraint preferences_theme_fkey foreign key (workspace_id, active_theme_id)
    references public.themes (workspace_id, id) on delete set null (active_theme_id),
  constraint preferences_active_view_fkey foreign key (workspace_id, active_dashboard_view)
    references public.dashboard_views (workspace_id, id) on delete set null (active_dashboard_view),
  constraint preferences_default_view_fkey foreign key (workspace_id, default_dashboard_view)
    references public.dashboard_views (workspace_id, id) on delete set null (default_dashboard_view),
  constraint preferences_one_theme check (num_nonnulls(active_theme_id, active_built_in_theme) <= 1)
);

create index preferences_theme_idx on public.preferences (workspace_id, active_theme_id);
create index preferences_active_view_idx on public.preferences (workspace_id, active_dashboard_view);
create index preferences_default_view_idx on public.preferences (workspace_id, default_dashboard_view);
create index preferences_built_in_theme_idx on public.preferences (active_built_in_theme);

alter table public.preferences enable row level security;

create policy preferences_select on public.preferences
  for select to authenticated
  using (
    user_id = (select auth.uid())
    and workspace_id = any ((select private.active_workspaces())::text[])
  );

grant select on public.preferences to authenticated, service_role;

comment on table public.preferences is
  'What each person prefers in each workspace; gone with the membership. Read with get_preferences, written with '
  'patch_preferences.';
comment on column public.preferences.locale is 'A language tag; null for the profile''s.';
comment on column public.preferences.active_theme_id is
  'A theme of the workspace. Null where it is a built-in one, or none and the workspace''s default counts.';
comment on column public.preferences.active_built_in_theme is 'The key of a built-in theme.';
comment on column public.preferences.active_dashboard_view is
  'The view that the person looks at; one that is deleted, or not for them any more, counts as none.';
comment on column public.preferences.default_dashboard_view is
  'The view that the person begins with where none is active. Set by set_default_view.';
comment on column public.preferences.extras is
  'Whatever else a front end keeps, at most 16 KiB as text, under keys such as app:density.';
comment on policy preferences_select on public.preferences is 'One''s own, as an active member.';

create trigger preferences_set_updated_at before update on public.preferences
  for each row execute function private.tg_set_updated_at();

comment on trigger preferences_set_updated_at on public.preferences is 'Keeps updated_at.';

create function private.preferences_document(p_preferences public.preferences) returns jsonb
language plpgsql immutable
set search_path = ''
as $$
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
$$;

comment on function private.preferences_document(public.preferences) is
  'Preferences as clients read and patch them; of no row, those of somebody who has set nothing.';

create function private.own_preferences(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_preferences public.preferences;
begin
  select * into v_preferences
  from public.preferences p
  where p.workspace_id = p_workspace_id and p.user_id = (select auth.uid());
  return private.preferences_document(v_preferences);
end;
$$;

comment on function private.own_preferences(text) is
  'See public.get_preferences; who calls it has checked that the caller is a member. Definer: the caller''s own row, '
  'without the questions of its policy.';

create function public.get_preferences(workspace_id text) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
  perform private.require_membership(workspace_id);
  return private.own_preferences(workspace_id);
end;
$$;

comment on function public.get_preferences(text) is
  'What the caller prefers in a workspace: {locale, theme_mode, active_theme_id, sidebar_collapsed, '
  'active_dashboard_view, extras}, complete also where nothing was set. Errors: not_found.';

create function private.require_preferences_patch(p_patch jsonb) returns void
language plpgsql
set search_path = ''
as $$
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
$$;

comment on function private.require_preferences_patch(jsonb) is
  'Refuses a patch that holds anything but preferences. Error: invalid_input with the path inside the patch.';

create function private.patch_preferences(p_workspace_id text, p_patch jsonb) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_user_id constant uuid := (select auth.uid());
  v_theme constant text := p_patch ->> 'active_theme_id';
  v_theme_id constant uuid := case when pg_input_is_valid(v_theme, 'uuid') then v_theme::uuid end;
  v_view constant text := p_patch ->> 'active_dashboard_view';
  v_view_id constant uuid := case when pg_input_is_valid(v_view, 'uuid') then v_view::uuid end;
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

  if v_view_id is not null and not private.sees_view(p_workspace_id, v_view_id) then
    perform private.raise_invalid_input('active_dashboard_view',
      'There is no such view, or it is not for you.', 'Give the id of a view that list_views gives.');
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
    v_row.active_dashboard_view := v_view_id;
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
$$;

comment on function private.patch_preferences(text, jsonb) is
  'Changes the caller''s own preferences. Definer: no role writes the table, which holds only what is checked here.';

create function private.patched_extras(p_extras jsonb, p_patch jsonb) returns jsonb
language plpgsql immutable
set search_path = ''
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

create function public.patch_preferences(workspace_id text, patch jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
begin
  return private.patch_preferences(workspace_id, patch);
end;
$$;

comment on function public.patch_preferences(text, jsonb) is
  'Changes the caller''s preferences in a workspace and returns all of them, as get_preferences does. What is absent '
  'stays, null resets; extras are patched key by key, and null removes one. A theme takes themes.read. '
  'Errors: not_found, permission_denied, invalid_input (the path inside the patch).';

grant execute on function private.own_preferences(text) to authenticated;
grant execute on function private.patch_preferences(text, jsonb) to authenticated;
grant execute on function public.get_preferences(text) to authenticated;
grant execute on function public.patch_preferences(text, jsonb) to authenticated;
