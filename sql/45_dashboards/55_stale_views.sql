-- A view is written through its table too: name, description and the grid. Who names the version that they read is
-- refused where it is not the present one, as with widgets; without it the last write wins.

create function private.stale_view_conflicts(p_old public.dashboard_views, p_new public.dashboard_views) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_base jsonb;
begin
  -- The rows are arguments, which anybody could make up.
  if auth.uid() is not null and private.access_to(p_old.workspace_id, 'dashboard', p_old.id) = 'none' then
    perform private.view_not_found();
  end if;
  if p_new.version between 1 and p_old.version then
    v_base := private.kept_view(p_old, p_new.version);
  end if;
  return (
    select jsonb_agg(
      jsonb_build_object(
        'key', f.key, 'path', f.key, 'base', v_base -> f.key, 'theirs', f.theirs, 'mine', f.mine)
      order by f.place)
    from (
      values
        (1, 'name', to_jsonb(p_old.name), to_jsonb(p_new.name)),
        (2, 'description', to_jsonb(p_old.description), to_jsonb(p_new.description)),
        (3, 'rowHeight', to_jsonb(p_old.row_height), to_jsonb(p_new.row_height)),
        (4, 'gap', to_jsonb(p_old.gap), to_jsonb(p_new.gap)),
        (5, 'visibility', to_jsonb(p_old.visibility), to_jsonb(p_new.visibility))
    ) as f (place, key, theirs, mine)
    where f.theirs is distinct from f.mine
      or (
        f.key = 'name'
        and (p_new.name, p_new.description, p_new.row_height, p_new.gap, p_new.visibility)
          is not distinct from (p_old.name, p_old.description, p_old.row_height, p_old.gap, p_old.visibility)
      )
  );
end;
$$;

comment on function private.stale_view_conflicts(public.dashboard_views, public.dashboard_views) is
  'What a change of a view from an old version would overwrite, as editConflictsSchema of types/conflict.ts has it; '
  'the name where it changes nothing. Error: not_found for a view that is not for the caller. Definer: it reads the '
  'history.';

-- The trigger runs as whoever writes.
grant execute on function private.stale_view_conflicts(public.dashboard_views, public.dashboard_views)
  to authenticated, service_role;

create function private.tg_dashboard_views_check_version() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- What counts the version is the schema's own.
  if current_user in ('authenticated', 'service_role') then
    if new.version is null then
      perform private.raise_invalid_input('version',
        'This says which version of the view is changed.', 'Give the one that was read, or leave it out.');
    end if;
    perform private.raise_error('conflict',
      'The view has changed since you read it.',
      jsonb_build_object('version', old.version, 'conflicts', private.stale_view_conflicts(old, new))::text,
      'Apply your change to the view as it is, and name the version in `details`.');
  end if;
  return new;
end;
$$;

comment on function private.tg_dashboard_views_check_version() is
  'Before an update by a client that names another version than the present one: refuses it. Errors: '
  'invalid_input (version) for null, conflict (`details` is JSON, editConflictsSchema of types/conflict.ts).';

-- Before all others, by name: no other one has counted the version then.
create trigger dashboard_views_check_version before update of version on public.dashboard_views
  for each row when (new.version is distinct from old.version)
  execute function private.tg_dashboard_views_check_version();
