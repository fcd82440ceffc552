-- Long conversations: what was said up to a message in fewer words, made once and kept.

create table private.conversation_summaries (
  workspace_id text not null,
  conversation_id uuid not null,
  until_number integer not null,
  text text not null
    constraint conversation_summaries_text_size check (octet_length(text) <= 32768),
  made_at timestamptz not null default now(),
  primary key (workspace_id, conversation_id, until_number),
  constraint conversation_summaries_conversation_fkey foreign key (workspace_id, conversation_id)
    references private.conversations (workspace_id, id) on delete cascade
);

alter table private.conversation_summaries enable row level security;

create policy conversation_summaries_select on private.conversation_summaries
  for select to authenticated using (false);

comment on table private.conversation_summaries is
  'What conversations said up to a message, for models that cannot read all of it: written by keep_summary.';
comment on policy conversation_summaries_select on private.conversation_summaries is 'Nobody: begin_answer tells.';
comment on column private.conversation_summaries.until_number is
  'The last message that it stands for. It counts where this message is on the way to a question that comes after it.';
