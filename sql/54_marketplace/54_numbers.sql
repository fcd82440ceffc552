-- What is told of how many have installed a listing, and of what they think of it: the numbers that people choose by.
--
-- A workspace counts once it is a week old, unless somebody is both in it and in the one behind the listing; and of two
-- workspaces that rate each other's listings neither rating counts. Nothing is refused for that. Of the workspaces that
-- one person made, and of those in which one person installed or rated, one counts: so there are never more installs or
-- ratings than accounts.
--
-- Threats: people who install and rate their own, and accounts that rate each other (they do not count); one person who
-- installs and rates in many workspaces (counted once; when the account that made them is gone, the one that runs them
-- stands for it, or to delete it would make many of one); a number that moves or stays where one workspace installs or
-- rates, and so tells whose people are behind a listing (numbers are told once a day and in steps, from three on, the
-- average in half stars and of few with each step, and the orders know no more); a rating that makes everybody wait who
-- writes about the same listing (nothing but the job writes numbers).

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

create function private.counts_for(p_workspace_id text, p_publisher_id text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_settled constant interval := '7 days';
begin
  return exists (
      select from public.workspaces w where w.id = p_workspace_id and w.created_at <= now() - c_settled)
    and not private.share_people(p_workspace_id, p_publisher_id);
end;
$$;

comment on function private.counts_for(text, text) is
  'Whether what a workspace installs and rates counts for listings of another. For definer functions.';

create function private.rate_each_other(p_one text, p_other text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return not exists (
    select
    from (values (p_one, p_other), (p_other, p_one)) as d (rater, rated)
    where not exists (
      select
      from private.marketplace_ratings r
      join private.marketplace_publishers p on p.listing_id = r.listing_id and p.workspace_id = d.rated
      where r.workspace_id = d.rater));
end;
$$;

comment on function private.rate_each_other(text, text) is
  'Whether each of two workspaces has rated a listing of the other. For definer functions, which tell nobody.';

create function private.told_number(p_number bigint) returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_power constant integer := (10::numeric ^ (length(p_number::text) - 1))::integer;
begin
  return case
    when p_number < 3 then 0
    when p_number < 5 then 3
    when p_number >= 5 * v_power then 5 * v_power
    when p_number >= 2 * v_power then 2 * v_power
    else v_power
  end;
end;
$$;

comment on function private.told_number(bigint) is
  'What is told of a number: 0 for less than three, else the last of 3, 5, 10, 20, 50, 100 and so on that it reached.';

create function private.recount_marketplace() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Of fewer, one rating moves the average by more than it is rounded to.
  c_many constant integer := 20;
begin
  -- Looked up for the workspaces that are asked for, and not made for all.
  with makers as not materialized (
    select w.id as workspace_id, coalesce(w.created_by, private.first_admin(w.id)) as person
    from public.workspaces w
  ), installs as (
    select i.listing_id,
      least(count(distinct m.person), count(distinct coalesce(s.installed_by, m.person))) as number
    from public.marketplace_installs i
    join private.marketplace_publishers p on p.listing_id = i.listing_id
    join makers m on m.workspace_id = i.workspace_id
    left join private.marketplace_steps s on s.workspace_id = i.workspace_id and s.install_id = i.id and s.number = 1
    where private.counts_for(i.workspace_id, p.workspace_id)
    group by i.listing_id
  ), by_raters as (
    select distinct on (r.listing_id, coalesce(r.rated_by, m.person))
      r.listing_id, r.workspace_id, r.stars, r.updated_at, m.person as maker
    from private.marketplace_ratings r
    join private.marketplace_publishers p on p.listing_id = r.listing_id
    join makers m on m.workspace_id = r.workspace_id
    where private.counts_for(r.workspace_id, p.workspace_id)
      and not private.rate_each_other(r.workspace_id, p.workspace_id)
    order by r.listing_id, coalesce(r.rated_by, m.person), r.updated_at desc, r.workspace_id
  ), by_people as (
    select distinct on (b.listing_id, b.maker) b.listing_id, b.stars
    from by_raters b
    order by b.listing_id, b.maker, b.updated_at desc, b.workspace_id
  ), ratings as (
    select b.listing_id, count(*) as number, avg(b.stars) as average from by_people b group by b.listing_id
  ), told as (
    select l.id, private.told_number(coalesce(i.number, 0)) as installs,
      private.told_number(coalesce(r.number, 0)) as ratings,
      case
        when private.told_number(r.number) = l.rating_count and r.number < c_many then l.rating_average
        when private.told_number(r.number) > 0 then round(r.average * 2) / 2
      end as average
    from public.marketplace_listings l
    left join installs i on i.listing_id = l.id
    left join ratings r on r.listing_id = l.id
  ), held as (
    select l.id, t.installs, t.ratings, t.average
    from public.marketplace_listings l
    join told t on t.id = l.id
    where (l.install_count, l.rating_count, l.rating_average) is distinct from (t.installs, t.ratings, t.average)
    -- Whoever writes one at this moment is not waited for: it is told of the next time.
    for no key update of l skip locked
  )
  update public.marketplace_listings l
  set install_count = h.installs,
    rating_count = h.ratings,
    rating_average = h.average,
    rating_rank = (coalesce(h.average * h.ratings, 0) + 15) * 10000 / (h.ratings + 5)
  from held h
  where l.id = h.id;
end;
$$;

comment on function private.recount_marketplace() is
  'Tells of all listings how many have installed them and what they think. Runs by schedule, once a day.';
