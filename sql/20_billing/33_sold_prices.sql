-- What each price of Stripe was sold as, by its id: whoever pays it has that plan.
--
-- A price cannot change its amount. An operator makes another, to which the lookup key moves, and the former one has
-- none from then on; but those who pay it go on paying it. So a price is remembered when it is offered on a page, or
-- told with a subscription, under a key of plan_prices, and keeps its plan, whatever becomes of the key.
--
-- Threats: a price that had the key by mistake (an operator deletes its row, docs/billing.md); somebody who writes one
-- (no role does).

create table private.sold_prices (
  price_id text primary key
    constraint sold_prices_price_id_format check (octet_length(price_id) <= 255 and price_id ~ '^[A-Za-z0-9_-]+$'),
  lookup_key text not null,
  plan_key text not null references public.plans (key)
);

create index sold_prices_plan_idx on private.sold_prices (plan_key);

alter table private.sold_prices enable row level security;

create policy sold_prices_select on private.sold_prices
  for select to authenticated using (false);

comment on policy sold_prices_select on private.sold_prices is
  'Nobody: subscriptions has the key, for who manages billing.';

comment on table private.sold_prices is 'The prices of Stripe that plans are, or were, sold at. Kept for good.';
comment on column private.sold_prices.lookup_key is
  'Of plan_prices, under which it was told last. No reference: the key may go, and the price is paid on.';

create function private.keep_sold_prices(p_prices jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.sold_prices as s (price_id, lookup_key, plan_key)
  select distinct on (i.price ->> 'price') i.price ->> 'price', p.lookup_key, p.plan_key
  from jsonb_array_elements(p_prices) as i (price)
  join public.plan_prices p on p.lookup_key = i.price ->> 'lookup_key'
  where i.price ->> 'price' is not null
  -- In one order, so that two who write the same wait for each other and never in a circle.
  order by i.price ->> 'price'
  on conflict (price_id) do update
    set lookup_key = excluded.lookup_key, plan_key = excluded.plan_key
    where (s.lookup_key, s.plan_key) is distinct from (excluded.lookup_key, excluded.plan_key);
end;
$$;

comment on function private.keep_sold_prices(jsonb) is
  'Remembers as what prices are sold: of [{price, lookup_key}] those under a key of plan_prices. For definer '
  'functions.';
