-- Where the widgets of a workspace get their data from, besides its metrics and what the workspace knows of itself,
-- which need no row: `http_json`, somebody's HTTPS endpoint, and `static`, a document.
--
-- An address and the values of headers are for who manages integrations, and the values for nobody: they lie in the
-- Vault, one secret a source, and are read where the request is made.
--
-- Whose widgets may show a source goes by the reader's role, as for components: a widget may be arranged, copied and
-- imported by many, and none of these ways opens a source.
--
-- Threats: a viewer who reads a source through a widget of their own (the reader's role is asked whenever data is
-- read); who manages integrations sends the stored headers to a server of theirs (an address on another host forgets
-- the headers that are not given anew); secrets that outlive their source (a trigger removes them).

create table private.data_sources (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  kind text not null
    constraint data_sources_kind_known check (kind in ('http_json', 'static')),
  name text not null
    constraint data_sources_name_length check (char_length(name) between 1 and 100),
  url text
    constraint data_sources_url_length check (octet_length(url) <= 1024),
  header_names text[] not null default '{}',
  secret_id uuid,
  mapping text
    constraint data_sources_mapping_size check (octet_length(mapping) <= 4096),
  parameters text[] not null default '{}',
  data jsonb
    constraint data_sources_data_object check (jsonb_typeof(data) = 'object'),
  allowed_roles text[] not null default '{member}',
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  constraint data_sources_of_one_kind check (
    (kind = 'http_json') = (url is not null) and (kind = 'static') = (data is not null)
  )
);

alter table private.data_sources enable row level security;

create policy data_sources_select on private.data_sources
  for select to authenticated using (false);

comment on table private.data_sources is 'Where a workspace gets data from: written by save_data_source.';
comment on policy data_sources_select on private.data_sources is 'Nobody: functions tell each reader their part.';
comment on column private.data_sources.header_names is 'The headers that are sent; their values are in the Vault.';
comment on column private.data_sources.secret_id is
  'The Vault''s secret with the values of the headers, an object as JSON; null without headers.';
comment on column private.data_sources.mapping is 'A JSONata expression that makes a widget''s data of the answer.';
comment on column private.data_sources.parameters is 'What the query of a widget may add to the address.';
comment on column private.data_sources.allowed_roles is
  'Who may see its data, read like the allowed roles of components: private.component_role_names.';
comment on column private.data_sources.version is 'Counts the changes. What was fetched before one is stale.';

create table private.data_source_health (
  workspace_id text not null,
  source_id uuid not null,
  failures integer not null default 0,
  failing_since timestamptz,
  error jsonb,
  closed_at timestamptz,
  closed_until timestamptz,
  primary key (workspace_id, source_id),
  constraint data_source_health_source_fkey foreign key (workspace_id, source_id)
    references private.data_sources (workspace_id, id) on delete cascade
);

alter table private.data_source_health enable row level security;

create policy data_source_health_select on private.data_source_health
  for select to authenticated using (false);

comment on table private.data_source_health is 'Sources that fail at the moment: a row each, gone once one answers.';
comment on policy data_source_health_select on private.data_source_health is 'Nobody: list_data_sources tells.';
comment on column private.data_source_health.failures is
  'How many requests failed, one after another; of those that were under way when it was closed none is counted.';
comment on column private.data_source_health.closed_until is
  'Until then nobody asks it; after that one request tries. Null while it has not failed often.';

create function private.tg_data_sources_forget_secrets() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from vault.secrets s using deleted d where s.id = d.secret_id;
  return null;
end;
$$;

comment on function private.tg_data_sources_forget_secrets() is
  'After sources are deleted, by hand or with their workspace: their secrets go. Definer: clients see no Vault.';

create trigger data_sources_forget_secrets after delete on private.data_sources
  referencing old table as deleted
  for each statement execute function private.tg_data_sources_forget_secrets();

create function private.tg_roles_leave_sources() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.data_sources s
  set allowed_roles = array_remove(s.allowed_roles, g.key)
  from gone g
  join public.workspaces w on w.id = g.workspace_id
  where s.workspace_id = g.workspace_id and g.key = any (s.allowed_roles) and private.names_one_role(g.key);
  return null;
end;
$$;

comment on function private.tg_roles_leave_sources() is
  'After roles are deleted: no source is for them any more, as another role may get the key. Definer: no role writes '
  'sources.';

create trigger workspace_roles_leave_sources after delete on public.workspace_roles
  referencing old table as gone
  for each statement execute function private.tg_roles_leave_sources();

-- Neither addresses, which may hold a key, nor data: the log has other readers.
create trigger data_sources_audit after insert or update on private.data_sources
  for each row execute function private.tg_audit('id', 'url,header_names,secret_id,mapping,parameters,data');
create trigger data_sources_audit_delete after delete on private.data_sources
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted(
    'id', 'url,header_names,secret_id,mapping,parameters,data');
