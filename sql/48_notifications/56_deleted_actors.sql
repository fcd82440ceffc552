-- The name of somebody whose account is deleted does not live on in what others were told. Who declined an invitation
-- was known by their address and by nothing else: it goes with the account, and when they have another one, since from
-- then on nothing tells whose it was.

create function private.forget_who_declined(p_email text, p_name text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.notifications n
  set payload = n.payload || '{"email": null}',
    title = case
      when starts_with(n.title, concat(n.payload ->> 'email', ' '))
        then left(p_name || substr(n.title, char_length(n.payload ->> 'email') + 1), 200)
      else n.title
    end
  where n.kind = 'invitation_declined' and n.payload ->> 'email' = lower(p_email);
end;
$$;

comment on function private.forget_who_declined(text, text) is
  'Takes an address from what others were told of invitations that it declined, with what stands in its place at the '
  'beginning of the title. For definer functions.';

create index notifications_declined_idx on public.notifications ((payload ->> 'email'))
  where kind = 'invitation_declined';

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
  perform private.forget_who_declined(old.email, c_nobody);
  return null;
end;
$$;

comment on function private.tg_profiles_leave_notifications() is
  'After a profile is deleted: what others were told names nobody any more. Definer: no role writes notifications.';

-- After the references of the profile, by name: what others come to is locked last.
create trigger profiles_leave_notifications after delete on public.profiles
  for each row execute function private.tg_profiles_leave_notifications();

create function private.tg_profiles_leave_address() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.forget_who_declined(old.email, 'Somebody with another address');
  return null;
end;
$$;

comment on function private.tg_profiles_leave_address() is
  'After the address of a profile has changed: what others were told no longer has the former one. Definer: no role '
  'writes notifications.';

create trigger profiles_leave_address after update of email on public.profiles
  for each row when (lower(old.email) is distinct from lower(new.email))
  execute function private.tg_profiles_leave_address();
