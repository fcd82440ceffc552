-- A profile shows a file that is there: who chooses one that is not is told so, and a picture that is removed or moved
-- is nobody's picture any more. Otherwise colleagues would be given the address of nothing.
--
-- Threats: a picture that is chosen while it is removed (both take the profile's row first, and then look again).

create function private.tg_profiles_validate_picture() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from storage.objects o where o.bucket_id = 'avatars' and o.name = new.avatar_path) then
    perform private.raise_invalid_input('avatar_path',
      'There is no such picture.',
      'Upload the picture to the bucket "avatars" as "<your user id>/<file name>" and give that path.');
  end if;
  return new;
end;
$$;

comment on function private.tg_profiles_validate_picture() is
  'Before a picture is chosen: refuses one that is not there. Definer: whoever writes the profile need not see the '
  'files of the person.';

-- After profiles_validate, by name: in which folder a path may lie is asked first, and tells nothing of its files.
create trigger profiles_validate_picture before insert or update of avatar_path on public.profiles
  for each row when (new.avatar_path is not null)
  execute function private.tg_profiles_validate_picture();

create function private.tg_objects_clear_avatar() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_folder constant text := split_part(old.name, '/', 1);
begin
  if pg_input_is_valid(v_folder, 'uuid') then
    -- An update alone does not wait for a profile that shows another picture yet.
    perform from public.profiles p where p.id = v_folder::uuid for no key update;
    update public.profiles p
    set avatar_path = null
    where p.id = v_folder::uuid and p.avatar_path = old.name;
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
