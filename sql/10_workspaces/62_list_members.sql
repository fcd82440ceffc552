-- The people of a workspace, as its administrators look for them.
--
-- A client could read workspace_members with profiles embedded, and can; it cannot search two columns of another
-- table, sort by them, and count in the same call. Threats: reading names and addresses of a workspace one is not in
-- (members.read is asked for first, and answers like a workspace that does not exist), and patterns in the search
-- that match everything or take for ever (they are escaped).

create function private.member_document(p_member public.workspace_members, p_profile public.profiles) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'userId', p_member.user_id,
    'name', p_profile.name,
    'email', p_profile.email,
    'avatarPath', p_profile.avatar_path,
    'role', p_member.role_key,
    'status', p_member.status,
    'joinedAt', p_member.created_at
  );
end;
$$;

comment on function private.member_document(public.workspace_members, public.profiles) is
  'A member as clients read one: userId, name, email, avatarPath, role, status, joinedAt.';

create function private.member_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such member in this workspace.', 'user_id', 'Read the members again: the person may have left.');
end;
$$;

comment on function private.member_not_found() is 'The one answer for a person who is not in the workspace: not_found.';

create function private.find_member(p_workspace_id text, p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member jsonb;
begin
  select private.member_document(m, p) into v_member
  from public.workspace_members m
  join public.profiles p on p.id = m.user_id
  where m.workspace_id = p_workspace_id and m.user_id = p_user_id;

  if v_member is null then
    perform private.member_not_found();
  end if;
  return v_member;
end;
$$;

comment on function private.find_member(text, uuid) is
  'One member as clients read one; who calls it has checked the permission. Error: not_found (user_id).';

create function public.get_member(workspace_id text, user_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_member(workspace_id, user_id);
end;
$$;

comment on function public.get_member(text, uuid) is
  'One member of a workspace: {userId, name, email, avatarPath, role, status, joinedAt}. Takes members.read. '
  'Errors: not_found (workspace_id, user_id), permission_denied.';

grant execute on function public.get_member(text, uuid) to authenticated;

create function private.get_member(p_workspace_id text, p_user_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'members.read');

  return private.find_member(p_workspace_id, p_user_id);
end;
$$;

comment on function private.get_member(text, uuid) is
  'One member of a workspace. Definer: it checks the permission once, in place of the policies of two tables.';

grant execute on function private.get_member(text, uuid) to authenticated;

create function public.list_members(
  workspace_id text,
  search text default null,
  role text default null,
  status text default null,
  sort text default 'name',
  direction text default 'asc',
  page integer default 1,
  per_page integer default 50
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_members(workspace_id, search, role, status, sort, direction, page, per_page);
end;
$$;

comment on function public.list_members(text, text, text, text, text, text, integer, integer) is
  'A page of the members of a workspace: {total, page, perPage, members}, each member as get_member gives one. Search '
  'finds a part of the name or the address; role and status narrow; sort is name, email, role or joined_at, direction '
  'asc or desc, per_page at most 100. Takes members.read. '
  'Errors: not_found, permission_denied, invalid_input (search, role, status, sort, direction, page, per_page).';

grant execute on function public.list_members(text, text, text, text, text, text, integer, integer) to authenticated;

create function private.list_members(
  p_workspace_id text,
  p_search text,
  p_role text,
  p_status text,
  p_sort text,
  p_direction text,
  p_page integer,
  p_per_page integer
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- Profiles are few and small, hence in memory, where a lookup by key costs what the next row of a scan does. Priced as
-- a disk's, the planner reads everybody's profile for the people of one workspace.
set random_page_cost = 1.1
as $$
declare
  -- Names sort as people expect in every database, whatever its own collation.
  v_order constant text := case p_sort
    when 'name' then 'name collate "und-x-icu"'
    when 'email' then 'email'
    when 'role' then 'role_key'
    when 'joined_at' then 'created_at'
  end || case p_direction when 'asc' then ' asc' when 'desc' then ' desc' end;
  v_pattern text;
  v_total bigint;
  v_page uuid[];
  v_members jsonb;
begin
  perform private.require_permission(p_workspace_id, 'members.read');

  if p_role is not null then
    perform private.require_role(p_workspace_id, p_role, 'role');
  end if;
  if p_status is not null then
    perform private.require_member_status(p_status);
  end if;
  if octet_length(p_search) > private.largest_line() or char_length(p_search) > 255 then
    perform private.raise_invalid_input('search',
      'A search must not be longer than 255 characters.', 'Search for a part of the name or address.');
  end if;
  -- As names are kept: an accent may be typed as a character of its own.
  v_pattern := '%' || regexp_replace(nullif(private.clean_text(p_search), ''), '([\\%_])', '\\\1', 'g') || '%';
  if p_sort is null or p_sort not in ('name', 'email', 'role', 'joined_at') then
    perform private.raise_invalid_input('sort',
      'Members cannot be sorted by this.', 'Give "name", "email", "role" or "joined_at".');
  end if;
  if p_direction is null or p_direction not in ('asc', 'desc') then
    perform private.raise_invalid_input('direction', 'This is not a direction to sort in.', 'Give "asc" or "desc".');
  end if;
  if p_page is null or p_page < 1 then
    perform private.raise_invalid_input('page', 'Pages are counted from 1.', 'Give 1 or more.');
  end if;
  if p_per_page is null or p_per_page not between 1 and 100 then
    perform private.raise_invalid_input('per_page', 'A page has 1 to 100 members.', 'Give a number from 1 to 100.');
  end if;

  -- Planned for these values: five people and five thousand want different plans. Without a search neither the total
  -- nor an order by role reads a profile; with one, the people are matched once for both. The outer join and the
  -- coalesce hold the planner to this workspace's people: left to itself it expects the pattern to be rare, and
  -- matches everybody's. The ids come last in the order, so that equals keep their places from page to page.
  execute format(
    'with matching as %s (
       select m.user_id, m.role_key, m.created_at, p.name, p.email
       from public.workspace_members m
       left join public.profiles p on p.id = m.user_id
       where m.workspace_id = $1
         and ($2 is null or m.role_key = $2)
         and ($3 is null or m.status = $3)
         and ($4 is null or coalesce(p.name ilike $4 or p.email ilike $4, false))
     )
     select (select count(*) from matching),
       array(
         select user_id from matching
         order by %s nulls last, user_id
         limit $5 offset ($6 - 1)::bigint * $5
       )',
    case when v_pattern is null then 'not materialized' else 'materialized' end, v_order)
  into v_total, v_page
  using p_workspace_id, p_role, p_status, v_pattern, p_per_page, p_page;

  select coalesce(jsonb_agg(private.member_document(m, p) order by x.place), '[]') into v_members
  from unnest(v_page) with ordinality as x (user_id, place)
  join public.workspace_members m on m.workspace_id = p_workspace_id and m.user_id = x.user_id
  join public.profiles p on p.id = m.user_id;

  return jsonb_build_object('total', v_total, 'page', p_page, 'perPage', p_per_page, 'members', v_members);
end;
$$;

comment on function private.list_members(text, text, text, text, text, text, integer, integer) is
  'A page of the members of a workspace with the total. Definer: it checks the permission once, in place of the '
  'policies of two tables for every person.';

grant execute on function private.list_members(text, text, text, text, text, text, integer, integer) to authenticated;
