-- Keeping what is referred to until the row that refers to it is there.
--
-- Between the question whether a person or a role is there and the row that names them, they may go. The reference
-- would refuse that with a bare 23503; here it is waited for, and whoever comes second gets the answer of a moment
-- later. The locks are those that a reference takes anyway, only sooner, and always in one order: they keep nobody from
-- changing a member or a role.

create function private.hold_membership(p_workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if private.is_api_key() then
    -- As of a person: one of another workspace is refused elsewhere, and one that ends meanwhile here.
    if exists (select from private.api_keys k where k.workspace_id = p_workspace_id and k.id = v_user_id) then
      perform from private.api_keys k where k.workspace_id = p_workspace_id and k.id = v_user_id for key share;
      if not found then
        perform private.workspace_not_found();
      end if;
    end if;
    return;
  end if;
  -- Who is not in the workspace is refused by whoever asks about the permission.
  if not exists (
    select from public.workspace_members m where m.workspace_id = p_workspace_id and m.user_id = v_user_id)
  then
    return;
  end if;
  perform from public.profiles p where p.id = v_user_id for key share;
  perform from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id = v_user_id
  for key share;
  if not found then
    perform private.workspace_not_found();
  end if;
end;
$$;

comment on function private.hold_membership(text) is
  'Keeps the caller, their membership or API key, and with it the workspace until what they make there names them. '
  'Error: not_found for a membership or a key that ends meanwhile. For definer functions.';

create function private.tg_hold_membership() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.hold_membership(new.workspace_id);
  return new;
end;
$$;

comment on function private.tg_hold_membership() is
  'Before a row is made in a workspace: see private.hold_membership. Definer: clients may not lock memberships.';

create function private.hold_workspace(p_workspace_id text) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from public.workspaces w where w.id = p_workspace_id for key share;
  return found;
end;
$$;

comment on function private.hold_workspace(text) is
  'Keeps a workspace until what hangs on it is written, for servers and jobs, who are no members of it; false where '
  'there is none. Before anything in it is locked. For definer functions.';

create function private.hold_account() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := private.person_id();
begin
  perform from public.profiles p where p.id = v_user_id for key share;
  if not found and v_user_id is not null then
    perform private.account_not_found();
  end if;
end;
$$;

comment on function private.hold_account() is
  'Keeps the account of the caller, if there is one, until what they change names them. Error: not_signed_in. For '
  'definer functions.';

create function private.hold_role(p_workspace_id text, p_role_key text, p_field text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from public.workspace_roles r where r.workspace_id = p_workspace_id and r.key = p_role_key for key share;
  perform private.require_role(p_workspace_id, p_role_key, p_field);
end;
$$;

comment on function private.hold_role(text, text, text) is
  'Keeps a role until somebody has it. Error: invalid_input with the given field. For definer functions.';

create function private.hold_member(p_workspace_id text, p_user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id = p_user_id
  for key share;
  if not found then
    perform private.raise_invalid_input('user_id',
      'There is no such member in this workspace.', 'Give the id of somebody who is in the workspace.');
  end if;
end;
$$;

comment on function private.hold_member(text, uuid) is
  'Keeps a member until something is theirs. Error: invalid_input (user_id). For definer functions.';

create trigger workspace_roles_hold_membership before insert on public.workspace_roles
  for each row execute function private.tg_hold_membership();

create function private.take_turns(p_workspace_ids text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_turn integer;
begin
  -- In one order for everybody. A thousand turns are enough to keep strangers apart and too few to fill the table of
  -- locks, in however many workspaces a person is.
  for v_turn in
    select distinct hashtext(w.id) & 1023 as turn
    from unnest(p_workspace_ids) as w (id)
    order by turn
  loop
    perform pg_advisory_xact_lock(hashtext('private.take_turns'), v_turn);
  end loop;
end;
$$;

comment on function private.take_turns(text[]) is
  'Lets those who delete one of the workspaces, an account that left traces there, or a thing with its history, go '
  'one after the other: what they write, all over a workspace, they come to in different orders. Before anything is '
  'locked. For definer functions.';
