-- What an upgrade of a template replaced stays in the history of the view as long as there is a step to roll back from:
-- rolling back brings the widgets of it back, with their grants, however long ago that was.
--
-- Threat: a history that grows without bound on the free plan, by upgrading and rolling back in turns (a step has one
-- version, and gives it up when it goes; a copy has no more steps than its listing has versions).

create function private.keep_replaced_version(p_install public.marketplace_installs) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version bigint;
begin
  -- A second upgrade in one transaction replaces nothing that a step does not have.
  update private.view_versions h
  set is_needed = true
  from public.dashboard_views v
  where v.workspace_id = p_install.workspace_id
    and v.id = p_install.view_id
    and private.has_begun_version(v.workspace_id, v.id)
    and h.workspace_id = v.workspace_id
    and h.view_id = v.id
    and h.version = v.version - 1
    and not h.is_needed
  returning h.version into v_version;
  return v_version;
end;
$$;

comment on function private.keep_replaced_version(public.marketplace_installs) is
  'Keeps the version of a view that this transaction replaced by upgrading a copy, for its step, and gives it; null '
  'where nothing of a view changed. For definer functions.';

create function private.tg_marketplace_steps_give_up_versions() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.view_versions h
  set is_needed = false
  from deleted d
  where h.workspace_id = d.workspace_id and h.view_id = d.view_id and h.version = d.replaced_version;
  return null;
end;
$$;

comment on function private.tg_marketplace_steps_give_up_versions() is
  'After steps are gone, which they are with their copy: the history may forget what they replaced. Definer: nobody '
  'writes the history.';

create trigger marketplace_steps_give_up_versions after delete on private.marketplace_steps
  referencing old table as deleted
  for each statement execute function private.tg_marketplace_steps_give_up_versions();
