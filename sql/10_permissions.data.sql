-- The catalog of permissions. A row taken out here disappears from the database with the next migration, and
-- built-in roles everywhere follow.

merge into public.permissions as t
using (
  values
    ('workspace.read', 'See the workspace and its settings', '{member,viewer}'::text[]),
    ('workspace.update', 'Rename the workspace and change its settings', '{}'),
    ('members.read', 'See who is in the workspace, with names and e-mail addresses', '{member,viewer}')
) as s (key, description, held_by)
on t.key = s.key
when matched and (t.description, t.held_by) is distinct from (s.description, s.held_by) then
  update set description = s.description, held_by = s.held_by
when not matched then
  insert (key, description, held_by) values (s.key, s.description, s.held_by)
when not matched by source then
  delete;

update public.workspace_roles as r
set permissions = private.built_in_permissions(r.key)
where r.is_built_in
  and r.permissions is distinct from private.built_in_permissions(r.key);
