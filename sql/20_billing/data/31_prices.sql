update public.plans set position = 2, trial_days = 14 where key = 'premium' and position <> 2;

insert into public.plan_prices (lookup_key, plan_key, billing_interval, currency, unit_amount)
values
  ('premium_monthly_eur', 'premium', 'month', 'eur', 1900),
  ('premium_yearly_eur', 'premium', 'year', 'eur', 19000),
  ('premium_monthly_usd', 'premium', 'month', 'usd', 1900),
  ('premium_yearly_usd', 'premium', 'year', 'usd', 19000)
on conflict do nothing;
