-- Which metrics a workspace has, for who sends them and for who asks about them.

create function public.list_metrics(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_metrics(workspace_id);
end;
$$;

comment on function public.list_metrics(text) is
  'The metrics of a workspace: {metrics: [{key, dimensions, lastAt}], timezone, keptDays, pointsPerMinute}. Takes '
  'metrics.write. Errors: not_found, permission_denied.';

grant execute on function public.list_metrics(text) to authenticated;

create function private.list_metrics(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'metrics.write');
  return (
    select jsonb_build_object(
      'metrics', coalesce((
        select jsonb_agg(jsonb_build_object(
          'key', k.key, 'dimensions', k.dimensions, 'lastAt', private.timestamp_text(k.last_at)) order by k.key)
        from private.metric_keys k
        where k.workspace_id = w.id
      ), '[]'),
      'timezone', private.timezone_of(w.settings),
      'keptDays', private.limit_of(w.id, 'metrics_days'),
      'pointsPerMinute', private.limit_of(w.id, 'metrics_per_minute')
    )
    from public.workspaces w
    where w.id = p_workspace_id
  );
end;
$$;

comment on function private.list_metrics(text) is
  'The metrics of a workspace. Definer: clients have no right to the tables of metrics.';

grant execute on function private.list_metrics(text) to authenticated;
