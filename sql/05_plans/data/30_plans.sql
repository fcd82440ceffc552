-- What each plan offers. The names of the features are those that private.require_feature is called with.

merge into public.plans as t
using (
  values
    ('free', 'Free', 'For trying out and for small teams', '{}'::text[], 1, 0),
    (
      'premium', 'Premium', 'For teams that need control over who may do what',
      '{custom_roles,resource_grants,custom_components,unlimited_history,http_sources,priority_support,webhooks,'
        'analytics,marketplace_publishing}', 2, 14
    )
) as s (key, name, description, features, position, trial_days)
on t.key = s.key
when matched and (t.name, t.description, t.features, t.position, t.trial_days)
  is distinct from (s.name, s.description, s.features, s.position, s.trial_days)
then
  update set
    name = s.name,
    description = s.description,
    features = s.features,
    position = s.position,
    trial_days = s.trial_days
when not matched then
  insert (key, name, description, features, position, trial_days)
  values (s.key, s.name, s.description, s.features, s.position, s.trial_days)
when not matched by source then
  delete;
