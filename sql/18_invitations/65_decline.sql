-- Saying no to an invitation, by whoever can accept it.

create function public.decline_my_invitation(id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.decline_my_invitation(id);
end;
$$;

comment on function public.decline_my_invitation(uuid) is
  'Declines one of my_invitations, which is revoked by that: its link works no more, and the person can be invited '
  'again. Errors: not_signed_in, invitation_not_valid.';

grant execute on function public.decline_my_invitation(uuid) to authenticated;

create function private.decline_my_invitation(p_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id constant text := private.lock_my_invitation(p_id);
begin
  -- A member declines too: what waits for them is of no use.
  update public.workspace_invitations i
  set revoked_at = now()
  where i.workspace_id = v_workspace_id
    and i.id = p_id
    and exists (
      select
      from private.open_invitations o
      where o.workspace_id = i.workspace_id and o.id = i.id and o.email = private.confirmed_email(auth.uid()));
  if not found then
    perform private.raise_invitation_not_valid();
  end if;
end;
$$;

comment on function private.decline_my_invitation(uuid) is
  'See public.decline_my_invitation. Definer: clients may not write invitations, and accounts are Auth''s.';

grant execute on function private.decline_my_invitation(uuid) to authenticated;
