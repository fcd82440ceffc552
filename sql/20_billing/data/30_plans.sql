-- What each plan offers. The names of the features are those that private.require_premium is called with. The free plan
-- keeps metrics for a year and a month: a year's chart, and each month beside that of a year before.

merge into public.plans as t
using (
  values
    ('free', 'Free', 'For trying out and for small teams', '{}'::text[], 400, 10000),
    (
      'premium', 'Premium', 'For teams that need control over who may do what',
      '{custom_roles,resource_grants,custom_components,unlimited_history,audit_400_days,http_sources}', 1100, 60000
    )
) as s (key, name, description, features, metrics_days, metrics_per_minute)
on t.key = s.key
when matched and (t.name, t.description, t.features, t.metrics_days, t.metrics_per_minute)
  is distinct from (s.name, s.description, s.features, s.metrics_days, s.metrics_per_minute)
then
  update set
    name = s.name,
    description = s.description,
    features = s.features,
    metrics_days = s.metrics_days,
    metrics_per_minute = s.metrics_per_minute
when not matched then
  insert (key, name, description, features, metrics_days, metrics_per_minute)
  values (s.key, s.name, s.description, s.features, s.metrics_days, s.metrics_per_minute)
when not matched by source then
  delete;
