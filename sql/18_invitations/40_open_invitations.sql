-- Which invitations count, and for whom: asked when one is looked at, listed and accepted.
--
-- Threats: an invitation that outlives the inviter's right to give its role (the right is asked for each time); an
-- account that never proved the address it names (Auth's own record of it is asked, no claim of a token).

create view private.open_invitations as
  select i.workspace_id, i.id, i.email, i.role_key, i.invited_by, i.created_at, i.expires_at,
    w.name as workspace_name, given.name as role_name
  from public.workspace_invitations i
  join public.workspaces w on w.id = i.workspace_id
  join public.workspace_roles given on given.workspace_id = i.workspace_id and given.key = i.role_key
  join public.workspace_members inviter on inviter.workspace_id = i.workspace_id and inviter.user_id = i.invited_by
  join public.workspace_roles held on held.workspace_id = i.workspace_id and held.key = inviter.role_key
  where i.accepted_at is null
    and i.revoked_at is null
    and i.expires_at > now()
    and inviter.status = 'active'
    and 'members.invite' = any (held.permissions)
    and given.permissions <@ held.permissions
    and (given.is_built_in or w.plan_type = 'premium');

comment on view private.open_invitations is
  'The invitations that count: pending, not expired, from an active member who may invite and holds every permission '
  'of the role, and to a role of the plan. For definer functions.';

create function private.confirmed_email(p_user_id uuid) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select lower(u.email collate "C")
    from auth.users u
    where u.id = p_user_id and u.email_confirmed_at is not null
  );
end;
$$;

comment on function private.confirmed_email(uuid) is
  'The address that an account has proved to own, in lower case (of ASCII alone: other letters stay what they are), '
  'or null.';
