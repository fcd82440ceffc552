-- What agents can do besides talking. The function ai-chat does it, with the rights of who asks: a tool that an agent
-- is allowed gives nobody anything.

create table public.ai_tools (
  key text primary key
    constraint ai_tools_key_format check (key ~ '^[a-z][a-z_]{0,49}$'),
  description text not null,
  position integer not null
);

alter table public.ai_tools enable row level security;

create policy ai_tools_select on public.ai_tools
  for select to authenticated using ((select private.reads_once()));

grant select on public.ai_tools to authenticated, service_role;

comment on table public.ai_tools is 'The tools that an agent can be allowed. The rows come with the schema.';
comment on column public.ai_tools.key is 'What models and agents call it.';
