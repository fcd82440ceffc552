-- What a widget asks: a source and a query, found from the default configuration of its component and its own. Widgets
-- that ask the same share one answer.
--
-- The question stands on the widget, kept by a trigger, so that a read looks up answers by it and a change of a
-- configuration is another question at once. What changes only how a widget looks is no part of it.
--
--   {source: "metrics", type, component, config}   what a built-in component asks by itself
--   {source: "metrics", type, query}               a query on the metrics of the workspace
--   {source: "workspace", type, query}             what the workspace knows of itself
--   {source: <uuid>, type, query}                  one of its data sources
--
-- and `schema`, where a component of the workspace has a schema of its own for its data.

alter table public.widgets
  add column question jsonb,
  add column question_hash text,
  add column refresh_minutes integer not null default 15;

create index widgets_question_idx on public.widgets (workspace_id, question_hash) where question_hash is not null;

comment on column public.widgets.question is 'What it asks for its data; null where it shows none. Kept by a trigger.';
comment on column public.widgets.question_hash is 'The SHA-256 of the question, by which answers are kept.';
comment on column public.widgets.refresh_minutes is
  'How old its data may become: refreshMinutes of its configuration, 5 to 30, or 15.';

create function private.asked_in(p_config jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_object_agg(c.key, c.value), '{}')
    from jsonb_each(p_config) as c
    where c.key !~ '^show' and c.key <> all ('{title,refreshMinutes,smoothLine,orientation,query}')
  );
end;
$$;

comment on function private.asked_in(jsonb) is
  'The part of a configuration of a built-in component that its data depends on.';

create function private.question_of(
  p_workspace_id text, p_component_key text, p_component_version text, p_config jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type text;
  v_default jsonb;
  v_has_schema boolean := false;
  v_config jsonb;
  v_source text;
begin
  if p_component_version is null then
    select b.type, b.default_config into v_type, v_default
    from public.built_in_components b
    where b.key = p_component_key;
  else
    select c.type, v.default_config, v.data_schema is not null into v_type, v_default, v_has_schema
    from public.component_versions v
    join public.components c on c.workspace_id = v.workspace_id and c.key = v.component_key
    where v.workspace_id = p_workspace_id
      and v.component_key = p_component_key
      and v.version = p_component_version;
  end if;
  v_config := v_default || p_config;
  v_source := v_config ->> 'source';

  if v_source is null then
    -- A component of the workspace has no query of its own, and quick actions show what they are configured with.
    return case when p_component_version is null and v_type <> 'quick-actions' then jsonb_build_object(
      'source', 'metrics', 'type', v_type, 'component', p_component_key, 'config', private.asked_in(v_config)) end;
  end if;
  if v_source not in ('metrics', 'workspace') then
    -- A component of the workspace may call something else its source.
    if v_source !~ private.uuid_pattern() then
      return null;
    end if;
    v_source := lower(v_source);
  end if;
  return jsonb_build_object(
      'source', v_source,
      'type', v_type,
      'query', case when jsonb_typeof(v_config -> 'query') = 'object' then v_config -> 'query' else '{}' end)
    || case when v_has_schema
      then jsonb_build_object('schema', p_component_key || '@' || p_component_version) else '{}' end;
end;
$$;

comment on function private.question_of(text, text, text, jsonb) is
  'What a component with a configuration asks, as above; null where it asks nothing. For definer functions.';

create function private.question_hash(p_question jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- jsonb has one form for one value: keys in order, each once.
  return encode(sha256(convert_to(p_question::text, 'UTF8')), 'hex');
end;
$$;

comment on function private.question_hash(jsonb) is 'The SHA-256 of a question.';

create function private.refresh_minutes_of(p_config jsonb) returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when jsonb_typeof(p_config -> 'refreshMinutes') = 'number'
    then least(greatest((p_config -> 'refreshMinutes')::numeric, 5), 30) else 15 end;
end;
$$;

comment on function private.refresh_minutes_of(jsonb) is 'How old the data of a widget may become: 5 to 30, or 15.';

create function private.tg_widgets_question() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE'
    and (new.component_key, new.component_version, new.config)
      is not distinct from (old.component_key, old.component_version, old.config)
  then
    return new;
  end if;
  new.question := private.question_of(new.workspace_id, new.component_key, new.component_version, new.config);
  new.question_hash := private.question_hash(new.question);
  new.refresh_minutes := private.refresh_minutes_of(new.config);
  return new;
end;
$$;

comment on function private.tg_widgets_question() is
  'Before a widget is made or changed: says what it asks. Definer: no role writes that, nor need see the component.';

-- After tg_widgets_validate, by the order of names: the component and its version are known then.
create trigger widgets_validated_question
  before insert or update of component_key, component_version, config on public.widgets
  for each row execute function private.tg_widgets_question();

create function private.tg_built_in_components_question() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.widgets w
  set question = q.question, question_hash = private.question_hash(q.question)
  from public.widgets x
  cross join lateral private.question_of(x.workspace_id, x.component_key, x.component_version, x.config)
    as q (question)
  where x.built_in_component = new.key and w.workspace_id = x.workspace_id and w.id = x.id;
  return null;
end;
$$;

comment on function private.tg_built_in_components_question() is
  'After a component of the product changes what it is configured with: its widgets ask something else. Definer: no '
  'role writes that.';

create trigger built_in_components_question after update of default_config, type on public.built_in_components
  for each row when ((new.default_config, new.type) is distinct from (old.default_config, old.type))
  execute function private.tg_built_in_components_question();
