-- Removing the pictures of people who are gone, and those beyond what a person may have.
--
-- Deleting the row of a stored object, which the platform refuses unless one insists, would leave the bytes where
-- nobody can find them again. Only the Storage API removes both, so the database asks it to, as any client would:
-- pg_net sends the request after the transaction has committed, and none when it is taken back.
--
-- Which pictures to remove is not written down anywhere: it is every picture in the folder of an account that does
-- not exist, and in any other folder what came after the last that it may hold. So a request that failed is made
-- again by the next run, and accounts deleted in Studio, or uploads with a token that outlived its account, are
-- covered as well.
--
-- Threat: a secret key sent to somebody else's server (the address and the key are read from Vault, as `project_url`
-- and `secret_key`, and nothing of a request goes into the address).

create function private.remove_orphaned_avatars() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_url constant text := (select decrypted_secret from vault.decrypted_secrets where name = 'project_url');
  v_key constant text := (select decrypted_secret from vault.decrypted_secrets where name = 'secret_key');
  v_name text;
begin
  for v_name in
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
    limit 500
  loop
    if v_url is null or v_key is null then
      raise warning 'Pictures of deleted accounts wait for the Vault secrets "project_url" and "secret_key".';
      return;
    end if;
    perform net.http_delete(
      url := rtrim(v_url, '/') || '/storage/v1/object/avatars/' || private.url_encoded_path(v_name),
      headers := jsonb_build_object('apikey', v_key)
    );
  end loop;
end;
$$;

comment on function private.remove_orphaned_avatars() is
  'Asks the Storage API to remove up to 500 pictures of accounts that are gone or have too many. Runs by schedule and '
  'when an account is deleted. Definer: it reads Vault. Warns, and does nothing, while the secrets are not set.';
