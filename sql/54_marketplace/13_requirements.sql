-- What a view template shows beside the components that every workspace has: those of other listings, each in a version
-- that is fixed by its hash.
--
--   {listingId, version, contentHash, componentKey}
--
-- A template brings no component along. Who installs it has installed the listings that it names before, in that
-- version or a higher one, each by itself: with its own hash, its own permission, its own addresses and its own
-- upgrades. So nothing comes in unseen by the side of something else, and a component is one copy for all templates.
--
-- Threats: a template that names a component which is not what its author has seen (the hash has to be that of a
-- published version, and stays it); a key that means another component where it is installed (the copy is looked up by
-- its listing).

create function private.required_components(p_requires jsonb)
returns table (key text, config_schema jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select r."componentKey", b.bundle #> '{content,configSchema}'
    from jsonb_to_recordset(coalesce(p_requires, '[]'))
      as r ("listingId" uuid, version text, "contentHash" text, "componentKey" text)
    join public.marketplace_versions v
      on v.listing_id = r."listingId" and v.version = r.version and v.content_hash = r."contentHash"
    join public.marketplace_listings l on l.id = v.listing_id
    join private.marketplace_bundles b on b.content_hash = v.content_hash
    where v.state = 'published'
      and l.state = 'published'
      and l.kind = 'component'
      and b.bundle #>> '{content,id}' = r."componentKey";
end;
$$;

comment on function private.required_components(jsonb) is
  'The components that a template requires, of which the listings are there as it says. For definer functions.';

create function private.requirements_problem(p_kind text, p_requires jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem jsonb;
begin
  if p_requires is null then
    return null;
  end if;
  if p_kind <> 'view' then
    return private.document_problem('requires', 'A view template alone shows other components.', 'Leave it out.');
  end if;
  if jsonb_typeof(p_requires) <> 'array' or jsonb_array_length(p_requires) > 20 then
    return private.document_problem('requires', 'This must be a list of at most 20 components.',
      'Leave it out for none.');
  end if;
  select p.problem into v_problem
  from jsonb_array_elements(p_requires) with ordinality as r (requirement, place)
  cross join lateral (
    select private.problem_below('requires.' || r.place - 1, coalesce(
      private.keys_problem('', r.requirement, '{listingId,version,contentHash,componentKey}'),
      private.uuid_problem('listingId', r.requirement -> 'listingId', 'Give the id of a listing.'),
      private.version_problem('version', r.requirement -> 'version'),
      private.text_problem('contentHash', r.requirement -> 'contentHash', '^[0-9a-f]{64}$',
        'Give the contentHash of the version.'),
      private.text_problem('componentKey', r.requirement -> 'componentKey', private.component_key_pattern(),
        'Give the id of the component.'))) as problem
  ) as p
  where p.problem is not null
  order by r.place
  limit 1;
  if found then
    return v_problem;
  end if;
  if (select count(distinct r ->> 'componentKey') < count(*) from jsonb_array_elements(p_requires) as r) then
    return private.document_problem('requires', 'Two of these are the same component.', 'Name each once.');
  end if;
  return (
    select private.document_problem('requires.' || r.place - 1,
      'There is no such version of a component among the listings.',
      'Give the id of its listing, with the hash of a published version.')
    from jsonb_array_elements(p_requires) with ordinality as r (requirement, place)
    where not exists (
      select from private.required_components(p_requires) c where c.key = r.requirement ->> 'componentKey')
    order by r.place
    limit 1
  );
end;
$$;

comment on function private.requirements_problem(text, jsonb) is
  'What is wrong with what a bundle of a kind requires, which may be left out; null where nothing is. For definer '
  'functions.';

create function private.requirements_of(p_workspace_id text, p_layout jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(
      jsonb_agg(
        jsonb_build_object('listingId', f.listing_id, 'version', f.version, 'contentHash', f.content_hash,
          'componentKey', k.key)
        order by k.key),
      '[]')
    from (
      select distinct w ->> 'widgetId' as key from jsonb_array_elements(p_layout -> 'widgets') as w
    ) as k
    cross join lateral (
      select s.listing_id, s.version, s.content_hash
      from (
        select i.listing_id, i.version, i.content_hash
        from public.marketplace_installs i
        where i.workspace_id = p_workspace_id and i.component_key = k.key
        union all
        -- What the workspace itself offers, as it is offered.
        select l.id, l.version, l.content_hash
        from private.marketplace_publishers p
        join public.marketplace_listings l on l.id = p.listing_id
        join private.marketplace_bundles b on b.content_hash = l.content_hash
        where p.workspace_id = p_workspace_id and l.kind = 'component' and b.bundle #>> '{content,id}' = k.key
      ) as s
      join public.marketplace_listings l on l.id = s.listing_id
      where l.state = 'published'
      limit 1
    ) as f
  );
end;
$$;

comment on function private.requirements_of(text, jsonb) is
  'What a template made of a layout requires, as far as its components come from the marketplace or are offered there. '
  'For definer functions.';

create function private.missing_requirements(p_workspace_id text, p_bundle jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(r.requirement order by r.place), '[]')
    from jsonb_array_elements(coalesce(p_bundle -> 'requires', '[]')) with ordinality as r (requirement, place)
    where not exists (
      select from public.marketplace_installs i
      where i.workspace_id = p_workspace_id
        and i.listing_id = (r.requirement ->> 'listingId')::uuid
        and i.component_key = r.requirement ->> 'componentKey'
        and private.version_order(i.version) >= private.version_order(r.requirement ->> 'version')
    ) and not exists (
      select
      from private.marketplace_publishers p
      join public.components c
        on c.workspace_id = p.workspace_id and c.key = r.requirement ->> 'componentKey'
      where p.workspace_id = p_workspace_id and p.listing_id = (r.requirement ->> 'listingId')::uuid
    )
  );
end;
$$;

comment on function private.missing_requirements(text, jsonb) is
  'What a workspace has to install, or to upgrade, before a bundle. One''s own component is there without. For definer '
  'functions.';

create function private.refuse_missing_requirements(p_workspace_id text, p_bundle jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_missing constant jsonb := private.missing_requirements(p_workspace_id, p_bundle);
begin
  if v_missing <> '[]' then
    perform private.raise_error('conflict',
      'This shows components that have to be installed before.', jsonb_build_object('requires', v_missing)::text,
      'Install what `details` names, or upgrade it to that version.');
  end if;
end;
$$;

comment on function private.refuse_missing_requirements(text, jsonb) is
  'Refuses a bundle of which a component is missing. Error: conflict (`details` is {requires} as JSON). For definer '
  'functions.';
