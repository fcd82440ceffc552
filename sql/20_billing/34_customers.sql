-- Who pays for a workspace: its customer at Stripe. What Stripe tells is believed of these customers alone.
--
-- A workspace has one customer, in each of Stripe's two modes, live and test. Once it has a live one, nothing of the
-- test mode counts for it any more. No card, no address and no name of a payer is stored here.
--
-- Threats: an event that names another workspace (whose a thing is follows from the customer, and a customer never
-- moves); two administrators who buy at once (the first customer wins, by a unique index).

create table private.billing_customers (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id text not null
    constraint billing_customers_id_format check (octet_length(id) <= 255 and id ~ '^[A-Za-z0-9_-]+$'),
  livemode boolean not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (workspace_id, id)
);

create unique index billing_customers_id_idx on private.billing_customers (id);
create unique index billing_customers_one_idx on private.billing_customers (workspace_id, livemode)
  where deleted_at is null;

alter table private.billing_customers enable row level security;

create policy billing_customers_select on private.billing_customers
  for select to authenticated using (false);

comment on policy billing_customers_select on private.billing_customers is 'Nobody: billing_state tells who may know.';

comment on table private.billing_customers is 'The customers of workspaces at Stripe. Made by keep_billing_customer.';
comment on column private.billing_customers.livemode is 'Whether real money is paid: false for Stripe''s test mode.';
comment on column private.billing_customers.deleted_at is
  'When Stripe said that it was deleted there, or was found to have it no more; the workspace then gets another with '
  'the next checkout.';

create trigger billing_customers_audit after insert or update on private.billing_customers
  for each row execute function private.tg_audit('id');

create function private.billing_mode(p_workspace_id text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from private.billing_customers c where c.workspace_id = p_workspace_id and c.livemode);
end;
$$;

comment on function private.billing_mode(text) is
  'Whether live payments count for a workspace, or those of the test mode: never both. For definer functions.';

create function private.lock_billing(p_workspace_id text) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from public.workspaces w where w.id = p_workspace_id for no key update;
  return found;
end;
$$;

comment on function private.lock_billing(text) is
  'Whether the workspace is there; it then stays, and its billing is written by nobody else, until the end of the '
  'transaction. Everybody who writes billing calls it first, and of one workspace alone. For definer functions.';
