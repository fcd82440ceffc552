-- Removing the pictures of people who are gone, and those beyond what a person may have.
--
-- Which pictures to remove is not written down anywhere: it is every picture in the folder of an account that does
-- not exist, and in any other folder what came after the last that it may hold. So a request that failed is made
-- again by the next run, and accounts deleted in Studio, or uploads with a token that outlived its account, are
-- covered as well.

create function private.remove_orphaned_avatars() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.remove_files('avatars', array(
    select o.name
    from (
      select
        a.name, a.created_at, f.folder, row_number() over (partition by f.folder order by a.created_at, a.id) as place
      from storage.objects a
      cross join lateral (select (storage.foldername(a.name))[1]) as f (folder)
      where a.bucket_id = 'avatars'
    ) as o
    where o.place > private.avatar_limit()
      or not exists (select from public.profiles p where p.id::text = o.folder)
    order by o.created_at
    limit 500));
end;
$$;

comment on function private.remove_orphaned_avatars() is
  'Asks the Storage API to remove up to 500 pictures of accounts that are gone or have too many. Runs by schedule and '
  'when an account is deleted. Definer: it reads Vault. Warns, and does nothing, while the secrets are not set.';
