-- The views of the dashboard: each a name and a grid of widgets (36_widgets.sql), one person's own or shared.
--
-- Rows can be read, made and renamed through the Data API; what concerns more than the row (a whole layout, deletion
-- with undo, the default of a role) has a function. Deleting marks the row, and a job removes it after 30 days.
--
-- Threats: reading or changing what is not shared (20_access.sql decides); an id that is chosen to
-- collide with one elsewhere (nobody may give one); a view taken from under those who see it first
-- (a role's default stays shared, and what its owner shared outlives the owner's place); a workspace filled with views
-- by one person (as many as the plan says, 1,000 with deleted ones).

create table public.dashboard_views (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  name text not null
    constraint dashboard_views_name_length check (char_length(name) between 1 and 50),
  description text not null default ''
    constraint dashboard_views_description_length check (char_length(description) <= 200),
  row_height numeric not null default 80
    constraint dashboard_views_row_height_range check (row_height > 0 and row_height <= 10000),
  gap numeric not null default 16
    constraint dashboard_views_gap_range check (gap between 0 and 10000),
  visibility text not null default 'personal'
    constraint dashboard_views_visibility_known check (visibility in ('workspace', 'personal')),
  owner_id uuid,
  version bigint not null default 1,
  created_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  is_managed boolean not null default false
    constraint dashboard_views_managed_is_shared check (not is_managed or visibility = 'workspace'),
  is_restricted boolean not null default false,
  open_to text not null generated always as (
    case
      when deleted_at is not null then 'nobody'
      when is_restricted then 'restricted'
      when visibility = 'workspace' then 'workspace'
      else owner_id::text
    end
  ) stored,
  primary key (workspace_id, id),
  constraint dashboard_views_open_to_unique unique (workspace_id, id, open_to),
  constraint dashboard_views_personal_has_owner check (visibility = 'workspace' or owner_id is not null)
);

-- The first answers "what is mine?" and "which of mine came before it?", the second "what does everyone here see?", the
-- third finds a view by its id.
create index dashboard_views_owner_idx on public.dashboard_views (workspace_id, owner_id, created_at, id);
create index dashboard_views_shared_idx on public.dashboard_views (workspace_id, created_at, id)
  where visibility = 'workspace';
create index dashboard_views_id_idx on public.dashboard_views (id);
create index dashboard_views_created_by_idx on public.dashboard_views (created_by, created_at, id);
create index dashboard_views_restricted_idx on public.dashboard_views (workspace_id) where is_restricted;
create index dashboard_views_deleted_here_idx on public.dashboard_views (workspace_id) where deleted_at is not null;
create index dashboard_views_deleted_idx on public.dashboard_views (deleted_at) where deleted_at is not null;

alter table public.dashboard_views enable row level security;

create policy dashboard_views_select on public.dashboard_views
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and open_to <> 'nobody'
    and (
      (
        (open_to = 'workspace' or open_to = (select auth.uid())::text)
        -- All built-in roles read dashboards; a test holds the catalog to it.
        and (
          workspace_id not in (
            select a.workspace_id from private.active_memberships a
            where a.role_key not in ('admin', 'member', 'viewer'))
          or workspace_id not in (select unnest(private.workspaces_without('dashboards.read')))
        )
      )
      or (workspace_id, id) in (select v.workspace_id, v.id from private.views_by_exception('view') v)
    )
  );

create policy dashboard_views_insert on public.dashboard_views
  for insert to authenticated
  with check (
    exists (select from private.active_memberships a where a.workspace_id = dashboard_views.workspace_id)
    and (
      workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.write')))
      or (
        visibility = 'personal'
        and workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.arrange')))
      )
    )
  );

create policy dashboard_views_update on public.dashboard_views
  for update to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = dashboard_views.workspace_id)
    and open_to <> 'nobody'
    and (
      (
        open_to = 'workspace'
        and workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.write')))
      )
      or (
        open_to = (select auth.uid())::text
        and workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.arrange')))
      )
      or (workspace_id, id) in (select v.workspace_id, v.id from private.views_by_exception('edit') v)
    )
  )
  with check (exists (select from private.active_memberships a where a.workspace_id = dashboard_views.workspace_id));

-- No delete: delete_view marks a view, so that it can be had back.
grant select on public.dashboard_views to authenticated, service_role;
grant insert (workspace_id, name, description, row_height, gap, visibility)
  on public.dashboard_views to authenticated, service_role;
-- The version may be named, never chosen: see 55_stale_views.sql.
grant update (name, description, row_height, gap, visibility, version)
  on public.dashboard_views to authenticated, service_role;
grant update (is_managed) on public.dashboard_views to service_role;

comment on table public.dashboard_views is
  'The views of workspaces: what people arrange on their screen. get_view gives one as a document (types/view.ts).';
comment on column public.dashboard_views.name is 'One visible line of 1 to 50 characters.';
comment on column public.dashboard_views.description is 'One line of at most 200 characters, empty for none.';
comment on column public.dashboard_views.row_height is 'The height of a row of the grid, in pixels.';
comment on column public.dashboard_views.gap is 'The space between widgets, in pixels.';
comment on column public.dashboard_views.visibility is
  'personal: its owner''s and theirs with whom it is shared; workspace: everyone''s who has dashboards.read.';
comment on column public.dashboard_views.owner_id is
  'Who manages it. Null where that person left, which only a view shared with the workspace outlives. A trigger on '
  'members keeps it, in place of a reference, as for themes.';
