-- install:changed {workspaceId, installs: [{id, version, change}]} and listing:changed {workspaceId, listings: […]},
-- to the workspace: by id, and `version` is the revision. What happens to a listing is told to who has installed it as
-- a change of their copy. Numbers of listings are told by no message.

create function private.tg_marketplace_installs_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before jsonb;
  v_after jsonb;
begin
  -- Each names the transition tables that there are for its operation.
  if tg_op <> 'INSERT' then
    v_before := (
      select jsonb_agg(jsonb_build_object(
        'channel', private.workspace_channel(o.workspace_id),
        'workspace_id', o.workspace_id, 'id', o.id, 'version', o.revision))
      from before o
      where exists (select from public.workspaces w where w.id = o.workspace_id));
  end if;
  if tg_op <> 'DELETE' then
    v_after := (
      select jsonb_agg(jsonb_build_object(
        'channel', private.workspace_channel(n.workspace_id),
        'workspace_id', n.workspace_id, 'id', n.id, 'version', n.revision))
      from changed n);
  end if;
  perform private.send_changes('install:changed', 'installs', v_before, v_after);
  return null;
end;
$$;

comment on function private.tg_marketplace_installs_broadcast() is
  'After copies are installed, changed or removed: tells their workspaces. Definer: nobody sends messages.';

create trigger marketplace_installs_broadcast_insert after insert on public.marketplace_installs
  referencing new table as changed
  for each statement execute function private.tg_marketplace_installs_broadcast();
create trigger marketplace_installs_broadcast_update after update on public.marketplace_installs
  referencing old table as before new table as changed
  for each statement execute function private.tg_marketplace_installs_broadcast();
create trigger marketplace_installs_broadcast_delete after delete on public.marketplace_installs
  referencing old table as before
  for each statement execute function private.tg_marketplace_installs_broadcast();

create function private.tell_of_listing(
  p_workspace_id text, p_before public.marketplace_listings, p_after public.marketplace_listings
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.send_message(private.workspace_channel(p_workspace_id), 'listing:changed', jsonb_build_object(
    'workspaceId', p_workspace_id,
    'listings', jsonb_build_array(jsonb_build_object(
      'id', coalesce(p_after.id, p_before.id),
      'version', coalesce(p_after.revision, p_before.revision),
      'change', case
        when p_before.id is null then 'added' when p_after.id is null then 'removed' else 'changed' end))));
  if p_before.id is null then
    return;
  end if;
  if p_before.state is distinct from p_after.state then
    perform private.audit_update(p_workspace_id, 'marketplace_listings', p_before.id::text, jsonb_build_object(
      'name', jsonb_build_object('old', p_before.name, 'new', coalesce(p_after.name, p_before.name)),
      'state', jsonb_build_object('old', p_before.state, 'new', p_after.state)));
  end if;
  -- What they see of it: not an author who submits and withdraws again.
  if (p_before.state = 'published', p_before.version, p_before.taken_down_at)
    is distinct from (p_after.state = 'published', p_after.version, p_after.taken_down_at)
  then
    update public.marketplace_installs i set revision = i.revision + 1 where i.listing_id = p_before.id;
  end if;
end;
$$;

comment on function private.tell_of_listing(text, public.marketplace_listings, public.marketplace_listings) is
  'Tells the workspace behind a listing that it was made (before is null), changed or deleted (after is null), its '
  'audit log of another state, and those who installed it of what is another version or its end. For definer '
  'functions.';
