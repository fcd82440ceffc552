-- What each built-in component asks about metrics: rows of a catalog, so that a component is no code.

create table private.component_queries (
  component_key text primary key references public.built_in_components (key) on delete cascade,
  query jsonb not null
    constraint component_queries_query_valid check (private.metric_query_problem(query) is null),
  by_config jsonb not null default '{}'
);

alter table private.component_queries enable row level security;

create policy component_queries_select on private.component_queries
  for select to authenticated using (false);

comment on table private.component_queries is
  'What the built-in components ask about metrics. The rows come with the schema.';
comment on policy component_queries_select on private.component_queries is 'Nobody: it is for the functions that ask.';
comment on column private.component_queries.query is 'A question as in types/metric-query.ts.';
comment on column private.component_queries.by_config is
  'What a value of the configuration changes of the question: by the key of the configuration and its value.';
