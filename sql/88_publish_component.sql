-- Publishing a component and taking it away: the only ways to write the tables of 88_components.sql.
--
-- Threats: a document that is checked in part (it has a fixed set of keys, each of which is checked); a configuration
-- that its own schema refuses; two people who publish the same version at the same moment, or one too many (each
-- publication locks its workspace first); a component that is taken from under the dashboards that show it.

create function private.component_problem(p_document jsonb) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  c_roles constant jsonb := '{"type": "array", "minItems": 1, "maxItems": 20, "items": {"type": "string"}}';
  c_size constant jsonb := '{
    "type": "object",
    "properties": {
      "minWidth": {"type": "integer", "minimum": 1, "maximum": 4},
      "maxWidth": {"type": "integer", "minimum": 1, "maximum": 4},
      "defaultWidth": {"type": "integer", "minimum": 1, "maximum": 4},
      "minHeight": {"type": "integer", "minimum": 1, "maximum": 2000}
    },
    "required": ["minWidth", "maxWidth", "defaultWidth", "minHeight"],
    "additionalProperties": false
  }';
  v_roles constant jsonb := p_document -> 'allowedRoles';
  v_size constant jsonb := p_document -> 'sizeConfig';
begin
  return coalesce(
    private.keys_problem('', p_document,
      '{id,type,version,title,description,icon,allowedRoles,sizeConfig,defaultConfig,configSchema}', '{dataSchema}'),
    private.text_problem('id', p_document -> 'id', '^[a-z0-9-]{1,50}$',
      'Give at most 50 small letters, digits and "-".'),
    case when not exists (
        select from public.component_types t where to_jsonb(t.key) = p_document -> 'type')
    then
      private.document_problem('type', 'There is no such type of components.', 'Give one of component_types.')
    end,
    private.text_problem('version', p_document -> 'version',
      '^(?:0|[1-9][0-9]{0,8})(?:[.](?:0|[1-9][0-9]{0,8})){2}$', 'Give three numbers such as 1.0.0.'),
    private.line_problem('title', p_document -> 'title', 1, 100),
    private.line_problem('description', p_document -> 'description', 0, 200),
    private.text_problem('icon', p_document -> 'icon', '^[A-Za-z][A-Za-z0-9-]{0,49}$',
      'Give the name of an icon such as LineChart.'),
    private.value_problem('allowedRoles', v_roles, c_roles),
    (
      select private.document_problem('allowedRoles.' || (r.n - 1),
        'This is not the key of a role, or is named twice.', 'Give keys of roles such as "member", each once.')
      from jsonb_array_elements_text(v_roles) with ordinality as r (key, n)
      where r.key !~ '^[a-z][a-z0-9_-]{0,49}$'
        or (v_roles - (r.n - 1)::integer) ? r.key
      order by r.n
      limit 1
    ),
    private.value_problem('sizeConfig', v_size, c_size),
    case when (v_size -> 'defaultWidth')::numeric
        not between (v_size -> 'minWidth')::numeric and (v_size -> 'maxWidth')::numeric
    then
      private.document_problem('sizeConfig.defaultWidth',
        'The usual width must lie between the least and the largest.', 'Give minWidth <= defaultWidth <= maxWidth.')
    end,
    private.schema_problem('configSchema', p_document -> 'configSchema'),
    private.config_problem('defaultConfig', p_document -> 'defaultConfig', p_document -> 'configSchema'),
    case when p_document ? 'dataSchema' then private.schema_problem('dataSchema', p_document -> 'dataSchema') end
  );
end;
$$;

comment on function private.component_problem(jsonb) is
  'What is wrong with a component that somebody would publish, as {path, message, hint}, the first thing found; null '
  'for a valid one.';

