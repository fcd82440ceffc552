-- The invitations that wait for a person, found by their confirmed address: who lost the link, or never got it, joins
-- all the same.
--
-- Threats: reading what is for others (the address is Auth's, and confirmed; where Auth confirms without a mail it is
-- anybody's: docs/operations.md); strangers who flood somebody's session (the latest 50 are told, found by one index);
-- being offered what would be refused (those that count no more are left out, and so are workspaces that one is in).

create function private.invitations_for(p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 50;
  v_email constant text := private.confirmed_email(p_user_id);
begin
  return (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'id', o.id,
          'workspaceName', o.workspace_name,
          'role', o.role_key,
          'roleName', o.role_name,
          'inviterName', p.name,
          'invitedAt', private.timestamp_text(o.created_at),
          'expiresAt', private.timestamp_text(o.expires_at)
        )
        order by o.expires_at desc, o.id
      ),
      '[]'
    )
    from (
      select x.*
      from private.open_invitations x
      where x.email = v_email
        and not exists (
          select from public.workspace_members m where m.workspace_id = x.workspace_id and m.user_id = p_user_id)
      order by x.expires_at desc
      limit c_most
    ) as o
    join public.profiles p on p.id = o.invited_by
  );
end;
$$;

comment on function private.invitations_for(uuid) is
  'The open invitations for a person''s confirmed address, sent last first. For definer functions.';

create function public.my_invitations() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.my_invitations();
end;
$$;

comment on function public.my_invitations() is
  'The invitations that the caller can accept, sent last first, at most 50: [{id, workspaceName, role, roleName, '
  'inviterName, invitedAt, expiresAt}]; the id goes into accept_my_invitation. None for an address that is not '
  'confirmed. Error: not_signed_in.';

grant execute on function public.my_invitations() to authenticated;

create function private.my_invitations() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if not exists (select from public.profiles p where p.id = v_user_id) then
    perform private.account_not_found();
  end if;
  return private.invitations_for(v_user_id);
end;
$$;

comment on function private.my_invitations() is
  'See public.my_invitations. Definer: who is invited can read nothing of the workspace yet.';

grant execute on function private.my_invitations() to authenticated;
