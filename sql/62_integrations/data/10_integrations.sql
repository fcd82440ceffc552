-- What a workspace can be connected to.

merge into public.integrations as t
using (
  values
    ('http_json', 'JSON over HTTPS', 'Data of widgets from somebody''s endpoint', 'in', 'http_sources', 'data_sources',
      10),
    ('static', 'A document', 'Data of widgets that is written down', 'in', null, 'data_sources', 20),
    ('webhook', 'Webhooks', 'Events as signed messages to an endpoint', 'out', 'webhooks', 'destinations', 30),
    ('slack', 'Slack', 'Events in a channel of Slack', 'out', null, 'destinations', 40),
    ('discord', 'Discord', 'Events in a channel of Discord', 'out', null, 'destinations', 50),
    ('teams', 'Microsoft Teams', 'Events in a channel of Teams', 'out', null, 'destinations', 60)
) as s (key, name, description, direction, feature, limit_key, position)
on t.key = s.key
when matched and (t.name, t.description, t.direction, t.feature, t.limit_key, t.position)
  is distinct from (s.name, s.description, s.direction, s.feature, s.limit_key, s.position)
then
  update set name = s.name, description = s.description, direction = s.direction, feature = s.feature,
    limit_key = s.limit_key, position = s.position
when not matched then
  insert (key, name, description, direction, feature, limit_key, position)
  values (s.key, s.name, s.description, s.direction, s.feature, s.limit_key, s.position)
when not matched by source then
  delete;

-- What they can be told of, by private.event_of. A row that is taken out is told to nobody any more, and destinations
-- that chose it keep its name.

merge into public.integration_events as t
using (
  values
    ('workspace.updated', 'The workspace was changed', 'workspace.read', 10),
    ('plan.changed', 'The plan of the workspace changed', 'workspace.read', 20),
    ('member.added', 'Somebody joined the workspace', 'members.read', 30),
    ('member.updated', 'A member was changed', 'members.read', 40),
    ('member.removed', 'Somebody left the workspace', 'members.read', 50),
    ('role.created', 'A role was made', 'workspace.read', 60),
    ('role.updated', 'A role was changed', 'workspace.read', 70),
    ('role.deleted', 'A role was deleted', 'workspace.read', 80),
    ('invitation.created', 'Somebody was invited', 'members.invite', 90),
    ('invitation.updated', 'An invitation was changed or accepted', 'members.invite', 100),
    ('invitation.deleted', 'An invitation was withdrawn', 'members.invite', 110),
    ('view.created', 'A dashboard was made', 'dashboards.read', 120),
    ('view.updated', 'A dashboard was changed', 'dashboards.read', 130),
    ('view.arranged', 'The widgets of a dashboard changed', 'dashboards.read', 140),
    ('view.deleted', 'A dashboard was deleted', 'dashboards.read', 150),
    ('view.restored', 'A dashboard was restored', 'dashboards.read', 160),
    ('theme.created', 'A theme was made', 'themes.read', 170),
    ('theme.updated', 'A theme was changed', 'themes.read', 180),
    ('theme.deleted', 'A theme was deleted', 'themes.read', 190),
    ('component.created', 'A component was made', 'components.write', 200),
    ('component.updated', 'A component was changed', 'components.write', 210),
    ('component.published', 'A version of a component was published', 'components.write', 220),
    ('component.deleted', 'A component was deleted', 'components.write', 230),
    ('data_source.created', 'A data source was made', 'integrations.manage', 240),
    ('data_source.updated', 'A data source was changed', 'integrations.manage', 250),
    ('data_source.deleted', 'A data source was deleted', 'integrations.manage', 260),
    ('api_key.created', 'An API key was made', 'api_keys.manage', 270),
    ('api_key.updated', 'An API key was rotated or revoked', 'api_keys.manage', 280),
    ('api_key.deleted', 'An API key was deleted', 'api_keys.manage', 290),
    ('ticket.opened', 'A ticket was opened', 'support.manage', 300),
    ('ticket.updated', 'The status or priority of a ticket changed', 'support.manage', 310),
    ('ticket.answered', 'Something was said in a ticket', 'support.manage', 320),
    ('share.created', 'A dashboard was shared with somebody', 'grants.write', 330),
    ('share.updated', 'A share of a dashboard was changed', 'grants.write', 340),
    ('share.deleted', 'A share of a dashboard was ended', 'grants.write', 350),
    ('grant.created', 'Access to a dashboard or widget was granted or taken away', 'grants.write', 360),
    ('grant.updated', 'A grant of access to a dashboard or widget was changed', 'grants.write', 370),
    ('grant.deleted', 'A grant of access to a dashboard or widget was removed', 'grants.write', 380),
    ('agent.created', 'An agent was made', 'ai.use', 390),
    ('agent.updated', 'An agent was changed', 'ai.use', 400),
    ('agent.deleted', 'An agent was deleted', 'ai.use', 410),
    ('subscription.created', 'The workspace has a subscription', 'billing.manage', 420),
    ('subscription.updated', 'The subscription of the workspace changed', 'billing.manage', 430),
    ('invoice.created', 'An invoice was made', 'billing.manage', 440),
    ('invoice.updated', 'An invoice was changed or paid', 'billing.manage', 450)
) as s (key, description, permission, position)
on t.key = s.key
when matched and (t.description, t.permission, t.position) is distinct from (s.description, s.permission, s.position)
then
  update set description = s.description, permission = s.permission, position = s.position
when not matched then
  insert (key, description, permission, position) values (s.key, s.description, s.permission, s.position)
when not matched by source then
  delete;
