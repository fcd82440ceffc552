-- The catalog of permissions. A row taken out here disappears from the database with the next migration, and
-- built-in roles everywhere follow.

merge into public.permissions as t
using (
  values
    ('workspace.read', 'See the workspace and its settings', '{member,viewer}'::text[]),
    ('workspace.update', 'Rename the workspace and change its settings', '{}'),
    ('workspace.delete', 'Delete the workspace with everything in it', '{}'),
    ('members.read', 'See who is in the workspace, with names and e-mail addresses', '{member,viewer}'),
    ('members.invite', 'Invite people, and see, resend and revoke invitations', '{}'),
    ('members.update', 'Change the role of members, suspend them and let them back in', '{}'),
    ('members.remove', 'Remove members', '{}'),
    ('roles.write', 'Make, change and delete the roles of the workspace', '{}'),
    ('grants.write', 'Give or take away access to single dashboards and widgets', '{}'),
    ('audit.read', 'Read the audit log', '{}'),
    ('analytics.read', 'See how the workspace is used', '{}'),
    ('dashboards.read', 'See dashboards and their widgets', '{member,viewer}'),
    ('dashboards.write', 'Make, change and delete dashboards and their widgets', '{member}'),
    ('dashboards.arrange', 'Make, change and delete dashboards that nobody else sees', '{member,viewer}'),
    ('themes.read', 'See the themes of the workspace', '{member,viewer}'),
    ('themes.write', 'Make, change and delete themes', '{member}'),
    ('components.read', 'See and use the components of the workspace', '{member,viewer}'),
    ('components.write', 'Make, change and publish components', '{member}'),
    ('integrations.manage', 'Make, change, test and delete the data sources and destinations of the workspace', '{}'),
    ('marketplace.install', 'Install, upgrade, rate and remove what others offer in the marketplace', '{}'),
    ('marketplace.publish', 'Offer components, themes and views of the workspace in the marketplace', '{}'),
    ('metrics.write', 'Send metrics, and see which there are', '{member}'),
    ('ai.use', 'Use the AI agents of the workspace', '{member}'),
    ('ai.manage', 'Make the agents that a workspace shares, and set its models, budgets and retention', '{}'),
    ('api_keys.manage', 'Make, rotate and revoke the API keys of the workspace', '{}'),
    ('billing.manage', 'Buy, change and cancel the plan of the workspace, and see its invoices', '{}'),
    ('support.create', 'Ask support, and write to one''s own tickets', '{member}'),
    ('support.manage', 'See all tickets of the workspace, and write to them', '{}')
) as s (key, description, held_by)
on t.key = s.key
when matched and (t.description, t.held_by) is distinct from (s.description, s.held_by) then
  update set description = s.description, held_by = s.held_by
when not matched then
  insert (key, description, held_by) values (s.key, s.description, s.held_by)
when not matched by source then
  delete;

update public.permissions
set implied_by = '{dashboards.write}'
where key = 'dashboards.arrange' and implied_by <> '{dashboards.write}';

-- What a key does ends with the key: it makes nobody a member, gives no rights and deletes no workspace.
update public.permissions as p
set for_api_keys = s.for_api_keys
from (
  select
    x.key,
    x.key in (
      'workspace.read', 'workspace.update', 'members.read', 'audit.read', 'dashboards.read', 'dashboards.write',
      'themes.read', 'themes.write', 'components.read', 'components.write', 'metrics.write'
    ) as for_api_keys
  from public.permissions x
) as s
where s.key = p.key and p.for_api_keys <> s.for_api_keys;

update public.workspace_roles as r
set permissions = private.built_in_permissions(r.key)
where r.is_built_in
  and r.permissions is distinct from private.built_in_permissions(r.key);
