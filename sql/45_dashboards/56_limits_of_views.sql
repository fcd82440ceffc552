-- How many views there may be: of a person as many as the plan says, and of nobody as many as keys may make.

create function private.tg_dashboard_views_within_limit() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and new.deleted_at is not null then
    return new;
  end if;
  if new.owner_id is null then
    perform private.require_room_for_shared_view(new.workspace_id);
    return new;
  end if;
  -- Of two at the same moment, the second counts what the first made.
  perform from public.workspace_members m
  where m.workspace_id = new.workspace_id and m.user_id = new.owner_id
  for no key update;
  perform private.require_within_limit(new.workspace_id, 'views', 1 + (
    select count(*) from public.dashboard_views
    where workspace_id = new.workspace_id and owner_id = new.owner_id and deleted_at is null));
  if tg_op = 'INSERT' and (select count(*) from public.dashboard_views
      where workspace_id = new.workspace_id and owner_id = new.owner_id) >= 1000
  then
    perform private.raise_error('conflict',
      'You have deleted very many views in this workspace.', 'workspace_id',
      'Have some of them back in place of making others; deleted views go for good after 30 days.');
  end if;
  return new;
end;
$$;

comment on function private.tg_dashboard_views_within_limit() is
  'Before a view is made or had back: a person has as many in a workspace as its plan says, and 1,000 with those that '
  'are deleted and can be had back. Errors: payment_required, conflict. Definer: the policies do not show deleted '
  'views.';

create function private.is_beyond_limit(p_view public.dashboard_views, p_most bigint) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_most is not null and p_view.owner_id is not null and p_view.deleted_at is null and (
    p_most = 0
    -- By an index, and no further than there is room: a list of a thousand views asks it of each.
    or exists (
      select from public.dashboard_views v
      where v.workspace_id = p_view.workspace_id
        and v.owner_id = p_view.owner_id
        and v.deleted_at is null
        and (v.created_at, v.id) < (p_view.created_at, p_view.id)
      order by v.created_at, v.id
      offset greatest(p_most - 1, 0)
      limit 1));
end;
$$;

comment on function private.is_beyond_limit(public.dashboard_views, bigint) is
  'Whether a view came after as many of its owner as there is room for, null for any number, so that it is read-only. '
  'For definer functions.';

create function private.tg_dashboard_views_refuse_beyond_limit() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if private.is_beyond_limit(old, private.lowered_limit_of(old.workspace_id, 'views')) then
    perform private.refuse_beyond_limit(old.workspace_id, 'views', (
      select count(*) from public.dashboard_views v
      where v.workspace_id = old.workspace_id and v.owner_id = old.owner_id and v.deleted_at is null));
  end if;
  return new;
end;
$$;

comment on function private.tg_dashboard_views_refuse_beyond_limit() is
  'Before a view or a widget of it changes, whoever does it: of its owner''s views those that came last are read-only '
  'where the plan has no room for them. Who sees one is no part of what it shows, and is still its owner''s to say. '
  'Error: payment_required. Definer: the caller need not see the others.';

create function private.require_room_for_shared_view(p_workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A server is trusted to know when to stop.
  if not private.is_api_key() then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('views of nobody ' || p_workspace_id, 0));
  if (select count(*) from public.dashboard_views
      where workspace_id = p_workspace_id and owner_id is null and deleted_at is null) >= 200
  then
    perform private.raise_error('conflict',
      'API keys make no more views where 200 belong to nobody.', 'workspace_id',
      'Ask an administrator to delete some, which no key can, or save one of them anew with save_view.');
  end if;
end;
$$;

comment on function private.require_room_for_shared_view(text) is
  'Before an API key makes a view, which is nobody''s: there are at most 200 of these in a workspace. Error: conflict. '
  'For definer functions.';

-- Whoever changes a widget counts the version. Who sees a view can be changed: what is shared can be taken back.
create trigger dashboard_views_refuse_beyond_limit
  before update of name, description, row_height, gap, version on public.dashboard_views
  for each row when (old.owner_id is not null)
  execute function private.tg_dashboard_views_refuse_beyond_limit();
-- By its name after the trigger that validates, which sets the owner.
create trigger dashboard_views_within_limit before insert or update of deleted_at on public.dashboard_views
  for each row execute function private.tg_dashboard_views_within_limit();
