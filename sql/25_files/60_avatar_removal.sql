-- Removing the pictures of people who are gone.
--
-- Which pictures to remove is not written down anywhere: it is every picture in the folder of an account that does
-- not exist. So a request that failed is made again by a later run, and accounts deleted in Studio, or uploads with a
-- token that outlived its account, are covered as well. Each run looks at the next so many (private.sweep_files); whose
-- account is deleted here does not wait for it.

create function private.remove_avatars_of(p_user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.remove_files('avatars', array(
    select o.name
    from storage.objects o
    -- By bytes, which the index for prefixes is in, 0 follows /.
    where o.bucket_id = 'avatars' and o.name ~>=~ (p_user_id || '/') and o.name ~<~ (p_user_id || '0')
    order by o.name));
end;
$$;

comment on function private.remove_avatars_of(uuid) is
  'Asks the Storage API to remove the pictures of one person. For definer functions.';

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
    where not exists (select from public.profiles p where p.id::text = split_part(a.name, '/', 1))
    order by a.place));
end;
$$;

comment on function private.remove_orphaned_avatars() is
  'Asks the Storage API to remove, of the next 1,000 pictures, those of accounts that are gone. Runs by schedule. '
  'Definer: it reads Vault. Warns, and asks for nothing, while the secrets are not set.';
