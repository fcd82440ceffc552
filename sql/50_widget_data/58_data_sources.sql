-- Reading the data sources of a workspace.
--
-- Who manages integrations reads everything but the values of headers; who arranges widgets reads the names of what
-- their role may show.

create function private.data_source_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such data source.', 'id', 'Check the id: it may have been deleted.');
end;
$$;

comment on function private.data_source_not_found() is 'The one answer for a data source that is not there: not_found.';

create function private.data_source_document(p_source private.data_sources) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
      'id', p_source.id,
      'kind', p_source.kind,
      'name', p_source.name,
      'url', p_source.url,
      'headers', p_source.header_names,
      'mapping', p_source.mapping,
      'parameters', p_source.parameters,
      'allowedRoles', p_source.allowed_roles,
      'version', p_source.version,
      'failingSince', private.timestamp_text(h.failing_since),
      'error', h.error,
      'closedUntil', private.timestamp_text(h.closed_until),
      'widgets', (
        select count(*)
        from public.widgets w
        where w.workspace_id = p_source.workspace_id and w.question_hash in (
          select d.question_hash
          from private.widget_data d
          where d.workspace_id = p_source.workspace_id and d.source_id = p_source.id)),
      'createdAt', private.timestamp_text(p_source.created_at),
      'updatedAt', private.timestamp_text(p_source.updated_at))
    from (select) as one
    left join private.data_source_health h on h.workspace_id = p_source.workspace_id and h.source_id = p_source.id
  );
end;
$$;

comment on function private.data_source_document(private.data_sources) is
  'A data source as who manages integrations reads it, without its data. For definer functions.';

create function public.list_data_sources(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_data_sources(workspace_id);
end;
$$;

comment on function public.list_data_sources(text) is
  'The data sources of a workspace by name: {id, kind, name, url, headers (their names), mapping, parameters, '
  'allowedRoles, version, failingSince, error, closedUntil, widgets (how many show its data), createdAt, updatedAt}. '
  'Takes integrations.manage. Errors: not_found, permission_denied.';

grant execute on function public.list_data_sources(text) to authenticated, service_role;

create function private.list_data_sources(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  return (
    select coalesce(jsonb_agg(private.data_source_document(s) order by s.name collate "und-x-icu", s.id), '[]')
    from private.data_sources s
    where s.workspace_id = p_workspace_id
  );
end;
$$;

comment on function private.list_data_sources(text) is
  'See public.list_data_sources. Definer: no role reads the table.';

grant execute on function private.list_data_sources(text) to authenticated, service_role;

create function public.get_data_source(workspace_id text, id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_data_source(workspace_id, id);
end;
$$;

comment on function public.get_data_source(text, uuid) is
  'A data source as list_data_sources gives it, with its `data`. Takes integrations.manage. Errors: not_found '
  '(workspace_id, id), permission_denied.';

grant execute on function public.get_data_source(text, uuid) to authenticated, service_role;

create function private.get_data_source(p_workspace_id text, p_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source private.data_sources;
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  select s.* into v_source from private.data_sources s where s.workspace_id = p_workspace_id and s.id = p_id;
  if not found then
    perform private.data_source_not_found();
  end if;
  return private.data_source_document(v_source) || jsonb_build_object('data', v_source.data);
end;
$$;

comment on function private.get_data_source(text, uuid) is
  'See public.get_data_source. Definer: no role reads the table.';

grant execute on function private.get_data_source(text, uuid) to authenticated, service_role;

create function public.available_data_sources(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.available_data_sources(workspace_id);
end;
$$;

comment on function public.available_data_sources(text) is
  'The data sources that a widget of the caller may show, by name: {id, kind, name, parameters}. Takes '
  'components.read. Errors: not_found, permission_denied.';

grant execute on function public.available_data_sources(text) to authenticated;

create function private.available_data_sources(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reader private.widget_reader;
begin
  perform private.require_permission(p_workspace_id, 'components.read');
  v_reader := private.widget_reader(p_workspace_id);
  return (
    select coalesce(
      jsonb_agg(
        jsonb_build_object('id', s.id, 'kind', s.kind, 'name', s.name, 'parameters', s.parameters)
        order by s.name collate "und-x-icu", s.id),
      '[]')
    from private.data_sources s
    where s.workspace_id = p_workspace_id and ('{admin}' || s.allowed_roles) && v_reader.role_names
  );
end;
$$;

comment on function private.available_data_sources(text) is
  'See public.available_data_sources. Definer: no role reads the table.';

grant execute on function private.available_data_sources(text) to authenticated;
