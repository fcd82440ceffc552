-- Changes to a view that an agent proposes. Nothing is changed until the person accepts, and then as if they had saved
-- it themselves (74_proposals.sql).

create table private.proposals (
  workspace_id text not null,
  conversation_id uuid not null,
  id uuid not null,
  view_id uuid not null,
  view_version bigint not null,
  summary text not null,
  changes jsonb not null
    constraint proposals_changes_list check (jsonb_typeof(changes) = 'array'),
  status text not null default 'open'
    constraint proposals_status_known check (status in ('open', 'accepted', 'rejected')),
  made_version bigint,
  proposed_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  primary key (workspace_id, id),
  constraint proposals_conversation_fkey foreign key (workspace_id, conversation_id)
    references private.conversations (workspace_id, id) on delete cascade
);
create index proposals_conversation_idx on private.proposals (workspace_id, conversation_id);

alter table private.proposals enable row level security;

create policy proposals_select on private.proposals
  for select to authenticated using (false);

comment on table private.proposals is 'What agents propose to change in views.';
comment on policy proposals_select on private.proposals is 'Nobody: conversations tell their owners.';
comment on column private.proposals.view_id is 'No reference: the view may go, and the proposal tells of it.';
comment on column private.proposals.view_version is 'What the changes begin from.';
comment on column private.proposals.made_version is 'The version that accepting it made.';
