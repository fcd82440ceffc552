-- The agents of a workspace: shared with who may use agents there, or one person's own.
--
-- What an answer ran with is a version of its agent, which never changes and outlives it: versions refer to agents by
-- nothing but the id, so that those of a built-in agent, which has no row here, are kept in the same way.
--
-- Threats: another's personal agent (found by its owner alone, named nowhere else); a shared agent that is made by who
-- may not spend for others (sharing and changing what is shared takes ai.manage); an agent that outlives its owner's
-- place (it goes with the membership).

create table private.agents (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  name text not null
    constraint agents_name_length check (char_length(name) between 1 and 100),
  description text not null default ''
    constraint agents_description_length check (char_length(description) <= 500),
  kind text not null
    constraint agents_kind_known check (kind in ('assistant', 'analyst', 'optimizer', 'custom')),
  instructions text not null default ''
    constraint agents_instructions_size check (octet_length(instructions) <= 16384),
  model_key text references public.ai_models (key),
  temperature numeric
    constraint agents_temperature_range check (temperature between 0 and 2),
  max_tokens integer
    constraint agents_max_tokens_range check (max_tokens between 16 and 1000000),
  tools text[] not null default '{}',
  starters text[] not null default '{}',
  status text not null default 'active'
    constraint agents_status_known check (status in ('active', 'inactive')),
  visibility text not null default 'personal'
    constraint agents_visibility_known check (visibility in ('personal', 'workspace')),
  owner_id uuid,
  budget numeric
    constraint agents_budget_range check (budget between 0 and 1000000000),
  version bigint not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  constraint agents_personal_has_owner check ((visibility = 'personal') = (owner_id is not null)),
  constraint agents_owner_fkey foreign key (workspace_id, owner_id)
    references public.workspace_members (workspace_id, user_id) on delete cascade
);
create index agents_owner_idx on private.agents (workspace_id, owner_id);
create index agents_model_idx on private.agents (model_key);

alter table private.agents enable row level security;

create policy agents_select on private.agents
  for select to authenticated using (false);

comment on table private.agents is 'The agents of workspaces: written by save_agent.';
comment on policy agents_select on private.agents is 'Nobody: list_agents tells each person theirs.';
comment on column private.agents.model_key is 'Null: the first model that the workspace may use.';
comment on column private.agents.budget is 'Credits a month; null for no budget.';
comment on column private.agents.version is 'Counts the changes; private.agent_versions has those that answered.';

create table private.agent_versions (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  agent_id uuid not null,
  version bigint not null,
  document jsonb not null,
  kept_at timestamptz not null default now(),
  primary key (workspace_id, agent_id, version)
);

alter table private.agent_versions enable row level security;

create policy agent_versions_select on private.agent_versions
  for select to authenticated using (false);

comment on table private.agent_versions is
  'What agents were when they answered: {name, kind, instructions, model, temperature, maxTokens, tools}. Nothing '
  'changes one.';
comment on policy agent_versions_select on private.agent_versions is 'Nobody: conversations tell what answered.';
comment on column private.agent_versions.agent_id is
  'No reference: versions outlive agents, and built-in ones have no row.';

create function private.built_in_agent(p_workspace_id text, p_agent private.built_in_agents) returns private.agents
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agent private.agents;
begin
  v_agent.workspace_id := p_workspace_id;
  v_agent.id := p_agent.id;
  v_agent.name := p_agent.name;
  v_agent.description := p_agent.description;
  v_agent.kind := p_agent.kind;
  v_agent.instructions := p_agent.instructions;
  v_agent.tools := p_agent.tools;
  v_agent.starters := p_agent.starters;
  v_agent.status := 'active';
  v_agent.visibility := 'built_in';
  v_agent.version := p_agent.version;
  return v_agent;
end;
$$;

comment on function private.built_in_agent(text, private.built_in_agents) is
  'A built-in agent as if it were one of the workspace, with the visibility built_in.';

create function private.agent_version_document(p_agent private.agents) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'name', p_agent.name,
    'kind', p_agent.kind,
    'instructions', p_agent.instructions,
    'model', p_agent.model_key,
    'temperature', p_agent.temperature,
    'maxTokens', p_agent.max_tokens,
    'tools', p_agent.tools);
end;
$$;

comment on function private.agent_version_document(private.agents) is 'What a version of an agent keeps.';

create function private.keep_agent_version(p_agent private.agents) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.agent_versions (workspace_id, agent_id, version, document)
  values (p_agent.workspace_id, p_agent.id, p_agent.version, private.agent_version_document(p_agent))
  -- One that is in use is younger than what is removed for want of messages.
  on conflict on constraint agent_versions_pkey do update
  set kept_at = now()
  where agent_versions.kept_at < now() - interval '1 hour';
end;
$$;

comment on function private.keep_agent_version(private.agents) is
  'Keeps what an agent is now, where that version has not answered before. For definer functions.';
