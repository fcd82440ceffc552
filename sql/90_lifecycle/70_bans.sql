-- An account that Auth bans (`auth.admin.updateUserById(id, { ban_duration })`). Auth gives it no other token; here its
-- sessions end, so that nothing of them comes back when the ban is over, and it joins no channel (16_realtime).
--
-- A token that was given before counts until it ends, at most an hour later: the platform's services look at its
-- signature and its time, and at no account. Who has to be shut out of a workspace at once is suspended there.

create function private.tg_end_sessions() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from auth.sessions where user_id = new.id;
  return null;
end;
$$;

comment on function private.tg_end_sessions() is
  'After an account is banned: its sessions end. Definer: sessions are Auth''s.';

create trigger end_sessions after update of banned_until on auth.users
  for each row when (new.banned_until is distinct from old.banned_until and new.banned_until > now())
  execute function private.tg_end_sessions();
