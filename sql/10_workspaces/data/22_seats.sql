-- Members who were there before seats were counted, and limits that the plans have since been given.

insert into private.seats (workspace_id, taken)
select m.workspace_id, count(*)
from public.workspace_members m
where m.status = 'active'
group by m.workspace_id
on conflict do nothing;

select private.seat_members(w.id)
from public.workspaces w
join private.seats s on s.workspace_id = w.id
left join public.plan_limits l on l.plan_key = w.plan_type and l.limit_key = 'members'
where s.taken > l.most
  or exists (select from private.active_members a where a.workspace_id = w.id and a.role_key = 'read only');
