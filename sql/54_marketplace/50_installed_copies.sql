-- An installed component or theme is what its hash says: nobody publishes a version over it, changes or deletes it but
-- by upgrading, rolling back and removing. What is wanted otherwise is made of it under another id.

create function private.refuse_installed() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('conflict',
    'This was installed from the marketplace, and stays what it is.', 'marketplace',
    'Upgrade, roll back or remove the installed copy; or make one of your own of it: a component with another id '
    '(get_component, publish_component), a theme by export_theme and import_theme.');
end;
$$;

comment on function private.refuse_installed() is
  'Refuses to change an installed copy by hand. Error: conflict (marketplace).';

grant execute on function private.refuse_installed() to authenticated, service_role;

create function private.tg_component_versions_keep_installed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Whoever upgrades has said so before.
  if exists (
    select from public.marketplace_installs i
    where i.workspace_id = new.workspace_id and i.component_key = new.component_key and i.version <> new.version)
  then
    perform private.refuse_installed();
  end if;
  return new;
end;
$$;

comment on function private.tg_component_versions_keep_installed() is
  'Before a version of a component is published: refuses another than the one that is installed. Error: conflict. '
  'Definer: who publishes need not see what is installed.';

create trigger component_versions_keep_installed before insert on public.component_versions
  for each row execute function private.tg_component_versions_keep_installed();

create function private.tg_components_keep_installed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from public.workspaces w where w.id = old.workspace_id)
    and exists (
      select from public.marketplace_installs i
      where i.workspace_id = old.workspace_id and i.component_key = old.key)
  then
    perform private.refuse_installed();
  end if;
  return old;
end;
$$;

comment on function private.tg_components_keep_installed() is
  'Before a component is deleted: refuses one that is installed. Error: conflict. Definer: as above.';

create trigger components_keep_installed before delete on public.components
  for each row execute function private.tg_components_keep_installed();

create function private.is_installed_theme(p_workspace_id text, p_theme_id uuid) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from public.marketplace_installs i where i.workspace_id = p_workspace_id and i.theme_id = p_theme_id);
end;
$$;

comment on function private.is_installed_theme(text, uuid) is
  'Whether a theme is an installed copy. Definer: who changes themes need not see what is installed.';

-- The trigger runs as whoever writes.
grant execute on function private.is_installed_theme(text, uuid) to authenticated, service_role;

create function private.tg_themes_keep_installed() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- One within the other: functions that upgrade, and a workspace that goes, write as somebody else.
  if current_user in ('authenticated', 'service_role') then
    if private.is_installed_theme(old.workspace_id, old.id) then
      perform private.refuse_installed();
    end if;
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end;
$$;

comment on function private.tg_themes_keep_installed() is
  'Before a theme is changed or deleted by hand: refuses an installed one. Error: conflict.';

create trigger themes_keep_installed
  before delete or update of name, version, colors, radius, metadata, visibility on public.themes
  for each row execute function private.tg_themes_keep_installed();
