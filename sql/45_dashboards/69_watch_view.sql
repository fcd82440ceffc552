-- The once-a-minute call of a front end that has a view on screen.

create function public.watch_view(view_id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.watch_view(view_id);
end;
$$;

comment on function public.watch_view(uuid) is
  'Says that the caller has a view on screen, for two minutes, and returns {version}: a front end that shows an older '
  'one reads the view again. Errors: not_found (view_id).';

grant execute on function public.watch_view(uuid) to authenticated;

create function private.watch_view(p_view_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
begin
  perform private.require_person();
  perform private.hold_membership(v_view.workspace_id);
  insert into private.view_watchers as w (workspace_id, view_id, user_id)
  values (v_view.workspace_id, v_view.id, auth.uid())
  on conflict on constraint view_watchers_pkey do update set watched_at = excluded.watched_at
  -- Several tabs say it, and once is enough.
  where w.watched_at < now() - interval '20 seconds';
  return jsonb_build_object('version', v_view.version);
end;
$$;

comment on function private.watch_view(uuid) is 'See public.watch_view. Definer: nobody writes who watches.';

grant execute on function private.watch_view(uuid) to authenticated;
