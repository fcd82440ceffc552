-- What plans cost. Stripe holds prices under the same lookup keys, and what it holds is what is charged: an operator
-- changes both.

create table public.plan_prices (
  lookup_key text primary key
    constraint plan_prices_lookup_key_format check (lookup_key ~ '^[a-z0-9_]{1,100}$'),
  plan_key text not null references public.plans (key) on delete cascade,
  billing_interval text not null
    constraint plan_prices_billing_interval_known check (billing_interval in ('month', 'year')),
  currency text not null
    constraint plan_prices_currency_format check (currency ~ '^[a-z]{3}$'),
  unit_amount bigint not null
    constraint plan_prices_unit_amount_range check (unit_amount > 0),
  constraint plan_prices_one_each unique (plan_key, billing_interval, currency)
);

alter table public.plan_prices enable row level security;

create policy plan_prices_select on public.plan_prices
  for select to authenticated using ((select private.reads_once()));

grant select on public.plan_prices to authenticated, service_role;

comment on table public.plan_prices is 'What a plan costs a workspace. The rows come with the schema.';
comment on column public.plan_prices.lookup_key is 'By which Stripe finds its price.';
comment on column public.plan_prices.currency is 'The code of ISO 4217 in small letters, as Stripe writes it.';
comment on column public.plan_prices.unit_amount is 'In the smallest unit of the currency: 1900 are 19.00 euros.';
