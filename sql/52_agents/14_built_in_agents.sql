-- Agents that every workspace has, so that somebody can ask at once. They are not rows of a workspace: nobody changes
-- them, and they count for no limit.

create table private.built_in_agents (
  id uuid primary key,
  name text not null,
  description text not null,
  kind text not null,
  instructions text not null,
  tools text[] not null,
  starters text[] not null,
  version bigint not null,
  position integer not null
);

alter table private.built_in_agents enable row level security;

create policy built_in_agents_select on private.built_in_agents
  for select to authenticated using (false);

comment on table private.built_in_agents is 'The agents that come with the schema.';
comment on policy built_in_agents_select on private.built_in_agents is 'Nobody: list_agents tells.';
comment on column private.built_in_agents.version is 'To be counted up where anything of it changes.';
