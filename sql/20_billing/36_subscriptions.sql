-- The subscriptions of workspaces, as Stripe last told them.
--
-- Threats: who may not manage billing reading what is paid (the policy, and what the log withholds); somebody who
-- writes one (no role does); an old telling that comes after a later one (40_fences.sql).

create table public.subscriptions (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id text not null
    constraint subscriptions_id_format check (octet_length(id) <= 255 and id ~ '^[A-Za-z0-9_-]+$'),
  customer_id text not null,
  status text not null,
  item_id text,
  price_id text,
  lookup_key text,
  currency text,
  billing_interval text,
  unit_amount bigint,
  quantity integer,
  current_period_start timestamptz,
  current_period_end timestamptz,
  trial_end timestamptz,
  cancel_at timestamptz,
  canceled_at timestamptz,
  ended_at timestamptz,
  is_collection_paused boolean not null default false,
  grace_until timestamptz,
  event_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  constraint subscriptions_customer_fkey foreign key (customer_id, workspace_id)
    references private.billing_customers (id, workspace_id) on delete cascade
);

create unique index subscriptions_id_idx on public.subscriptions (id);
create index subscriptions_customer_idx on public.subscriptions (customer_id, workspace_id);

alter table public.subscriptions enable row level security;

create policy subscriptions_select on public.subscriptions
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('billing.manage')))
  );

-- No write, not even for service_role: apply_billing_event writes them.
grant select on public.subscriptions to authenticated, service_role;

comment on table public.subscriptions is
  'What workspaces have bought, as Stripe last told it; of ended ones the last state. Read with billing.manage.';
comment on column public.subscriptions.status is
  'As Stripe names it: trialing, active, past_due, paused, unpaid, canceled, incomplete, incomplete_expired; others '
  'may come. What each gives stands in docs/billing.md.';
comment on column public.subscriptions.item_id is
  'The item that carries the plan. Price, amount and period are those of this item.';
comment on column public.subscriptions.lookup_key is
  'Of plan_prices, as what the price was sold; another one gives no plan. What is paid for it, unit_amount, may be '
  'another amount than plan_prices has by now.';
comment on column public.subscriptions.unit_amount is 'In the smallest unit of the currency.';
comment on column public.subscriptions.cancel_at is
  'When it will end; null where it goes on. Of one that ends with its period the end of the period.';
comment on column public.subscriptions.is_collection_paused is
  'Whether the operator has paused its payments at Stripe; what it gives stays.';
comment on column public.subscriptions.grace_until is
  'Of one that is past_due: until when it gives what was bought, seven days after the oldest invoice that is not paid.';
comment on column public.subscriptions.event_id is
  'The event of Stripe by which it was last changed; null for a comparison with Stripe''s list.';

-- That it changed, and by which event: the log is read by who need not see what is paid.
create trigger subscriptions_audit after insert or update on public.subscriptions
  for each row execute function private.tg_audit(
    'id',
    'customer_id,status,item_id,price_id,currency,unit_amount,quantity,is_collection_paused,grace_until');
create trigger subscriptions_set_updated_at before update on public.subscriptions
  for each row execute function private.tg_set_updated_at();
