-- Installing a version of a listing into a workspace: a copy, fixed by the hash that the installer has seen.
--
-- Threats: another version than the one that was looked at (the hash is given, and another is refused); writing what
-- one could not write by hand (each kind takes its own permission, feature and room); an address that nobody allowed
-- (each is named by who installs, and takes integrations.manage); a component in the place of one that is there.

create function private.install_document(p_install public.marketplace_installs) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing public.marketplace_listings;
begin
  select l.* into v_listing from public.marketplace_listings l where l.id = p_install.listing_id;
  return jsonb_build_object(
    'id', p_install.id,
    'workspaceId', p_install.workspace_id,
    'listingId', p_install.listing_id,
    'kind', p_install.kind,
    'name', p_install.name,
    'author', p_install.author,
    'version', p_install.version,
    'contentHash', p_install.content_hash,
    'isPinned', p_install.is_pinned,
    'componentKey', p_install.component_key,
    'themeId', p_install.theme_id,
    'viewId', p_install.view_id,
    'sources', p_install.sources,
    'revision', p_install.revision,
    'canRollBack', (
      select count(*) > 1
      from private.marketplace_steps s
      where s.workspace_id = p_install.workspace_id and s.install_id = p_install.id),
    'upgrade', case
      when v_listing.state = 'published' and v_listing.version <> p_install.version then jsonb_build_object(
        'version', v_listing.version,
        'contentHash', v_listing.content_hash,
        'addresses', v_listing.addresses)
    end,
    'notice', case
      when v_listing.id is null then jsonb_build_object('kind', 'gone', 'reason', null, 'at', null)
      when v_listing.taken_down_at is not null then jsonb_build_object(
        'kind', 'taken_down',
        'reason', v_listing.takedown_reason,
        'at', private.timestamp_text(v_listing.taken_down_at))
      when v_listing.state <> 'published' then jsonb_build_object('kind', 'withdrawn', 'reason', null, 'at', null)
    end,
    'createdAt', private.timestamp_text(p_install.created_at),
    'updatedAt', private.timestamp_text(p_install.updated_at)
  );
end;
$$;

comment on function private.install_document(public.marketplace_installs) is
  'An installed copy as its workspace reads it (installSchema of types/marketplace.ts). For definer functions.';

