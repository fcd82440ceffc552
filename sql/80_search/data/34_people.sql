-- Who was a member before people could be found.

insert into private.member_keys (workspace_id, user_id, keys)
select m.workspace_id, m.user_id,
  private.person_keys(array[private.search_scope(m.workspace_id)], p.name, p.email)
from public.workspace_members m
join public.profiles p on p.id = m.user_id
on conflict (workspace_id, user_id) do nothing;
