-- Reading the marketplace: a page of it, one listing, and what is in a version.
--
-- A page costs the same whatever the number of listings: it is put together from the beginnings of one index for each
-- kind and category that is asked for. Nothing is written when somebody reads.

create function private.listing_document(p_listing public.marketplace_listings) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_listing.id,
    'kind', p_listing.kind,
    'name', p_listing.name,
    'author', p_listing.author,
    'description', p_listing.description,
    'category', p_listing.category,
    'tags', p_listing.tags,
    'licence', p_listing.licence,
    'pictures', p_listing.pictures,
    'version', p_listing.version,
    'contentHash', p_listing.content_hash,
    'addresses', p_listing.addresses,
    'installs', p_listing.install_count,
    'rating', jsonb_build_object('count', p_listing.rating_count, 'average', p_listing.rating_average),
    'publishedAt', private.timestamp_text(p_listing.published_at),
    'updatedAt', private.timestamp_text(p_listing.updated_at)
  );
end;
$$;

comment on function private.listing_document(public.marketplace_listings) is
  'A listing as everybody reads it (listingSchema of types/marketplace.ts).';

create function private.listing_version_document(p_version public.marketplace_versions) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'version', p_version.version,
    'contentHash', p_version.content_hash,
    'size', p_version.size,
    'addresses', p_version.addresses,
    'notes', p_version.notes,
    'createdAt', private.timestamp_text(p_version.created_at),
    'publishedAt', private.timestamp_text(p_version.published_at)
  );
end;
$$;

comment on function private.listing_version_document(public.marketplace_versions) is
  'A version of a listing as everybody reads it.';

