-- What each plan offers. The names of the features are those that private.require_premium is called with.

merge into public.plans as t
using (
  values
    ('free', 'Free', 'For trying out and for small teams', '{}'::text[]),
    (
      'premium', 'Premium', 'For teams that need control over who may do what',
      '{custom_roles,resource_grants,custom_components,unlimited_history,audit_400_days,http_sources}'
    )
) as s (key, name, description, features)
on t.key = s.key
when matched and (t.name, t.description, t.features) is distinct from (s.name, s.description, s.features) then
  update set name = s.name, description = s.description, features = s.features
when not matched then
  insert (key, name, description, features) values (s.key, s.name, s.description, s.features)
when not matched by source then
  delete;
