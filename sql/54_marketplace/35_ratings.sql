-- What installing workspaces think of listings: one rating each. Which workspace gave it is for nobody.
--
-- Threats: people who rate their own (a workspace that shares a person with the one behind the listing does not count);
-- accounts that rate each other (of two workspaces that rate each other's listings neither counts). Neither is told to
-- who tries: a refusal would say whose listing it is.

create table private.marketplace_ratings (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  listing_id uuid not null references public.marketplace_listings (id) on delete cascade,
  stars integer not null
    constraint marketplace_ratings_stars_range check (stars between 1 and 5),
  is_counted boolean not null,
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
comment on column private.marketplace_ratings.is_counted is 'Whether it is part of the average.';

create trigger marketplace_ratings_set_updated_at before update of stars on private.marketplace_ratings
  for each row execute function private.tg_set_updated_at();

create function private.share_people(p_one text, p_other text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_one = p_other or exists (
    select
    from public.workspace_members m
    join public.workspace_members o on o.user_id = m.user_id and o.workspace_id = p_other
    where m.workspace_id = p_one);
end;
$$;

comment on function private.share_people(text, text) is
  'Whether somebody is, in whatever role or status, in both workspaces. For definer functions, which tell nobody.';

create function private.counts_as_rating(p_workspace_id text, p_listing_id uuid) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_publisher constant text := (
    select p.workspace_id from private.marketplace_publishers p where p.listing_id = p_listing_id);
begin
  return v_publisher is not null
    and not private.share_people(p_workspace_id, v_publisher)
    and not exists (
      select
      from private.marketplace_ratings r
      join private.marketplace_publishers p on p.listing_id = r.listing_id
      where r.workspace_id = v_publisher and p.workspace_id = p_workspace_id);
end;
$$;

comment on function private.counts_as_rating(text, uuid) is
  'Whether what a workspace thinks of a listing is part of its average. For definer functions.';

create function private.tg_marketplace_ratings_count() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listing_id constant uuid := coalesce(new.listing_id, old.listing_id);
begin
  -- Before the sum is taken, so that of two at once the second adds up what the first gave.
  perform from public.marketplace_listings l where l.id = v_listing_id for no key update;
  update public.marketplace_listings l
  set rating_count = r.number,
    rating_sum = r.stars,
    rating_rank = (r.stars + 15) * 10000 / (r.number + 5)
  from (
    select count(*)::integer as number, coalesce(sum(x.stars), 0)::integer as stars
    from private.marketplace_ratings x
    where x.listing_id = v_listing_id and x.is_counted
  ) as r
  where l.id = v_listing_id and (l.rating_count, l.rating_sum) is distinct from (r.number, r.stars);
  return null;
end;
$$;

comment on function private.tg_marketplace_ratings_count() is
  'After a rating is given, changed or gone: the average of its listing follows. Definer: no role writes listings.';

create trigger marketplace_ratings_count
  after insert or delete or update of stars, is_counted on private.marketplace_ratings
  for each row execute function private.tg_marketplace_ratings_count();

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
