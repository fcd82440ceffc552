-- Who did what in a workspace, and when.
--
-- Threats: someone covering their tracks (no API role may write here, and even the owner's update, delete and
-- truncate are refused by trigger, so that a careless statement in Studio loses nothing); a reader of one workspace
-- seeing another's entries; secrets and addresses of people kept for ever (50_trigger.sql withholds values,
-- retention in 52_partitions.sql takes entries away, a deleted account's IP addresses are erased).
--
-- The log is partitioned by month, so that what is expired goes by dropping a table. The key orders a workspace's
-- entries by time: one index finds a page and continues it. Entries refer to nothing: they outlive the account
-- that acted, and a check of the workspace on every write would cost more than the write of the entry.

create table public.audit_log (
  workspace_id text not null,
  id uuid not null default gen_random_uuid(),
  occurred_at timestamptz not null default clock_timestamp(),
  actor_id uuid,
  actor_type text not null
    constraint audit_log_actor_type_known check (actor_type in ('user', 'service_role', 'api_key', 'system')),
  actor_role text,
  action text not null
    constraint audit_log_action_known check (action in ('insert', 'update', 'delete')),
  table_name text not null,
  row_id text not null,
  changes jsonb not null,
  request_id text,
  trace_id text
    constraint audit_log_trace_id_format check (trace_id ~ '^[0-9a-f]{32}$'),
  ip inet,
  claimed_ip inet,
  primary key (workspace_id, occurred_at, id)
) partition by range (occurred_at);

-- One person's entries: a page of them, and all of them when the account is deleted.
create index audit_log_actor_idx on public.audit_log (actor_id, workspace_id, occurred_at, id)
  where actor_id is not null;

alter table public.audit_log enable row level security;

create policy audit_log_select on public.audit_log
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('audit.read')))
  );

-- No insert, not even for service_role: an entry is written by the trigger that saw the change, or it is a forgery.
grant select on public.audit_log to authenticated, service_role;

comment on table public.audit_log is
  'Who did what in a workspace, and when. Append-only; kept for 90 days on the free plan and 400 on premium.';
comment on column public.audit_log.occurred_at is
  'When the change was made, by the clock and not by the transaction: entries of one transaction keep their order.';
comment on column public.audit_log.actor_id is
  'The person''s account, null for an API key or the system. No reference: an id without a profile is a deleted user.';
comment on column public.audit_log.actor_type is
  'user: somebody signed in. service_role: a server with the secret key. api_key: a request with another key '
  'alone. system: no request at all, such as a cron job.';
comment on column public.audit_log.actor_role is
  'The role that the person had in the workspace when they acted; null where they were no member.';
comment on column public.audit_log.row_id is 'The key of the row without workspace_id, parts joined by commas.';
comment on column public.audit_log.changes is
  'By column: {"old": …, "new": …} for an update, {"new": …} for an insert, {"old": …} for a delete, and {} where the '
  'value is withheld.';
comment on column public.audit_log.request_id is
  'The header x-request-id, at most 100 characters. The caller chose it.';
comment on column public.audit_log.trace_id is
  'The trace in the header traceparent, by which the lines of Edge Functions are found. The caller chose it, or the '
  'function through which they came.';
comment on column public.audit_log.ip is
  'Where the request came from, as the platform saw it. Erased with the account.';
comment on column public.audit_log.claimed_ip is
  'Where the request says that it came from, if that is another address: a hint, no proof. Erased with the account.';

create function private.allow_audit_changes(p_allowed boolean) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('private.audit_changes_allowed', p_allowed::text, true);
end;
$$;

comment on function private.allow_audit_changes(boolean) is
  'Opens the audit log for the few functions that take entries out, and closes it behind them. A setting can be '
  'forged, which helps nobody who lacks the grants: it protects the owner from accidents.';

create function private.tg_refuse_audit_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('private.audit_changes_allowed', true) is distinct from 'true' then
    perform private.raise_error('permission_denied',
      'The audit log only grows.', 'audit_log', 'Entries leave with their retention period or with their workspace.');
  end if;
  return null;
end;
$$;

comment on function private.tg_refuse_audit_change() is
  'Before update, delete or truncate: refuses it to everyone, the owner included, outside of allow_audit_changes. '
  'Error: permission_denied.';

-- Once a statement: a workspace that is deleted takes all of its entries along, which can be a million.
create trigger audit_log_refuse_change before update or delete or truncate on public.audit_log
  for each statement execute function private.tg_refuse_audit_change();

create function private.scrub_audit_of(p_user_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.allow_audit_changes(true);
  update public.audit_log
  set ip = null, claimed_ip = null
  where actor_id = p_user_id and (ip is not null or claimed_ip is not null);
  perform private.allow_audit_changes(false);
  update private.deleted_workspaces
  set ip = null, claimed_ip = null
  where deleted_by = p_user_id and (ip is not null or claimed_ip is not null);
end;
$$;

comment on function private.scrub_audit_of(uuid) is
  'Erases the IP addresses of a person''s entries; what stays is a bare id, shown as a deleted user. To be called '
  'after the account''s rows are gone, which makes entries too. Definer: nobody else may change an entry.';

create function private.export_audit(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text', 'timestamptz', 'uuid');
  v_rows refcursor;
begin
  -- What was changed belongs to the workspace, which the person may have left; that they did it is theirs.
  open v_rows for
    select jsonb_build_array(l.workspace_id, l.occurred_at, l.id), jsonb_build_object(
      'workspaceId', l.workspace_id,
      'occurredAt', l.occurred_at,
      'action', l.action,
      'table', l.table_name,
      'role', l.actor_role,
      'requestId', l.request_id,
      'claimedTraceId', l.trace_id,
      'ip', host(l.ip),
      'claimedIp', host(l.claimed_ip)
    )
    from public.audit_log l
    where l.actor_id = p_user_id
      and (l.workspace_id, l.occurred_at, l.id) > (v_after[1], v_after[2]::timestamptz, v_after[3]::uuid)
    order by l.workspace_id, l.occurred_at, l.id;
  return v_rows;
end;
$$;

comment on function private.export_audit(uuid, text) is
  'What the person did according to the audit log, when and from which addresses; the changed values are left out.';
