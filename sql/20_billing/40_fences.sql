-- Deliveries overtake each other. Each takes a number, its ticket, before it fetches an object from Stripe, and what
-- was written with a higher one is not written with a lower: what the higher one fetched is at least as late.

create table private.billing_fences (
  object_id text primary key
    constraint billing_fences_object_id_format
    check (octet_length(object_id) <= 255 and object_id ~ '^[A-Za-z0-9_-]+$'),
  ticket bigint not null,
  written_at timestamptz not null default now()
);

create index billing_fences_written_idx on private.billing_fences (written_at);

alter table private.billing_fences enable row level security;

create policy billing_fences_select on private.billing_fences
  for select to authenticated using (false);

comment on policy billing_fences_select on private.billing_fences is 'Fences are for nobody to read.';

comment on table private.billing_fences is
  'The highest ticket with which each object of Stripe was written, for 90 days: no delivery is on its way for longer.';

create function private.pass_fence(p_object_id text, p_ticket bigint) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.billing_fences as f (object_id, ticket)
  values (p_object_id, p_ticket)
  on conflict (object_id) do update
    set ticket = excluded.ticket, written_at = now()
    where f.ticket < excluded.ticket;
  return found;
end;
$$;

comment on function private.pass_fence(text, bigint) is
  'Whether an object that was fetched with this ticket may be written: nobody has written it with as high a one. For '
  'definer functions.';
