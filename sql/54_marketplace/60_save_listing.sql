-- Writing about a listing, before an operator sees it. What is published stays as it was until one has.
--
-- Threats: an author who changes a listing once it was reviewed (of what was ever published a change waits for the next
-- review); a listing as a place to keep things in (a workspace has few); a picture of somebody else's listing.

create function private.own_listing_document(p_listing_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select private.listing_document(l) || jsonb_build_object(
      'workspaceId', p.workspace_id,
      'state', l.state,
      'proposed', p.proposed,
      'submittedAt', private.timestamp_text(p.submitted_at),
      'reviewNote', p.review_note,
      'takenDownAt', private.timestamp_text(l.taken_down_at),
      'takedownReason', l.takedown_reason,
      'createdAt', private.timestamp_text(l.created_at),
      'versions', (
        select coalesce(
          jsonb_agg(private.listing_version_document(v) || jsonb_build_object('state', v.state)
            order by private.version_order(v.version) desc),
          '[]')
        from public.marketplace_versions v
        where v.listing_id = l.id))
    from public.marketplace_listings l
    join private.marketplace_publishers p on p.listing_id = l.id
    where l.id = p_listing_id
  );
end;
$$;

comment on function private.own_listing_document(uuid) is
  'A listing as its own workspace reads it (ownListingSchema of types/marketplace.ts). For definer functions.';

create function private.refuse_missing_pictures(p_listing_id uuid, p_pictures jsonb) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_place bigint;
begin
  select min(p.place) - 1 into v_place
  from jsonb_array_elements_text(p_pictures) with ordinality as p (path, place)
  where not starts_with(p.path, p_listing_id || '/')
    or not exists (select from storage.objects o where o.bucket_id = 'marketplace' and o.name = p.path);
  if v_place is not null then
    perform private.raise_invalid_input('pictures.' || v_place,
      'There is no such picture of this listing.',
      'Upload it to the bucket "marketplace" as "<listing>/<uuid>.png", and give that path.');
  end if;
end;
$$;

comment on function private.refuse_missing_pictures(uuid, jsonb) is
  'Refuses pictures that are not there. Error: invalid_input with the path inside. For definer functions.';

create function public.save_listing(workspace_id text, document jsonb, listing_id uuid default null) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.save_listing(workspace_id, document, listing_id);
end;
$$;

comment on function public.save_listing(text, jsonb, uuid) is
  'Begins a listing as a draft, or with an id says what it is to say (listingInputSchema of types/marketplace.ts), and '
  'returns it (ownListingSchema). Of one that was ever published the change waits in `proposed` for submit_listing. '
  'Takes marketplace.publish; the plan has to offer marketplace_publishing. Errors: not_found (workspace_id, '
  'listing_id), permission_denied, payment_required, invalid_input (the path inside the document), conflict (state '
  'while it is in review, kind, JSON about the limit).';

grant execute on function public.save_listing(text, jsonb, uuid) to authenticated;

