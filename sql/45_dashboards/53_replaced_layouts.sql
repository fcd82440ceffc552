-- A layout of which nothing is left is news for the whole workspace, and an entry of its audit log: how many widgets
-- there were and are, and never what they showed. It is asked when the transaction ends, so that it does not matter
-- whether one save did it or several statements.

create function private.tg_view_versions_audit_replaced() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before bigint;
begin
  -- One that was left as it is, or changed without becoming another, is found first in nearly every version.
  if not exists (
      select from public.dashboard_views v
      where v.workspace_id = new.workspace_id and v.id = new.view_id and v.visibility = 'workspace')
    or exists (
      select from public.widgets w
      where w.workspace_id = new.workspace_id
        and w.view_id = new.view_id
        and w.made_in_version < new.version
        and not exists (
          select from private.widget_versions h
          where h.workspace_id = w.workspace_id
            and h.view_id = w.view_id
            and h.widget_id = w.id
            and h.until_version = new.version - 1
            and h.document ->> 'widgetId' <> w.component_key))
  then
    return null;
  end if;

  select count(*) into v_before
  from private.widget_versions h
  where h.workspace_id = new.workspace_id and h.view_id = new.view_id and h.until_version = new.version - 1;
  if v_before > 0 then
    perform private.audit_update(new.workspace_id, 'dashboard_views', new.view_id::text, jsonb_build_object(
      'version', jsonb_build_object('old', new.version - 1, 'new', new.version),
      'layout', jsonb_build_object(
        'old', jsonb_build_object('widgets', v_before),
        'new', jsonb_build_object('widgets', (
          select count(*) from public.widgets w
          where w.workspace_id = new.workspace_id and w.view_id = new.view_id)))));
  end if;
  return null;
end;
$$;

comment on function private.tg_view_versions_audit_replaced() is
  'When a transaction ends that began a version of a shared view: writes an entry if every widget that was there is '
  'removed or became one of another component. Definer: no role may write entries.';

create constraint trigger view_versions_audit_replaced after insert on private.view_versions
  deferrable initially deferred
  for each row when (new.version > 1) execute function private.tg_view_versions_audit_replaced();
