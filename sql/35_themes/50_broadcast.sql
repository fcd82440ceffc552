-- theme:updated {workspaceId, themes: [{id, version, change}]}: shared themes to their workspace, a personal one to its
-- owner. `version` is the revision. Which theme a workspace begins with is told as workspace:updated.

create function private.theme_channel(p_workspace_id text, p_visibility text, p_owner_id uuid) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_visibility
    when 'workspace' then private.workspace_channel(p_workspace_id)
    else private.user_channel(p_owner_id)
  end;
end;
$$;

comment on function private.theme_channel(text, text, uuid) is 'Where a theme is told of.';

create function private.tg_themes_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before jsonb;
  v_after jsonb;
begin
  -- Each names the transition tables that there are for its operation.
  if tg_op <> 'INSERT' then
    v_before := (
      select jsonb_agg(jsonb_build_object(
        'channel', private.theme_channel(o.workspace_id, o.visibility, o.owner_id),
        'workspace_id', o.workspace_id, 'id', o.id, 'version', o.revision))
      from before o
      where exists (select from public.workspaces w where w.id = o.workspace_id));
  end if;
  if tg_op <> 'DELETE' then
    v_after := (
      select jsonb_agg(jsonb_build_object(
        'channel', private.theme_channel(n.workspace_id, n.visibility, n.owner_id),
        'workspace_id', n.workspace_id, 'id', n.id, 'version', n.revision))
      from changed n);
  end if;
  perform private.send_changes('theme:updated', 'themes', v_before, v_after);
  return null;
end;
$$;

comment on function private.tg_themes_broadcast() is
  'After themes are made, changed or deleted: tells who sees them. Definer: nobody sends messages.';

create trigger themes_broadcast_insert after insert on public.themes
  referencing new table as changed
  for each statement execute function private.tg_themes_broadcast();
create trigger themes_broadcast_update after update on public.themes
  referencing old table as before new table as changed
  for each statement execute function private.tg_themes_broadcast();
create trigger themes_broadcast_delete after delete on public.themes
  referencing old table as before
  for each statement execute function private.tg_themes_broadcast();

create function private.tg_default_themes_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.send_message(private.workspace_channel(w.id), 'workspace:updated', jsonb_build_object(
    'workspaceId', w.id, 'updatedAt', private.timestamp_text(now())))
  from public.workspaces w
  where w.id = coalesce(new.workspace_id, old.workspace_id);
  return null;
end;
$$;

comment on function private.tg_default_themes_broadcast() is
  'After the theme that a workspace begins with is another one, of which a workspace has one row: tells its members. '
  'Definer: nobody sends messages.';

create trigger default_themes_broadcast after insert or update or delete on public.default_themes
  for each row execute function private.tg_default_themes_broadcast();