create function private.save_listing(p_workspace_id text, p_document jsonb, p_listing_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid := p_listing_id;
  v_document jsonb;
  v_proposed jsonb;
  v_old record;
  v_new public.marketplace_listings;
begin
  perform private.require_permission(p_workspace_id, 'marketplace.publish');
  perform private.require_feature(p_workspace_id, 'marketplace_publishing');
  v_document := private.without_read(p_document, '{id,version,contentHash,addresses,installs,rating,publishedAt,'
    'updatedAt,workspaceId,state,proposed,submittedAt,reviewNote,takenDownAt,takedownReason,createdAt,versions}');
  perform private.refuse_problem(private.listing_problem(v_document));
  v_document := private.clean_listing(v_document);

  if v_id is null then
    perform private.hold_membership(p_workspace_id);
    perform private.lock_workspace(p_workspace_id);
    perform private.require_within_limit(p_workspace_id, 'marketplace_listings', 1 + (
      select count(*) from private.marketplace_publishers p where p.workspace_id = p_workspace_id));
    v_id := gen_random_uuid();
    perform private.refuse_missing_pictures(v_id, v_document -> 'pictures');
    insert into public.marketplace_listings (id, kind, name, author, description, category, tags, licence)
    values (v_id, v_document ->> 'kind', v_document ->> 'name', v_document ->> 'author',
      v_document ->> 'description', v_document ->> 'category',
      array(select jsonb_array_elements_text(v_document -> 'tags')), v_document ->> 'licence')
    returning * into v_new;
    insert into private.marketplace_publishers (workspace_id, listing_id, name_form, author_form, created_by)
    values (p_workspace_id, v_id, private.name_form(v_new.name), private.name_form(v_new.author), private.person_id());
    perform private.tell_of_listing(p_workspace_id, null, v_new);
    return private.own_listing_document(v_id);
  end if;

  v_old := private.own_listing(p_workspace_id, v_id);
  perform private.refuse_unfit_state(v_old.listing, v_old.publisher);
  if (v_old.listing).kind <> v_document ->> 'kind' then
    perform private.raise_error('conflict',
      'A listing stays what it is: a component, a theme or a view.', 'kind', 'Begin another listing.');
  end if;
  perform private.refuse_problem(private.kept_problem(
    p_document, jsonb_build_object('proposed', (v_old.publisher).proposed),
    '{"proposed": "Give what the listing is to say beside its kind, and leave this out."}'));
  perform private.refuse_missing_pictures(v_id, v_document -> 'pictures');
  if (v_old.listing).published_at is null then
    -- What it is called now has been compared with no other.
    update private.marketplace_publishers p set holds_names = false where p.listing_id = v_id;
    update public.marketplace_listings l set revision = l.revision + 1 where l.id = v_id returning * into v_new;
    perform private.write_listing(v_id, v_document);
  else
    -- What it says already is no proposal; read and sent back with one, it leaves that as it is.
    if v_document = (
      select jsonb_object_agg(k.key, d.document -> k.key)
      from private.own_listing_document(v_id) as d (document)
      cross join jsonb_object_keys(v_document) as k (key))
    then
      v_proposed := case when p_document ? 'proposed' then (v_old.publisher).proposed end;
    else
      v_proposed := v_document - 'kind';
    end if;
    update private.marketplace_publishers p set proposed = v_proposed where p.listing_id = v_id;
    update public.marketplace_listings l set revision = l.revision + 1 where l.id = v_id returning * into v_new;
  end if;
  perform private.tell_of_listing(p_workspace_id, v_old.listing, v_new);
  return private.own_listing_document(v_id);
end;
$$;

comment on function private.save_listing(text, jsonb, uuid) is
  'See public.save_listing. Definer: no role writes listings.';

grant execute on function private.save_listing(text, jsonb, uuid) to authenticated;

create function private.refuse_unfit_state(
  p_listing public.marketplace_listings, p_publisher private.marketplace_publishers
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_listing.taken_down_at is not null then
    perform private.raise_error('conflict',
      'This listing was taken down.', 'state', 'Ask support; begin no other in its place.');
  end if;
  if p_publisher.submitted_at is not null then
    perform private.raise_error('conflict',
      'This listing is in review.', 'state', 'Wait for the review, or withdraw it first.');
  end if;
end;
$$;

comment on function private.refuse_unfit_state(public.marketplace_listings, private.marketplace_publishers) is
  'Refuses to change what an operator is looking at or has taken down. Error: conflict (state).';

create function private.write_listing(p_listing_id uuid, p_document jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.marketplace_listings l
  set name = p_document ->> 'name',
    author = p_document ->> 'author',
    description = p_document ->> 'description',
    category = p_document ->> 'category',
    tags = array(select jsonb_array_elements_text(p_document -> 'tags')),
    licence = p_document ->> 'licence',
    pictures = array(select jsonb_array_elements_text(p_document -> 'pictures'))
  where l.id = p_listing_id;
  update private.marketplace_publishers p
  set name_form = private.name_form(p_document ->> 'name'),
    author_form = private.name_form(p_document ->> 'author'),
    proposed = null,
    proposed_name_form = null,
    proposed_author_form = null
  where p.listing_id = p_listing_id;
end;
$$;

comment on function private.write_listing(uuid, jsonb) is
  'Lets a listing say what its author wrote: before it is published, or once an operator has seen it. For definer '
  'functions.';

create function public.list_my_listings(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_my_listings(workspace_id);
end;
$$;

comment on function public.list_my_listings(text) is
  'The listings of a workspace, latest first, at most 100, each as save_listing gives it. Takes marketplace.publish. '
  'Errors: not_found, permission_denied.';

grant execute on function public.list_my_listings(text) to authenticated;

create function private.list_my_listings(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'marketplace.publish');
  return (
    select coalesce(
      jsonb_agg(private.own_listing_document(p.listing_id) order by p.created_at desc, p.listing_id), '[]')
    from private.marketplace_publishers p
    where p.workspace_id = p_workspace_id
  );
end;
$$;

comment on function private.list_my_listings(text) is
  'See public.list_my_listings. Definer: nobody reads which workspace is behind a listing.';

grant execute on function private.list_my_listings(text) to authenticated;
