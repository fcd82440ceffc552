-- What the function ai-chat can do for an agent. Each runs with the rights of who asks.

merge into public.ai_tools as t
using (
  values
    ('read_widget_data', 'Read what widgets show, and cite it', 10),
    ('query_metrics', 'Ask the metrics of the workspace what widgets can ask them', 20),
    ('list_views', 'List and search dashboards', 30),
    ('list_components', 'List and search what widgets can show', 40),
    ('explain_change', 'Compare a metric between two dates and say what changed', 50),
    ('propose_layout_change', 'Propose a change to a dashboard, for the person to accept or reject', 60)
) as s (key, description, position)
on t.key = s.key
when matched and (t.description, t.position) is distinct from (s.description, s.position) then
  update set description = s.description, position = s.position
when not matched then
  insert (key, description, position) values (s.key, s.description, s.position)
when not matched by source then
  delete;
