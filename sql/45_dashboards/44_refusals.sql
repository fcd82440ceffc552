-- What a layout is refused for beyond its form: components, configurations and conflicts, each with the path inside the
-- document.

create function private.refuse_components(p_workspace_id text, p_path text, p_widgets jsonb, p_checks_role boolean)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_widget record;
  v_component record;
begin
  for v_widget in
    select r.document, p_path || 'widgets.' || r.place as path
    from jsonb_to_recordset(p_widgets) as r (place bigint, document jsonb, is_other_component boolean)
    where r.is_other_component
    order by r.place
  loop
    v_component := private.component_version_of(
      p_workspace_id, v_widget.document ->> 'widgetId', v_widget.document ->> 'componentVersion');
    if v_component.is_built_in is null then
      perform private.raise_invalid_input(
        v_widget.path || case when v_widget.document ? 'componentVersion' then '.componentVersion' else '.widgetId' end,
        'There is no such component in this workspace.', private.component_hint(p_workspace_id));
    end if;
    if p_checks_role and not private.may_use_component(p_workspace_id, v_component.allowed_roles) then
      perform private.raise_error('permission_denied',
        'This component is not for your role.', v_widget.path || '.widgetId',
        private.component_hint(p_workspace_id));
    end if;
  end loop;
end;
$$;

comment on function private.refuse_components(text, text, jsonb, boolean) is
  'Refuses the first of a list of {place, document, is_other_component} that is to become another component than it '
  'was, and whose component is unknown, or not for the caller (where that is asked). Errors: invalid_input and '
  'permission_denied with the path inside the layout.';

create function private.refuse_configs(p_workspace_id text, p_path text, p_widgets jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.refuse_problem((
    with widgets as materialized (
      select r.place, r.document ->> 'widgetId' as key, r.document ->> 'componentVersion' as version,
        r.document -> 'config' as config
      from jsonb_to_recordset(p_widgets) as r (place bigint, document jsonb)
    ), components as materialized (
      -- Many widgets show the same.
      select n.key, n.version, c.config_schema
      from (select distinct w.key, w.version from widgets w) as n
      cross join lateral private.component_version_of(p_workspace_id, n.key, n.version) as c
    )
    select private.config_problem(p_path || 'widgets.' || w.place || '.config', w.config, c.config_schema)
    from widgets w
    join components c on c.key = w.key and c.version is not distinct from w.version
    where private.config_problem('', w.config, c.config_schema) is not null
    order by w.place
    limit 1
  ));
end;
$$;

comment on function private.refuse_configs(text, text, jsonb) is
  'Refuses the first of a list of {place, document} whose component does not take the configuration. Error: '
  'invalid_input with the path inside the layout.';

create function private.refuse_by_rules(p_workspace_id text, p_path text, p_widgets jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem jsonb;
begin
  select r.problem into v_problem
  from jsonb_to_recordset(p_widgets)
    as w (place bigint, document jsonb, is_other_component boolean, is_other_config boolean)
  cross join lateral private.config_rule_problem(
    p_path || 'widgets.' || w.place || '.config', p_workspace_id,
    w.document ->> 'widgetId', w.document ->> 'componentVersion', w.document -> 'config') as r (problem)
  where (w.is_other_component or w.is_other_config) and r.problem is not null
  order by w.place
  limit 1;
  perform private.refuse_problem(v_problem);
end;
$$;

comment on function private.refuse_by_rules(text, text, jsonb) is
  'Refuses the first of a list of {place, document, is_other_component, is_other_config} that is configured now, and '
  'whose configuration a rule does not take (private.config_rules). Error: invalid_input with the path inside the '
  'layout.';

create function private.resolve_problem(p_resolve jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_choices constant jsonb := p_resolve -> 'choices';
begin
  if p_resolve is null then
    return null;
  end if;
  return coalesce(
    private.keys_problem('resolve', p_resolve, '{version,choices}'),
    private.whole_number_problem('resolve.version', p_resolve -> 'version', 1, 2147483647),
    case
      when jsonb_typeof(v_choices) <> 'object' then
        private.document_problem('resolve.choices', 'This must be a JSON object.', 'Give a choice for each key.')
      when (select count(*) from jsonb_object_keys(v_choices)) > 1000 then
        private.document_problem('resolve.choices', 'These are more choices than a view has parts.',
          'Give those alone that `details` asked for.')
      when exists (select from jsonb_each(v_choices) as c where c.value not in ('"mine"', '"theirs"')) then
        private.document_problem('resolve.choices', 'There is a choice that is none.',
          'Give "mine" or "theirs" for each key.')
    end
  );
end;
$$;

comment on function private.resolve_problem(jsonb) is
  'What is wrong with the answer to a conflict (resolveSchema of types/conflict.ts); null for a valid one, and for '
  'none.';

create function private.edit_conflicts(p_decisions jsonb, p_prefix text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_agg(
      jsonb_build_object(
        'key', d.value -> 'key',
        'path', case
          when d.value ->> 'key' in ('name', 'description') then d.value ->> 'key'
          when d.value -> 'instanceId' = 'null' then p_prefix || (d.value ->> 'key')
          else p_prefix || 'widgets.' || (d.value ->> 'place')
            || case d.value ->> 'part' when 'position' then '.position' when 'visible' then '.visible' else '' end
        end,
        'base', d.value -> 'base',
        'theirs', d.value -> 'theirs',
        'mine', d.value -> 'mine')
      || case when d.value -> 'instanceId' = 'null'
        then '{}' else jsonb_build_object('instanceId', d.value -> 'instanceId') end
      || case when d.value -> 'part' = 'null' then '{}' else jsonb_build_object('part', d.value -> 'part') end
      order by d.ordinality)
    from jsonb_array_elements(p_decisions) with ordinality as d
    where d.value -> 'verdict' = '"conflict"'
  );
end;
$$;

comment on function private.edit_conflicts(jsonb, text) is
  'The conflicts among decisions, as a client reads them; null for none. The path is null for a widget that is not in '
  'what was sent.';

create function private.refuse_conflicts(
  p_version bigint, p_theirs jsonb, p_decisions jsonb, p_path text, p_is_view boolean
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_conflicts constant jsonb := private.edit_conflicts(
    p_decisions, case when p_path = '' then '' else p_path || '.' end);
  v_merged jsonb;
begin
  if v_conflicts is null then
    return;
  end if;
  v_merged := private.merged_layout(p_theirs, p_decisions);
  perform private.raise_error('conflict',
    'Somebody else has changed the same part of this view since you read it.',
    jsonb_build_object(
      'version', p_version,
      'conflicts', v_conflicts,
      'merged', case
        when p_is_view then jsonb_build_object(
          'name', v_merged -> 'name',
          'description', v_merged -> 'description',
          'layout', v_merged - '{name,description}'::text[])
        else v_merged - '{name,description}'::text[]
      end
    )::text,
    'Choose for each conflict, and send the same again: the same document, the same expected_version, and resolve with '
      'the version in `details` and in choices "mine" or "theirs" for each `key`, beside those chosen before. A choice '
      'counts while their side is what it was in that version; `merged` is what would be saved if the rest were '
      '"theirs".');
end;
$$;

comment on function private.refuse_conflicts(bigint, jsonb, jsonb, text, boolean) is
  'Refuses a save in which both sides changed the same part; nothing where no decision is a conflict. p_is_view says '
  'that a whole view was sent, and not a layout alone. Error: conflict (`details` is JSON, editConflictsSchema of '
  'types/conflict.ts).';
