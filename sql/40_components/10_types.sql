-- The kinds of components, and what each of them shows: a catalog, the same for everyone.

create table public.component_types (
  key text primary key
    constraint component_types_key_format check (key ~ private.catalog_key_pattern()),
  data_schema jsonb not null
    constraint component_types_data_schema_valid check (private.schema_problem('', data_schema) is null)
);

alter table public.component_types enable row level security;

create policy component_types_select on public.component_types
  for select to authenticated using ((select private.reads_once()));

grant select on public.component_types to authenticated, service_role;

comment on table public.component_types is 'The kinds of components. The rows come with the schema.';
comment on column public.component_types.data_schema is
  'A JSON Schema of the data that a component of this kind shows, bounded in every direction.';
