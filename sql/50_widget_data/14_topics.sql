-- What a workspace knows of itself is told by several subjects, some with higher numbers than this one. Each says here
-- what it can be asked about, who may read the answer, and which functions have it and know what cannot be asked.

create table private.workspace_topics (
  about text primary key
    constraint workspace_topics_about_format check (about ~ '^[a-z][a-z_]{0,39}$'),
  permission text not null,
  answer text not null
    constraint workspace_topics_answer_format check (answer ~ '^[a-z_]{1,60}$'),
  problem text not null
    constraint workspace_topics_problem_format check (problem ~ '^[a-z_]{1,60}$')
);

alter table private.workspace_topics enable row level security;

create policy workspace_topics_select on private.workspace_topics
  for select to authenticated using (false);

comment on table private.workspace_topics is
  'What widgets can ask a workspace about itself, beside what is answered here. The rows come with the schema.';
comment on policy workspace_topics_select on private.workspace_topics is 'Nobody: it is for the functions that ask.';
comment on column private.workspace_topics.permission is 'What who reads the answer holds.';
comment on column private.workspace_topics.answer is
  'A function of `private` that takes a workspace, the type of a component and a query, and answers in the form of the '
  'type, or null.';
comment on column private.workspace_topics.problem is
  'A function of `private` that takes the type of a component and a query, and says what is wrong with the query, as '
  '{path, message, hint}, or null.';
