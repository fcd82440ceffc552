-- What widgets can ask a workspace about its use.

merge into private.workspace_topics as t
using (
  values ('analytics', 'analytics.read', 'analytics_answer', 'analytics_query_problem')
) as s (about, permission, answer, problem)
on t.about = s.about
when matched and (t.permission, t.answer, t.problem) is distinct from (s.permission, s.answer, s.problem) then
  update set permission = s.permission, answer = s.answer, problem = s.problem
when not matched then
  insert (about, permission, answer, problem) values (s.about, s.permission, s.answer, s.problem);