create function private.installed_content(p_bundle jsonb, p_sources jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_content constant jsonb := p_bundle -> 'content';
  v_configs constant jsonb[] := private.with_sources(
    array(select jsonb_array_elements(private.configs_of_content(p_bundle))),
    private.named_sources('{}', p_bundle, p_sources));
begin
  return case p_bundle ->> 'kind'
    when 'component' then v_content || jsonb_build_object('defaultConfig', v_configs[1])
    when 'view' then jsonb_set(v_content, '{layout,widgets}', (
      select coalesce(jsonb_agg(w.value || jsonb_build_object('config', v_configs[w.place]) order by w.place), '[]')
      from jsonb_array_elements(v_content #> '{layout,widgets}') with ordinality as w (value, place)))
    else v_content
  end;
end;
$$;

comment on function private.installed_content(jsonb, jsonb) is 'What a bundle becomes in a workspace.';

create function public.install_listing(
  workspace_id text,
  listing_id uuid,
  version text,
  content_hash text,
  allow_addresses text[] default '{}'
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.install_listing(workspace_id, listing_id, version, content_hash, allow_addresses);
end;
$$;

comment on function public.install_listing(text, uuid, text, text, text[]) is
  'Installs a version of a listing, named by the hash that was looked at, and returns the copy (installSchema of '
  'types/marketplace.ts): a component, a shared theme, or a view of the caller''s that is shared. Addresses that it '
  'asks for are allowed by naming them, and become data sources. Takes marketplace.install, and what making the same '
  'by hand takes. Errors: not_found (workspace_id, listing_id, version), permission_denied, payment_required, '
  'invalid_input, conflict (content_hash; listing_id where it is installed; component for a key that is there; '
  '{requires}, {addresses} or a limit as JSON).';

grant execute on function public.install_listing(text, uuid, text, text, text[]) to authenticated;

create function private.install_listing(
  p_workspace_id text, p_listing_id uuid, p_version text, p_content_hash text, p_allow_addresses text[]
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing public.marketplace_listings;
  v_bundle jsonb;
  v_install public.marketplace_installs;
begin
  perform private.require_to_install(p_workspace_id, null);
  v_listing := private.published_listing(p_listing_id);
  perform private.require_to_install(p_workspace_id, v_listing.kind);
  v_bundle := private.published_bundle(p_listing_id, p_version, p_content_hash);
  perform pg_advisory_xact_lock(hashtextextended('marketplace_installs of ' || p_workspace_id, 0));
  if exists (
    select from public.marketplace_installs i
    where i.workspace_id = p_workspace_id and i.listing_id = p_listing_id)
  then
    perform private.raise_error('conflict',
      'This listing is installed already.', 'listing_id', 'Upgrade the installed copy, or remove it first.');
  end if;
  perform private.require_within_limit(p_workspace_id, 'marketplace_installs', 1 + (
    select count(*) from public.marketplace_installs i where i.workspace_id = p_workspace_id));
  perform private.refuse_missing_requirements(p_workspace_id, v_bundle);
  perform private.refuse_addresses(v_bundle, coalesce(p_allow_addresses, '{}'));

  v_install.workspace_id := p_workspace_id;
  v_install.id := gen_random_uuid();
  v_install.kind := v_listing.kind;
  v_install.sources := private.installed_sources(p_workspace_id, '{}', null, v_bundle, false);
  case v_listing.kind
    when 'component' then
      v_install.component_key := v_bundle #>> '{content,id}';
      if exists (
        select from public.components c
        where c.workspace_id = p_workspace_id and c.key = v_install.component_key)
      then
        perform private.raise_error('conflict',
          'The workspace has a component with this id already.', 'component',
          'Remove that one, or publish it under another id.');
      end if;
      perform private.publish_component(
        p_workspace_id, private.installed_content(v_bundle, v_install.sources), p_comes_from_elsewhere => true);
    when 'theme' then
      v_install.theme_id := private.make_installed_theme(p_workspace_id, v_bundle -> 'content');
    else
      v_install.view_id := private.make_installed_view(
        p_workspace_id, private.installed_content(v_bundle, v_install.sources));
  end case;

  -- One that was withdrawn meanwhile is installed no more.
  perform from public.marketplace_listings l
  where l.id = p_listing_id and l.state = 'published'
  for share;
  if not found then
    perform private.listing_not_found();
  end if;
  insert into public.marketplace_installs (
    workspace_id, id, listing_id, kind, name, author, version, content_hash, component_key, theme_id, view_id, sources)
  values (
    p_workspace_id, v_install.id, p_listing_id, v_install.kind, v_listing.name, v_listing.author, p_version,
    p_content_hash, v_install.component_key, v_install.theme_id, v_install.view_id, v_install.sources)
  returning * into v_install;
  insert into private.marketplace_steps (
    workspace_id, install_id, number, version, content_hash, sources, installed_by)
  values (
    p_workspace_id, v_install.id, 1, p_version, p_content_hash, v_install.sources, private.person_id());
  return private.install_document(v_install);
end;
$$;

comment on function private.install_listing(text, uuid, text, text, text[]) is
  'See public.install_listing. Definer: no role writes what is installed.';

grant execute on function private.install_listing(text, uuid, text, text, text[]) to authenticated;

create function private.make_installed_theme(p_workspace_id text, p_theme jsonb) returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  insert into public.themes (workspace_id, name, version, colors, radius, metadata, visibility)
  values (p_workspace_id, p_theme ->> 'name', p_theme ->> 'version', p_theme -> 'colors', p_theme -> 'radius',
    p_theme -> 'metadata', 'workspace')
  returning id into v_id;
  return v_id;
end;
$$;

comment on function private.make_installed_theme(text, jsonb) is
  'Makes a shared theme of a checked document. Errors: those of the table. For definer functions.';

create function private.make_installed_view(p_workspace_id text, p_view jsonb) returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_made record;
begin
  perform private.hold_membership(p_workspace_id);
  v_made := private.import_view_part(p_workspace_id, p_view, 'bundle.content', 'workspace', '[]', now());
  return v_made.id;
end;
$$;

comment on function private.make_installed_view(text, jsonb) is
  'Makes a shared view of the caller''s of a checked document, without widgets that are not for their role. Errors: '
  'those of import_view. For definer functions.';

create function public.list_installs(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_installs(workspace_id);
end;
$$;

comment on function public.list_installs(text) is
  'What a workspace has installed, by name, at most 200 (installSchema of types/marketplace.ts): `upgrade` says which '
  'version there is, `notice` that the listing was taken down, withdrawn or is gone. Takes marketplace.install. '
  'Errors: not_found, permission_denied.';

grant execute on function public.list_installs(text) to authenticated;

create function private.list_installs(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'marketplace.install');
  return (
    select coalesce(jsonb_agg(private.install_document(i) order by i.name collate "und-x-icu", i.id), '[]')
    from public.marketplace_installs i
    where i.workspace_id = p_workspace_id
  );
end;
$$;

comment on function private.list_installs(text) is
  'See public.list_installs. Definer: a notice tells of listings that nobody sees any more.';

grant execute on function private.list_installs(text) to authenticated;

create function public.pin_install(workspace_id text, install_id uuid, is_pinned boolean default true) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.pin_install(workspace_id, install_id, is_pinned);
end;
$$;

comment on function public.pin_install(text, uuid, boolean) is
  'Keeps an installed copy at its version, or lets it be upgraded again, and returns it. Takes what installing it '
  'takes. Errors: not_found (workspace_id, install_id), permission_denied, invalid_input (is_pinned).';

grant execute on function public.pin_install(text, uuid, boolean) to authenticated;

create function private.pin_install(p_workspace_id text, p_install_id uuid, p_is_pinned boolean) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_install public.marketplace_installs := private.lock_install(p_workspace_id, p_install_id);
begin
  if p_is_pinned is null then
    perform private.raise_invalid_input('is_pinned', 'This must be true or false.', 'Give true or false.');
  end if;
  update public.marketplace_installs i
  set is_pinned = p_is_pinned, revision = i.revision + 1
  where i.workspace_id = p_workspace_id and i.id = p_install_id and i.is_pinned <> p_is_pinned
  returning * into v_install;
  if not found then
    v_install := private.lock_install(p_workspace_id, p_install_id);
  end if;
  return private.install_document(v_install);
end;
$$;

comment on function private.pin_install(text, uuid, boolean) is
  'See public.pin_install. Definer: no role writes what is installed.';

grant execute on function private.pin_install(text, uuid, boolean) to authenticated;
