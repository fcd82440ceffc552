-- What a workspace can be connected to, and what it is connected to: the catalog, with its data sources and
-- destinations by name.

create function public.list_integrations(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_integrations(workspace_id);
end;
$$;

comment on function public.list_integrations(text) is
  'The catalog of integrations as it is for a workspace: [{key, name, description, direction, feature, isAvailable '
  '(whether the plan has it), connected}]. `connected` are its data sources or destinations of this kind by name, '
  '[{id, name, isFailing, isPaused}]. Takes integrations.manage. Errors: not_found, permission_denied.';

grant execute on function public.list_integrations(text) to authenticated, service_role;

create function private.list_integrations(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  return (
    with connected as (
      select s.kind, s.id, s.name, h.failing_since is not null as is_failing, false as is_paused
      from private.data_sources s
      left join private.data_source_health h on h.workspace_id = s.workspace_id and h.source_id = s.id
      where s.workspace_id = p_workspace_id
      union all
      select d.kind, d.id, d.name, t.failing_since is not null, d.status <> 'active'
      from private.destinations d
      join private.destination_states t on t.workspace_id = d.workspace_id and t.destination_id = d.id
      where d.workspace_id = p_workspace_id
    )
    select jsonb_agg(
      jsonb_build_object(
        'key', i.key,
        'name', i.name,
        'description', i.description,
        'direction', i.direction,
        'feature', i.feature,
        'isAvailable', private.may_be_delivered(p_workspace_id, i.key),
        'connected', (
          select coalesce(
            jsonb_agg(
              jsonb_build_object('id', c.id, 'name', c.name, 'isFailing', c.is_failing, 'isPaused', c.is_paused)
              order by c.name collate "und-x-icu", c.id),
            '[]')
          from connected c
          where c.kind = i.key))
      order by i.position)
    from public.integrations i
  );
end;
$$;

comment on function private.list_integrations(text) is
  'See public.list_integrations. Definer: no role reads data sources and destinations.';

grant execute on function private.list_integrations(text) to authenticated, service_role;
