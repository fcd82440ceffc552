-- What widgets can ask a workspace about its use.

merge into private.workspace_topics as t
using (values ('analytics', 'analytics.read', 'analytics_answer')) as s (about, permission, answer)
on t.about = s.about
when matched and (t.permission, t.answer) is distinct from (s.permission, s.answer) then
  update set permission = s.permission, answer = s.answer
when not matched then
  insert (about, permission, answer) values (s.about, s.permission, s.answer);
