-- The people of a workspace, and those who are invited, as its administrators look for them.
--
-- A client could read workspace_members with profiles embedded, and can; it cannot search two columns of another
-- table, sort by them, and count in the same call. Threats: reading names and addresses of a workspace one is not in
-- (members.read is asked for first, and answers like a workspace that does not exist); addresses of people who never
-- joined (they take members.invite besides).

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
  'A page of the members of a workspace: {total, page, perPage, members}, each member as get_member gives one, without '
  'bio. Search finds a part of the name or the address; role and status narrow; sort is name, email, role, joined_at, '
  'created_at, updated_at or email_verified_at, direction asc or desc, per_page at most 100. Takes members.read. With '
  'the status invited, the pending invitations: {userId: null, invitationId, email, role, status, invitedAt, '
  'expiresAt}, sorted by email or role, else by when they were made; takes members.invite besides. '
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
    when 'joined_at' then 'joined_at'
    when 'created_at' then 'created_at'
    when 'updated_at' then 'updated_at'
    when 'email_verified_at' then 'email_verified_at'
  end || case p_direction when 'asc' then ' asc' when 'desc' then ' desc' end;
  v_api_url constant text := private.api_url();
  v_pattern text;
  v_folded text;
  v_total bigint;
  v_page uuid[];
  v_members jsonb;
begin
  perform private.require_permission(p_workspace_id, 'members.read');

  if p_status = 'invited' then
    perform private.require_permission(p_workspace_id, 'members.invite');
  elsif p_status not in ('active', 'suspended') then
    perform private.raise_invalid_input('status',
      'Members are active, suspended or invited.', 'Give "active", "suspended" or "invited", or nothing for members.');
  end if;
  if p_role is not null then
    perform private.require_role(p_workspace_id, p_role, 'role');
  end if;
  v_pattern := private.search_pattern(p_search);
  -- Folded before it is escaped: there are wide forms of the characters that stand for others.
  v_folded := private.part_pattern(private.search_folded(private.clean_text(p_search)));
  if p_sort is null
    or p_sort not in ('name', 'email', 'role', 'joined_at', 'created_at', 'updated_at', 'email_verified_at')
  then
    perform private.raise_invalid_input('sort', 'Members cannot be sorted by this.',
      'Give "name", "email", "role", "joined_at", "created_at", "updated_at" or "email_verified_at".');
  end if;
  perform private.require_page(p_direction, p_page, p_per_page);

  if p_status = 'invited' then
    return private.list_invited(p_workspace_id, v_pattern, p_role, p_sort, p_direction, p_page, p_per_page);
  end if;

  -- Planned for these values: five people and five thousand want different plans. Without a search neither the total
  -- nor an order by role reads a profile; with one, the people are matched once for both. The outer join and the
  -- coalesce hold the planner to this workspace's people: left to itself it expects the pattern to be rare, and
  -- matches everybody's. The ids come last in the order, so that equals keep their places from page to page.
  execute format(
    'with matching as %s (
       select m.user_id, m.role_key, m.created_at as joined_at, p.name, p.email, p.created_at,
         greatest(p.updated_at, m.updated_at) as updated_at%s
       from public.workspace_members m
       left join public.profiles p on p.id = m.user_id%s
       where m.workspace_id = $1
         and ($2 is null or m.role_key = $2)
         and ($3 is null or m.status = $3)
         and ($4 is null or coalesce(
           p.name ilike $4 or p.email ilike $4 or p.name ilike $7
           or (octet_length(p.name) > char_length(p.name) and private.search_folded(p.name) like $7), false))
     )
     select (select count(*) from matching),
       array(
         select user_id from matching
         order by %s nulls last, user_id
         limit $5 offset ($6 - 1)::bigint * $5
       )',
    case when v_pattern is null then 'not materialized' else 'materialized' end,
    case p_sort when 'email_verified_at' then ', u.email_confirmed_at as email_verified_at' end,
    case p_sort when 'email_verified_at' then ' left join auth.users u on u.id = m.user_id' end,
    v_order)
  into v_total, v_page
  using p_workspace_id, p_role, p_status, v_pattern, p_per_page, p_page, v_folded;

  select coalesce(
    jsonb_agg(private.member_document(m, p, u.email_confirmed_at, v_api_url) order by x.place), '[]')
  into v_members
  from unnest(v_page) with ordinality as x (user_id, place)
  join public.workspace_members m on m.workspace_id = p_workspace_id and m.user_id = x.user_id
  join public.profiles p on p.id = m.user_id
  join auth.users u on u.id = m.user_id;

  return jsonb_build_object('total', v_total, 'page', p_page, 'perPage', p_per_page, 'members', v_members);
end;
$$;

comment on function private.list_members(text, text, text, text, text, text, integer, integer) is
  'A page of the members of a workspace with the total. Definer: it checks the permission once, in place of the '
  'policies of two tables for every person, and reads accounts.';

grant execute on function private.list_members(text, text, text, text, text, text, integer, integer) to authenticated;

create function private.list_invited(
  p_workspace_id text,
  p_pattern text,
  p_role text,
  p_sort text,
  p_direction text,
  p_page integer,
  p_per_page integer
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_total bigint;
  v_invited jsonb;
begin
  execute format(
    'with matching as (
       select i.id, i.email, i.role_key, i.created_at, i.expires_at
       from public.workspace_invitations i
       where i.workspace_id = $1 and i.accepted_at is null and i.revoked_at is null
         and ($2 is null or i.role_key = $2)
         and ($3 is null or i.email ilike $3)
     ), page as (
       select row_number() over (order by %1$s, id) as place, m.* from matching m
       order by place
       limit $4 offset ($5 - 1)::bigint * $4
     )
     select (select count(*) from matching),
       (select coalesce(jsonb_agg(jsonb_build_object(
         ''userId'', null, ''invitationId'', p.id, ''email'', p.email, ''role'', p.role_key,
         ''roleName'', r.name, ''status'', ''invited'', ''invitedAt'', private.timestamp_text(p.created_at),
         ''expiresAt'', private.timestamp_text(p.expires_at)) order by p.place), ''[]'')
       from page p
       join public.workspace_roles r on r.workspace_id = $1 and r.key = p.role_key)',
    case when p_sort in ('name', 'email') then 'email' when p_sort = 'role' then 'role_key' else 'created_at' end
      || case p_direction when 'desc' then ' desc' else ' asc' end)
  into v_total, v_invited
  using p_workspace_id, p_role, p_pattern, p_per_page, p_page;

  return jsonb_build_object('total', v_total, 'page', p_page, 'perPage', p_per_page, 'members', v_invited);
end;
$$;

comment on function private.list_invited(text, text, text, text, text, integer, integer) is
  'A page of the pending invitations, expired ones too; list_members has checked the permissions and the arguments.';
