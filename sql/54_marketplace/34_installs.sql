-- What workspaces have installed: a copy of their own, fixed by the hash of its bundle, with the steps that led to it.
--
-- The copy is a component, a theme or a view of the workspace like any other, and needs the listing no more: of one
-- that is withdrawn, taken down or gone a notice tells. A component or a theme that was installed changes by upgrading
-- and rolling back alone; a view is a template, from which people go on.
--
-- Threats: a copy that is no longer what its hash says (50_installed_copies.sql refuses to change it); who else has
-- installed a listing (each workspace reads its own; the listing has a number).

create table public.marketplace_installs (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  listing_id uuid references public.marketplace_listings (id) on delete set null,
  kind text not null
    constraint marketplace_installs_kind_known check (kind in ('component', 'theme', 'view')),
  name text not null,
  author text not null,
  version text not null,
  content_hash text not null references private.marketplace_bundles (content_hash),
  is_pinned boolean not null default false,
  component_key text,
  theme_id uuid,
  view_id uuid,
  sources jsonb not null default '{}',
  revision bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  constraint marketplace_installs_listing_once unique (workspace_id, listing_id),
  constraint marketplace_installs_component_fkey foreign key (workspace_id, component_key)
    references public.components (workspace_id, key),
  constraint marketplace_installs_theme_fkey foreign key (workspace_id, theme_id)
    references public.themes (workspace_id, id),
  constraint marketplace_installs_view_fkey foreign key (workspace_id, view_id)
    references public.dashboard_views (workspace_id, id) on delete set null (view_id),
  constraint marketplace_installs_of_one_kind check (
    (kind = 'component') = (component_key is not null) and (kind = 'theme') = (theme_id is not null)
    and (kind = 'view' or view_id is null)
  )
);

create index marketplace_installs_listing_idx on public.marketplace_installs (listing_id);
create index marketplace_installs_name_idx on public.marketplace_installs (private.name_form(name), listing_id);
create index marketplace_installs_author_idx on public.marketplace_installs (private.name_form(author), listing_id);
create index marketplace_installs_content_hash_idx on public.marketplace_installs (content_hash);
create index marketplace_installs_component_idx on public.marketplace_installs (workspace_id, component_key);
create index marketplace_installs_theme_idx on public.marketplace_installs (workspace_id, theme_id);
create index marketplace_installs_view_idx on public.marketplace_installs (workspace_id, view_id);

alter table public.marketplace_installs enable row level security;

create policy marketplace_installs_select on public.marketplace_installs
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('marketplace.install')))
  );

-- Written by functions alone.
grant select on public.marketplace_installs to authenticated, service_role;

comment on table public.marketplace_installs is
  'What each workspace has installed from the marketplace. Seen with marketplace.install.';
comment on column public.marketplace_installs.listing_id is 'Null once the listing is gone with its workspace.';
comment on column public.marketplace_installs.name is 'What the listing was called when this version was installed.';
comment on column public.marketplace_installs.is_pinned is 'Whether it stays at its version until somebody unpins it.';
comment on column public.marketplace_installs.view_id is
  'The view that a template became; null once that is deleted for good.';
comment on column public.marketplace_installs.sources is
  'The data sources that were made, by their keys in the bundle.';
comment on column public.marketplace_installs.revision is
  'Counts what happens to it, the listing''s new versions and its end included.';

create table private.marketplace_steps (
  workspace_id text not null,
  install_id uuid not null,
  number integer not null,
  version text not null,
  content_hash text not null references private.marketplace_bundles (content_hash),
  sources jsonb not null default '{}',
  view_id uuid,
  replaced_version bigint,
  installed_at timestamptz not null default now(),
  installed_by uuid references public.profiles (id) on delete set null,
  primary key (workspace_id, install_id, number),
  constraint marketplace_steps_install_fkey foreign key (workspace_id, install_id)
    references public.marketplace_installs (workspace_id, id) on delete cascade
);

create index marketplace_steps_content_hash_idx on private.marketplace_steps (content_hash);
create index marketplace_steps_installed_by_idx on private.marketplace_steps (installed_by);

alter table private.marketplace_steps enable row level security;

create policy marketplace_steps_select on private.marketplace_steps
  for select to authenticated using (false);

comment on table private.marketplace_steps is 'The versions that were installed one after the other, to roll back to.';
comment on policy marketplace_steps_select on private.marketplace_steps is 'Nobody: functions tell the latest ones.';
comment on column private.marketplace_steps.sources is
  'The data sources that this version had, by their keys in the bundle.';
comment on column private.marketplace_steps.replaced_version is
  'The version of the view that this upgrade replaced, which is kept as long as the step; null where it changed none.';
comment on column private.marketplace_steps.installed_by is 'Null for an API key, and once that account is deleted.';

create trigger marketplace_installs_set_updated_at before update on public.marketplace_installs
  for each row execute function private.tg_set_updated_at();
create trigger marketplace_installs_audit_insert after insert on public.marketplace_installs
  for each row execute function private.tg_audit('id');
-- Not what happens to the listing.
create trigger marketplace_installs_audit_update after update on public.marketplace_installs
  for each row when ((old.content_hash, old.is_pinned) is distinct from (new.content_hash, new.is_pinned))
  execute function private.tg_audit('id');
create trigger marketplace_installs_audit_delete after delete on public.marketplace_installs
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id');
