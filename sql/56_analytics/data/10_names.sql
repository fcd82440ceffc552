-- The names that events of use may have. types/track.ts has the same, and a test holds the two together.

merge into private.event_names as t
using (
  values
    ('feature_used', 'dashboard_edited', 'A dashboard was arranged'),
    ('feature_used', 'widget_added', 'A widget was added'),
    ('feature_used', 'widget_configured', 'A widget was configured'),
    ('feature_used', 'widget_expanded', 'A widget was opened large'),
    ('feature_used', 'widget_refreshed', 'Data was refreshed by hand'),
    ('feature_used', 'view_shared', 'A dashboard was shared'),
    ('feature_used', 'history_opened', 'The history of a dashboard was opened'),
    ('feature_used', 'past_viewed', 'A dashboard was looked at as of an earlier time'),
    ('feature_used', 'data_exported', 'Data was taken out'),
    ('feature_used', 'theme_changed', 'A theme was chosen or edited'),
    ('feature_used', 'component_published', 'A component was published'),
    ('feature_used', 'search_used', 'Something was searched for'),
    ('feature_used', 'chat_opened', 'The chat with an agent was opened'),
    ('feature_used', 'chat_asked', 'An agent was asked'),
    ('feature_used', 'agent_edited', 'An agent was made or changed'),
    ('feature_used', 'notifications_opened', 'Notifications were opened'),
    ('feature_used', 'support_opened', 'Support was opened'),
    ('feature_used', 'analytics_opened', 'Analytics were opened'),
    ('feature_used', 'settings_opened', 'Settings were opened'),
    ('error', 'page_crashed', 'A page could not be shown'),
    ('error', 'widget_failed', 'A widget could not be shown'),
    ('error', 'request_failed', 'A request got no answer'),
    ('error', 'save_failed', 'A save was refused or lost'),
    ('error', 'chat_failed', 'An answer of an agent broke off'),
    ('error', 'live_lost', 'Live updates broke off'),
    ('timing', 'page_load', 'Until the page can be used'),
    ('timing', 'view_load', 'Until a dashboard is shown'),
    ('timing', 'data_load', 'Until the data of a dashboard is shown'),
    ('timing', 'request', 'Until a request was answered'),
    ('timing', 'save', 'Until a save was answered'),
    ('timing', 'chat_first_words', 'Until the first words of an answer')
) as s (kind, name, description)
on t.kind = s.kind and t.name = s.name
when matched and t.description is distinct from s.description then
  update set description = s.description
when not matched then
  insert (kind, name, description) values (s.kind, s.name, s.description)
when not matched by source then
  delete;
