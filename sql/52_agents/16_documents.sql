-- What an agent may be, and what a workspace may set, as documents that clients write (types/agents.ts).

create function private.text_block_problem(p_path text, p_value jsonb, p_min integer, p_most_bytes integer)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_visible constant text :=
    '[^' || private.character_class('invisible') || private.character_class('white_space') || ']';
begin
  if jsonb_typeof(p_value) is distinct from 'string' or octet_length(p_value #>> '{}') > p_most_bytes then
    return private.document_problem(p_path,
      format('This must be a text of at most %s bytes.', p_most_bytes), 'Shorten it.');
  end if;
  if p_min > 0 and p_value #>> '{}' !~ c_visible then
    return private.document_problem(p_path, 'This must have something visible in it.', 'Write something.');
  end if;
  return null;
end;
$$;

comment on function private.text_block_problem(text, jsonb, integer, integer) is
  'What is wrong with a text of several lines: too many bytes, or nothing visible in it where p_min is above 0; null '
  'where nothing is.';

create function private.budget_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(p_value, 'null') <> 'null' and (
    case when jsonb_typeof(p_value) = 'number' then p_value::numeric between 0 and 1000000000 end) is not true
  then
    return private.document_problem(p_path,
      'A budget is a number of credits a month.', 'Give a number from 0 to 1,000,000,000, or null for no budget.');
  end if;
  return null;
end;
$$;

comment on function private.budget_problem(text, jsonb) is
  'What is wrong with a budget, which may be null; null where nothing is.';

create function private.lines_problem(p_path text, p_value jsonb, p_most integer, p_longest integer) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem jsonb;
  v_line record;
begin
  if p_value is null then
    return null;
  end if;
  if jsonb_typeof(p_value) <> 'array' or jsonb_array_length(p_value) > p_most then
    return private.document_problem(p_path, format('This must be a list of at most %s texts.', p_most),
      'Give a list of that length.');
  end if;
  for v_line in select e.value, e.n from jsonb_array_elements(p_value) with ordinality as e (value, n) loop
    v_problem := private.single_line_problem(p_path || '.' || v_line.n - 1, v_line.value, 1, p_longest);
    if v_problem is not null then
      return v_problem;
    end if;
  end loop;
  return null;
end;
$$;

comment on function private.lines_problem(text, jsonb, integer, integer) is
  'What is wrong with a list of lines that people read, which may be left out; null where nothing is.';

create function private.agent_problem(p_document jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tools constant jsonb := coalesce(p_document -> 'tools', '[]');
begin
  return coalesce(
    private.size_problem('', p_document, 65536,
      private.document_problem('', 'This agent is too large.', 'Give at most 64 KiB.')),
    private.keys_problem('', p_document, '{name,kind,instructions}',
      '{description,model,temperature,maxTokens,tools,starters,status,visibility,budget}'),
    private.single_line_problem('name', p_document -> 'name', 1, 100),
    case when p_document ? 'description' then
      private.single_line_problem('description', p_document -> 'description', 0, 500) end,
    private.choice_problem('kind', p_document -> 'kind', '{assistant,analyst,optimizer,custom}'),
    private.text_block_problem('instructions', p_document -> 'instructions', 0, 16384),
    case when coalesce(p_document -> 'model', 'null') <> 'null' and not exists (
        select from public.ai_models m where to_jsonb(m.key) = p_document -> 'model') then
      private.document_problem('model', 'There is no such model.', 'Give a key of list_ai_models, or null.') end,
    case when coalesce(p_document -> 'temperature', 'null') <> 'null' and (
        case when jsonb_typeof(p_document -> 'temperature') = 'number' then
          (p_document -> 'temperature')::numeric between 0 and 2 end) is not true then
      private.document_problem('temperature', 'A temperature is a number from 0 to 2.', 'Give one, or null.') end,
    case when coalesce(p_document -> 'maxTokens', 'null') <> 'null' then
      private.whole_number_problem('maxTokens', p_document -> 'maxTokens', 16, 1000000) end,
    case when jsonb_typeof(v_tools) <> 'array' or exists (
        select from jsonb_array_elements(case when jsonb_typeof(v_tools) = 'array' then v_tools end) as t (key)
        where not exists (select from public.ai_tools a where to_jsonb(a.key) = t.key)) then
      private.document_problem('tools', 'One of these tools does not exist.', 'Give keys of the table ai_tools.') end,
    private.lines_problem('starters', p_document -> 'starters', 8, 200),
    case when p_document ? 'status' then
      private.choice_problem('status', p_document -> 'status', '{active,inactive}') end,
    case when p_document ? 'visibility' then
      private.choice_problem('visibility', p_document -> 'visibility', '{personal,workspace}') end,
    private.budget_problem('budget', p_document -> 'budget')
  );
end;
$$;

comment on function private.agent_problem(jsonb) is
  'What is wrong with an agent that somebody saves (agentInputSchema of types/agents.ts); null where nothing is.';

create function private.choice_problem(p_path text, p_value jsonb, p_choices text[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if (jsonb_typeof(p_value) = 'string' and p_value #>> '{}' = any (p_choices)) is not true then
    return private.document_problem(p_path, 'This is not one of the choices.',
      format('Give one of %s.', array_to_string(p_choices, ', ')));
  end if;
  return null;
end;
$$;

comment on function private.choice_problem(text, jsonb, text[]) is
  'What is wrong with a text that is one of a few; null where nothing is.';

create function private.ai_settings_problem(p_document jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_models constant jsonb := coalesce(p_document -> 'allowedModels', 'null');
begin
  return coalesce(
    private.size_problem('', p_document, 32768,
      private.document_problem('', 'These settings are too large.', 'Give at most 32 KiB.')),
    private.keys_problem('', p_document, '{}',
      '{allowedModels,retentionDays,workspaceBudget,personBudget,moderation}'),
    case when v_models <> 'null' and (
        jsonb_typeof(v_models) <> 'array' or exists (
          select from jsonb_array_elements(case when jsonb_typeof(v_models) = 'array' then v_models end) as t (key)
          where not exists (select from public.ai_models m where to_jsonb(m.key) = t.key))) then
      private.document_problem('allowedModels', 'One of these models does not exist.',
        'Give keys of the table ai_models, or null for all.') end,
    case when coalesce(p_document -> 'retentionDays', 'null') <> 'null' then
      private.whole_number_problem('retentionDays', p_document -> 'retentionDays', 1, 3660) end,
    private.budget_problem('workspaceBudget', p_document -> 'workspaceBudget'),
    private.budget_problem('personBudget', p_document -> 'personBudget'),
    case when p_document ? 'moderation' then private.flag_problem('moderation', p_document -> 'moderation') end
  );
end;
$$;

comment on function private.ai_settings_problem(jsonb) is
  'What is wrong with what somebody sets for the agents of a workspace (aiSettingsInputSchema of types/agents.ts).';
