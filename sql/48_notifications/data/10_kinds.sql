-- What people are notified of. A kind taken out here disappears from the database with the next migration, and with it
-- what people preferred of it; what they were told before stays.

merge into public.notification_kinds as t
using (
  values
    ('member_joined', 'Somebody whom you invited joined the workspace', 'app', '{count} people joined'),
    (
      'invitation_declined', 'Somebody whom you invited declined', 'app', '{count} people declined your invitations'
    ),
    ('role_changed', 'Your role in a workspace changed', 'app', null),
    ('view_shared', 'A dashboard was shared with you', 'app', '{count} dashboards were shared with you'),
    ('member_removed', 'You were removed from a workspace', 'both', null),
    ('source_failing', 'A data source that you manage gives no data', 'both', null),
    ('destination_paused', 'Events no longer reach a webhook or chat that you manage', 'both', null),
    ('listing_reviewed', 'What you offer in the marketplace was published, refused or taken down', 'both', null),
    ('ownership_transferred', 'A workspace was handed over to you', 'both', null),
    ('plan_changed', 'The plan of a workspace whose billing you manage changed', 'both', null),
    ('payment_failed', 'A payment for a workspace whose billing you manage failed', 'both', null),
    ('payment_action_required', 'A payment for a workspace whose billing you manage needs you', 'both', null),
    ('trial_ending', 'The trial of a workspace whose billing you manage ends soon', 'both', null),
    ('support_answer', 'Support answered your ticket', 'both', null)
) as s (key, description, default_delivery, joined_title)
on t.key = s.key
when matched
  and (t.description, t.default_delivery, t.joined_title)
    is distinct from (s.description, s.default_delivery, s.joined_title)
then
  update set description = s.description, default_delivery = s.default_delivery, joined_title = s.joined_title
when not matched then
  insert (key, description, default_delivery, joined_title)
  values (s.key, s.description, s.default_delivery, s.joined_title)
when not matched by source then
  delete;
