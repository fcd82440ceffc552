-- Listings of the marketplace, by name, author, tags and description: published ones, which are for everybody, and with
-- marketplace.publish those of the workspace that are not published.

create function private.published_scope() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 'published';
end;
$$;

comment on function private.published_scope() is 'The scope of what is published: everybody''s, in every workspace.';

grant execute on function private.published_scope() to authenticated, service_role;

create function private.listing_keys(
  p_scope text, p_name text, p_author text, p_tags text[], p_description text
) returns tsvector
language plpgsql immutable parallel safe cost 1000000
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.search_keys(array[p_scope], private.search_words(p_name),
    private.search_words(concat_ws(' ', p_author, array_to_string(p_tags, ' '), p_description)));
end;
$$;

comment on function private.listing_keys(text, text, text, text[], text) is
  'The keys of a listing: name, author, tags, description.';

grant execute on function private.listing_keys(text, text, text, text[], text) to authenticated, service_role;

create index marketplace_listings_search_idx on public.marketplace_listings
  using gin (private.listing_keys(private.published_scope(), name, author, tags, description))
  with (fastupdate = off)
  where state = 'published';

create function private.listing_scopes(p_asked private.search_asked) returns text[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.published_scope() || case
    when 'marketplace.publish' = any (p_asked.permissions) then array[private.given_scope()]
    else '{}'
  end;
end;
$$;

comment on function private.listing_scopes(private.search_asked) is 'Where the listings lie that the caller sees.';

create function private.matching_listings(p_asked private.search_asked, p_condition tsquery, p_seen text[])
returns table (id text, part integer, changed_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
begin
  return query
    select m.id::text, 0, m.updated_at
    from (
      (
        select l.id, l.updated_at
        from public.marketplace_listings l
        where l.state = 'published'
          and private.listing_keys(private.published_scope(), l.name, l.author, l.tags, l.description) @@ p_condition
        limit private.most_compared()
      )
      union all
      -- At most a hundred, and looked at for nobody who may not see them: the time would tell how many there are.
      select l.id, l.updated_at
      from private.marketplace_publishers p
      join public.marketplace_listings l on l.id = p.listing_id
      where 'marketplace.publish' = any (p_asked.permissions)
        and p.workspace_id = p_asked.workspace_id
        and l.state <> 'published'
        and private.listing_keys(private.given_scope(), l.name, l.author, l.tags, l.description) @@ p_condition
    ) as m
    where m.id::text <> all (p_seen)
    order by m.updated_at desc, m.id
    limit p_asked.most;
end;
$$;

comment on function private.matching_listings(private.search_asked, tsquery, text[]) is
  'The listings that match, those changed last first. For definer functions.';

create function private.found_listing(p_asked private.search_asked, p_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
        'id', l.id, 'title', l.name, 'state', l.state, 'changedAt', private.timestamp_text(l.updated_at))
      || private.search_match(p_asked.words, '{name,author,tags,description}',
        array[l.name, l.author, array_to_string(l.tags, ' '), l.description])
    from public.marketplace_listings l
    where l.id = p_id);
end;
$$;

comment on function private.found_listing(private.search_asked, uuid) is
  'A listing as a search tells of it. For definer functions.';
