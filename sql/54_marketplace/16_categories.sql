-- What listings are about: a catalog, the same for everyone.

create table public.marketplace_categories (
  key text primary key
    constraint marketplace_categories_key_format check (key ~ private.catalog_key_pattern()),
  name text not null,
  position integer not null
    constraint marketplace_categories_position_unique unique
);

alter table public.marketplace_categories enable row level security;

create policy marketplace_categories_select on public.marketplace_categories
  for select to authenticated using ((select private.reads_once()));

grant select on public.marketplace_categories to authenticated, service_role;

comment on table public.marketplace_categories is 'The categories of listings. The rows come with the schema.';
comment on column public.marketplace_categories.name is 'As people read it, in English.';
comment on column public.marketplace_categories.position is 'Its place in a list.';
