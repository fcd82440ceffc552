-- A picture that is removed, or moved, is nobody's picture any more: without this a profile would go on showing the
-- address of a file that is not there.

create function private.tg_objects_clear_avatar() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if pg_input_is_valid(split_part(old.name, '/', 1), 'uuid') then
    update public.profiles p
    set avatar_path = null
    where p.id = split_part(old.name, '/', 1)::uuid and p.avatar_path = old.name;
  end if;
  return null;
end;
$$;

comment on function private.tg_objects_clear_avatar() is
  'After a file of the bucket avatars is removed or gets another name: the profile that shows it shows none. Definer: '
  'whoever removes it need not be the person.';

create trigger clear_avatar_removed after delete on storage.objects
  for each row when (old.bucket_id = 'avatars')
  execute function private.tg_objects_clear_avatar();
create trigger clear_avatar_moved after update of name, bucket_id on storage.objects
  for each row when (old.bucket_id = 'avatars' and (new.bucket_id, new.name) is distinct from (old.bucket_id, old.name))
  execute function private.tg_objects_clear_avatar();
