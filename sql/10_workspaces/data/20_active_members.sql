-- Members who were there before this table was kept.

insert into private.active_members (workspace_id, member_id, role_key)
select m.workspace_id, m.user_id, m.role_key
from public.workspace_members m
where m.status = 'active'
on conflict do nothing;
