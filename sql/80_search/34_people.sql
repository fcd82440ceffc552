-- People, by name and e-mail address. What they are called stands in their profile, which is in many workspaces; so the
-- keys of a person in a workspace are kept in a row that goes with the membership and follows the profile.

create table private.member_keys (
  workspace_id text not null,
  user_id uuid not null,
  keys tsvector not null,
  primary key (workspace_id, user_id),
  constraint member_keys_member_fkey foreign key (workspace_id, user_id)
    references public.workspace_members (workspace_id, user_id) on delete cascade
);
create index member_keys_user_idx on private.member_keys (user_id);
create index member_keys_search_idx on private.member_keys using gin (keys) with (fastupdate = off);

alter table private.member_keys enable row level security;

create policy member_keys_select on private.member_keys
  for select to authenticated using (false);

comment on table private.member_keys is 'By what a search finds the members of workspaces. Kept by triggers.';
comment on policy member_keys_select on private.member_keys is 'Nobody: a search asks who may read.';

create function private.person_keys(p_scopes text[], p_name text, p_email text) returns tsvector
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.search_keys(p_scopes, private.search_words(p_name), private.search_words(p_email));
end;
$$;

comment on function private.person_keys(text[], text, text) is 'The keys of a person: name, address.';

create function private.tg_workspace_members_search() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.member_keys (workspace_id, user_id, keys)
  select new.workspace_id, new.user_id,
    private.person_keys(array[private.search_scope(new.workspace_id)], p.name, p.email)
  from public.profiles p
  where p.id = new.user_id;
  return null;
end;
$$;

comment on function private.tg_workspace_members_search() is
  'After somebody becomes a member: lets them be found. Definer: no role writes the keys.';

create function private.tg_profiles_search() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.member_keys k
  set keys = private.person_keys(array[private.search_scope(k.workspace_id)], new.name, new.email)
  where k.user_id = new.id;
  return null;
end;
$$;

comment on function private.tg_profiles_search() is
  'After a person is called otherwise: lets them be found so, and not as before. Definer: no role writes the keys.';

create trigger workspace_members_search after insert on public.workspace_members
  for each row execute function private.tg_workspace_members_search();
create trigger profiles_search after update of name, email on public.profiles
  for each row when ((old.name, old.email) is distinct from (new.name, new.email))
  execute function private.tg_profiles_search();

create function private.person_scopes(p_asked private.search_asked) returns text[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.given_scope() || case when 'members.read' = any (p_asked.permissions)
    then array[private.search_scope(p_asked.workspace_id)] else '{}' end;
end;
$$;

comment on function private.person_scopes(private.search_asked) is 'Where the people lie whom the caller sees.';

create function private.matching_people(p_asked private.search_asked, p_condition tsquery, p_seen text[])
returns table (id text, part integer, changed_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
begin
  return query
    select m.user_id::text, 0, w.created_at
    from (
      (
        select k.user_id from private.member_keys k where k.keys @@ p_condition limit private.most_compared()
      )
      union
      -- Everybody sees themselves.
      select p.id
      from public.profiles p
      where p.id = p_asked.caller_id
        and private.person_keys(array[private.given_scope()], p.name, p.email) @@ p_condition
    ) as m
    cross join lateral (
      select x.created_at
      from public.workspace_members x
      where x.workspace_id = p_asked.workspace_id and x.user_id = m.user_id
      offset 0
    ) as w
    where m.user_id::text <> all (p_seen)
    order by w.created_at desc, m.user_id
    limit p_asked.most;
end;
$$;

comment on function private.matching_people(private.search_asked, tsquery, text[]) is
  'The members who match, those who joined last first. For definer functions.';

create function private.found_person(p_asked private.search_asked, p_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
        'id', p.id, 'title', p.name, 'email', p.email, 'role', m.role_key, 'status', m.status,
        'changedAt', private.timestamp_text(m.created_at))
      || private.search_match(p_asked.words, '{name,email}', array[p.name, p.email])
    from public.workspace_members m
    join public.profiles p on p.id = m.user_id
    where m.workspace_id = p_asked.workspace_id and m.user_id = p_id);
end;
$$;

comment on function private.found_person(private.search_asked, uuid) is
  'A person as a search tells of them. For definer functions.';
