-- Conversations and their messages. A conversation is its owner's, and may be shown to the workspace, read-only.
--
-- Messages are numbered in their conversation and form a tree: a message names the one before it by number, an answer
-- that was generated again is a sibling of the first. They are only added: a user's is never changed, an agent's is
-- written to its end and stays.
--
-- What is in a conversation refers to the conversation alone, and within it by number, so that a deletion looks
-- messages up by one key and not by one key each.
--
-- Threats: reading another's conversation (every function finds it by owner, or by what is shared, after the
-- permission); a suspended member, or one who lost ai.use, who reads on (the permission is asked first); a conversation
-- that grows without end (1,000 messages, 256 KiB each).

create table private.conversations (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  owner_id uuid not null,
  title text not null
    constraint conversations_title_length check (char_length(title) between 1 and 100),
  agent_id uuid not null,
  is_pinned boolean not null default false,
  archived_at timestamptz,
  shared_at timestamptz,
  head integer not null default 0,
  messages integer not null default 0
    constraint conversations_messages_range check (messages between 0 and 1000),
  branched_from uuid,
  created_at timestamptz not null default clock_timestamp(),
  last_message_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  constraint conversations_owner_fkey foreign key (workspace_id, owner_id)
    references public.workspace_members (workspace_id, user_id) on delete cascade
);
-- A person's own, pinned ones first, a page at a time.
create index conversations_owner_idx on private.conversations
  (workspace_id, owner_id, is_pinned, last_message_at, id);
create index conversations_shared_idx on private.conversations (workspace_id, last_message_at, id)
  where shared_at is not null;
create index conversations_old_idx on private.conversations (workspace_id, last_message_at);

alter table private.conversations enable row level security;

create policy conversations_select on private.conversations
  for select to authenticated using (false);

comment on table private.conversations is 'Conversations of people with agents: written by begin_answer.';
comment on policy conversations_select on private.conversations is 'Nobody: functions find each person theirs.';
comment on column private.conversations.agent_id is
  'Who answers next. No reference: a conversation outlives its agent, and then another one is chosen.';
comment on column private.conversations.shared_at is 'Since when the workspace may read it; null: nobody else may.';
comment on column private.conversations.head is 'The number of the message that the next one follows.';
comment on column private.conversations.branched_from is 'The conversation that it began from. No reference.';

create table private.messages (
  workspace_id text not null,
  conversation_id uuid not null,
  number integer not null
    constraint messages_number_range check (number between 1 and 1000),
  id uuid not null default gen_random_uuid(),
  parent integer
    constraint messages_parent_before check (parent < number and parent > 0),
  role text not null
    constraint messages_role_known check (role in ('user', 'assistant')),
  status text not null
    constraint messages_status_known
      check (status in ('running', 'complete', 'stopped', 'incomplete', 'interrupted', 'failed')),
  parts jsonb not null default '[]'
    constraint messages_parts_list check (jsonb_typeof(parts) = 'array'),
  bytes integer not null default 0
    constraint messages_bytes_range check (bytes between 0 and 300000),
  agent_id uuid,
  agent_version bigint,
  model_key text,
  input_tokens bigint not null default 0,
  cached_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  credits numeric not null default 0,
  error jsonb,
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  primary key (workspace_id, conversation_id, number),
  constraint messages_conversation_fkey foreign key (workspace_id, conversation_id)
    references private.conversations (workspace_id, id) on delete cascade
);

-- Which versions of agents are still told of.
create index messages_agent_idx on private.messages (workspace_id, agent_id, agent_version);

alter table private.messages enable row level security;

create policy messages_select on private.messages
  for select to authenticated using (false);

comment on table private.messages is 'The messages of conversations, in the order in which they were written.';
comment on policy messages_select on private.messages is 'Nobody: get_conversation tells who may read it.';
comment on column private.messages.parent is 'The number of the message before it; null for a first one.';
comment on column private.messages.parts is
  'What it says (types/ai.ts), text in one piece. Of an answer that runs it is empty: see private.answer_parts.';
comment on column private.messages.model_key is 'What answered in the end, which may have been the fallback.';
