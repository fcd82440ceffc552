-- What installing workspaces think of listings: one rating each. Which workspace gave it is for nobody, and which
-- ratings count is told by no number (54_numbers.sql).

create table private.marketplace_ratings (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  listing_id uuid not null references public.marketplace_listings (id) on delete cascade,
  stars integer not null
    constraint marketplace_ratings_stars_range check (stars between 1 and 5),
  rated_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, listing_id)
);

create index marketplace_ratings_listing_idx on private.marketplace_ratings (listing_id);
create index marketplace_ratings_rated_by_idx on private.marketplace_ratings (rated_by, created_at, listing_id);

alter table private.marketplace_ratings enable row level security;

create policy marketplace_ratings_select on private.marketplace_ratings
  for select to authenticated using (false);

comment on table private.marketplace_ratings is 'One rating of each installing workspace.';
comment on policy marketplace_ratings_select on private.marketplace_ratings is 'Nobody: listings have the average.';

create trigger marketplace_ratings_set_updated_at before update of stars on private.marketplace_ratings
  for each row execute function private.tg_set_updated_at();

create function private.export_marketplace_ratings(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(r.created_at, r.listing_id), jsonb_build_object(
      'workspaceId', r.workspace_id,
      'listingId', r.listing_id,
      'stars', r.stars,
      'createdAt', r.created_at,
      'updatedAt', r.updated_at
    )
    from private.marketplace_ratings r
    where r.rated_by = p_user_id
      and (r.created_at, r.listing_id) > (v_after[1]::timestamptz, v_after[2]::uuid)
    order by r.created_at, r.listing_id;
  return v_rows;
end;
$$;

comment on function private.export_marketplace_ratings(uuid, text) is 'The ratings that the person gave last.';
