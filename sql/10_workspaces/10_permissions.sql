-- The catalog of what can be permitted, the same for everyone. A role of a workspace names some of it
-- (36_roles.sql); who may do what is asked in 20_access.sql.

create table public.permissions (
  key text primary key
    constraint permissions_key_format check (key ~ '^[a-z_]+\.[a-z_]+$'),
  description text not null,
  held_by text[] not null default '{}'
    constraint permissions_held_by_known check (held_by <@ array['member', 'viewer']),
  implied_by text[] not null default '{}',
  for_api_keys boolean not null default false
);

alter table public.permissions enable row level security;

create policy permissions_select on public.permissions
  for select to authenticated using ((select private.reads_once()));

grant select on public.permissions to authenticated, service_role;

comment on table public.permissions is 'Everything a role can permit, as subject.verb. The rows come with the schema.';
comment on column public.permissions.held_by is
  'The built-in roles that hold it besides admin, who holds every permission.';
comment on column public.permissions.implied_by is 'A role that is given one of these is given it too.';
comment on column public.permissions.for_api_keys is
  'Whether it can be a scope of an API key: not what is about people, their rights and keys, nor what is personal.';
