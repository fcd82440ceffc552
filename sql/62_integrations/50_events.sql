-- What happened in a workspace, as an event: taken from the audit log, which every subject writes to already.
--
-- One trigger of the log's statements queues what destinations want to hear, so that a subject that is audited is told
-- of by naming it in event_of, here, and in the catalog. The log has no widgets, whose changes are versions of their
-- view: 52_layouts.sql. The id of an event is that of the entry.
--
-- A payload says what happened, to which thing and which of its columns changed: ids and names of columns. It has no
-- value of any, not even of those that the log has, and of who acted only whether it was a person or a machine: an
-- endpoint has no role that could be asked what it may see. So nothing is told of what is not for everybody who holds
-- the permission of its event (51_things.sql).
--
-- Threats: something personal that leaves the workspace (a view or agent that is somebody's own, to whom it is shown,
-- who inherits it); the life of a view that is closed to somebody, told to whom it is closed to; a deletion of ten
-- thousand rows that queues as many (above a hundred they are one event, which names none); a write that waits for a
-- receiver, or fails because of one (it inserts, and knows nothing of the network).

create function private.event_of(p_table_name text, p_action text, p_changes jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_past constant text := case p_action
    when 'insert' then 'created' when 'update' then 'updated' else 'deleted' end;
begin
  return case p_table_name
    when 'workspaces' then case
      when p_action <> 'update' then null
      when p_changes ? 'plan_type' then 'plan.changed'
      else 'workspace.updated'
    end
    when 'workspace_members' then case p_action
      when 'insert' then 'member.added' when 'update' then 'member.updated' else 'member.removed' end
    when 'workspace_roles' then 'role.' || v_past
    when 'workspace_invitations' then 'invitation.' || v_past
    when 'themes' then 'theme.' || v_past
    when 'dashboard_views' then case
      -- A personal view that somebody inherits.
      when p_changes ? 'owner_id' and not p_changes ? 'visibility' and p_action = 'update' then null
      when p_action = 'update' and p_changes ? 'deleted_at' then
        case when p_changes -> 'deleted_at' -> 'new' = 'null' then 'view.restored' else 'view.deleted' end
      -- What was deleted before is removed for good.
      when p_action = 'delete' and p_changes ? 'deleted_at' then null
      else 'view.' || v_past
    end
    when 'dashboard_view_shares' then 'share.' || v_past
    when 'resource_grants' then 'grant.' || v_past
    when 'components' then 'component.' || v_past
    when 'component_versions' then 'component.published'
    when 'data_sources' then 'data_source.' || v_past
    when 'agents' then 'agent.' || v_past
    when 'subscriptions' then 'subscription.' || v_past
    when 'invoices' then 'invoice.' || v_past
    when 'api_keys' then 'api_key.' || v_past
    when 'support_tickets' then case p_action
      when 'insert' then 'ticket.opened' when 'update' then 'ticket.updated' end
    when 'support_messages' then 'ticket.answered'
  end;
end;
$$;

comment on function private.event_of(text, text, jsonb) is
  'The event that an entry of the audit log is, as a key of integration_events; null for what nobody is told of.';

create function private.event_payload(
  p_type text, p_workspace_id text, p_at timestamptz, p_id text, p_changed text[], p_actor_type text
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'type', p_type,
    'timestamp', private.timestamp_text(p_at),
    'data', jsonb_build_object(
      'workspaceId', p_workspace_id,
      'kind', split_part(p_type, '.', 1),
      'id', p_id,
      'changed', to_jsonb(p_changed),
      'actor', p_actor_type));
end;
$$;

comment on function private.event_payload(text, text, timestamptz, text, text[], text) is
  'What is sent of an event (eventPayloadSchema of types/destination.ts).';

create function private.tg_audit_log_tell_destinations() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Most workspaces tell nobody, and every audited write asks.
  if not exists (
    select from entries e
    join private.destinations d on d.workspace_id = e.workspace_id and d.status = 'active')
  then
    return null;
  end if;

  insert into private.deliveries (workspace_id, destination_id, event_id, type, thing, payload)
  with wanted as materialized (
    select e.workspace_id, e.id, e.occurred_at, e.actor_type, e.action, e.table_name, e.row_id, e.changes, t.type
    from entries e
    cross join lateral (select private.event_of(e.table_name, e.action, e.changes) as type) as t
    where exists (
      select from private.destinations d
      where d.workspace_id = e.workspace_id and d.status = 'active' and t.type = any (d.events))
  ),
  events as (
    select w.workspace_id, w.id, w.occurred_at, w.actor_type, w.type, x.thing_id,
      case when w.action = 'update' then array(select jsonb_object_keys(w.changes) order by 1) else '{}' end as changed,
      count(*) over (partition by w.workspace_id, w.type) as times,
      row_number() over (partition by w.workspace_id, w.type order by w.occurred_at, w.id) as turn
    from wanted w
    cross join lateral (
      select private.thing_of(w.workspace_id, w.table_name, w.row_id, w.changes) as thing_id
    ) as x
    where x.thing_id is not null
  ),
  told as (
    select e.workspace_id, e.id, e.occurred_at, e.type, e.actor_type,
      case when e.times <= private.most_named() then e.thing_id end as thing_id,
      case when e.times <= private.most_named() then e.changed else '{}' end as changed
    from events e
    where e.times <= private.most_named() or e.turn = 1
  )
  select t.workspace_id, d.id, t.id, t.type, concat_ws(':', split_part(t.type, '.', 1), t.thing_id),
    private.event_payload(t.type, t.workspace_id, t.occurred_at, t.thing_id, t.changed, t.actor_type)
  from told t
  join private.destinations d
    on d.workspace_id = t.workspace_id and d.status = 'active' and t.type = any (d.events)
  where private.may_be_delivered(d.workspace_id, d.kind)
  order by t.occurred_at, t.id;
  return null;
end;
$$;

comment on function private.tg_audit_log_tell_destinations() is
  'After entries of the audit log are written: queues their events for the destinations that want to hear of them. '
  'Definer: no role writes the queue.';

create trigger audit_log_tell_destinations after insert on public.audit_log
  referencing new table as entries
  for each statement execute function private.tg_audit_log_tell_destinations();

create function private.may_be_delivered(p_workspace_id text, p_kind text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_feature constant text := (select i.feature from public.integrations i where i.key = p_kind);
begin
  return v_feature is null or private.has_feature(p_workspace_id, v_feature);
end;
$$;

comment on function private.may_be_delivered(text, text) is
  'Whether the plan of a workspace has destinations of a kind, now. For definer functions.';
