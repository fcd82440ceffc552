-- What people report about listings, read and closed by operators: servers with the secret key.

create function public.list_listing_reports(after text default null, per_page integer default 20) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_listing_reports(after, per_page);
end;
$$;

comment on function public.list_listing_reports(text, integer) is
  'A page of the reports that are open, the first ones at the beginning: {reports, next} (reportPageSchema of '
  'types/marketplace.ts). Who reported is not told. For the server alone. Errors: invalid_input (after, per_page).';

grant execute on function public.list_listing_reports(text, integer) to service_role;

create function private.list_listing_reports(p_after text, p_per_page integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_page jsonb[];
  v_places jsonb[];
begin
  perform private.require_page('asc', 1, p_per_page);
  select
    array_agg(
      jsonb_build_object(
        'id', s.id, 'listingId', s.listing_id, 'name', s.name, 'reason', s.reason, 'body', s.body,
        'createdAt', private.timestamp_text(s.created_at), 'closedAt', null)
      order by s.created_at, s.id),
    array_agg(jsonb_build_array(s.created_at, s.id) order by s.created_at, s.id)
  into v_page, v_places
  from (
    select r.*, l.name
    from private.marketplace_reports r
    join public.marketplace_listings l on l.id = r.listing_id
    where r.closed_at is null and (r.created_at, r.id) > (v_after[1]::timestamptz, v_after[2]::uuid)
    order by r.created_at, r.id
    limit p_per_page + 1
  ) as s;
  return jsonb_build_object(
    'reports', coalesce(to_jsonb(v_page[1:p_per_page]), '[]'),
    'next', case when cardinality(v_page) > p_per_page then v_places[p_per_page]::text end);
end;
$$;

comment on function private.list_listing_reports(text, integer) is
  'See public.list_listing_reports. Definer: no role reads reports.';

grant execute on function private.list_listing_reports(text, integer) to service_role;

create function public.close_listing_report(report_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.close_listing_report(report_id);
end;
$$;

comment on function public.close_listing_report(uuid) is
  'Closes a report that was looked at. For the server alone. Error: not_found (report_id).';

grant execute on function public.close_listing_report(uuid) to service_role;

create function private.close_listing_report(p_report_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.marketplace_reports r
  set closed_at = coalesce(r.closed_at, now())
  where r.id = p_report_id;
  if not found then
    perform private.raise_error('not_found',
      'There is no such report.', 'report_id', 'Read list_listing_reports again.');
  end if;
end;
$$;

comment on function private.close_listing_report(uuid) is
  'See public.close_listing_report. Definer: no role writes reports.';

grant execute on function private.close_listing_report(uuid) to service_role;
