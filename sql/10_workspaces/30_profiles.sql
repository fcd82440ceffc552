-- People as their colleagues see them. Auth owns the account; this is the part of it that others may read.
--
-- Threats: strangers reading names and addresses (a profile is visible to people who share a workspace, and to
-- nobody else); a person writing another's profile or setting an address of their choice (the address comes from
-- Auth, and proves something only where that asks for confirmations); metadata of a sign-up, which anyone can send,
-- breaking the sign-up or smuggling in a misleading name (it is cleaned, never refused: the account is more important
-- than its decoration).

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  name text not null
    constraint profiles_name_length check (char_length(name) between 1 and 100),
  email text,
  avatar_path text
    constraint profiles_avatar_path_own check (
      starts_with(avatar_path, id::text || '/') and char_length(avatar_path) <= 255),
  locale text not null default 'en'
    constraint profiles_locale_format check (locale ~ private.locale_pattern()),
  bio text not null default ''
    constraint profiles_bio_length check (char_length(bio) <= 500),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Who has an address, as invitations ask.
create index profiles_email_idx on public.profiles (lower(email collate "C"));

alter table public.profiles enable row level security;

create policy profiles_select on public.profiles
  for select to authenticated
  using (
    (select private.reads_once())
    and (id = (select auth.uid()) or id = any ((select private.people_in_reach())::uuid[]))
  );

create policy profiles_update on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

-- No insert and no delete: a profile comes and goes with its account. The address is Auth's to change.
grant select on public.profiles to authenticated;
grant update (name, avatar_path, locale, bio) on public.profiles to authenticated;
grant select, update on public.profiles to service_role;

comment on table public.profiles is
  'One row per account: what colleagues see of a person. Made on sign-up; removed with the account.';
comment on column public.profiles.name is
  'One visible line of 1 to 100 characters without HTML. Taken from the sign-up''s metadata; afterwards it is changed '
  'here.';
comment on column public.profiles.email is
  'A copy of the account''s address, null for one without. It proves who somebody is only where Auth asks for '
  'confirmations and has one (emailVerifiedAt).';
comment on column public.profiles.avatar_path is
  'Path of an object in the bucket avatars, below the person''s own folder: `<user id>/<file>`.';
comment on column public.profiles.locale is 'A language tag such as en, de or pt-BR.';
comment on column public.profiles.bio is
  'What the person says of themselves: one line of at most 500 characters without HTML, empty where nothing.';

create function private.tg_profiles_validate() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.refuse_problem(private.single_line_problem('name', to_jsonb(new.name), 1, 100));
  new.name := private.clean_text(new.name);
  perform private.refuse_problem(private.single_line_problem('bio', to_jsonb(new.bio), 0, 500));
  new.bio := private.clean_text(new.bio);
  perform private.refuse_problem(private.locale_problem('locale', to_jsonb(new.locale)));
  if new.avatar_path is not null
    and not (
      octet_length(new.avatar_path) <= 1020
      and char_length(new.avatar_path) <= 255
      and starts_with(new.avatar_path, new.id::text || '/')
      -- Browsers resolve dots and empty names, and every colleague's browser asks for this address.
      and new.avatar_path !~ '(^|/)\.{0,2}(/|$)'
    )
  then
    perform private.raise_invalid_input('avatar_path',
      'The picture must lie in your own folder.',
      'Upload the picture to the bucket "avatars" as "<your user id>/<file name>" and give that path.');
  end if;

  return new;
end;
$$;

comment on function private.tg_profiles_validate() is
  'Before insert or update: cleans name and bio and refuses bad values by field, before the constraints, which say '
  'less.';

create trigger profiles_validate before insert or update of name, avatar_path, locale, bio on public.profiles
  for each row execute function private.tg_profiles_validate();
create trigger profiles_set_updated_at before update on public.profiles
  for each row execute function private.tg_set_updated_at();

create function private.avatar_url(p_avatar_path text, p_api_url text) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return concat(p_api_url, '/storage/v1/object/public/avatars/') || private.url_encoded_path(p_avatar_path);
end;
$$;

comment on function private.avatar_url(text, text) is
  'Where a picture is shown, null without one. The address of the API is found once for all pictures '
  '(private.api_url); without it this is a path below it.';

create function private.digest_of_person(p_user_id uuid) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- An address that was never confirmed may be anybody's, and its owner keeps what they have.
  return private.digest_of_mailbox(coalesce(
    (select lower(u.email) from auth.users u where u.id = p_user_id and u.email_confirmed_at is not null),
    p_user_id::text));
end;
$$;

comment on function private.digest_of_person(uuid) is
  'What stands for a person where what they had is counted: the same for all accounts of one mailbox. For definer '
  'functions.';

create function private.account_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_person();
  perform private.raise_error('not_signed_in',
    'This session belongs to no account.', null, 'Sign in and try again.');
end;
$$;

comment on function private.account_not_found() is
  'The one answer to a token without an account, which it outlives by up to an hour: not_signed_in; to an API key, '
  'which is no person, permission_denied.';

create function private.export_profile(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(p.id), jsonb_build_object(
      'name', p.name,
      'email', p.email,
      'avatarPath', p.avatar_path,
      'locale', p.locale,
      'bio', p.bio,
      'createdAt', p.created_at,
      'updatedAt', p.updated_at
    )
    from public.profiles p
    where p.id = p_user_id and p.id > v_after[1]::uuid;
  return v_rows;
end;
$$;

comment on function private.export_profile(uuid, text) is
  'What colleagues see of the person.';
