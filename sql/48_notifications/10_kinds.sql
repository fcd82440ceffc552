-- The kinds of notifications, and the ways in which one can come. The rows are in data/10_kinds.sql; a subject with a
-- higher number adds its own kinds there and calls private.notify.

create function private.is_delivery(p_delivery text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_delivery in ('app', 'mail', 'both', 'none');
end;
$$;

comment on function private.is_delivery(text) is
  'Whether this is a way in which notifications come: in the app, by mail, both or none.';

create table public.notification_kinds (
  key text primary key
    constraint notification_kinds_key_format check (key ~ '^[a-z][a-z0-9_]{0,49}$'),
  description text not null,
  default_delivery text not null
    constraint notification_kinds_delivery_known check (private.is_delivery(default_delivery)),
  joined_title text
    constraint notification_kinds_joined_title_counts check (joined_title like '%{count}%')
);

alter table public.notification_kinds enable row level security;

create policy notification_kinds_select on public.notification_kinds
  for select to authenticated using ((select private.reads_once()));

grant select on public.notification_kinds to authenticated, service_role;

comment on table public.notification_kinds is 'What people are notified of. The rows come with the schema.';
comment on column public.notification_kinds.default_delivery is 'How it comes to who has not chosen otherwise.';
comment on column public.notification_kinds.joined_title is
  'The title of several that were joined, with {count} for how many; null where the title of the latest says it all.';
