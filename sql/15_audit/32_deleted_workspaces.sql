-- The trail of deleted workspaces. A workspace takes its audit log with it, and of its end this is what stays.
--
-- Threats: a deletion that nobody can reconstruct (a trigger records it, whichever way it comes); a record that tells
-- members, or others, what was there (administrators of the project alone read it, and it holds no content); an entry
-- of the log that outlives its workspace without anybody who could read it (they go together).

create table private.deleted_workspaces (
  workspace_id text not null,
  deleted_at timestamptz not null default clock_timestamp(),
  name text not null,
  plan_type text not null,
  member_count bigint not null,
  deleted_by uuid,
  request_id text,
  ip inet,
  claimed_ip inet,
  primary key (workspace_id, deleted_at)
);

-- What one person deleted.
create index deleted_workspaces_deleted_by_idx
  on private.deleted_workspaces (deleted_by, deleted_at, workspace_id);
create index deleted_workspaces_deleted_idx on private.deleted_workspaces (deleted_at);

alter table private.deleted_workspaces enable row level security;

create policy deleted_workspaces_select on private.deleted_workspaces
  for select to service_role using (true);

grant select on private.deleted_workspaces to service_role;

comment on table private.deleted_workspaces is
  'One row per deleted workspace: the trail of a deletion, which outlives the workspace and its audit log.';
comment on column private.deleted_workspaces.member_count is 'How many people were in it, suspended ones included.';
comment on column private.deleted_workspaces.deleted_by is
  'The account that deleted it; null for the system and for API keys. No reference: it outlives the account.';

create function private.tg_record_workspace_deletion() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_origin constant record := private.request_origin();
begin
  insert into private.deleted_workspaces (
    workspace_id, name, plan_type, member_count, deleted_by, request_id, ip, claimed_ip
  )
  select old.id, old.name, old.plan_type, count(*), auth.uid(), v_origin.request_id, v_origin.ip,
    v_origin.claimed_ip
  from public.workspace_members m
  where m.workspace_id = old.id;
  return old;
end;
$$;

comment on function private.tg_record_workspace_deletion() is
  'Before a workspace is deleted, by whatever way: records it while its members can be counted. Definer: no role '
  'writes the record.';

create function private.tg_purge_audit_log() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- By the key, however many entries Postgres expects of a workspace (52_partitions.sql).
set enable_seqscan = off
as $$
begin
  perform private.allow_audit_changes(true);
  delete from public.audit_log where workspace_id = old.id;
  perform private.allow_audit_changes(false);
  return null;
end;
$$;

comment on function private.tg_purge_audit_log() is
  'After a workspace is deleted: removes its audit log. Definer: no role may remove entries.';

create trigger workspaces_record_deletion before delete on public.workspaces
  for each row execute function private.tg_record_workspace_deletion();
create trigger workspaces_purge_audit_log after delete on public.workspaces
  for each row execute function private.tg_purge_audit_log();

create function private.export_workspaces_deleted(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'text');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(d.deleted_at, d.workspace_id), jsonb_build_object(
      'workspaceId', d.workspace_id,
      'deletedAt', d.deleted_at,
      'requestId', d.request_id,
      'ip', host(d.ip),
      'claimedIp', host(d.claimed_ip)
    )
    from private.deleted_workspaces d
    where d.deleted_by = p_user_id and (d.deleted_at, d.workspace_id) > (v_after[1]::timestamptz, v_after[2])
    order by d.deleted_at, d.workspace_id;
  return v_rows;
end;
$$;

comment on function private.export_workspaces_deleted(uuid, text) is
  'The workspaces that the person deleted, when and from which addresses.';
