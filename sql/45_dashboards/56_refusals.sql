-- What a layout is refused for beyond its form: components, configurations and conflicts, each with the path inside the
-- document.

create function private.with_component_version(p_mine jsonb, p_theirs jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when p_theirs ? 'componentVersion' and p_mine ->> 'widgetId' = p_theirs ->> 'widgetId'
      then jsonb_build_object('componentVersion', p_theirs -> 'componentVersion') || p_mine
    else p_mine
  end;
end;
$$;

comment on function private.with_component_version(jsonb, jsonb) is
  'A widget with the version of its component that it has already, where it names none.';

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
        'There is no such component in this workspace.', 'Give the id of one that available_components gives.');
    end if;
    if p_checks_role and not private.may_use_component(p_workspace_id, v_component.allowed_roles) then
      perform private.raise_error('permission_denied',
        'This component is not for your role.', v_widget.path || '.widgetId',
        'Choose one that available_components gives.');
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
    select private.config_problem(p_path || 'widgets.' || r.place || '.config', r.document -> 'config', c.config_schema)
    from jsonb_to_recordset(p_widgets) as r (place bigint, document jsonb)
    cross join lateral private.component_version_of(
      p_workspace_id, r.document ->> 'widgetId', r.document ->> 'componentVersion') as c
    where private.config_problem('', r.document -> 'config', c.config_schema) is not null
    order by r.place
    limit 1
  ));
end;
$$;

comment on function private.refuse_configs(text, text, jsonb) is
  'Refuses the first of a list of {place, document} whose component does not take the configuration. Error: '
  'invalid_input with the path inside the layout.';

create function private.refuse_conflicts(p_version bigint, p_conflicts jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_conflicts is null then
    return;
  end if;
  perform private.raise_error('conflict',
    'Somebody else has changed the same part of this view since you read it.',
    jsonb_build_object('version', p_version, 'conflicts', p_conflicts)::text,
    'Decide for each conflict and save again with the version in `details` as expected_version; `base` is what you '
      'began from (null for nothing), `theirs` what is there, `mine` what you would have.');
end;
$$;

comment on function private.refuse_conflicts(bigint, jsonb) is
  'Refuses a save in which both sides changed the same; nothing where p_conflicts is null. Error: conflict (`details` '
  'is JSON, editConflictsSchema of types/conflict.ts).';
