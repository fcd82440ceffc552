-- Removing the pictures of people who are gone.
--
-- Which pictures to remove is not written down anywhere: it is every picture in the folder of an account that does
-- not exist. So a request that failed is made again by a later run, and uploads with a token that outlived its account
-- are covered as well. Each run looks at the next so many (private.sweep_files); the
-- pictures that an account leaves do not wait for it, however it ends: everybody reads them who has the address.

create function private.tg_profiles_remove_avatars() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.remove_files('avatars', array(
    select o.name
    from storage.objects o
    -- By bytes, which the index for prefixes is in, 0 follows /.
    where o.bucket_id = 'avatars' and o.name ~>=~ (old.id || '/') and o.name ~<~ (old.id || '0')
    order by o.name));
  return null;
end;
$$;

comment on function private.tg_profiles_remove_avatars() is
  'After a profile is gone, by whatever hand: asks the Storage API to remove the pictures of the person. Definer: it '
  'reads Vault.';

create trigger profiles_remove_avatars after delete on public.profiles
  for each row execute function private.tg_profiles_remove_avatars();

create function private.remove_orphaned_avatars() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_names constant text[] := private.sweep_files('avatars', 1000);
begin
  perform private.remove_files('avatars', array(
    select a.name
    from unnest(v_names) with ordinality as a (name, place)
    -- By the key of profiles; a folder that is no account in the spelling of uploads is nobody's.
    where not exists (
      select
      from public.profiles p
      where p.id = case when pg_input_is_valid(split_part(a.name, '/', 1), 'uuid')
          then split_part(a.name, '/', 1)::uuid end
        and starts_with(a.name, p.id || '/'))
    order by a.place));
end;
$$;

comment on function private.remove_orphaned_avatars() is
  'Asks the Storage API to remove, of the next 1,000 pictures, those of accounts that are gone. Runs by schedule. '
  'Definer: it reads Vault. Warns, and asks for nothing, while the secrets are not set.';
