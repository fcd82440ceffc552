-- What a person prefers of themes.
--
-- Threat: choosing another's personal theme (the choice is checked against what the caller sees).

alter table public.preferences
  add column theme_mode text
    constraint preferences_theme_mode_known check (theme_mode in ('light', 'dark', 'system')),
  add column active_theme_id uuid,
  add column active_built_in_theme text
    constraint preferences_built_in_theme_fkey references public.built_in_themes (key) on delete set null,
  add constraint preferences_theme_fkey foreign key (workspace_id, active_theme_id)
    references public.themes (workspace_id, id) on delete set null (active_theme_id),
  add constraint preferences_one_theme check (num_nonnulls(active_theme_id, active_built_in_theme) <= 1);

create index preferences_theme_idx on public.preferences (workspace_id, active_theme_id);
create index preferences_built_in_theme_idx on public.preferences (active_built_in_theme);

comment on column public.preferences.theme_mode is
  'light, dark, or system: that of the device. Null where the person has not chosen, which shows as system.';
comment on column public.preferences.active_theme_id is
  'A theme of the workspace. Null where it is a built-in one, or none and the workspace''s default counts.';
comment on column public.preferences.active_built_in_theme is 'The key of a built-in theme.';

create function private.sees_theme(p_workspace_id text, p_theme_id text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id constant uuid := case when pg_input_is_valid(p_theme_id, 'uuid') then p_theme_id::uuid end;
begin
  return exists (
      select from public.themes t
      where t.workspace_id = p_workspace_id
        and t.id = v_id
        and (t.visibility = 'workspace' or t.owner_id = (select auth.uid())))
    or exists (select from public.built_in_themes b where b.key = p_theme_id);
end;
$$;

comment on function private.sees_theme(text, text) is
  'Whether there is such a theme and the caller may use it, as far as that is the theme''s affair; who calls it asks '
  'about the permission. Definer: one question in place of those of the policies.';

create function private.hold_theme_to_prefer(p_workspace_id text, p_theme_id text) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id constant uuid := case when pg_input_is_valid(p_theme_id, 'uuid') then p_theme_id::uuid end;
begin
  perform private.require_person();
  perform private.require_membership(p_workspace_id);
  if p_theme_id is null then
    return true;
  end if;
  perform private.require_permission(p_workspace_id, 'themes.read');
  perform private.hold_membership(p_workspace_id);
  perform from public.themes t where t.workspace_id = p_workspace_id and t.id = v_id for key share;
  return private.sees_theme(p_workspace_id, p_theme_id);
end;
$$;

comment on function private.hold_theme_to_prefer(text, text) is
  'Holds a theme of the workspace until it is chosen; null is none. False for one that the caller does not see, which '
  'each way of choosing refuses in its own words. Errors: not_found (workspace_id), permission_denied (themes.read). '
  'For definer functions.';

create function private.prefer_theme(p_workspace_id text, p_theme_id text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_id constant uuid := case when pg_input_is_valid(p_theme_id, 'uuid') then p_theme_id::uuid end;
begin
  if not private.hold_theme_to_prefer(p_workspace_id, p_theme_id) then
    perform private.theme_not_found();
  end if;
  insert into public.preferences (workspace_id, user_id, active_theme_id, active_built_in_theme)
  values (p_workspace_id, v_user_id, v_id, case when v_id is null then p_theme_id end)
  on conflict (workspace_id, user_id) do update
  set active_theme_id = excluded.active_theme_id, active_built_in_theme = excluded.active_built_in_theme;
end;
$$;

comment on function private.prefer_theme(text, text) is
  'Makes a theme the caller''s in a workspace: the uuid of one that they may see, the key of a built-in one, or none. '
  'Errors: not_found (workspace_id, theme_id), permission_denied (themes.read). Definer: no role writes preferences, '
  'which hold only what is checked.';

grant execute on function private.prefer_theme(text, text) to authenticated;
