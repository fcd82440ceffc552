-- How soon each plan is answered: a promise, so a change here is one to customers.

merge into public.support_levels as t
using (
  values
    ('free', 'normal', 72),
    ('premium', 'high', 8)
) as s (plan_key, priority, first_answer_hours)
on t.plan_key = s.plan_key
when matched and (t.priority, t.first_answer_hours) is distinct from (s.priority, s.first_answer_hours) then
  update set priority = s.priority, first_answer_hours = s.first_answer_hours
when not matched then
  insert (plan_key, priority, first_answer_hours) values (s.plan_key, s.priority, s.first_answer_hours)
when not matched by source then
  delete;
