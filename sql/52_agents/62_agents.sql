-- Making, changing, listing and deleting agents.

create function private.agent_document(p_agent private.agents) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_agent.id,
    'name', p_agent.name,
    'description', p_agent.description,
    'kind', p_agent.kind,
    'model', p_agent.model_key,
    'temperature', p_agent.temperature,
    'maxTokens', p_agent.max_tokens,
    'tools', p_agent.tools,
    'starters', p_agent.starters,
    'status', p_agent.status,
    'visibility', p_agent.visibility,
    'budget', p_agent.budget,
    'version', p_agent.version,
    'createdAt', private.timestamp_text(p_agent.created_at),
    'updatedAt', private.timestamp_text(p_agent.updated_at));
end;
$$;

comment on function private.agent_document(private.agents) is
  'An agent as clients read it in a list (agentSchema of types/agents.ts).';

create function public.list_agents(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_agents(workspace_id);
end;
$$;

comment on function public.list_agents(text) is
  'The agents that the caller can ask: built-in ones first, then the workspace''s and their own, by name: [{id, name, '
  'description, kind, model (null: the first that the workspace may use), temperature, maxTokens, tools, starters, '
  'status, visibility (built_in, workspace, personal), budget, version, createdAt, updatedAt}]. Takes ai.use. Errors: '
  'not_found, permission_denied.';

grant execute on function public.list_agents(text) to authenticated;

create function private.list_agents(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  return (
    select coalesce(jsonb_agg(l.document order by l.place, l.name collate "und-x-icu", l.id), '[]')
    from (
      select private.agent_document(private.built_in_agent(p_workspace_id, b)) as document,
        b.position as place, b.name, b.id
      from private.built_in_agents b
      union all
      select private.agent_document(a), 1000000, a.name, a.id
      from private.agents a
      where a.workspace_id = p_workspace_id
        and (a.visibility = 'workspace' or a.owner_id = (select auth.uid()))
    ) as l
  );
end;
$$;

comment on function private.list_agents(text) is 'See public.list_agents. Definer: no role reads the table.';

grant execute on function private.list_agents(text) to authenticated;

create function public.get_agent(workspace_id text, agent_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_agent(workspace_id, agent_id);
end;
$$;

comment on function public.get_agent(text, uuid) is
  'An agent as list_agents gives it, with its `instructions`, which are no secret to who may ask it. Takes ai.use. '
  'Errors: not_found (workspace_id, agent_id), permission_denied.';

grant execute on function public.get_agent(text, uuid) to authenticated;

create function private.get_agent(p_workspace_id text, p_agent_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agent private.agents;
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  v_agent := private.find_agent(p_workspace_id, p_agent_id);
  return private.agent_document(v_agent) || jsonb_build_object('instructions', v_agent.instructions);
end;
$$;

comment on function private.get_agent(text, uuid) is 'See public.get_agent. Definer: no role reads the table.';

grant execute on function private.get_agent(text, uuid) to authenticated;

create function private.agent_to_change(p_workspace_id text, p_agent_id uuid) returns private.agents
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agent private.agents := private.find_agent(p_workspace_id, p_agent_id);
begin
  if v_agent.visibility = 'built_in' then
    perform private.raise_error('conflict',
      'This agent comes with the product.', 'built_in', 'Make an agent of your own.');
  end if;
  select a.* into v_agent
  from private.agents a
  where a.workspace_id = p_workspace_id and a.id = p_agent_id
  for no key update;
  if not found then
    perform private.agent_not_found();
  end if;
  if v_agent.visibility = 'workspace' then
    perform private.require_permission(p_workspace_id, 'ai.manage');
  end if;
  return v_agent;
end;
$$;

comment on function private.agent_to_change(text, uuid) is
  'An agent, locked, that the caller may change: their own, or with ai.manage one of the workspace. Errors: not_found '
  '(agent_id), conflict (built_in), permission_denied. For definer functions.';

create function public.save_agent(
  workspace_id text, document jsonb, agent_id uuid default null, version bigint default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.save_agent(workspace_id, document, agent_id, version);
end;
$$;

comment on function public.save_agent(text, jsonb, uuid, bigint) is
  'Makes an agent, or with an agent_id and the version that was read replaces one, and returns it as get_agent does '
  '(agentInputSchema of types/agents.ts); what reading adds may stand beside it. A personal one takes ai.use; sharing '
  'it with the workspace, and changing what is shared, ai.manage. What is shared stays shared. Errors: not_found '
  '(workspace_id, agent_id), permission_denied, payment_required (too many for the plan, and what is beyond its limit '
  'already), invalid_input (the path inside the document; version where an agent is replaced without it), conflict '
  '(`details` is the present version, built_in, visibility, or JSON about the limit).';

grant execute on function public.save_agent(text, jsonb, uuid, bigint) to authenticated;

create function private.save_agent(p_workspace_id text, p_document jsonb, p_agent_id uuid, p_version bigint)
returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agent private.agents;
  v_model constant text := p_document ->> 'model';
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  perform private.require_person();
  perform private.refuse_problem(private.agent_problem(
    private.without_read(p_document, '{id,version,createdAt,updatedAt}')));
  if p_document ->> 'visibility' = 'workspace' then
    perform private.require_permission(p_workspace_id, 'ai.manage');
  end if;
  perform private.hold_membership(p_workspace_id);
  perform private.lock_workspace(p_workspace_id);

  if p_agent_id is null then
    v_agent.workspace_id := p_workspace_id;
    v_agent.id := gen_random_uuid();
    v_agent.version := 1;
    v_agent.created_at := clock_timestamp();
    v_agent.visibility := coalesce(p_document ->> 'visibility', 'personal');
    v_agent.owner_id := case v_agent.visibility when 'personal' then auth.uid() end;
  else
    v_agent := private.agent_to_change(p_workspace_id, p_agent_id);
    if p_version is null then
      perform private.raise_invalid_input('version',
        'This says which version of the agent it replaces.', 'Give the version of the agent as it was read.');
    end if;
    if p_version <> v_agent.version then
      perform private.raise_error('conflict',
        'The agent has changed since you read it.', v_agent.version::text,
        'Read it again; `details` is its present version.');
    end if;
    v_agent.version := v_agent.version + 1;
    if p_document ->> 'visibility' <> v_agent.visibility then
      if v_agent.visibility = 'workspace' then
        perform private.raise_error('conflict',
          'What is shared with the workspace stays shared.', 'visibility', 'Make one of your own with the same text.');
      end if;
      v_agent.visibility := 'workspace';
      v_agent.owner_id := null;
    end if;
  end if;
  perform private.require_room_for_agent(v_agent, p_agent_id is null);
  if v_model is distinct from v_agent.model_key and v_model is not null
    and not exists (select from private.usable_models(p_workspace_id) as m where m.key = v_model)
  then
    perform private.raise_invalid_input('model',
      'This model is not to be used in this workspace.', 'Give a key of list_ai_models, or null.');
  end if;
  v_agent := private.with_document(v_agent, p_document);

  insert into private.agents as a select v_agent.*
  on conflict on constraint agents_pkey do update
  set name = excluded.name, description = excluded.description, kind = excluded.kind,
    instructions = excluded.instructions, model_key = excluded.model_key, temperature = excluded.temperature,
    max_tokens = excluded.max_tokens, tools = excluded.tools, starters = excluded.starters, status = excluded.status,
    visibility = excluded.visibility, owner_id = excluded.owner_id, budget = excluded.budget,
    version = excluded.version, updated_at = excluded.updated_at;
  return private.agent_document(v_agent) || jsonb_build_object('instructions', v_agent.instructions);
end;
$$;

comment on function private.save_agent(text, jsonb, uuid, bigint) is
  'See public.save_agent. Definer: no role writes the table.';

grant execute on function private.save_agent(text, jsonb, uuid, bigint) to authenticated;

create function private.require_room_for_agent(p_agent private.agents, p_is_new boolean) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_earlier constant bigint := (
    select count(*)
    from private.agents a
    where a.workspace_id = p_agent.workspace_id and (a.created_at, a.id) < (p_agent.created_at, p_agent.id));
begin
  if p_is_new then
    perform private.require_within_limit(p_agent.workspace_id, 'agents', v_earlier + 1);
  elsif v_earlier >= private.lowered_limit_of(p_agent.workspace_id, 'agents') then
    perform private.refuse_beyond_limit(p_agent.workspace_id, 'agents', (
      select count(*) from private.agents a where a.workspace_id = p_agent.workspace_id));
  end if;
end;
$$;

comment on function private.require_room_for_agent(private.agents, boolean) is
  'Refuses to make an agent beyond those that the plan permits, and to change one that came after as many. Error: '
  'payment_required. For definer functions, which let one agent of a workspace be made at a time.';

create function private.with_document(p_agent private.agents, p_document jsonb) returns private.agents
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agent private.agents := p_agent;
begin
  v_agent.name := private.clean_text(p_document ->> 'name');
  v_agent.description := private.clean_text(coalesce(p_document ->> 'description', ''));
  v_agent.kind := p_document ->> 'kind';
  v_agent.instructions := normalize(private.capped_marks(p_document ->> 'instructions'), nfc);
  v_agent.model_key := p_document ->> 'model';
  v_agent.temperature := p_document ->> 'temperature';
  v_agent.max_tokens := p_document ->> 'maxTokens';
  v_agent.tools := array(
    select distinct t.key from jsonb_array_elements_text(coalesce(p_document -> 'tools', '[]')) as t (key) order by 1);
  v_agent.starters := array(
    select private.clean_text(s.text)
    from jsonb_array_elements_text(coalesce(p_document -> 'starters', '[]')) with ordinality as s (text, n)
    order by s.n);
  v_agent.status := coalesce(p_document ->> 'status', 'active');
  v_agent.budget := p_document ->> 'budget';
  v_agent.updated_at := clock_timestamp();
  return v_agent;
end;
$$;

comment on function private.with_document(private.agents, jsonb) is 'An agent with what a checked document says of it.';

create function public.delete_agent(workspace_id text, agent_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.delete_agent(workspace_id, agent_id);
end;
$$;

comment on function public.delete_agent(text, uuid) is
  'Deletes an agent. Conversations with it stay, and know what it was; another agent can go on in them. One''s own '
  'takes ai.use, one of the workspace ai.manage. Errors: not_found (workspace_id, agent_id), permission_denied, '
  'conflict (built_in).';

grant execute on function public.delete_agent(text, uuid) to authenticated;

create function private.delete_agent(p_workspace_id text, p_agent_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  perform private.agent_to_change(p_workspace_id, p_agent_id);
  delete from private.agents a where a.workspace_id = p_workspace_id and a.id = p_agent_id;
end;
$$;

comment on function private.delete_agent(text, uuid) is 'See public.delete_agent. Definer: no role deletes agents.';

grant execute on function private.delete_agent(text, uuid) to authenticated;
