-- The pictures of listings, in the public bucket `marketplace`: <listing>/<uuid>.<extension>. The path leads to the
-- listing and not to a workspace, and nobody lists or guesses it before the listing shows it.
--
-- Who may publish in the workspace behind a listing uploads there and removes; nobody replaces a file, since what an
-- operator has seen stays what it is (25_files/20_buckets.sql). Files that no listing shows go after a day
-- (56_removal.sql).

create policy marketplace_pictures_select on storage.objects
  for select to authenticated
  using (
    bucket_id = 'marketplace'
    and (storage.foldername(name))[1] = any (
      array(select l.id::text from unnest((select private.listings_of_caller())) as l (id)))
  );

create function private.may_add_picture(p_name text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if (octet_length(p_name) <= 255 and p_name ~ private.listing_picture_pattern()) is not true then
    return false;
  end if;
  return split_part(p_name, '/', 1)::uuid = any (private.listings_of_caller());
end;
$$;

comment on function private.may_add_picture(text) is
  'Whether the caller may upload a file of this name into the bucket marketplace. Definer: it reads who publishes '
  'what, which clients do not.';

grant execute on function private.may_add_picture(text) to authenticated;

create policy marketplace_pictures_insert on storage.objects
  for insert to authenticated
  with check (bucket_id = 'marketplace' and (select private.may_add_picture(name)));

create function private.is_held_picture(p_name text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_folder constant text := split_part(p_name, '/', 1);
begin
  return pg_input_is_valid(v_folder, 'uuid') and exists (
    select
    from public.marketplace_listings l
    join private.marketplace_publishers p on p.listing_id = l.id
    where l.id = v_folder::uuid
      and (
        p_name = any (l.pictures)
        or (p.submitted_at is not null and coalesce(p.proposed -> 'pictures', '[]') ? p_name)
      ));
end;
$$;

comment on function private.is_held_picture(text) is
  'Whether a listing shows a file, or an operator looks at it. Definer: nobody reads what is proposed.';

grant execute on function private.is_held_picture(text) to authenticated;

-- One that a listing shows stays until it is shown no more; and so does what an operator is looking at, or another file
-- could be put in its place.
create policy marketplace_pictures_delete on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'marketplace'
    and (storage.foldername(name))[1] = any (
      array(select l.id::text from unnest((select private.listings_of_caller())) as l (id)))
    and not (select private.is_held_picture(name))
  );
