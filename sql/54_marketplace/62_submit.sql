-- Giving a listing to the operators for review.
--
-- A version is the bundle and its hash, both given: what arrives is what its author has seen.
--
-- Threats: a bundle that lies about its hash (it is worked out here, and another is refused); a name that is taken for
-- another listing's, or an author for another author (compared by what they look like, one submission after the
-- other); operators under a flood (few in review of a workspace, few submissions a day).

create function public.submit_listing(
  workspace_id text,
  listing_id uuid,
  version text default null,
  bundle jsonb default null,
  content_hash text default null,
  notes text default ''
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.submit_listing(workspace_id, listing_id, version, bundle, content_hash, notes);
end;
$$;

comment on function public.submit_listing(text, uuid, text, jsonb, text, text) is
  'Gives a listing to the operators, with a version of it: a bundle (bundleSchema of types/marketplace.ts), its '
  'SHA-256 in the form of RFC 8785, and what has changed, a line of at most 500 characters. Without one it is about '
  'what save_listing proposed. Returns the listing as save_listing does. Takes marketplace.publish; the plan has to '
  'offer marketplace_publishing. Errors: not_found (workspace_id, listing_id), permission_denied, payment_required, '
  'invalid_input (version, bundle with the path inside, content_hash, notes, pictures that are gone), conflict (state, '
  'the latest version, name or author for one that looks like another''s, bundle for another component than before), '
  'rate_limited (20 a day).';

grant execute on function public.submit_listing(text, uuid, text, jsonb, text, text) to authenticated;

create function private.submit_listing(
  p_workspace_id text, p_listing_id uuid, p_version text, p_bundle jsonb, p_content_hash text, p_notes text
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_old record;
  v_new public.marketplace_listings;
begin
  v_old := private.own_listing(p_workspace_id, p_listing_id);
  perform private.require_feature(p_workspace_id, 'marketplace_publishing');
  perform private.refuse_unfit_state(v_old.listing, v_old.publisher);
  perform private.require_review_pace(p_workspace_id);

  if p_version is not null then
    perform private.add_version(v_old.listing, p_version, p_bundle, p_content_hash, p_notes);
  elsif (v_old.publisher).proposed is null
    and not ((v_old.listing).state = 'withdrawn' and (v_old.listing).version is not null)
  then
    perform private.raise_invalid_input('version',
      'There is nothing to be reviewed.', 'Give a version with its bundle, or change the listing with save_listing.');
  end if;
  perform private.refuse_missing_pictures(p_listing_id, coalesce(
    (v_old.publisher).proposed -> 'pictures', to_jsonb((v_old.listing).pictures)));
  perform private.hold_names(v_old.listing, v_old.publisher);

  update private.marketplace_publishers p
  set submitted_at = clock_timestamp(), review_note = null
  where p.listing_id = p_listing_id;
  update public.marketplace_listings l
  set state = case l.state when 'published' then 'published' else 'in_review' end, revision = l.revision + 1
  where l.id = p_listing_id
  returning * into v_new;
  perform private.tell_of_listing(p_workspace_id, v_old.listing, v_new);
  return private.own_listing_document(p_listing_id);
end;
$$;

comment on function private.submit_listing(text, uuid, text, jsonb, text, text) is
  'See public.submit_listing. Definer: no role writes listings.';

grant execute on function private.submit_listing(text, uuid, text, jsonb, text, text) to authenticated;

create function private.require_review_pace(p_workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_a_day constant integer := 20;
  v_charged record;
begin
  -- Counted apart: a listing that is deleted takes its versions along, and not every submission has one.
  v_charged := private.charge_bucket('marketplace/submit/' || p_workspace_id, c_most_a_day, interval '1 day', 1);
  if not v_charged.allowed then
    perform private.raise_error('rate_limited',
      'This workspace submitted many listings lately.', 'workspace_id',
      format('Try again in %s minutes.', ceil(v_charged.reset / 60.0)));
  end if;
end;
$$;

comment on function private.require_review_pace(text) is
  'Counts a submission of a workspace, of which there are 20 a day. Error: rate_limited. For definer functions.';

create function private.add_version(
  p_listing public.marketplace_listings, p_version text, p_bundle jsonb, p_content_hash text, p_notes text
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_versions constant integer := 100;
  v_latest public.marketplace_versions;
  v_before jsonb;
  v_text text;
begin
  perform private.refuse_problem(coalesce(
    private.version_problem('version', to_jsonb(p_version)),
    private.single_line_problem('notes', to_jsonb(coalesce(p_notes, '')), 0, 500),
    case when private.holds_address(to_jsonb(p_notes)) then
      private.document_problem('notes', 'This holds an address.', 'Say it without.')
    end,
    private.problem_below('bundle', private.bundle_problem(p_bundle)),
    case when p_bundle ->> 'kind' <> p_listing.kind then
      private.document_problem('bundle.kind', 'The listing is of another kind.', 'Begin another listing.')
    end,
    case when private.bundle_version(p_bundle) <> p_version then
      private.document_problem('bundle.content.version', 'The content says that it is another version.',
        'Give both the same version.')
    end,
    private.text_problem('content_hash', coalesce(to_jsonb(p_content_hash), 'null'), '^[0-9a-f]{64}$',
      'Give the SHA-256 of the bundle in the form of RFC 8785, in hexadecimal digits.')));
  v_text := private.canonical_json(p_bundle);
  if private.text_hash(v_text) <> p_content_hash then
    perform private.raise_invalid_input('content_hash',
      'The bundle has another hash.', 'Give the SHA-256 of the bundle as it is, in the form of RFC 8785.');
  end if;

  select v.* into v_latest
  from public.marketplace_versions v
  where v.listing_id = p_listing.id
  order by private.version_order(v.version) desc
  limit 1;
  if private.version_order(p_version) <= private.version_order(v_latest.version) then
    perform private.raise_error('conflict',
      'This version, or a higher one, was submitted before.', v_latest.version,
      'Give a higher version; `details` is the latest one.');
  end if;
  if c_most_versions <= (select count(*) from public.marketplace_versions v where v.listing_id = p_listing.id) then
    perform private.raise_error('conflict',
      'This listing has no room for another version.', c_most_versions::text,
      'Begin another listing; `details` is the limit.');
  end if;
  select b.bundle into v_before from private.marketplace_bundles b where b.content_hash = v_latest.content_hash;
  if (v_before #> '{content,id}', v_before #> '{content,type}')
    is distinct from (p_bundle #> '{content,id}', p_bundle #> '{content,type}')
    and v_before is not null and p_listing.kind = 'component'
  then
    perform private.raise_error('conflict',
      'The id and the type of a component stay what they are.', 'bundle', 'Begin another listing.');
  end if;

  perform private.keep_bundle(p_bundle, p_content_hash);
  insert into public.marketplace_versions (listing_id, version, content_hash, size, addresses, notes)
  values (p_listing.id, p_version, p_content_hash, octet_length(v_text),
    private.bundle_addresses(p_bundle), private.clean_text(coalesce(p_notes, '')));
end;
$$;

comment on function private.add_version(public.marketplace_listings, text, jsonb, text, text) is
  'Adds a version to a locked listing. Errors: invalid_input, conflict. For definer functions.';

create function private.hold_names(
  p_listing public.marketplace_listings, p_publisher private.marketplace_publishers
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_least constant uuid := '00000000-0000-0000-0000-000000000000';
  v_is_proposed constant boolean := p_publisher.proposed is not null;
  v_name constant text := private.name_form(coalesce(p_publisher.proposed ->> 'name', p_listing.name));
  v_author constant text := private.name_form(coalesce(p_publisher.proposed ->> 'author', p_listing.author));
  v_own constant uuid[] := array(
    select p.listing_id from private.marketplace_publishers p where p.workspace_id = p_publisher.workspace_id);
begin
  -- One after the other, or two that look alike would not see each other. Who has a copy takes what is called as it is
  -- for the same, also where its listing has another name since, or went with its workspace. Copies of one's own may be
  -- a million, which everybody would wait for. So in the order of names and listings, the last copy is looked at, where
  -- those without a listing stand, and the one that follows those of each listing of one's own. What is asked for is a
  -- place in that order, so that no other index looks good.
  perform pg_advisory_xact_lock(hashtextextended('names of the marketplace', 0));
  if exists (
    select from private.marketplace_publishers p
    where p.holds_names
      and (p.name_form = v_name or p.proposed_name_form = v_name)
      and p.listing_id <> p_listing.id)
    or (
      select private.name_form(i.name) = v_name and i.listing_id is null
      from public.marketplace_installs i
      where private.name_form(i.name) <= v_name
      order by private.name_form(i.name) desc, i.listing_id desc
      limit 1)
    or exists (
      select from unnest(array[c_least, p_listing.id]) as a (listing_id)
      cross join lateral (
        select private.name_form(i.name) as form, i.listing_id
        from public.marketplace_installs i
        where (private.name_form(i.name), i.listing_id) > (v_name, a.listing_id)
        order by private.name_form(i.name), i.listing_id
        limit 1
      ) as c
      where c.form = v_name and c.listing_id <> p_listing.id)
  then
    perform private.raise_error('conflict',
      'There is a listing, or a copy of one, whose name looks like this one.', 'name',
      'Give a name that nobody takes for another.');
  end if;
  if exists (
    select from private.marketplace_publishers p
    where p.holds_names
      and (p.author_form = v_author or p.proposed_author_form = v_author)
      and p.workspace_id <> p_publisher.workspace_id)
    or (
      select private.name_form(i.author) = v_author and i.listing_id is null
      from public.marketplace_installs i
      where private.name_form(i.author) <= v_author
      order by private.name_form(i.author) desc, i.listing_id desc
      limit 1)
    or exists (
      select from unnest(c_least || v_own) as a (listing_id)
      cross join lateral (
        select private.name_form(i.author) as form, i.listing_id
        from public.marketplace_installs i
        where (private.name_form(i.author), i.listing_id) > (v_author, a.listing_id)
        order by private.name_form(i.author), i.listing_id
        limit 1
      ) as c
      where c.form = v_author and c.listing_id <> all (v_own))
  then
    perform private.raise_error('conflict',
      'There is an author whose name looks like this one.', 'author', 'Give a name that nobody takes for another.');
  end if;
  -- What is offered is held besides what it would be called: an operator may refuse that.
  update private.marketplace_publishers p
  set name_form = case when v_is_proposed then p.name_form else v_name end,
    author_form = case when v_is_proposed then p.author_form else v_author end,
    proposed_name_form = case when v_is_proposed then v_name end,
    proposed_author_form = case when v_is_proposed then v_author end,
    holds_names = true
  where p.listing_id = p_listing.id;
end;
$$;

comment on function private.hold_names(public.marketplace_listings, private.marketplace_publishers) is
  'Keeps others from names that look like those of a listing. Error: conflict (name, author). For definer functions.';
