-- Which invitations count, and for whom: asked when one is looked at, listed and accepted.
--
-- Threats: an invitation that outlives the inviter's right to give its role (the right is asked for each time); an
-- account that never proved the address it names (Auth's own record of it is asked, no claim of a token).

create view private.open_invitations as
  select i.workspace_id, i.id, i.email, i.role_key, i.invited_by, i.created_at, i.expires_at,
    w.name as workspace_name, g.name as role_name
  from (
    select p.*, h.permissions as held
    from (
      select *
      from public.workspace_invitations x
      where x.accepted_at is null and x.revoked_at is null and x.expires_at > now()
    ) as p
    join public.workspace_members m on m.workspace_id = p.workspace_id and m.user_id = p.invited_by
    join public.workspace_roles h on h.workspace_id = m.workspace_id and h.key = m.role_key
    where m.status = 'active' and 'members.invite' = any (h.permissions)
  ) as i
  join public.workspaces w on w.id = i.workspace_id
  join public.workspace_roles g on g.workspace_id = i.workspace_id and g.key = i.role_key
  where g.permissions <@ i.held and (
    g.is_built_in
    or exists (select from public.plans p where p.key = w.plan_type and 'custom_roles' = any (p.features)));

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
