-- What a person prefers in a workspace. A row is made by the first choice; who has none prefers nothing in particular.
--
-- Themes and dashboards add what is chosen of theirs as columns, each with its check; all of it as one document, which
-- is read and patched, stands in 46_screen. Threats: reading or writing another's (no role writes the table, and the
-- functions find the row by the caller's own id, which is no argument); a store of arbitrary size or keys (extras are
-- bounded, unknown preferences refused).

create table public.preferences (
  workspace_id text not null,
  user_id uuid not null,
  locale text
    constraint preferences_locale_format check (locale ~ private.locale_pattern()),
  sidebar_collapsed boolean,
  extras jsonb not null default '{}'
    constraint preferences_extras_object check (jsonb_typeof(extras) = 'object')
    constraint preferences_extras_size check (octet_length(extras::text) <= 16384),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, user_id),
  constraint preferences_member_fkey foreign key (workspace_id, user_id)
    references public.workspace_members (workspace_id, user_id) on delete cascade
);

alter table public.preferences enable row level security;

create policy preferences_select on public.preferences
  for select to authenticated
  using (
    user_id = (select auth.uid())
    and workspace_id = any (array(select a.workspace_id from private.active_memberships a))
  );

grant select on public.preferences to authenticated, service_role;

comment on table public.preferences is
  'What each person prefers in each workspace; gone with the membership. Read with get_preferences, written with '
  'patch_preferences.';
comment on column public.preferences.locale is 'A language tag; null for the profile''s.';
comment on column public.preferences.sidebar_collapsed is 'Null where the person has not chosen.';
comment on column public.preferences.extras is
  'Whatever else a front end keeps, at most 16 KiB as text, under keys such as app:density.';

create trigger preferences_hold_membership before insert on public.preferences
  for each row execute function private.tg_hold_membership();
create trigger preferences_set_updated_at before update on public.preferences
  for each row execute function private.tg_set_updated_at();

create function private.tg_workspaces_drop_preferences() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.preferences where workspace_id = old.id;
  return old;
end;
$$;

comment on function private.tg_workspaces_drop_preferences() is
  'Before a workspace is deleted: its preferences go, which would otherwise be written once for every view and theme '
  'that they name before they go with their members. Definer: no role writes preferences.';

create trigger workspaces_drop_preferences before delete on public.workspaces
  for each row execute function private.tg_workspaces_drop_preferences();

create function private.extras_key_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[a-z0-9_.-]{1,50}:[a-z0-9_.-]{1,100}$';
end;
$$;

comment on function private.extras_key_pattern() is 'A key of the extras: a namespace and a name, such as app:density.';
