-- Who may, of one listing or one installed copy, and the answers for what is not there.

create function private.listing_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such listing.', 'listing_id', 'Check the id: the listing may have been withdrawn.');
end;
$$;

comment on function private.listing_not_found() is 'The one answer for a listing that is not there or not shown.';

create function private.own_listing(
  p_workspace_id text, p_listing_id uuid,
  out listing public.marketplace_listings, out publisher private.marketplace_publishers
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'marketplace.publish');
  -- Who changes a listing comes to the copies of many workspaces, and so does the end of an account that is alone in
  -- these.
  perform private.take_turns(array[p_workspace_id]);
  perform private.hold_membership(p_workspace_id);
  select p.* into publisher
  from private.marketplace_publishers p
  where p.workspace_id = p_workspace_id and p.listing_id = p_listing_id
  for no key update;
  if not found then
    perform private.listing_not_found();
  end if;
  select l.* into listing from public.marketplace_listings l where l.id = p_listing_id for no key update;
end;
$$;

comment on function private.own_listing(
  text, uuid, out public.marketplace_listings, out private.marketplace_publishers
) is
  'A listing of a workspace in which the caller may publish, locked. Errors: not_found (workspace_id, listing_id), '
  'permission_denied. For definer functions.';

create function private.reviewed_listing(
  p_listing_id uuid, out listing public.marketplace_listings, out publisher private.marketplace_publishers
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id constant text := (
    select p.workspace_id from private.marketplace_publishers p where p.listing_id = p_listing_id);
begin
  -- As of its author.
  perform private.take_turns(array[v_workspace_id]);
  -- Who publishes for it is told in its workspace, which is held before anything in it.
  perform private.hold_workspace(v_workspace_id);
  select p.* into publisher
  from private.marketplace_publishers p
  where p.listing_id = p_listing_id
  for no key update;
  if not found then
    perform private.listing_not_found();
  end if;
  select l.* into listing from public.marketplace_listings l where l.id = p_listing_id for no key update;
end;
$$;

comment on function private.reviewed_listing(
  uuid, out public.marketplace_listings, out private.marketplace_publishers
) is
  'Any listing, locked, for operators. Error: not_found (listing_id). For definer functions.';

create function private.published_listing(p_listing_id uuid) returns public.marketplace_listings
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing public.marketplace_listings;
begin
  select l.* into v_listing
  from public.marketplace_listings l
  where l.id = p_listing_id and l.state = 'published';
  if not found then
    perform private.listing_not_found();
  end if;
  return v_listing;
end;
$$;

comment on function private.published_listing(uuid) is
  'A listing that everybody sees. Error: not_found (listing_id). For definer functions.';

create function private.hold_listing(p_listing_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from public.marketplace_listings l where l.id = p_listing_id for key share;
  if not found then
    perform private.listing_not_found();
  end if;
end;
$$;

comment on function private.hold_listing(uuid) is
  'Keeps a listing until the row that names it is there. Error: not_found (listing_id). For definer functions.';

create function private.published_bundle(p_listing_id uuid, p_version text, p_content_hash text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hash text;
begin
  select v.content_hash into v_hash
  from public.marketplace_versions v
  where v.listing_id = p_listing_id and v.version = p_version and v.state = 'published';
  if not found then
    perform private.raise_error('not_found',
      'There is no such version of this listing.', 'version', 'Give one that get_listing gives.');
  end if;
  if p_content_hash is null then
    perform private.raise_invalid_input('content_hash',
      'This says what was looked at.', 'Give the contentHash of the version.');
  end if;
  if p_content_hash <> v_hash then
    perform private.raise_error('conflict',
      'This version has another hash than the one that was chosen.', 'content_hash',
      'Read the listing again, and give the contentHash of the version.');
  end if;
  return (select b.bundle from private.marketplace_bundles b where b.content_hash = v_hash);
end;
$$;

comment on function private.published_bundle(uuid, text, text) is
  'The bundle of a published version, which is chosen by its hash. Errors: not_found (version), invalid_input and '
  'conflict (content_hash). For definer functions.';

create function private.install_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such installed copy.', 'install_id', 'Check the id: it may have been removed.');
end;
$$;

comment on function private.install_not_found() is 'The one answer for an installed copy that is not there.';

create function private.require_to_install(p_workspace_id text, p_kind text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'marketplace.install');
  perform private.require_person();
  perform private.require_permission(p_workspace_id, case p_kind
    when 'component' then 'components.write'
    when 'theme' then 'themes.write'
    when 'view' then 'dashboards.write'
    else 'marketplace.install'
  end);
end;
$$;

comment on function private.require_to_install(text, text) is
  'Refuses who could not make the same thing by hand. Errors: not_found (workspace_id), permission_denied. For '
  'definer functions.';

create function private.lock_install(p_workspace_id text, p_install_id uuid) returns public.marketplace_installs
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_install public.marketplace_installs;
begin
  perform private.require_permission(p_workspace_id, 'marketplace.install');
  perform private.require_person();
  -- With a copy goes its history, which names people, and so does the component.
  perform private.take_turns(array[p_workspace_id]);
  -- One change of a workspace's copies at a time, before any widget, view or component is locked.
  perform pg_advisory_xact_lock(hashtextextended('marketplace_installs of ' || p_workspace_id, 0));
  perform private.hold_membership(p_workspace_id);
  select i.* into v_install
  from public.marketplace_installs i
  where i.workspace_id = p_workspace_id and i.id = p_install_id;
  if not found then
    perform private.install_not_found();
  end if;
  perform private.require_to_install(p_workspace_id, v_install.kind);
  return v_install;
end;
$$;

comment on function private.lock_install(text, uuid) is
  'An installed copy that the caller may change, one change at a time. Errors: not_found (workspace_id, install_id), '
  'permission_denied. For definer functions.';

create function private.nameable_views(p_workspace_id text) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when 'dashboards.read' = any (private.permissions_in(p_workspace_id)) then array['workspace', auth.uid()::text]
    else '{}'
  end;
end;
$$;

comment on function private.nameable_views(text) is
  'By dashboard_views.open_to, the views that the caller is told of by name: others, which shares and grants may open, '
  'are counted. For definer functions.';
