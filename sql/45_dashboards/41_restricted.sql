-- Which views and widgets are restricted: a grant of none may take them from somebody, so that what stands on the row
-- does not say who sees them (20_access.sql).

create function private.has_none_grant(p_workspace_id text, p_resource_type text, p_resource_id uuid) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from public.resource_grants g
    where g.workspace_id = p_workspace_id and g.resource_type = p_resource_type and g.resource_id = p_resource_id
      and g.access = 'none');
end;
$$;

comment on function private.has_none_grant(text, text, uuid) is
  'Whether a grant takes a dashboard or widget from somebody. For definer functions.';

create function private.tg_resource_grants_mark() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_grant constant public.resource_grants := coalesce(new, old);
  v_restricted boolean;
begin
  -- A view that is gone, with its workspace or by itself, takes its grants along and has nothing to be marked.
  if not exists (
    select from public.dashboard_views v
    where v.workspace_id = v_grant.workspace_id
      and v.id = private.view_of(v_grant.workspace_id, v_grant.resource_type, v_grant.resource_id))
  then
    return null;
  end if;
  perform private.lock_to_restrict(v_grant.workspace_id, v_grant.resource_type, v_grant.resource_id);
  -- Asked under the lock, which whoever restricts the same thing takes too.
  v_restricted := private.has_none_grant(v_grant.workspace_id, v_grant.resource_type, v_grant.resource_id);
  if v_grant.resource_type = 'widget' then
    update public.widgets w
    set is_restricted = v_restricted
    where w.workspace_id = v_grant.workspace_id and w.id = v_grant.resource_id and w.is_restricted <> v_restricted;
  else
    update public.dashboard_views v
    set is_restricted = v_restricted
    where v.workspace_id = v_grant.workspace_id and v.id = v_grant.resource_id and v.is_restricted <> v_restricted;
  end if;
  return null;
end;
$$;

comment on function private.tg_resource_grants_mark() is
  'After a grant of none comes or goes: says on the thing whether it is restricted. Definer: no role writes that.';

create trigger resource_grants_restrict after insert or update of access on public.resource_grants
  for each row when (new.access = 'none') execute function private.tg_resource_grants_mark();
-- At the end of the transaction: a thing that is being removed takes its grants along, and cannot be written meanwhile.
-- Until then it is taken for restricted, which costs time and changes no answer.
create constraint trigger resource_grants_release after delete on public.resource_grants
  deferrable initially deferred
  for each row when (old.access = 'none') execute function private.tg_resource_grants_mark();
create constraint trigger resource_grants_release_update after update of access on public.resource_grants
  deferrable initially deferred
  for each row when (old.access = 'none' and new.access <> 'none') execute function private.tg_resource_grants_mark();
