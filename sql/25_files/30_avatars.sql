-- Who may write which file; how many, and of which kind, is in 20_buckets.sql. Storage itself is the platform's; these
-- are the policies on its table of objects (which only its owner may comment on).
--
-- avatars: everyone reads a picture by its public address, which needs no policy; a person lists, writes and removes
-- only what lies in the folder named after their own id.
--
-- Threats: a file in another person's folder, also by moving one there (an update is checked by its new name too);
-- files of accounts that are gone (60_avatar_removal.sql).

create policy avatars_select on storage.objects
  for select to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);

-- A token outlives its account by up to an hour: without a profile there is no folder to write into.
create policy avatars_insert on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'avatars'
    and (storage.foldername(name))[1] = (select p.id::text from public.profiles p where p.id = (select auth.uid()))
  );

create policy avatars_update on storage.objects
  for update to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (
    bucket_id = 'avatars'
    and (storage.foldername(name))[1] = (select p.id::text from public.profiles p where p.id = (select auth.uid()))
  );

create policy avatars_delete on storage.objects
  for delete to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);

create function private.export_files(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(o.name), jsonb_build_object(
      'bucket', o.bucket_id,
      'path', o.name,
      'size', (o.metadata ->> 'size')::bigint,
      'type', o.metadata ->> 'mimetype',
      'createdAt', o.created_at,
      'updatedAt', o.updated_at
    )
    from storage.objects o
    where o.bucket_id = 'avatars' and starts_with(o.name, p_user_id::text || '/') and o.name > v_after[1]
    order by o.name;
  return v_rows;
end;
$$;

comment on function private.export_files(uuid, text) is
  'The files in the person''s own folder, by name and size; their bytes are downloaded from Storage.';
