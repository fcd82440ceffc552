-- A year costs ten months.

merge into public.plan_prices as t
using (
  values
    ('premium_monthly_eur', 'premium', 'month', 'eur', 1900),
    ('premium_yearly_eur', 'premium', 'year', 'eur', 19000),
    ('premium_monthly_usd', 'premium', 'month', 'usd', 1900),
    ('premium_yearly_usd', 'premium', 'year', 'usd', 19000)
) as s (lookup_key, plan_key, billing_interval, currency, unit_amount)
on t.lookup_key = s.lookup_key
when matched and (t.plan_key, t.billing_interval, t.currency, t.unit_amount)
  is distinct from (s.plan_key, s.billing_interval, s.currency, s.unit_amount)
then
  update set
    plan_key = s.plan_key,
    billing_interval = s.billing_interval,
    currency = s.currency,
    unit_amount = s.unit_amount
when not matched then
  insert (lookup_key, plan_key, billing_interval, currency, unit_amount)
  values (s.lookup_key, s.plan_key, s.billing_interval, s.currency, s.unit_amount)
when not matched by source then
  delete;
