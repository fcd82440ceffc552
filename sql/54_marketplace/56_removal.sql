-- What nobody has any more goes by schedule, and nothing is written down: what failed is asked for again.
--
-- Of pictures, which everybody reads who has the address, each run looks at the next so many (private.sweep_files);
-- those of a listing that is deleted do not wait for it.

create function private.tg_marketplace_listings_remove_pictures() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.remove_files('marketplace', array(
    select o.name
    from deleted d
    -- "offset 0": by the index of prefixes, whose order is that of bytes: "0" comes after "/".
    cross join lateral (
      select x.bucket_id, x.name
      from storage.objects x
      where x.name ~>=~ (d.id || '/') and x.name ~<~ (d.id || '0')
      offset 0
    ) as o
    where o.bucket_id = 'marketplace'
    order by o.name));
  return null;
end;
$$;

comment on function private.tg_marketplace_listings_remove_pictures() is
  'After listings, the transition table `deleted`, are gone: asks the Storage API to remove their pictures. Definer: '
  'it reads Vault.';

create trigger marketplace_listings_remove_pictures after delete on public.marketplace_listings
  referencing old table as deleted
  for each statement execute function private.tg_marketplace_listings_remove_pictures();

create function private.remove_orphaned_marketplace_pictures() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_unnamed constant interval := '1 day';
  v_names constant text[] := private.sweep_files('marketplace', 1000);
begin
  perform private.remove_files('marketplace', array(
    select o.name
    from storage.objects o
    -- By the key of listings; a folder that is none in the spelling of uploads is of no listing.
    left join public.marketplace_listings l
      on l.id = case when pg_input_is_valid(split_part(o.name, '/', 1), 'uuid')
        then split_part(o.name, '/', 1)::uuid end
      and starts_with(o.name, l.id || '/')
    left join private.marketplace_publishers p on p.listing_id = l.id
    where o.bucket_id = 'marketplace'
      and o.name = any (v_names)
      and (
        l.id is null
        or l.taken_down_at < now() - interval '30 days'
        or (
          o.created_at < now() - c_unnamed
          and o.name <> all (l.pictures)
          and not coalesce(p.proposed -> 'pictures', '[]') ? o.name))
    order by o.name));
end;
$$;

comment on function private.remove_orphaned_marketplace_pictures() is
  'Asks the Storage API to remove, of the next 1,000 pictures, those whose listing is gone or was taken down a month '
  'ago, or that no listing showed within a day. Runs by schedule. Definer: it reads Vault. Warns, and asks for '
  'nothing, while the secrets are not set.';

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
