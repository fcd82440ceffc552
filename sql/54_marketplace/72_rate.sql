-- Rating and reporting a listing.
--
-- Threats: many ratings of one workspace (its second replaces the first); a rating without use (a copy has to be
-- installed); people who rate what is theirs, or each other's (54_numbers.sql); reports that flood operators (one open
-- report of a person about a listing, few a day).

create function public.rate_listing(workspace_id text, listing_id uuid, stars integer) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.rate_listing(workspace_id, listing_id, stars);
end;
$$;

comment on function public.rate_listing(text, uuid, integer) is
  'Says what a workspace thinks of a listing that it has installed, or has rated, 1 to 5 stars, in place of what it '
  'said before, and returns the listing (listingSchema of types/marketplace.ts), whose average follows within a day. '
  'Takes marketplace.install. Errors: not_found (workspace_id, listing_id), permission_denied, invalid_input (stars), '
  'conflict (listing_id for one''s own, and for one that is not installed).';

grant execute on function public.rate_listing(text, uuid, integer) to authenticated;

create function private.rate_listing(p_workspace_id text, p_listing_id uuid, p_stars integer) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_to_install(p_workspace_id, null);
  if (p_stars between 1 and 5) is not true then
    perform private.raise_invalid_input('stars', 'A rating has 1 to 5 stars.', 'Give a whole number from 1 to 5.');
  end if;
  perform private.published_listing(p_listing_id);
  -- Known to who is in both; what others are in is not told.
  if exists (
    select
    from private.active_memberships a
    join private.marketplace_publishers p on p.workspace_id = a.workspace_id
    where p.listing_id = p_listing_id)
  then
    perform private.raise_error('conflict',
      'Nobody rates a listing of a workspace that they are in.', 'listing_id', 'Rate what others have made.');
  end if;
  if not exists (
    select from public.marketplace_installs i
    where i.workspace_id = p_workspace_id and i.listing_id = p_listing_id)
    -- What was said stays, and can be said otherwise, when the copy is gone.
    and not exists (
      select from private.marketplace_ratings r
      where r.workspace_id = p_workspace_id and r.listing_id = p_listing_id)
  then
    perform private.raise_error('conflict',
      'This workspace has not installed the listing.', 'listing_id', 'Install it first.');
  end if;

  perform private.hold_membership(p_workspace_id);
  perform private.hold_listing(p_listing_id);
  insert into private.marketplace_ratings (workspace_id, listing_id, stars, rated_by)
  values (p_workspace_id, p_listing_id, p_stars, private.person_id())
  on conflict (workspace_id, listing_id) do update
  set stars = excluded.stars, rated_by = excluded.rated_by;
  return (select private.listing_document(l) from public.marketplace_listings l where l.id = p_listing_id);
end;
$$;

comment on function private.rate_listing(text, uuid, integer) is
  'See public.rate_listing. Definer: no role writes ratings.';

grant execute on function private.rate_listing(text, uuid, integer) to authenticated;

create function public.report_listing(listing_id uuid, reason text, body text default '') returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.report_listing(listing_id, reason, body);
end;
$$;

comment on function public.report_listing(uuid, text, text) is
  'Tells operators that something is wrong with a listing: malicious, misleading, copyright, broken or other, and a '
  'line of at most 1,000 characters. While a report of the caller''s is open, another one takes its place. Errors: '
  'not_found (listing_id), permission_denied (person), invalid_input (reason, body), rate_limited (20 a day).';

grant execute on function public.report_listing(uuid, text, text) to authenticated;

create function private.report_listing(p_listing_id uuid, p_reason text, p_body text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_a_day constant integer := 20;
  v_user_id constant uuid := auth.uid();
begin
  perform private.require_person();
  perform private.hold_account();
  if p_reason is null or p_reason not in ('malicious', 'misleading', 'copyright', 'broken', 'other') then
    perform private.raise_invalid_input('reason',
      'There is no such reason.', 'Give "malicious", "misleading", "copyright", "broken" or "other".');
  end if;
  perform private.refuse_problem(private.single_line_problem('body', to_jsonb(coalesce(p_body, '')), 0, 1000));
  perform private.published_listing(p_listing_id);
  perform pg_advisory_xact_lock(hashtextextended('marketplace_reports of ' || v_user_id, 0));
  if c_most_a_day <= (
    select count(*)
    from private.marketplace_reports r
    where r.reported_by = v_user_id and r.created_at > now() - interval '1 day')
  then
    perform private.raise_error('rate_limited',
      'This account reported many listings lately.', 'person', 'Wait until tomorrow.');
  end if;
  perform private.hold_listing(p_listing_id);
  insert into private.marketplace_reports (listing_id, reason, body, reported_by)
  values (p_listing_id, p_reason, private.clean_text(coalesce(p_body, '')), v_user_id)
  on conflict (listing_id, reported_by) where closed_at is null do update
  set reason = excluded.reason, body = excluded.body;
end;
$$;

comment on function private.report_listing(uuid, text, text) is
  'See public.report_listing. Definer: no role writes reports.';

grant execute on function private.report_listing(uuid, text, text) to authenticated;
