-- What nobody has any more goes by schedule, and nothing is written down: what failed is asked for again.

create function private.remove_orphaned_marketplace_pictures() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_unnamed constant interval := '1 day';
begin
  perform private.remove_files('marketplace', array(
    select o.name
    from storage.objects o
    left join public.marketplace_listings l on l.id::text = (storage.foldername(o.name))[1]
    left join private.marketplace_publishers p on p.listing_id = l.id
    where o.bucket_id = 'marketplace'
      and (
        l.id is null
        or l.taken_down_at < now() - interval '30 days'
        or (
          o.created_at < now() - c_unnamed
          and o.name <> all (l.pictures)
          and not coalesce(p.proposed -> 'pictures', '[]') ? o.name))
    order by o.created_at
    limit 500));
end;
$$;

comment on function private.remove_orphaned_marketplace_pictures() is
  'Asks the Storage API to remove up to 500 pictures whose listing is gone or was taken down a month ago, or that no '
  'listing showed within a day. Runs by schedule. Definer: it reads Vault. Warns, and does nothing, while the secrets '
  'are not set.';

create function private.remove_orphaned_bundles() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from private.marketplace_bundles b
  where b.content_hash in (
    select x.content_hash
    from private.marketplace_bundles x
    where x.created_at < now() - interval '1 day'
      and not exists (select from public.marketplace_versions v where v.content_hash = x.content_hash)
      and not exists (select from public.marketplace_installs i where i.content_hash = x.content_hash)
      and not exists (select from private.marketplace_steps s where s.content_hash = x.content_hash)
    -- One that somebody names at this moment is held.
    for update skip locked
    limit 500);
end;
$$;

comment on function private.remove_orphaned_bundles() is
  'Removes up to 500 bundles of no version and no copy. Runs by schedule.';