create function public.browse_marketplace(
  sort text default 'popularity',
  kind text default null,
  category text default null,
  after text default null,
  per_page integer default 20
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.browse_marketplace(sort, kind, category, after, per_page);
end;
$$;

comment on function public.browse_marketplace(text, text, text, text, integer) is
  'A page of the marketplace: {listings, next} (listingPageSchema of types/marketplace.ts), by popularity, rating or '
  'newest, of a kind or a category or all. `next` is null on the last page, else what to give as `after`. For '
  'everybody who is signed in. Errors: invalid_input (sort, kind, category, after, per_page).';

grant execute on function public.browse_marketplace(text, text, text, text, integer) to authenticated;

create function private.browse_marketplace(
  p_sort text, p_kind text, p_category text, p_after text, p_per_page integer
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after text[];
  v_rank bigint;
  v_id uuid;
  v_page jsonb[];
  v_places jsonb[];
begin
  if p_sort is null or p_sort not in ('popularity', 'rating', 'newest') then
    perform private.raise_invalid_input('sort',
      'This is no order of the marketplace.', 'Give "popularity", "rating" or "newest".');
  end if;
  if p_kind is not null and p_kind not in ('component', 'theme', 'view') then
    perform private.raise_invalid_input('kind',
      'There is no such kind of listing.', 'Give "component", "theme" or "view".');
  end if;
  if p_category is not null and not exists (
    select from public.marketplace_categories c where c.key = p_category)
  then
    perform private.raise_invalid_input('category',
      'There is no such category.', 'Give a key of marketplace_categories.');
  end if;
  if (p_per_page between 1 and 100) is not true then
    perform private.raise_invalid_input('per_page', 'A page has 1 to 100 rows.', 'Give a number from 1 to 100.');
  end if;
  v_after := private.place_after(p_after, 'bigint', 'uuid');
  v_rank := case when p_after is null then 9223372036854775807 else v_after[1]::bigint end;
  v_id := case when p_after is null then 'ffffffff-ffff-ffff-ffff-ffffffffffff' else v_after[2]::uuid end;

  select array_agg(private.listing_document(s.listing) order by s.rank desc, s.id desc),
    array_agg(jsonb_build_array(s.rank::text, s.id) order by s.rank desc, s.id desc)
  into v_page, v_places
  from (
    select f.rank, f.id, f.listing
    from unnest('{component,theme,view}'::text[]) as k (kind)
    cross join public.marketplace_categories c
    cross join lateral (
      (
        select l.install_count::bigint as rank, l.id, l as listing
        from public.marketplace_listings l
        where p_sort = 'popularity' and l.state = 'published' and l.kind = k.kind and l.category = c.key
          and (l.install_count, l.id) < (v_rank, v_id)
        order by l.install_count desc, l.id desc
        limit p_per_page + 1
      )
      union all
      (
        select l.rating_rank::bigint, l.id, l
        from public.marketplace_listings l
        where p_sort = 'rating' and l.state = 'published' and l.kind = k.kind and l.category = c.key
          and (l.rating_rank, l.id) < (v_rank, v_id)
        order by l.rating_rank desc, l.id desc
        limit p_per_page + 1
      )
      union all
      (
        select l.publication, l.id, l
        from public.marketplace_listings l
        where p_sort = 'newest' and l.state = 'published' and l.kind = k.kind and l.category = c.key
          and (l.publication, l.id) < (v_rank, v_id)
        order by l.publication desc, l.id desc
        limit p_per_page + 1
      )
    ) as f
    where k.kind = coalesce(p_kind, k.kind) and c.key = coalesce(p_category, c.key)
    order by f.rank desc, f.id desc
    -- One more than asked for tells whether there is a next page.
    limit p_per_page + 1
  ) as s;

  return jsonb_build_object(
    'listings', coalesce(to_jsonb(v_page[1:p_per_page]), '[]'),
    'next', case when cardinality(v_page) > p_per_page then v_places[p_per_page]::text end);
end;
$$;

comment on function private.browse_marketplace(text, text, text, text, integer) is
  'See public.browse_marketplace. Definer: it asks for published listings alone, by indexes that a policy would keep '
  'from use.';

grant execute on function private.browse_marketplace(text, text, text, text, integer) to authenticated;

create function public.get_listing(listing_id uuid, workspace_id text default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_listing(listing_id, workspace_id);
end;
$$;

comment on function public.get_listing(uuid, text) is
  'A listing with its versions, and with a workspace what that has of it (listingDetailsSchema of '
  'types/marketplace.ts): `install` as list_installs gives it and `stars`, both null without marketplace.install '
  'there. Errors: not_found (listing_id, workspace_id).';

grant execute on function public.get_listing(uuid, text) to authenticated;

create function private.get_listing(p_listing_id uuid, p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing public.marketplace_listings;
  v_installs boolean := false;
begin
  if p_workspace_id is not null then
    perform private.require_membership(p_workspace_id);
    v_installs := 'marketplace.install' = any (private.permissions_in(p_workspace_id));
  end if;
  v_listing := private.published_listing(p_listing_id);
  return private.listing_document(v_listing) || jsonb_build_object(
    'versions', (
      select coalesce(
        jsonb_agg(private.listing_version_document(v) order by private.version_order(v.version) desc), '[]')
      from public.marketplace_versions v
      where v.listing_id = p_listing_id and v.state = 'published'
    ),
    'install', (
      select private.install_document(i)
      from public.marketplace_installs i
      where v_installs and i.workspace_id = p_workspace_id and i.listing_id = p_listing_id
    ),
    'stars', (
      select r.stars
      from private.marketplace_ratings r
      where v_installs and r.workspace_id = p_workspace_id and r.listing_id = p_listing_id
    ));
end;
$$;

comment on function private.get_listing(uuid, text) is
  'See public.get_listing. Definer: nobody reads ratings.';

grant execute on function private.get_listing(uuid, text) to authenticated;

create function public.get_listing_bundle(listing_id uuid, version text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_listing_bundle(listing_id, version);
end;
$$;

comment on function public.get_listing_bundle(uuid, text) is
  'What is in a published version: {version, contentHash, bundle} (listingBundleSchema of types/marketplace.ts), to be '
  'looked at and checked before it is installed. Errors: not_found (listing_id, version).';

grant execute on function public.get_listing_bundle(uuid, text) to authenticated;

create function private.get_listing_bundle(p_listing_id uuid, p_version text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hash text;
begin
  perform private.published_listing(p_listing_id);
  v_hash := (
    select v.content_hash
    from public.marketplace_versions v
    where v.listing_id = p_listing_id and v.version = p_version and v.state = 'published');
  return jsonb_build_object(
    'version', p_version, 'contentHash', v_hash, 'bundle', private.published_bundle(p_listing_id, p_version, v_hash));
end;
$$;

comment on function private.get_listing_bundle(uuid, text) is
  'See public.get_listing_bundle. Definer: no role reads bundles.';

grant execute on function private.get_listing_bundle(uuid, text) to authenticated;