comment on column public.dashboard_views.version is
  'Counts the changes of layout, name and description. An update that names another than the present one is refused. '
  'See private.view_versions.';
comment on column public.dashboard_views.created_by is 'Who made it; null once that account is deleted.';
comment on column public.dashboard_views.deleted_at is 'When it was deleted; null while it is not.';
comment on column public.dashboard_views.is_managed is
  'Whether it is managed outside of the product, so that nobody changes it here. Set by the service role alone.';
comment on column public.dashboard_views.is_restricted is
  'Whether a grant of none may name it, which role and visibility do not tell. Kept by a trigger on grants.';
comment on column public.dashboard_views.open_to is
  'Whom a role alone lets in: workspace, the id of its owner, or nobody, which shares and grants may still do.';

create function private.tg_dashboard_views_validate() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.refuse_problem(coalesce(
    private.single_line_problem('name', to_jsonb(new.name), 1, 50),
    private.single_line_problem('description', to_jsonb(new.description), 0, 200),
    private.pixels_problem('row_height', to_jsonb(new.row_height), false),
    private.pixels_problem('gap', to_jsonb(new.gap), true)));
  new.name := private.clean_text(new.name);
  new.description := private.clean_text(new.description);
  if new.visibility is null or new.visibility not in ('workspace', 'personal') then
    perform private.raise_invalid_input('visibility',
      'This is not a visibility of views.', 'Give "workspace" or "personal".');
  end if;

  if tg_op = 'INSERT' then
    new.owner_id := coalesce(private.person_id(), new.owner_id);
    new.created_by := new.owner_id;
    if new.visibility = 'personal' and new.owner_id is null then
      perform private.raise_invalid_input('visibility',
        'A personal view belongs to a person.', 'Give "workspace", or make the view as that person.');
    end if;
  end if;
  return new;
end;
$$;

comment on function private.tg_dashboard_views_validate() is
  'Before a view is made or changed: cleans and checks the values and sets owner and maker. '
  'Errors: invalid_input (name, description, row_height, gap, visibility).';

create function private.tg_dashboard_views_check_visibility() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if auth.uid() is not null and private.access_to(old.workspace_id, 'dashboard', old.id) <> 'manage' then
    perform private.raise_error('permission_denied',
      'Only who manages a view decides who sees it.', 'manage', 'Ask its owner or an administrator.');
  end if;
  if auth.uid() is not null then
    perform private.require_permission(old.workspace_id, 'dashboards.write');
  end if;
  if new.visibility = 'personal' then
    if old.owner_id is null or old.owner_id is distinct from auth.uid() then
      perform private.raise_error('conflict',
        'Only its owner can make a view personal.', 'visibility', private.hint_where_held(
          old.workspace_id, '{dashboards.read,dashboards.arrange}', 'Make a copy of it.', 'Leave it shared.'));
    end if;
    if exists (
      select from private.views_seen_first d where d.workspace_id = old.workspace_id and d.view_id = old.id)
    then
      perform private.raise_error('conflict',
        'The view is what people of the workspace see first.', 'visibility', private.hint_where_held(
          old.workspace_id, '{workspace.update}', 'Set another one first, with set_role_default_view.',
          'Ask an administrator of the workspace to set another one first.'));
    end if;
  end if;
  perform private.lock_widgets_within(old.workspace_id, old.id, 6);
  return new;
end;
$$;

comment on function private.tg_dashboard_views_check_visibility() is
  'Before the visibility changes: takes manage and dashboards.write; personal takes the owner, and a view that '
  'nobody is given to see first. Errors: permission_denied, conflict (visibility). Definer: it reads shares, grants '
  'and the defaults of roles.';

-- On these columns alone: neither a version nor an account that goes is a change of the view by a person.
create trigger dashboard_views_check_visibility before update of visibility on public.dashboard_views
  for each row when (new.visibility is distinct from old.visibility)
  execute function private.tg_dashboard_views_check_visibility();
create trigger dashboard_views_hold_membership before insert on public.dashboard_views
  for each row execute function private.tg_hold_membership();
create trigger dashboard_views_refuse_managed
  before update of name, description, row_height, gap, visibility, version, deleted_at on public.dashboard_views
  for each row when (old.is_managed) execute function private.tg_refuse_managed();
create trigger dashboard_views_set_updated_at
  before update of name, description, row_height, gap, visibility, owner_id, version, deleted_at
  on public.dashboard_views
  for each row execute function private.tg_set_updated_at();
create trigger dashboard_views_validate
  before insert or update of name, description, row_height, gap, visibility on public.dashboard_views
  for each row execute function private.tg_dashboard_views_validate();
create trigger dashboard_views_audit_insert after insert on public.dashboard_views
  for each row when (new.visibility = 'workspace') execute function private.tg_audit('id');
create trigger dashboard_views_audit_update
  after update of name, description, visibility, deleted_at, is_managed on public.dashboard_views
  for each row when (new.visibility = 'workspace' and old.visibility = 'workspace')
  execute function private.tg_audit('id');
create trigger dashboard_views_audit_visibility
  after update of name, description, visibility, deleted_at on public.dashboard_views
  for each row when (new.visibility <> old.visibility)
  execute function private.tg_audit('id', 'name,description');
create trigger dashboard_views_audit_delete after delete on public.dashboard_views
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id', '', '{"visibility": "workspace"}');
