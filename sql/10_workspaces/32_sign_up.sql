-- What happens here when Auth makes an account or changes its address.
--
-- Auth writes as a role that may touch nothing of ours, so both functions are definer. Neither may fail because
-- of what a stranger typed: an error here is a sign-up refused with a meaningless 500.

create function private.profile_name(p_metadata jsonb, p_email text) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_candidate text;
begin
  foreach v_candidate in array array[
    case when jsonb_typeof(p_metadata -> 'name') = 'string' then p_metadata ->> 'name' end,
    case when jsonb_typeof(p_metadata -> 'full_name') = 'string' then p_metadata ->> 'full_name' end,
    split_part(p_email, '@', 1)
  ] loop
    -- The first characters alone are looked at: everybody's sign-ins wait while one is made. Cleaned again after the
    -- cut, which may end in a space; without the "<" where HTML would begin, of which none may be left to form another.
    v_candidate := private.clean_text(left(v_candidate, private.largest_line() / 4));
    v_candidate := private.clean_text(private.cut_text(regexp_replace(v_candidate, '<+(?=[A-Za-z/!?])', '', 'g'), 100));
    if v_candidate <> '' then
      return v_candidate;
    end if;
  end loop;

  return 'User';
end;
$$;

comment on function private.profile_name(jsonb, text) is
  'The name of a new account: metadata `name`, else `full_name`, else the address before the @, else "User"; '
  'cleaned and cut, never refused.';

create function private.profile_locale(p_metadata jsonb) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locale constant text := p_metadata ->> 'locale';
begin
  return case
    when octet_length(v_locale) <= 30 and v_locale ~ private.locale_pattern() then v_locale
    else 'en'
  end;
end;
$$;

comment on function private.profile_locale(jsonb) is
  'The locale of a new account: metadata `locale` where it is a language tag, else "en".';

create function private.tg_create_profile() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into public.profiles (id, name, email, locale)
  values (
    new.id,
    private.profile_name(new.raw_user_meta_data, new.email),
    new.email,
    private.profile_locale(new.raw_user_meta_data)
  );
  return null;
end;
$$;

comment on function private.tg_create_profile() is
  'After an account is made: makes its profile. Definer: Auth''s own role may not write profiles.';

create function private.tg_sync_profile_email() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.profiles set email = new.email where id = new.id;
  return null;
end;
$$;

comment on function private.tg_sync_profile_email() is
  'After an account''s address has changed: copies it. Definer: Auth''s own role may not write profiles.';

create trigger create_profile after insert on auth.users
  for each row execute function private.tg_create_profile();
create trigger sync_profile_email after update of email on auth.users
  for each row when (old.email is distinct from new.email)
  execute function private.tg_sync_profile_email();
