-- The themes that every workspace has: a catalog, the same for everyone. Their key is their id; `default` is what a
-- person sees who has chosen nothing.

create table public.built_in_themes (
  key text primary key
    constraint built_in_themes_key_format check (key ~ private.catalog_key_pattern()),
  position bigint not null,
  name text not null,
  version text not null,
  colors jsonb not null,
  radius jsonb not null,
  metadata jsonb,
  constraint built_in_themes_valid check (
    private.theme_problem(
      jsonb_build_object('name', name, 'version', version, 'colors', colors, 'radius', radius)
      || case when metadata is null then '{}' else jsonb_build_object('metadata', metadata) end
    ) is null
  )
);

alter table public.built_in_themes enable row level security;

create policy built_in_themes_select on public.built_in_themes
  for select to authenticated using ((select private.reads_once()));

grant select on public.built_in_themes to authenticated, service_role;

comment on table public.built_in_themes is 'The themes that come with the product. The rows come with the schema.';
comment on column public.built_in_themes.key is 'The id by which the functions about themes know it.';
comment on column public.built_in_themes.position is 'Its place in a list.';
