-- Who may read the answer to a question: asked whenever it is read, by the reader's role, beside the access to the
-- widget that asks.

create function private.reading_problem(
  p_question jsonb,
  p_source private.data_sources,
  p_has_http boolean,
  p_role_names text[],
  p_permissions text[]
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source constant text := p_question ->> 'source';
  v_may boolean;
begin
  if v_source not in ('metrics', 'workspace') and p_source.id is null then
    return '{"code": "not_found", "message": "The data source is not there any more."}';
  end if;
  v_may := case
    when 'admin' = any (p_role_names) then true
    -- A component's own question is for whom the component is for.
    when p_question ? 'component' then true
    when v_source = 'metrics' then 'dashboards.write' = any (p_permissions)
    when v_source = 'workspace' then (case p_question #>> '{query,about}'
      when 'activity' then 'audit.read'
      when 'members' then 'members.read'
      else coalesce(
        (select t.permission from private.workspace_topics t where t.about = p_question #>> '{query,about}'),
        'dashboards.write')
    end) = any (p_permissions)
    else p_source.allowed_roles && p_role_names
  end;
  return case
    when not v_may then '{"code": "permission_denied", "message": "This data is not for your role."}'::jsonb
    when p_source.kind = 'http_json' and not p_has_http then
      '{"code": "payment_required", "message": "This data source is part of the premium plan."}'
  end;
end;
$$;

comment on function private.reading_problem(jsonb, private.data_sources, boolean, text[], text[]) is
  'Why a reader does not get the answer to a question, as {code, message}: not_found, permission_denied, or '
  'payment_required, which only keeps it from being fetched again; null where they do.';

create function private.source_of(p_workspace_id text, p_question jsonb) returns private.data_sources
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source private.data_sources;
begin
  if p_question ->> 'source' not in ('metrics', 'workspace') then
    select s.* into v_source
    from private.data_sources s
    where s.workspace_id = p_workspace_id and s.id = (p_question ->> 'source')::uuid;
  end if;
  return v_source;
end;
$$;

comment on function private.source_of(text, jsonb) is
  'The data source that a question names; null for the ones without a row, and for one that is gone. For definer '
  'functions.';

create type private.widget_reader as (role_names text[], permissions text[], has_http boolean);

comment on type private.widget_reader is 'What decides whose data somebody reads in a workspace.';

create function private.widget_reader(p_workspace_id text) returns private.widget_reader
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- A person reads what their role does, also where they are read-only for lack of a seat.
  v_permissions constant text[] := coalesce(
    (
      select r.permissions
      from private.active_members a
      join public.workspace_members m on m.workspace_id = a.workspace_id and m.user_id = a.member_id
      join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
      where a.workspace_id = p_workspace_id and a.member_id = auth.uid()
    ),
    private.permissions_in(p_workspace_id));
begin
  return (
    private.component_role_names(
      case when private.is_service_role() then 'admin' else (
        select m.role_key
        from public.workspace_members m
        where m.workspace_id = p_workspace_id and m.user_id = auth.uid() and m.status = 'active')
      end,
      v_permissions),
    v_permissions,
    private.has_feature(p_workspace_id, 'http_sources')
  )::private.widget_reader;
end;
$$;

comment on function private.widget_reader(text) is 'The caller as a reader of data. For definer functions.';
