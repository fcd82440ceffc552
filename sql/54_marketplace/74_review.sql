-- What operators do, servers with the secret key: they review what was submitted, and take down.
--
-- Threat: an author who withdraws what an operator is reading, and submits something else before they decide (a
-- decision says when what it is about was submitted).

create function private.listing_to_review(
  p_listing public.marketplace_listings, p_publisher private.marketplace_publishers
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.own_listing_document(p_listing.id) || jsonb_build_object('openReports', (
    select count(*) from private.marketplace_reports r where r.listing_id = p_listing.id and r.closed_at is null));
end;
$$;

comment on function private.listing_to_review(public.marketplace_listings, private.marketplace_publishers) is
  'A listing as operators read it (reviewedListingSchema of types/marketplace.ts).';

create function private.tell_publishers(
  p_publisher private.marketplace_publishers, p_name text, p_outcome text, p_note text
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.notify(
    private.members_with(p_publisher.workspace_id, 'marketplace.publish'),
    p_publisher.workspace_id,
    'listing_reviewed',
    format(
      case p_outcome
        when 'published' then '%s was published in the marketplace'
        when 'refused' then '%s was not accepted for the marketplace'
        when 'taken_down' then '%s was taken down from the marketplace'
        when 'allowed_again' then '%s may be submitted to the marketplace again'
      end, p_name),
    p_note,
    format('/workspaces/%s/marketplace/%s', p_publisher.workspace_id, p_publisher.listing_id),
    jsonb_build_object(
      'listing', jsonb_build_object('id', p_publisher.listing_id, 'name', p_name),
      'outcome', p_outcome,
      'note', private.clean_text(coalesce(p_note, ''))));
end;
$$;

comment on function private.tell_publishers(private.marketplace_publishers, text, text, text) is
  'Tells who may publish for a workspace what operators decided about its listing: published, refused, taken_down or '
  'allowed_again, with their words. For definer functions; call it last.';

create function public.list_listings_to_review(after text default null, per_page integer default 20) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_listings_to_review(after, per_page);
end;
$$;

comment on function public.list_listings_to_review(text, integer) is
  'A page of the listings that wait for operators, those that were submitted first at the beginning: {listings, next} '
  '(reviewQueueSchema of types/marketplace.ts). For the server alone. Errors: invalid_input (after, per_page).';

grant execute on function public.list_listings_to_review(text, integer) to service_role;

create function private.list_listings_to_review(p_after text, p_per_page integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_page jsonb[];
  v_places jsonb[];
begin
  perform private.require_page('asc', 1, p_per_page);
  select array_agg(private.listing_to_review(s.l, s.p) order by s.submitted_at, s.listing_id),
    array_agg(jsonb_build_array(s.submitted_at, s.listing_id) order by s.submitted_at, s.listing_id)
  into v_page, v_places
  from (
    select l, p, p.submitted_at, p.listing_id
    from private.marketplace_publishers p
    join public.marketplace_listings l on l.id = p.listing_id
    where p.submitted_at is not null
      and (p.submitted_at, p.listing_id) > (v_after[1]::timestamptz, v_after[2]::uuid)
    order by p.submitted_at, p.listing_id
    -- One more than asked for tells whether there is a next page.
    limit p_per_page + 1
  ) as s;
  return jsonb_build_object(
    'listings', coalesce(to_jsonb(v_page[1:p_per_page]), '[]'),
    'next', case when cardinality(v_page) > p_per_page then v_places[p_per_page]::text end);
end;
$$;

comment on function private.list_listings_to_review(text, integer) is
  'See public.list_listings_to_review. Definer: no role reads who is behind a listing.';

grant execute on function private.list_listings_to_review(text, integer) to service_role;

create function public.get_listing_to_review(listing_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_listing_to_review(listing_id);
end;
$$;

comment on function public.get_listing_to_review(uuid) is
  'Any listing with the bundle of its latest version, its reports, and listings of others whose name or author is '
  'similar (listingToReviewSchema of types/marketplace.ts). For the server alone. Error: not_found (listing_id).';

grant execute on function public.get_listing_to_review(uuid) to service_role;

create function private.get_listing_to_review(p_listing_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing public.marketplace_listings;
  v_publisher private.marketplace_publishers;
begin
  select p.* into v_publisher from private.marketplace_publishers p where p.listing_id = p_listing_id;
  if not found then
    perform private.listing_not_found();
  end if;
  select l.* into v_listing from public.marketplace_listings l where l.id = p_listing_id;
  return private.listing_to_review(v_listing, v_publisher) || jsonb_build_object(
    'bundle', (
      select b.bundle
      from public.marketplace_versions v
      join private.marketplace_bundles b on b.content_hash = v.content_hash
      where v.listing_id = p_listing_id
      order by private.version_order(v.version) desc
      limit 1
    ),
    'similarListings', private.similar_listings(v_listing, v_publisher),
    'reports', (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'id', r.id,
            'reason', r.reason,
            'body', r.body,
            'createdAt', private.timestamp_text(r.created_at),
            'closedAt', private.timestamp_text(r.closed_at))
          order by r.created_at desc, r.id),
        '[]')
      from (
        select x.* from private.marketplace_reports x
        where x.listing_id = p_listing_id
        order by x.created_at desc, x.id
        limit 100
      ) as r
    ));
end;
$$;

comment on function private.get_listing_to_review(uuid) is
  'See public.get_listing_to_review. Definer: no role reads bundles and reports.';

grant execute on function private.get_listing_to_review(uuid) to service_role;

create function public.review_listing(listing_id uuid, decision text, submitted_at timestamptz, note text default '')
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.review_listing(listing_id, decision, submitted_at, note);
end;
$$;

comment on function public.review_listing(uuid, text, timestamptz, text) is
  'Publishes what was submitted of a listing, or refuses it: decision is publish or refuse, submitted_at the '
  'submittedAt that was read with it, the note a line of at most 500 characters for its author. Returns the listing '
  '(reviewedListingSchema of types/marketplace.ts). For the server alone. Errors: not_found (listing_id), '
  'invalid_input (decision, submitted_at, note), conflict (state for one that was not submitted, submitted_at for one '
  'that was submitted again since it was read).';

grant execute on function public.review_listing(uuid, text, timestamptz, text) to service_role;

create function private.review_listing(p_listing_id uuid, p_decision text, p_submitted_at timestamptz, p_note text)
returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_old record;
  v_version public.marketplace_versions;
  v_new public.marketplace_listings;
  v_publisher private.marketplace_publishers;
begin
  if p_decision is null or p_decision not in ('publish', 'refuse') then
    perform private.raise_invalid_input('decision', 'There is no such decision.', 'Give "publish" or "refuse".');
  end if;
  perform private.refuse_problem(private.single_line_problem('note', to_jsonb(coalesce(p_note, '')), 0, 500));
  v_old := private.reviewed_listing(p_listing_id);
  if (v_old.publisher).submitted_at is null then
    perform private.raise_error('conflict',
      'This listing was not submitted.', 'state', 'Read list_listings_to_review again.');
  end if;
  if p_submitted_at is null then
    perform private.raise_invalid_input('submitted_at',
      'This says which submission was read.', 'Give the submittedAt of get_listing_to_review.');
  end if;
  -- As it is told, to the millisecond.
  if private.timestamp_text((v_old.publisher).submitted_at) <> private.timestamp_text(p_submitted_at) then
    perform private.raise_error('conflict',
      'This is not what waits: its author has submitted it again.', 'submitted_at',
      'Read get_listing_to_review again, and give its submittedAt.');
  end if;
  update public.marketplace_versions v
  set state = case p_decision when 'publish' then 'published' else 'refused' end,
    published_at = case p_decision when 'publish' then now() end
  where v.listing_id = p_listing_id and v.state = 'in_review'
  returning * into v_version;

  if p_decision = 'refuse' then
    update public.marketplace_listings l
    set state = case
        when l.state = 'published' then 'published'
        when l.published_at is not null then 'withdrawn'
        else 'draft'
      end,
      revision = l.revision + 1
    where l.id = p_listing_id;
  else
    if (v_old.publisher).proposed is not null then
      perform private.write_listing(p_listing_id, (v_old.publisher).proposed);
    end if;
    update public.marketplace_listings l
    set state = 'published',
      version = coalesce(v_version.version, l.version),
      content_hash = coalesce(v_version.content_hash, l.content_hash),
      addresses = coalesce(v_version.addresses, l.addresses),
      publication = coalesce(l.publication, nextval('private.marketplace_publications')),
      published_at = coalesce(l.published_at, now()),
      revision = l.revision + 1
    where l.id = p_listing_id;
  end if;
  update private.marketplace_publishers p
  set submitted_at = null, review_note = nullif(private.clean_text(coalesce(p_note, '')), ''),
    proposed_name_form = null, proposed_author_form = null
  where p.listing_id = p_listing_id
  returning * into v_publisher;
  select l.* into v_new from public.marketplace_listings l where l.id = p_listing_id;
  perform private.tell_of_listing(v_publisher.workspace_id, v_old.listing, v_new);
  perform private.tell_publishers(v_publisher, v_new.name,
    case p_decision when 'publish' then 'published' else 'refused' end, p_note);
  return private.listing_to_review(v_new, v_publisher);
end;
$$;

comment on function private.review_listing(uuid, text, timestamptz, text) is
  'See public.review_listing. Definer: no role writes listings.';

grant execute on function private.review_listing(uuid, text, timestamptz, text) to service_role;

create function public.take_down_listing(listing_id uuid, reason text, is_taken_down boolean default true) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.take_down_listing(listing_id, reason, is_taken_down);
end;
$$;

comment on function public.take_down_listing(uuid, text, boolean) is
  'Takes a listing down, for a reason of one line of at most 500 characters that everybody who installed it reads: '
  'their copies go on working. Its open reports are closed. With is_taken_down false its author may offer it again. '
  'Returns the listing as review_listing does. For the server alone. Errors: not_found (listing_id), invalid_input '
  '(reason, is_taken_down), conflict (state for one that was never published, or was not taken down).';

grant execute on function public.take_down_listing(uuid, text, boolean) to service_role;

create function private.take_down_listing(p_listing_id uuid, p_reason text, p_is_taken_down boolean) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_old record;
  v_new public.marketplace_listings;
begin
  if p_is_taken_down is null then
    perform private.raise_invalid_input('is_taken_down', 'This must be true or false.', 'Give true or false.');
  end if;
  perform private.refuse_problem(private.single_line_problem('reason', to_jsonb(coalesce(p_reason, '')),
    case when p_is_taken_down then 1 else 0 end, 500));
  v_old := private.reviewed_listing(p_listing_id);
  if p_is_taken_down is not distinct from ((v_old.listing).taken_down_at is not null)
    or (v_old.listing).published_at is null
  then
    perform private.raise_error('conflict',
      'This listing is not in a state to be changed so.', 'state', 'Read it again.');
  end if;
  update public.marketplace_versions v
  set state = 'withdrawn'
  where v.listing_id = p_listing_id and v.state = 'in_review';
  update private.marketplace_publishers p
  set submitted_at = null, proposed_name_form = null, proposed_author_form = null
  where p.listing_id = p_listing_id;
  update public.marketplace_listings l
  set state = 'withdrawn',
    taken_down_at = case when p_is_taken_down then now() end,
    takedown_reason = case when p_is_taken_down then private.clean_text(p_reason) end,
    revision = l.revision + 1
  where l.id = p_listing_id
  returning * into v_new;
  if p_is_taken_down then
    update private.marketplace_reports r
    set closed_at = now()
    where r.listing_id = p_listing_id and r.closed_at is null;
  end if;
  perform private.tell_of_listing((v_old.publisher).workspace_id, v_old.listing, v_new);
  perform private.tell_publishers(v_old.publisher, v_new.name,
    case when p_is_taken_down then 'taken_down' else 'allowed_again' end, p_reason);
  return private.listing_to_review(v_new, v_old.publisher);
end;
$$;

comment on function private.take_down_listing(uuid, text, boolean) is
  'See public.take_down_listing. Definer: no role writes listings.';

grant execute on function private.take_down_listing(uuid, text, boolean) to service_role;