create function private.require_room_for_component(p_workspace_id text, p_key text, p_type text, p_version text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_most_components constant integer := 200;
  c_most_versions constant integer := 100;
  v_type text;
  v_latest text;
  v_versions bigint;
begin
  select c.type into v_type
  from public.components c
  where c.workspace_id = p_workspace_id and c.key = p_key;
  if not found then
    if (select count(*) from public.components c where c.workspace_id = p_workspace_id) >= c_most_components then
      perform private.raise_error('conflict',
        'The workspace has as many components as a workspace can have.', c_most_components::text,
        'Delete one that is not used; `details` is the limit.');
    end if;
    return;
  end if;
  if v_type <> p_type then
    perform private.raise_error('conflict',
      'A component keeps its type: those who use it count on what it shows.', 'type',
      'Publish it under another id.');
  end if;

  select (array_agg(v.version order by private.version_order(v.version) desc))[1], count(*) into v_latest, v_versions
  from public.component_versions v
  where v.workspace_id = p_workspace_id and v.component_key = p_key;
  if private.version_order(p_version) <= private.version_order(v_latest) then
    perform private.raise_error('conflict',
      'There is this version already, or a higher one.', v_latest,
      'Give a higher version; `details` is the latest one.');
  end if;
  if v_versions >= c_most_versions then
    perform private.raise_error('conflict',
      'The component has as many versions as a component can have.', c_most_versions::text,
      'Publish it under another id; `details` is the limit.');
  end if;
end;
$$;

comment on function private.require_room_for_component(text, text, text, text) is
  'Refuses a version that is not the highest, another type, and one too many. Error: conflict.';

create function private.publish_component(p_workspace_id text, p_document jsonb) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_key constant text := p_document ->> 'id';
  v_version constant text := p_document ->> 'version';
  v_caller constant uuid := (select auth.uid());
begin
  perform private.require_permission(p_workspace_id, 'components.write');
  perform private.require_premium(p_workspace_id, 'custom_components');
  perform private.refuse_problem(private.component_problem(p_document));
  if exists (select from public.built_in_components b where b.key = v_key) then
    perform private.raise_invalid_input('id', 'There is a built-in component of this id.', 'Give another one.');
  end if;

  perform private.lock_workspace(p_workspace_id);
  perform private.require_room_for_component(p_workspace_id, v_key, p_document ->> 'type', v_version);

  insert into public.components (workspace_id, key, type, created_by)
  values (p_workspace_id, v_key, p_document ->> 'type', v_caller)
  on conflict (workspace_id, key) do nothing;
  insert into public.component_versions (
    workspace_id, component_key, version, title, description, icon, allowed_roles, size_config, default_config,
    config_schema, data_schema, published_by
  )
  values (
    p_workspace_id, v_key, v_version, private.clean_text(p_document ->> 'title'),
    private.clean_text(p_document ->> 'description'), p_document ->> 'icon',
    array(select jsonb_array_elements_text(p_document -> 'allowedRoles')), p_document -> 'sizeConfig',
    p_document -> 'defaultConfig', p_document -> 'configSchema', p_document -> 'dataSchema', v_caller
  );
end;
$$;

comment on function private.publish_component(text, jsonb) is
  'Publishes a version of a component. Definer: no role writes the tables, which hold only what is checked here.';

create function public.publish_component(workspace_id text, document jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
begin
  perform private.publish_component(workspace_id, document);
  return private.find_component(workspace_id, document ->> 'id', document ->> 'version');
end;
$$;

comment on function public.publish_component(text, jsonb) is
  'Publishes a component (types/component.ts), or a higher version of one, and returns it as get_component does. A '
  'version never changes; the allowed roles of the latest one count. Takes components.write and the premium plan. '
  'Errors: not_found, permission_denied, payment_required, invalid_input (the path inside the document), conflict '
  '(`details` is the latest version, type, or the limit of 200 components and 100 versions of each).';

create function private.component_in_use(p_workspace_id text, p_key text) returns bigint
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    select count(*) from public.widgets w where w.workspace_id = p_workspace_id and w.custom_component = p_key);
end;
$$;

comment on function private.component_in_use(text, text) is 'How many widgets show a component of the workspace.';

create function private.component_not_found() returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.raise_error('not_found',
    'There is no such component, or it is not for your role.', 'key', 'Read the available components again.');
end;
$$;

comment on function private.component_not_found() is
  'The one answer for a component that is not there or not theirs: not_found.';

create function private.delete_component(p_workspace_id text, p_key text) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_widgets bigint;
begin
  perform private.require_permission(p_workspace_id, 'components.write');
  -- Under the lock nobody can begin to use it.
  perform from public.components c where c.workspace_id = p_workspace_id and c.key = p_key for update;
  if not found then
    perform private.component_not_found();
  end if;
  v_widgets := private.component_in_use(p_workspace_id, p_key);
  if v_widgets > 0 then
    perform private.raise_error('conflict',
      'There are widgets that show this component.', v_widgets::text,
      'Remove them from their dashboards first; `details` is how many there are.');
  end if;

  delete from public.components c where c.workspace_id = p_workspace_id and c.key = p_key;
end;
$$;

comment on function private.delete_component(text, text) is
  'Deletes a component. Definer: no role deletes from the table, so that none is deleted while it is used.';

create function public.delete_component(workspace_id text, key text) returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.delete_component(workspace_id, key);
end;
$$;

comment on function public.delete_component(text, text) is
  'Deletes a component of the workspace with all its versions, on either plan. Takes components.write. '
  'Errors: not_found (workspace_id, key), permission_denied, conflict (`details` is how many widgets show it).';

grant execute on function private.component_not_found() to authenticated;
grant execute on function private.delete_component(text, text) to authenticated;
grant execute on function private.publish_component(text, jsonb) to authenticated;
grant execute on function public.delete_component(text, text) to authenticated;
grant execute on function public.publish_component(text, jsonb) to authenticated;
