-- The name of somebody whose account is deleted does not live on in what others were told, nor does the address of one
-- who declined an invitation and was known by nothing else.

create function private.tg_profiles_leave_notifications() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_nobody constant text := 'A deleted user';
begin
  -- A title that names who did it begins with the name, so that a name of one letter is found at one place.
  update public.notifications n
  set actor_id = null,
    payload = n.payload || '{"actor": null}',
    title = case
      when starts_with(n.title, concat(n.payload #>> '{actor,name}', ' '))
        then left(c_nobody || substr(n.title, char_length(n.payload #>> '{actor,name}') + 1), 200)
      else n.title
    end
  where n.actor_id = old.id;
  update public.notifications n
  set payload = n.payload || '{"email": null}',
    title = case
      when starts_with(n.title, concat(n.payload ->> 'email', ' '))
        then left(c_nobody || substr(n.title, char_length(n.payload ->> 'email') + 1), 200)
      else n.title
    end
  where n.kind = 'invitation_declined' and n.payload ->> 'email' = lower(old.email);
  return null;
end;
$$;

comment on function private.tg_profiles_leave_notifications() is
  'After a profile is deleted: what others were told names nobody any more. Definer: no role writes notifications.';

create index notifications_declined_idx on public.notifications ((payload ->> 'email'))
  where kind = 'invitation_declined';

-- After the references of the profile, by name: what others come to is locked last.
create trigger profiles_leave_notifications after delete on public.profiles
  for each row execute function private.tg_profiles_leave_notifications();
