-- The components that every workspace has: the front end's registry, a catalog that is the same for everyone. It is no
-- secret which components exist; which of them a role may use is said in 20_access.sql.

create table public.built_in_components (
  key text primary key
    constraint built_in_components_key_format check (key ~ private.component_key_pattern()),
  position bigint not null,
  type text not null references public.component_types (key),
  title_key text not null,
  description_key text not null,
  icon text not null,
  allowed_roles text[] not null,
  size_config jsonb not null,
  default_config jsonb not null,
  config_schema jsonb not null
    constraint built_in_components_config_schema_valid check (private.schema_problem('', config_schema) is null),
  constraint built_in_components_default_config_valid check (
    private.config_problem('', default_config, config_schema) is null)
);

create index built_in_components_type_idx on public.built_in_components (type);

alter table public.built_in_components enable row level security;

create policy built_in_components_select on public.built_in_components
  for select to authenticated using ((select private.reads_once()));

grant select on public.built_in_components to authenticated, service_role;

comment on table public.built_in_components is
  'The components that come with the product. The rows come with the schema.';
comment on column public.built_in_components.key is 'What a layout names as widgetId.';
comment on column public.built_in_components.position is 'Its place in a list.';
comment on column public.built_in_components.title_key is 'Under which the front end finds the title in each language.';
comment on column public.built_in_components.description_key is
  'Under which the front end finds the description in each language.';
comment on column public.built_in_components.allowed_roles is 'Who may use it: see private.role_may_use.';
comment on column public.built_in_components.size_config is
  '{minWidth, maxWidth, defaultWidth} in quarters of the grid, minHeight in pixels. A hint to who arranges widgets: '
  'every size that the grid has room for is taken.';
comment on column public.built_in_components.default_config is 'What it is configured with where nobody chose.';
comment on column public.built_in_components.config_schema is 'A JSON Schema of its configuration.';
