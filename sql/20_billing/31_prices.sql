-- What can be bought, by the lookup key that a price has at Stripe.

alter table public.plans
  add column position integer not null default 1,
  add column trial_days integer not null default 0;

create table public.plan_prices (
  lookup_key text primary key,
  plan_key text not null references public.plans (key) on delete cascade,
  billing_interval text not null,
  currency text not null,
  unit_amount bigint not null
);

create index plan_prices_plan_idx on public.plan_prices (plan_key);

alter table public.plan_prices enable row level security;

create policy plan_prices_select on public.plan_prices
  for select to authenticated using (true);

grant select on public.plan_prices to authenticated, service_role;

comment on table public.plan_prices is 'What a plan costs a workspace. The rows come with the schema.';
