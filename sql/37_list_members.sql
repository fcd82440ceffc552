-- The people of a workspace, as its administrators look for them.
--
-- A client could read workspace_members with profiles embedded, and can; it cannot search two columns of another
-- table, sort by them, and count in the same call. Threats: reading names and addresses of a workspace one is not in
-- (members.read is asked for first, and answers like a workspace that does not exist), and patterns in the search
-- that match everything or take for ever (they are escaped).

create function private.member_document(p_workspace_id text, p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object('userId', m.user_id, 'name', p.name, 'email', p.email, 'avatarPath', p.avatar_path,
      'role', m.role_key, 'status', m.status, 'joinedAt', m.created_at)
    from public.workspace_members m
    join public.profiles p on p.id = m.user_id
    where m.workspace_id = p_workspace_id and m.user_id = p_user_id
  );
end;
$$;

comment on function private.member_document(text, uuid) is
  'A member as clients read one: userId, name, email, avatarPath, role, status, joinedAt; null where there is none.';

create function private.get_member(p_workspace_id text, p_user_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_member jsonb;
begin
  perform private.require_permission(p_workspace_id, 'members.read');

  v_member := private.member_document(p_workspace_id, p_user_id);
  if v_member is null then
    perform private.raise_no_such_member();
  end if;

  return v_member;
end;
$$;

comment on function private.get_member(text, uuid) is
  'One member of a workspace. Definer: it checks the permission once, in place of the policies of two tables.';

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
set search_path = ''
as $$
declare
  v_pattern text;
begin
  perform private.require_permission(p_workspace_id, 'members.read');

  if char_length(p_search) > 255 then
    perform private.raise_invalid_input('search',
      'A search must not be longer than 255 characters.', 'Search for a part of the name or address.');
  end if;
  if p_status is not null then
    perform private.require_member_status(p_status);
  end if;
  if p_sort is null or p_sort not in ('name', 'email', 'role', 'joined_at') then
    perform private.raise_invalid_input('sort',
      'Members cannot be sorted by this.', 'Give "name", "email", "role" or "joined_at".');
  end if;
  if p_direction is null or p_direction not in ('asc', 'desc') then
    perform private.raise_invalid_input('direction', 'A list runs one way or the other.', 'Give "asc" or "desc".');
  end if;
  if p_page is null or p_page < 1 then
    perform private.raise_invalid_input('page', 'Pages are counted from 1.', 'Give 1 or more.');
  end if;
  if p_per_page is null or p_per_page not between 1 and 100 then
    perform private.raise_invalid_input('per_page', 'A page has 1 to 100 members.', 'Give a number from 1 to 100.');
  end if;

  v_pattern := '%' || regexp_replace(nullif(btrim(p_search), ''), '([\\%_])', '\\\1', 'g') || '%';

  return (
    with matching as materialized (
      select m.user_id,
        case p_sort
          when 'name' then lower(p.name)
          when 'email' then lower(p.email)
          when 'role' then m.role_key
          else to_char(m.created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
        end as sort_key
      from public.workspace_members m
      join public.profiles p on p.id = m.user_id
      where m.workspace_id = p_workspace_id
        and (p_role is null or m.role_key = p_role)
        and (p_status is null or m.status = p_status)
        and (v_pattern is null or p.name ilike v_pattern or p.email ilike v_pattern)
    ),
    page as (
      -- The person's id last, so that equals keep their places from page to page.
      select user_id,
        row_number() over () as place
      from (
        select user_id
        from matching
        order by
          case p_direction when 'asc' then sort_key end asc nulls last,
          case p_direction when 'desc' then sort_key end desc nulls last,
          user_id
        limit p_per_page offset (p_page - 1)::bigint * p_per_page
      ) as sorted
    )
    select jsonb_build_object(
      'total', (select count(*) from matching),
      'page', p_page,
      'perPage', p_per_page,
      'members', coalesce(
        (select jsonb_agg(private.member_document(p_workspace_id, user_id) order by place) from page), '[]')
    )
  );
end;
$$;

comment on function private.list_members(text, text, text, text, text, text, integer, integer) is
  'A page of the members of a workspace with the total. Definer: it checks the permission once, in place of the '
  'policies of two tables for every person.';

create function public.get_member(workspace_id text, user_id uuid) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
  return private.get_member(workspace_id, user_id);
end;
$$;

comment on function public.get_member(text, uuid) is
  'One member of a workspace: {userId, name, email, avatarPath, role, status, joinedAt}. Takes members.read. '
  'Errors: not_found (workspace_id, user_id), permission_denied.';

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
set search_path = ''
as $$
begin
  return private.list_members(workspace_id, search, role, status, sort, direction, page, per_page);
end;
$$;

comment on function public.list_members(text, text, text, text, text, text, integer, integer) is
  'A page of the members of a workspace: {total, page, perPage, members}, each member as get_member gives one. Search '
  'finds a part of the name or the address; role and status narrow; sort is name, email, role or joined_at, direction '
  'asc or desc, per_page at most 100. Takes members.read. '
  'Errors: not_found, permission_denied, invalid_input (search, status, sort, direction, page, per_page).';

grant execute on function private.get_member(text, uuid) to authenticated;
grant execute on function private.list_members(text, text, text, text, text, text, integer, integer) to authenticated;
grant execute on function public.get_member(text, uuid) to authenticated;
grant execute on function public.list_members(text, text, text, text, text, text, integer, integer) to authenticated;
