-- Making a workspace: the row, its roles and its first administrator, all or nothing.
--
-- Threats: a database filled by one person (100 workspaces each, counted one after the other).

create function public.create_workspace(name text) returns public.workspaces
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.create_workspace(name);
end;
$$;

comment on function public.create_workspace(text) is
  'Makes a workspace on the free plan with the caller as its admin, and returns it. '
  'Errors: invalid_input (name), not_signed_in, conflict (100 workspaces).';

grant execute on function public.create_workspace(text) to authenticated;

create function private.create_workspace(p_name text) returns public.workspaces
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_workspace public.workspaces;
begin
  -- Of two at the same moment, the second counts what the first made.
  perform from public.profiles where id = v_user_id for no key update;
  if not found then
    perform private.account_not_found();
  end if;
  if (select count(*)
      from public.workspaces w
      where w.created_by = v_user_id
        and exists (
          select from public.workspace_members m where m.workspace_id = w.id and m.user_id = v_user_id)) >= 100
  then
    perform private.raise_error('conflict',
      'Nobody is in more than 100 workspaces of their own making.', 'workspaces',
      'Delete or leave one that is not needed.');
  end if;

  -- The id is random: where it is taken, which no other statement can tell beforehand, the next one is not.
  loop
    insert into public.workspaces (name, created_by)
    values (p_name, v_user_id)
    on conflict (id) do nothing
    returning * into v_workspace;
    exit when found;
  end loop;

  insert into public.workspace_members (workspace_id, user_id, role_key)
  values (v_workspace.id, v_user_id, 'admin');

  return v_workspace;
end;
$$;

comment on function private.create_workspace(text) is
  'Makes a workspace with the caller as its admin. Definer: clients may write neither workspaces nor members.';

grant execute on function private.create_workspace(text) to authenticated;
