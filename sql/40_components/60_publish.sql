-- Publishing a component and taking it away: the only ways to write the tables of 30_components.sql.
--
-- Threats: a document that is checked in part (it has a fixed set of keys, each of which is checked); a configuration
-- that its own schema refuses; two people who publish the same version at the same moment, or one too many (each
-- publication locks its workspace first); a component that is taken from under the dashboards that show it; one that
-- is for nobody, since its role is misspelled (who publishes names roles of the workspace; what comes from another
-- one, by an import or from the marketplace, keeps its own).

create function private.require_room_for_component(p_workspace_id text, p_key text, p_type text, p_version text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_versions constant integer := 100;
  v_type text;
  v_latest text;
  v_versions bigint;
begin
  select c.type into v_type
  from public.components c
  where c.workspace_id = p_workspace_id and c.key = p_key;
  if not found then
    perform private.require_within_limit(p_workspace_id, 'custom_components', 1 + (
      select count(*) from public.components c where c.workspace_id = p_workspace_id));
    return;
  end if;
  if v_type <> p_type then
    perform private.raise_error('conflict',
      'The type of a component cannot change, since dashboards rely on what it shows.', 'type',
      'Publish it under another id.');
  end if;

  select (array_agg(v.version order by private.version_order(v.version) desc))[1], count(*) into v_latest, v_versions
  from public.component_versions v
  where v.workspace_id = p_workspace_id and v.component_key = p_key;
  if private.version_order(p_version) <= private.version_order(v_latest) then
    perform private.raise_error('conflict',
      'This version, or a higher one, has already been published.', v_latest,
      'Give a higher version; `details` is the latest one.');
  end if;
  if v_versions >= c_most_versions then
    perform private.raise_error('conflict',
      'This component has no room for another version.', c_most_versions::text,
      'Publish it under another id; `details` is the limit.');
  end if;
end;
$$;

comment on function private.require_room_for_component(text, text, text, text) is
  'Refuses a version that is not the highest, another type, and one too many. Errors: conflict, payment_required.';

create function public.publish_component(workspace_id text, document jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.publish_component(workspace_id, document);
  return private.usable_component(workspace_id, document ->> 'id', document ->> 'version');
end;
$$;

comment on function public.publish_component(text, jsonb) is
  'Publishes a component (types/component.ts), or a higher version of one, and returns it as get_component does, whose '
  'answer with another id or version is taken too. A version never changes; the allowed roles of the latest one '
  'count. Takes components.write and the premium plan. Errors: not_found, permission_denied, payment_required, '
  'invalid_input (the path inside the document), conflict (`details` is the latest version, type, the limit of 100 '
  'versions, or JSON about that of components).';

grant execute on function public.publish_component(text, jsonb) to authenticated, service_role;

create function private.component_to_publish(p_document jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb := private.without_read(p_document, '{kind,isManaged}');
begin
  if jsonb_typeof(v_document) is distinct from 'object' then
    return v_document;
  end if;
  return v_document - array(
    select k.key from unnest('{titleKey,descriptionKey}'::text[]) as k (key) where v_document -> k.key = 'null'
    union all
    -- Read of every component, and kept of one that shows something else than its type does.
    select 'dataSchema'
    from public.component_types t
    where to_jsonb(t.key) = v_document -> 'type' and t.data_schema = v_document -> 'dataSchema');
end;
$$;

comment on function private.component_to_publish(jsonb) is
  'A component as it was read, or written, as component_problem judges it. For definer functions.';

create function private.publish_component(
  p_workspace_id text, p_document jsonb, p_comes_from_elsewhere boolean default false
) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document constant jsonb := case
    when p_comes_from_elsewhere then p_document else private.component_to_publish(p_document)
  end;
  v_key constant text := p_document ->> 'id';
  v_version constant text := p_document ->> 'version';
  v_caller constant uuid := private.person_id();
begin
  perform private.require_permission(p_workspace_id, 'components.write');
  perform private.refuse_managed((
    select c.is_managed from public.components c where c.workspace_id = p_workspace_id and c.key = v_key));
  perform private.require_feature(p_workspace_id, 'custom_components');
  perform private.refuse_problem(private.component_problem(v_document));
  if not p_comes_from_elsewhere then
    perform private.refuse_problem(private.allowed_roles_problem(p_workspace_id, v_document -> 'allowedRoles', (
      select c.allowed_roles from public.components c where c.workspace_id = p_workspace_id and c.key = v_key)));
  end if;
  if exists (select from public.built_in_components b where b.key = v_key) then
    perform private.raise_invalid_input('id', 'There is a built-in component with this id.', 'Choose another id.');
  end if;

  perform private.hold_membership(p_workspace_id);
  perform private.lock_workspace(p_workspace_id);
  perform private.require_room_for_component(p_workspace_id, v_key, v_document ->> 'type', v_version);

  insert into public.components (workspace_id, key, type, created_by)
  values (p_workspace_id, v_key, v_document ->> 'type', v_caller)
  on conflict (workspace_id, key) do nothing;
  insert into public.component_versions (
    workspace_id, component_key, version, title, description, title_key, description_key, icon, allowed_roles,
    size_config, default_config, config_schema, data_schema, published_by
  )
  values (
    p_workspace_id, v_key, v_version, private.clean_text(v_document ->> 'title'),
    private.clean_text(v_document ->> 'description'), v_document ->> 'titleKey', v_document ->> 'descriptionKey',
    v_document ->> 'icon',
    array(select jsonb_array_elements_text(v_document -> 'allowedRoles')), v_document -> 'sizeConfig',
    v_document -> 'defaultConfig', v_document -> 'configSchema', v_document -> 'dataSchema', v_caller
  );
end;
$$;

comment on function private.publish_component(text, jsonb, boolean) is
  'Publishes a version of a component, as public.publish_component says; one that comes from elsewhere is for the '
  'roles that it names, whether they are here or not. Definer: no role writes the tables, which hold only what is '
  'checked here.';

grant execute on function private.publish_component(text, jsonb, boolean) to authenticated, service_role;

create function private.component_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such component, or it is not for your role.', 'key',
    'Check the id: the component may have been deleted.');
end;
$$;

comment on function private.component_not_found() is
  'The one answer for a component that is not there or not theirs: not_found.';

grant execute on function private.component_not_found() to authenticated, service_role;

create function public.delete_component(workspace_id text, key text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.delete_component(workspace_id, key);
end;
$$;

comment on function public.delete_component(text, text) is
  'Deletes a component of the workspace with all its versions, on either plan. Takes components.write. '
  'Errors: not_found (workspace_id, key), permission_denied, conflict (key for a built-in one; else `details` is how '
  'many widgets show it, those of deleted views included).';

grant execute on function public.delete_component(text, text) to authenticated, service_role;

create function private.delete_component(p_workspace_id text, p_key text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'components.write');
  -- With it go its versions, which name people.
  perform private.take_turns(array[p_workspace_id]);
  delete from public.components c where c.workspace_id = p_workspace_id and c.key = p_key;
  if not found then
    if exists (select from public.built_in_components b where b.key = p_key) then
      perform private.raise_error('conflict',
        'This component comes with the product.', 'key', 'Leave it out of views; everybody has it.');
    end if;
    perform private.component_not_found();
  end if;
end;
$$;

comment on function private.delete_component(text, text) is
  'Deletes a component; what uses it refuses that in triggers of its own. Definer: no role deletes from the table.';

grant execute on function private.delete_component(text, text) to authenticated, service_role;
