-- Which thing an entry of the audit log is about, for destinations: null for what they are not told of.
--
-- Whoever chooses an event holds the permission to see such things, and a webhook goes on when they leave. So what one
-- of those who hold it might not see is told to nobody: a view that is closed to somebody, what is shared from a
-- personal view, an agent of somebody's own.

create function private.thing_of(p_workspace_id text, p_table_name text, p_row_id text, p_changes jsonb) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_table_name
    when 'component_versions' then split_part(p_row_id, ',', 1)
    when 'support_messages' then coalesce(p_changes #>> '{ticket_id,new}', p_row_id)
    when 'dashboard_views' then case
      when private.is_view_for_all(p_workspace_id, p_row_id::uuid, p_changes) then p_row_id
    end
    when 'dashboard_view_shares' then private.shared_view(p_workspace_id, p_row_id::uuid, p_changes)
    when 'resource_grants' then private.granted_thing(p_workspace_id, p_row_id::uuid, p_changes)
    when 'agents' then (
      select p_row_id
      from (select) as one
      left join private.agents a on a.workspace_id = p_workspace_id and a.id = p_row_id::uuid
      where 'workspace' in (
        coalesce(p_changes #>> '{visibility,old}', a.visibility),
        coalesce(p_changes #>> '{visibility,new}', a.visibility))
    )
    else p_row_id
  end;
end;
$$;

comment on function private.thing_of(text, text, text, jsonb) is
  'The id of what an entry of the audit log is about: of a version that of its component, of a message that of its '
  'ticket, of a share that of its view, of a grant that of its dashboard or widget. Null for what destinations are not '
  'told of: what is personal, and views that are closed to somebody. For definer functions.';

create function private.is_view_for_all(p_workspace_id text, p_view_id uuid, p_changes jsonb) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select
    from (select) as one
    -- One that is removed for good has all of its columns in the entry.
    left join public.dashboard_views v on v.workspace_id = p_workspace_id and v.id = p_view_id
    where not coalesce(v.is_restricted, (p_changes #>> '{is_restricted,old}')::boolean, true)
      and 'workspace' in (
        coalesce(p_changes #>> '{visibility,old}', v.visibility),
        coalesce(p_changes #>> '{visibility,new}', v.visibility)));
end;
$$;

comment on function private.is_view_for_all(text, uuid, jsonb) is
  'Whether a view that an entry of the audit log is about is its whole workspace''s, or was before. For definer '
  'functions.';

create function private.shared_view(p_workspace_id text, p_share_id uuid, p_changes jsonb) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select v.id::text
    from public.dashboard_views v
    where v.workspace_id = p_workspace_id
      and v.id = coalesce(
        p_changes #>> '{view_id,new}',
        p_changes #>> '{view_id,old}',
        (
          select s.view_id::text
          from public.dashboard_view_shares s
          where s.workspace_id = p_workspace_id and s.id = p_share_id
        ))::uuid
      and private.view_is_for_all(v));
end;
$$;

comment on function private.shared_view(text, uuid, jsonb) is
  'The view of a share that an entry of the audit log is about; null where it is not its whole workspace''s. For '
  'definer functions.';

create function private.granted_thing(p_workspace_id text, p_grant_id uuid, p_changes jsonb) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type text := coalesce(p_changes #>> '{resource_type,new}', p_changes #>> '{resource_type,old}');
  v_id uuid := coalesce(p_changes #>> '{resource_id,new}', p_changes #>> '{resource_id,old}')::uuid;
begin
  if v_id is null then
    select g.resource_type, g.resource_id into v_type, v_id
    from public.resource_grants g
    where g.workspace_id = p_workspace_id and g.id = p_grant_id;
  end if;
  return (
    select v_id::text
    from public.dashboard_views v
    where v.workspace_id = p_workspace_id
      and v.id = private.view_of(p_workspace_id, v_type, v_id)
      and v.visibility = 'workspace');
end;
$$;

comment on function private.granted_thing(text, uuid, jsonb) is
  'The dashboard or widget of a grant that an entry of the audit log is about; null in a view that is not the '
  'workspace''s. Who hears of grants sees what they close. For definer functions.';
