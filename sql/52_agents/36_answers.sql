-- Answers while they are written: an agent's message, whoever writes it, and what is held for it.
--
-- One process at a time writes an answer, and proves it by the lease, which it renews by writing. Who has lost the
-- lease writes nothing any more. However it ends (the writer says so, the person stops it, the lease runs out, the
-- conversation is deleted), it ends once, in one transaction with what it cost.
--
-- Parts stand here one by one as they came, so that who comes again gets what is new; when the answer ends they become
-- the message, texts that follow each other put together.

create table private.answers (
  workspace_id text not null,
  conversation_id uuid not null,
  number integer not null,
  id uuid not null default gen_random_uuid(),
  owner_id uuid not null,
  idempotency_key uuid not null,
  request_hash text not null,
  status text not null default 'running'
    constraint answers_status_known
      check (status in ('running', 'complete', 'stopped', 'incomplete', 'interrupted', 'failed')),
  lease uuid not null default gen_random_uuid(),
  leased_until timestamptz not null,
  last_sequence integer not null default 0,
  bytes integer not null default 0,
  agent_id uuid not null,
  view_id uuid,
  model_key text not null,
  fallback_key text,
  prices jsonb not null,
  max_tokens integer not null,
  month date not null,
  email_digest text,
  holds jsonb not null default '[]',
  held numeric not null default 0,
  credits numeric not null default 0,
  stop_requested_at timestamptz,
  summary_failed_at timestamptz,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  primary key (workspace_id, conversation_id, number),
  constraint answers_conversation_fkey foreign key (workspace_id, conversation_id)
    references private.conversations (workspace_id, id) on delete cascade
);
create unique index answers_id_idx on private.answers (id);
create unique index answers_key_idx on private.answers (workspace_id, owner_id, idempotency_key);
-- One at a time; and those of which a lease may have run out. The lease itself is in no index: it changes four times a
-- second.
create unique index answers_running_idx on private.answers (workspace_id, conversation_id) where status = 'running';

alter table private.answers enable row level security;

create policy answers_select on private.answers
  for select to authenticated using (false);

comment on table private.answers is 'The answers of agents, as they are written: one for each message of an agent.';
comment on policy answers_select on private.answers is 'Nobody: functions find each person theirs.';
comment on column private.answers.owner_id is 'Whose conversation it is.';
comment on column private.answers.idempotency_key is 'What the person''s front end calls the question.';
comment on column private.answers.request_hash is 'Of the question: the same key with another one is refused.';
comment on column private.answers.lease is 'Who writes it, until leased_until.';
comment on column private.answers.view_id is
  'Which view was on screen: what is answered again, or goes on, is told of it too. No reference: it may be gone.';
comment on column private.answers.prices is 'By model, as private.price_of gave them when it began.';
comment on column private.answers.month is 'For whose budgets it counts.';
comment on column private.answers.email_digest is
  'For whom it counts in private.ai_credits_of_people; null where the plan has no such limit, and once it has ended.';
comment on column private.answers.holds is 'What is held for it in the ledger: [{id, credits, inputTokens}].';
comment on column private.answers.held is 'The credits of those holds together.';
comment on column private.answers.summary_failed_at is
  'When nothing came of summing up what had no room: no other answer of the conversation tries it for a while.';
comment on column private.answers.credits is 'What the calls that were reported cost so far.';

create table private.answer_parts (
  workspace_id text not null,
  conversation_id uuid not null,
  answer_id uuid not null,
  sequence integer not null,
  part jsonb not null,
  primary key (workspace_id, conversation_id, answer_id, sequence),
  constraint answer_parts_conversation_fkey foreign key (workspace_id, conversation_id)
    references private.conversations (workspace_id, id) on delete cascade
);

alter table private.answer_parts enable row level security;

create policy answer_parts_select on private.answer_parts
  for select to authenticated using (false);

comment on table private.answer_parts is 'The parts of answers that run, as they came.';
comment on policy answer_parts_select on private.answer_parts is 'Nobody: answer_parts tells who asked.';
comment on column private.answer_parts.sequence is 'Given by the writer, rising.';

create table private.citations (
  workspace_id text not null,
  conversation_id uuid not null,
  hash text not null,
  primary key (workspace_id, conversation_id, hash),
  constraint citations_conversation_fkey foreign key (workspace_id, conversation_id)
    references private.conversations (workspace_id, id) on delete cascade
);
create index citations_hash_idx on private.citations (workspace_id, hash);

alter table private.citations enable row level security;

create policy citations_select on private.citations
  for select to authenticated using (false);

comment on table private.citations is
  'Which kept data the answers of a conversation cite: it is kept as long as one of them does (78_retention.sql).';
comment on policy citations_select on private.citations is 'Nobody: the job of retention asks.';
comment on column private.citations.hash is 'Of private.widget_snapshots. No reference: it may be kept again.';
