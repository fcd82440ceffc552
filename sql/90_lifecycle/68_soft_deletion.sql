-- An account that Auth keeps without the person: `auth.admin.deleteUser(id, true)` hashes the address, takes the
-- sessions away, and sets `deleted_at` in place of deleting the row. Here it is gone all the same.
--
-- Threats: a workspace kept by an administrator who can never come back (the end of the profile ends the memberships,
-- and is refused as any end of a last admin is); a hashed address in a list of people (no list names anybody without a
-- profile); a token that outlives the account (it finds what the token of a deleted account finds).

create function private.tg_delete_profile() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.profiles where id = new.id;
  return null;
end;
$$;

comment on function private.tg_delete_profile() is
  'After an account is soft-deleted: its profile goes, and with it all that goes with an account. Errors: last_admin, '
  'conflict (subscription, checkout). Definer: Auth''s own role may not write profiles.';

create trigger delete_profile after update of deleted_at on auth.users
  for each row when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_delete_profile();
