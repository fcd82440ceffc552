-- The pending invitations of a workspace, for those who may invite.
--
-- Threat: addresses of people who never joined, told to those who may not invite (members.invite is asked for first,
-- and an outsider gets the answer for a workspace that does not exist).

create function public.list_invitations(
  workspace_id text,
  search text default null,
  role text default null,
  sort text default 'created_at',
  direction text default 'desc',
  page integer default 1,
  per_page integer default 50
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_invitations(workspace_id, search, role, sort, direction, page, per_page);
end;
$$;

comment on function public.list_invitations(text, text, text, text, text, integer, integer) is
  'A page of the pending invitations of a workspace: {total, page, perPage, invitations}, each {id, email, role, '
  'roleName, inviter {id, name}, createdAt, expiresAt, isOpen}; the inviter is null where the account is gone. What is '
  'not open is expired, or its inviter may not give the role any more: resend_invitation opens it. Search finds a part '
  'of the address, role narrows; sort is email, role, created_at or expires_at. Takes members.invite. '
  'Errors: not_found, permission_denied, invalid_input (search, role, sort, direction, page, per_page).';

grant execute on function public.list_invitations(text, text, text, text, text, integer, integer) to authenticated;

create function private.list_invitations(
  p_workspace_id text,
  p_search text,
  p_role text,
  p_sort text,
  p_direction text,
  p_page integer,
  p_per_page integer
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pattern text;
  v_total bigint;
  v_invitations jsonb;
begin
  perform private.require_permission(p_workspace_id, 'members.invite');
  if p_role is not null then
    perform private.require_role(p_workspace_id, p_role, 'role');
  end if;
  v_pattern := private.search_pattern(p_search);
  if p_sort is null or p_sort not in ('email', 'role', 'created_at', 'expires_at') then
    perform private.raise_invalid_input('sort', 'Invitations cannot be sorted by this.',
      'Give "email", "role", "created_at" or "expires_at".');
  end if;
  perform private.require_page(p_direction, p_page, p_per_page);

  execute format(
    'with matching as (
       select i.workspace_id, i.id, i.email, i.role_key, i.invited_by, i.created_at, i.expires_at
       from public.workspace_invitations i
       where i.workspace_id = $1 and i.accepted_at is null and i.revoked_at is null
         and ($2 is null or i.role_key = $2)
         and ($3 is null or i.email ilike $3)
     ), page as (
       select row_number() over (order by %s, id) as place, m.* from matching m
       order by place
       limit $4 offset ($5 - 1)::bigint * $4
     )
     select (select count(*) from matching),
       (select coalesce(jsonb_agg(jsonb_build_object(
           ''id'', g.id, ''email'', g.email,
           ''role'', g.role_key, ''roleName'', r.name,
           ''inviter'', case when p.id is not null then jsonb_build_object(''id'', p.id, ''name'', p.name) end,
           ''createdAt'', private.timestamp_text(g.created_at),
           ''expiresAt'', private.timestamp_text(g.expires_at),
           ''isOpen'', exists (
             select from private.open_invitations o where o.workspace_id = g.workspace_id and o.id = g.id)
         ) order by g.place), ''[]'')
        from page g
        join public.workspace_roles r on r.workspace_id = g.workspace_id and r.key = g.role_key
        left join public.profiles p on p.id = g.invited_by)',
    case p_sort when 'role' then 'role_key' else p_sort end || ' ' || p_direction)
  into v_total, v_invitations
  using p_workspace_id, p_role, v_pattern, p_per_page, p_page;

  return jsonb_build_object('total', v_total, 'page', p_page, 'perPage', p_per_page, 'invitations', v_invitations);
end;
$$;

comment on function private.list_invitations(text, text, text, text, text, integer, integer) is
  'See public.list_invitations. Definer: it names inviters who have left the workspace.';

grant execute on function private.list_invitations(text, text, text, text, text, integer, integer) to authenticated;
