-- The theme that a workspace shows to whoever has chosen none: one row, or none for the product's own default.
--
-- Only a shared theme or a built-in one can be it: a personal one would show itself to others. When the theme goes,
-- so does the row.

create table public.default_themes (
  workspace_id text primary key references public.workspaces (id) on delete cascade,
  theme_id uuid,
  built_in_theme text references public.built_in_themes (key) on delete cascade,
  updated_at timestamptz not null default now(),
  constraint default_themes_theme_fkey foreign key (workspace_id, theme_id)
    references public.themes (workspace_id, id) on delete cascade,
  constraint default_themes_one_theme check (num_nonnulls(theme_id, built_in_theme) = 1)
);

create index default_themes_theme_idx on public.default_themes (workspace_id, theme_id);
create index default_themes_built_in_theme_idx on public.default_themes (built_in_theme);

alter table public.default_themes enable row level security;

create policy default_themes_select on public.default_themes
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('themes.read')))
  );

-- Written by set_default_theme alone.
grant select on public.default_themes to authenticated, service_role;

comment on table public.default_themes is
  'The default theme of each workspace that has one; the others have the built-in "default". See set_default_theme.';
comment on column public.default_themes.theme_id is 'A shared theme of the workspace; null for a built-in one.';
comment on column public.default_themes.built_in_theme is 'The key of a built-in theme; null for one of the workspace.';

create trigger default_themes_set_updated_at before update on public.default_themes
  for each row execute function private.tg_set_updated_at();
create trigger default_themes_audit after insert or update on public.default_themes
  for each row execute function private.tg_audit('workspace_id');
create trigger default_themes_audit_delete after delete on public.default_themes
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('workspace_id');

create function private.theme_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such theme, or it is not for you.', 'theme_id', 'Check the id: the theme may have been deleted.');
end;
$$;

comment on function private.theme_not_found() is
  'The one answer for a theme that is not there or not theirs: not_found.';

grant execute on function private.theme_not_found() to authenticated;

create function public.set_default_theme(workspace_id text, theme_id text default null) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.set_default_theme(workspace_id, theme_id);
end;
$$;

comment on function public.set_default_theme(text, text) is
  'Sets the theme that members see who have chosen none: the uuid of a shared theme, the key of a built-in one, or '
  'none for the product''s default. Takes workspace.update. Errors: not_found (workspace_id, theme_id), '
  'permission_denied, invalid_input (theme_id).';

grant execute on function public.set_default_theme(text, text) to authenticated, service_role;

create function private.set_default_theme(p_workspace_id text, p_theme_id text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id constant uuid := case when pg_input_is_valid(p_theme_id, 'uuid') then p_theme_id::uuid end;
  v_theme public.themes;
begin
  perform private.require_permission(p_workspace_id, 'workspace.update');
  perform private.hold_membership(p_workspace_id);

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
      and (visibility = 'workspace' or owner_id = (select auth.uid()))
    for key share;
    if not found then
      perform private.theme_not_found();
    end if;
    if v_theme.visibility = 'personal' then
      perform private.raise_invalid_input('theme_id',
        'A personal theme cannot be the default of a workspace.',
        private.hint_where_held(p_workspace_id, '{themes.write}', 'Share it first.', 'Give the id of a shared one.'));
    end if;
  end if;

  insert into public.default_themes (workspace_id, theme_id, built_in_theme)
  values (p_workspace_id, v_id, case when v_id is null then p_theme_id end)
  on conflict (workspace_id) do update
  set theme_id = excluded.theme_id, built_in_theme = excluded.built_in_theme;
end;
$$;

comment on function private.set_default_theme(text, text) is
  'Sets the default theme of a workspace. Definer: no role writes the table, which holds only what is checked here.';

grant execute on function private.set_default_theme(text, text) to authenticated, service_role;
