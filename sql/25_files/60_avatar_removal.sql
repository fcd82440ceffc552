-- Removing the pictures of people who are gone.
--
-- Which pictures to remove is not written down anywhere: it is every picture in the folder of an account that does
-- not exist. So a request that failed is made again by the next run, and accounts deleted in Studio, or uploads with a
-- token that outlived its account, are covered as well.

create function private.remove_orphaned_avatars() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.remove_files('avatars', array(
    select a.name
    from storage.objects a
    where a.bucket_id = 'avatars'
      and not exists (select from public.profiles p where p.id::text = (storage.foldername(a.name))[1])
    order by a.created_at
    limit 500));
end;
$$;

comment on function private.remove_orphaned_avatars() is
  'Asks the Storage API to remove up to 500 pictures of accounts that are gone. Runs by schedule and when '
  'an account is deleted. Definer: it reads Vault. Warns, and does nothing, while the secrets are not set.';
