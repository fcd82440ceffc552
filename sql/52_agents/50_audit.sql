-- What the audit log has of agents: who did what, and nothing of the content. What a person calls and tells an agent of
-- their own is theirs; that they have one is not.

create trigger agents_audit_shared after insert or update on private.agents
  for each row when (new.visibility = 'workspace') execute function private.tg_audit('id', 'instructions,starters');
create trigger agents_audit_personal after insert or update on private.agents
  for each row when (new.visibility = 'personal')
  execute function private.tg_audit('id', 'name,description,instructions,starters');
create trigger agents_audit_deleted after delete on private.agents
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id', 'name,description,instructions,starters');

create trigger ai_settings_audit after insert or update on private.ai_settings
  for each row execute function private.tg_audit('workspace_id');

-- Not each message, which private.ai_usage has.
create trigger conversations_audit_insert after insert on private.conversations
  for each row execute function private.tg_audit('id', 'title');
create trigger conversations_audit_update after update of title, is_pinned, archived_at, shared_at
  on private.conversations
  for each row execute function private.tg_audit('id', 'title');
create trigger conversations_audit_deleted after delete on private.conversations
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id', 'title');

create trigger proposals_audit after update of status on private.proposals
  for each row execute function private.tg_audit('id', 'summary,changes');
