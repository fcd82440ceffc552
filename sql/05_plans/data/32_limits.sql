-- The free plan has room for what a small team does every day. It keeps metrics for a year and a month: a year's chart,
-- and each month beside that of a year before. Where premium has a number too, it is what the database is made for.
--
-- Workspaces on the free plan cost nothing to make: what models are paid for has a limit for each person, too, which is
-- more than somebody needs who works in a few of them.

merge into public.limits as t
using (
  values
    ('members', 'members', 'Active members of a workspace', 'count', 'workspace'),
    ('views', 'views of a person', 'Views that one person owns in a workspace', 'count', 'person'),
    ('custom_components', 'components of its own', 'Components of a workspace''s own', 'count', 'workspace'),
    ('data_sources', 'data sources', 'Data sources of a workspace', 'count', 'workspace'),
    ('destinations', 'destinations of events', 'Webhooks and chats that a workspace sends events to', 'count',
      'workspace'),
    ('deliveries_per_minute', 'deliveries a minute', 'Events that are sent to webhooks and chats', 'per_minute',
      'workspace'),
    ('agents', 'AI agents', 'AI agents of a workspace', 'count', 'workspace'),
    ('marketplace_installs', 'copies from the marketplace', 'What is installed from the marketplace', 'count',
      'workspace'),
    ('marketplace_listings', 'listings in the marketplace', 'What a workspace offers in the marketplace', 'count',
      'workspace'),
    ('ai_credits', 'AI credits a month', 'What AI agents may cost, in US cents of the models'' prices', 'per_month',
      'workspace'),
    ('ai_credits_of_person', 'AI credits a month for one person', 'What AI agents may cost by the questions of one '
      'person, in all workspaces together whose plan has this limit', 'per_month', 'person'),
    ('refreshes', 'refreshes a month', 'Questions of widgets that are answered anew', 'per_month', 'workspace'),
    ('metric_points', 'points of metrics a month', 'Points of metrics that are sent', 'per_month', 'workspace'),
    ('metrics_per_minute', 'points of metrics a minute', 'Points of metrics that are sent', 'per_minute', 'workspace'),
    ('api_tokens', 'tokens of API keys a month', 'Tokens that machines get for API keys', 'per_month', 'workspace'),
    ('api_tokens_per_minute', 'exchanges of API keys a minute', 'Tokens that machines get for API keys', 'per_minute',
      'workspace'),
    ('events_per_minute', 'events of use a minute', 'Events of use that front ends tell of', 'per_minute', 'workspace'),
    ('analytics_days', 'days of analytics', 'For how long use is kept by day', 'days', 'workspace'),
    ('metrics_days', 'days of metrics', 'For how long metrics are kept', 'days', 'workspace'),
    ('history_days', 'days of history', 'For how long any version of a view is kept', 'days', 'workspace'),
    ('audit_days', 'days of the audit log', 'For how long the audit log remembers', 'days', 'workspace')
) as s (key, name, description, unit, scope)
on t.key = s.key
when matched and (t.name, t.description, t.unit, t.scope) is distinct from (s.name, s.description, s.unit, s.scope)
then
  update set name = s.name, description = s.description, unit = s.unit, scope = s.scope
when not matched then
  insert (key, name, description, unit, scope) values (s.key, s.name, s.description, s.unit, s.scope)
when not matched by source then
  delete;

merge into public.plan_limits as t
using (
  select p.plan_key, s.limit_key, p.most
  from (
    values
      ('members', 10, null::bigint),
      ('views', 20, 200),
      ('custom_components', 0, 200),
      ('data_sources', 3, 100),
      ('destinations', 1, 50),
      ('deliveries_per_minute', 60, 6000),
      ('agents', 2, 100),
      ('marketplace_installs', 5, 200),
      ('marketplace_listings', 0, 100),
      ('ai_credits', 100, 5000),
      ('ai_credits_of_person', 300, null),
      ('refreshes', 10000, 1000000),
      ('metric_points', 1000000, 100000000),
      ('metrics_per_minute', 10000, 60000),
      ('api_tokens', 100000, 5000000),
      ('api_tokens_per_minute', 60, 600),
      ('events_per_minute', 6000, 60000),
      ('analytics_days', 90, 800),
      ('metrics_days', 400, 1100),
      ('history_days', 7, null),
      ('audit_days', 90, 400)
  ) as s (limit_key, free, premium)
  cross join lateral (values ('free', s.free), ('premium', s.premium)) as p (plan_key, most)
) as s
on t.plan_key = s.plan_key and t.limit_key = s.limit_key
when matched and t.most is distinct from s.most then
  update set most = s.most
when not matched then
  insert (plan_key, limit_key, most) values (s.plan_key, s.limit_key, s.most)
when not matched by source then
  delete;
