-- What is managed outside of the product: kept as files and written by a server (`npm run provision`). People use it
-- and copy it; they neither change nor delete it, whatever their role. The service role alone sets the mark,
-- `is_managed`.
--
-- Access to it stays the workspace's affair: whom it is shared with, whose default it is, who has a role.

create function private.refuse_managed(p_is_managed boolean) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_is_managed and auth.uid() is not null then
    perform private.raise_error('permission_denied',
      'This is managed outside of the product, and can be neither changed nor deleted here.', 'is_managed',
      'Change it where it is managed, or make a copy of it.');
  end if;
end;
$$;

comment on function private.refuse_managed(boolean) is
  'Refuses a person who changes or deletes what is managed elsewhere. Error: permission_denied (is_managed).';

-- update_theme runs as the caller.
grant execute on function private.refuse_managed(boolean) to authenticated;

create function private.tg_refuse_managed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    perform private.refuse_managed(true);
    return new;
  end if;
  -- What goes with its workspace needs no leave.
  if exists (select from public.workspaces w where w.id = old.workspace_id) then
    perform private.refuse_managed(true);
  end if;
  return old;
end;
$$;

comment on function private.tg_refuse_managed() is
  'Before a managed row is changed or deleted: see private.refuse_managed. Definer: who may write it need not see the '
  'workspace.';
