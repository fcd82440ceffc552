-- Upgrading an installed copy and rolling it back: all of it in one transaction, and what preview_upgrade said.
--
-- A component gets the next version beside the one that is there. Its widgets move to it with their configuration, or
-- what the author's mapping makes of it; one whose configuration would not be valid keeps its version. Rolling back
-- leads to the step before: widgets get back the configuration that they had then, unless theirs still is one.
--
-- Locks: the copies of a workspace one change at a time (40_one_listing.sql), then as 45_dashboards/42_locks.sql says.

create function public.upgrade_install(
  workspace_id text,
  install_id uuid,
  version text,
  content_hash text,
  allow_addresses text[] default '{}'
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.upgrade_install(workspace_id, install_id, version, content_hash, allow_addresses);
end;
$$;

comment on function public.upgrade_install(text, uuid, text, text, text[]) is
  'Upgrades an installed copy to a version, named by its hash, and returns {install, widgets} (changedInstallSchema of '
  'types/marketplace.ts): how many widgets of a component were mapped, and how many keep their version. Takes what '
  'installing it takes. Errors: not_found (workspace_id, install_id, listing_id, version, view_id), '
  'permission_denied, payment_required, invalid_input, conflict (version, content_hash, is_pinned, component or '
  'view_id while others are changing its widgets, {requires} or {addresses} as JSON).';

grant execute on function public.upgrade_install(text, uuid, text, text, text[]) to authenticated;

create function private.upgrade_install(
  p_workspace_id text, p_install_id uuid, p_version text, p_content_hash text, p_allow_addresses text[]
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_install public.marketplace_installs := private.lock_install(p_workspace_id, p_install_id);
  v_listing public.marketplace_listings;
  v_bundle jsonb;
  v_missing text[];
  v_sources jsonb;
  v_widgets jsonb;
begin
  if v_install.is_pinned then
    perform private.raise_error('conflict',
      'This copy is pinned to its version.', 'is_pinned', 'Unpin it first.');
  end if;
  v_listing := private.published_listing(v_install.listing_id);
  v_bundle := private.published_bundle(v_listing.id, p_version, p_content_hash);
  perform private.refuse_no_upgrade(v_install, p_version);
  perform private.refuse_install_beyond_limit(v_install);
  perform private.refuse_missing_requirements(p_workspace_id, v_bundle);
  v_missing := private.addresses_to_allow(v_install, v_bundle);
  perform private.refuse_addresses(v_bundle, p_allow_addresses || (
    select array(select unnest(private.bundle_addresses(v_bundle)) except select unnest(v_missing))));

  v_sources := private.installed_sources(
    p_workspace_id, v_install.sources, private.installed_bundle(v_install), v_bundle, false);
  v_install.name := v_listing.name;
  v_install.author := v_listing.author;
  v_widgets := private.change_copy(v_install, v_bundle, v_sources, p_version, p_content_hash, false);
  insert into private.marketplace_steps (
    workspace_id, install_id, number, version, content_hash, sources, view_id, replaced_version, installed_by)
  select p_workspace_id, p_install_id, max(s.number) + 1, p_version, p_content_hash, v_sources, v_install.view_id,
    private.keep_replaced_version(v_install), private.person_id()
  from private.marketplace_steps s
  where s.workspace_id = p_workspace_id and s.install_id = p_install_id;
  return private.changed_install(p_workspace_id, p_install_id, v_widgets);
end;
$$;

comment on function private.upgrade_install(text, uuid, text, text, text[]) is
  'See public.upgrade_install. Definer: no role writes what is installed.';

grant execute on function private.upgrade_install(text, uuid, text, text, text[]) to authenticated;

create function public.roll_back_install(workspace_id text, install_id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.roll_back_install(workspace_id, install_id);
end;
$$;

comment on function public.roll_back_install(text, uuid) is
  'Takes the last upgrade of an installed copy back, whatever became of the listing, and returns {install, widgets}: '
  'of a component, `mapped` widgets have another configuration than before, and `invalid` ones that of the component, '
  'since none of theirs is valid for it; their views keep what they were. Takes what installing it takes. Errors: '
  'not_found (workspace_id, install_id, view_id), permission_denied, payment_required, conflict (version where there '
  'is no step before, component or view_id while others are changing its widgets, {requires} as JSON).';

grant execute on function public.roll_back_install(text, uuid) to authenticated;

create function private.roll_back_install(p_workspace_id text, p_install_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_install public.marketplace_installs := private.lock_install(p_workspace_id, p_install_id);
  v_last integer;
  v_step private.marketplace_steps;
  v_bundle jsonb;
  v_sources jsonb;
  v_widgets jsonb;
begin
  select max(s.number) into v_last
  from private.marketplace_steps s
  where s.workspace_id = p_workspace_id and s.install_id = p_install_id;
  select s.* into v_step
  from private.marketplace_steps s
  where s.workspace_id = p_workspace_id and s.install_id = p_install_id and s.number < v_last
  order by s.number desc
  limit 1;
  if not found then
    perform private.raise_error('conflict',
      'This copy has the version that was installed first.', 'version',
      'There is no upgrade left to take back; upgrade_install goes to a later version.');
  end if;
  perform private.refuse_install_beyond_limit(v_install);
  select b.bundle into v_bundle from private.marketplace_bundles b where b.content_hash = v_step.content_hash;
  perform private.refuse_missing_requirements(p_workspace_id, v_bundle);
  v_sources := private.installed_sources(
    p_workspace_id, v_step.sources, private.installed_bundle(v_install), v_bundle, true);
  v_widgets := private.change_copy(v_install, v_bundle, v_sources, v_step.version, v_step.content_hash, true);
  delete from private.marketplace_steps s
  where s.workspace_id = p_workspace_id and s.install_id = p_install_id and s.number > v_step.number;
  return private.changed_install(p_workspace_id, p_install_id, v_widgets);
end;
$$;

comment on function private.roll_back_install(text, uuid) is
  'See public.roll_back_install. Definer: no role writes what is installed.';

grant execute on function private.roll_back_install(text, uuid) to authenticated;

create function private.changed_install(p_workspace_id text, p_install_id uuid, p_widgets jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object('install', private.install_document(i), 'widgets', p_widgets)
    from public.marketplace_installs i
    where i.workspace_id = p_workspace_id and i.id = p_install_id
  );
end;
$$;

comment on function private.changed_install(text, uuid, jsonb) is
  'What upgrading and rolling back answer with. For definer functions.';

create function private.refuse_install_beyond_limit(p_install public.marketplace_installs) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most constant bigint := private.lowered_limit_of(p_install.workspace_id, 'marketplace_installs');
begin
  if v_most <= (
    select count(*) from public.marketplace_installs i
    where i.workspace_id = p_install.workspace_id
      and (i.created_at, i.id) < (p_install.created_at, p_install.id))
  then
    perform private.refuse_beyond_limit(p_install.workspace_id, 'marketplace_installs', (
      select count(*) from public.marketplace_installs i where i.workspace_id = p_install.workspace_id));
  end if;
end;
$$;

comment on function private.refuse_install_beyond_limit(public.marketplace_installs) is
  'Refuses to change a copy that came after as many as the plan has room for. Error: payment_required. For definer '
  'functions.';
