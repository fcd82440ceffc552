-- What people report about listings, for operators alone.

create table private.marketplace_reports (
  id uuid primary key default gen_random_uuid(),
  listing_id uuid not null references public.marketplace_listings (id) on delete cascade,
  reason text not null
    constraint marketplace_reports_reason_known check (
      reason in ('malicious', 'misleading', 'copyright', 'broken', 'other')),
  body text not null,
  reported_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz
);

-- One that is open of each person, who says all of it in one.
create unique index marketplace_reports_open_idx on private.marketplace_reports (listing_id, reported_by)
  where closed_at is null;
create index marketplace_reports_listing_idx on private.marketplace_reports (listing_id);
create index marketplace_reports_reported_by_idx on private.marketplace_reports (reported_by, created_at, id);
create index marketplace_reports_queue_idx on private.marketplace_reports (created_at, id) where closed_at is null;

alter table private.marketplace_reports enable row level security;

create policy marketplace_reports_select on private.marketplace_reports
  for select to authenticated using (false);

comment on table private.marketplace_reports is 'Reports about listings.';
comment on policy marketplace_reports_select on private.marketplace_reports is 'Nobody: operators read them.';
comment on column private.marketplace_reports.body is 'One line of at most 1,000 characters.';

create function private.export_marketplace_reports(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(r.created_at, r.id), jsonb_build_object(
      'listingId', r.listing_id,
      'reason', r.reason,
      'body', r.body,
      'createdAt', r.created_at
    )
    from private.marketplace_reports r
    where r.reported_by = p_user_id and (r.created_at, r.id) > (v_after[1]::timestamptz, v_after[2]::uuid)
    order by r.created_at, r.id;
  return v_rows;
end;
$$;

comment on function private.export_marketplace_reports(uuid, text) is 'What the person reported about listings.';
