-- A plan that promises an answer sooner counts for what waits already. One that promises less takes nothing back.

create function private.tg_workspaces_hasten_tickets() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.support_tickets t
  set priority = l.priority,
    answer_due_at = h.due_at,
    first_answer_due_at = case when t.first_answered_at is null then h.due_at else t.first_answer_due_at end
  from public.support_levels l
  cross join lateral (select now() + make_interval(hours => l.first_answer_hours)) as h (due_at)
  where l.plan_key = new.plan_type
    and t.workspace_id = new.id
    and t.status = 'open'
    and t.answer_due_at > h.due_at;
  return null;
end;
$$;

comment on function private.tg_workspaces_hasten_tickets() is
  'After a workspace gets another plan: what waits there is answered as soon as that plan says, where that is sooner. '
  'Definer: no role writes tickets.';

create trigger workspaces_hasten_tickets after update of plan_type on public.workspaces
  for each row when (old.plan_type is distinct from new.plan_type)
  execute function private.tg_workspaces_hasten_tickets();
