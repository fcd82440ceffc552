-- What writes the audit log: one trigger function for what is made and changed, and one for what is deleted.
--
-- They run inside of other people's writes, so they must be cheap (one statement, whatever the number of columns) and
-- must not fail because of what a request says about itself: headers are the caller's to invent. A deletion can take
-- ten thousand rows along, so its entries are written together, once for the statement; a workspace that is deleted is
-- gone before the rows that it takes with it, and they leave no entry.

create function private.actor_type() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when private.is_api_key() then 'api_key'
    when auth.uid() is not null then 'user'
    when private.is_service_role() then 'service_role'
    when nullif(current_setting('request.jwt.claims', true), '') is not null then 'api_key'
    else 'system'
  end;
end;
$$;

comment on function private.actor_type() is
  'Who acts: a user, an api_key (one of the workspace, or another key without an account), the service_role, or the '
  'system, where there is no request.';

create function private.tg_audit() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- The documents differ from write to write and the plan never does: planning anew would cost half of the whole.
set plan_cache_mode = force_generic_plan
as $$
declare
  -- Recorded elsewhere in the entry, or no news.
  c_left_out constant text[] := '{workspace_id,updated_at}';
  v_withheld constant text[] := string_to_array(tg_argv[1], ',');
  v_old constant jsonb := to_jsonb(old);
  v_new constant jsonb := to_jsonb(new);
  v_actor_id constant uuid := auth.uid();
begin
  insert into public.audit_log (
    workspace_id, actor_id, actor_type, actor_role, action, table_name, row_id, changes, request_id,
    trace_id, ip, claimed_ip
  )
  select
    w.id,
    v_actor_id,
    private.actor_type(),
    case
      -- Who changes their own membership acted with the role they had before.
      when tg_relid = 'public.workspace_members'::regclass and v_old ->> 'user_id' = v_actor_id::text
        then v_old ->> 'role_key'
      else (
        select m.role_key
        from public.workspace_members m
        where m.workspace_id = w.id and m.user_id = v_actor_id
      )
    end,
    lower(tg_op),
    tg_table_name,
    case
      when strpos(tg_argv[0], ',') = 0 then v_new ->> tg_argv[0]
      else (
        select string_agg(v_new ->> k.name, ',' order by k.position)
        from unnest(string_to_array(tg_argv[0], ',')) with ordinality as k (name, position)
      )
    end,
    d.changes,
    o.request_id,
    o.trace_id,
    o.ip,
    o.claimed_ip
  from public.workspaces w
  cross join private.request_origin() as o
  cross join (
    select jsonb_object_agg(
      c.key,
      case
        when c.key = any (v_withheld) then '{}'
        when v_old is null then jsonb_build_object('new', c.value)
        else jsonb_build_object('old', v_old -> c.key, 'new', c.value)
      end
    ) as changes
    from jsonb_each(v_new) as c
    where c.key <> all (c_left_out)
      and c.value <> case when v_old is null then 'null' else v_old -> c.key end
  ) as d
  -- The workspace itself is the one audited row without a workspace_id.
  where w.id = coalesce(v_new ->> 'workspace_id', v_new ->> 'id')
    and d.changes is not null;

  return null;
end;
$$;

comment on function private.tg_audit() is
  'After insert or update of a row: writes the entry. Arguments: the columns of the row''s key without workspace_id, '
  'and the columns whose values are withheld, both joined by commas. Definer: no role may write entries.';

create function private.tg_audit_deleted() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  c_left_out constant text[] := '{workspace_id,updated_at}';
  v_withheld constant text[] := string_to_array(coalesce(tg_argv[1], ''), ',');
  v_audited constant jsonb := coalesce(tg_argv[2], '{}');
  v_actor_id constant uuid := auth.uid();
begin
  insert into public.audit_log (
    workspace_id, actor_id, actor_type, actor_role, action, table_name, row_id, changes, request_id,
    trace_id, ip, claimed_ip
  )
  select
    w.id,
    v_actor_id,
    private.actor_type(),
    case
      -- Who leaves acted with the role they had before.
      when tg_relid = 'public.workspace_members'::regclass and d.row ->> 'user_id' = v_actor_id::text
        then d.row ->> 'role_key'
      else (
        select m.role_key
        from public.workspace_members m
        where m.workspace_id = w.id and m.user_id = v_actor_id
      )
    end,
    'delete',
    tg_table_name,
    (
      select string_agg(d.row ->> k.name, ',' order by k.position)
      from unnest(string_to_array(tg_argv[0], ',')) with ordinality as k (name, position)
    ),
    (
      select jsonb_object_agg(
        c.key, case when c.key = any (v_withheld) then '{}' else jsonb_build_object('old', c.value) end)
      from jsonb_each(d.row) as c
      where c.key <> all (c_left_out) and c.value <> 'null'
    ),
    o.request_id,
    o.trace_id,
    o.ip,
    o.claimed_ip
  from deleted g
  -- "offset 0": by index, whatever the number of rows was when the plan was made.
  cross join lateral (select x.id from public.workspaces x where x.id = g.workspace_id offset 0) as w
  cross join lateral (select to_jsonb(g) as row offset 0) as d
  cross join private.request_origin() as o
  where d.row @> v_audited;

  return null;
end;
$$;

comment on function private.tg_audit_deleted() is
  'After rows, the transition table `deleted`, are deleted: writes their entries. Arguments: as for tg_audit, and a '
  'JSON object of what a row has that is audited, where not all are. Definer: no role may write entries.';

create function private.audit_update(p_workspace_id text, p_table_name text, p_row_id text, p_changes jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor_id constant uuid := auth.uid();
begin
  insert into public.audit_log (
    workspace_id, actor_id, actor_type, actor_role, action, table_name, row_id, changes, request_id,
    trace_id, ip, claimed_ip
  )
  select
    p_workspace_id,
    v_actor_id,
    private.actor_type(),
    (
      select m.role_key
      from public.workspace_members m
      where m.workspace_id = p_workspace_id and m.user_id = v_actor_id
    ),
    'update',
    p_table_name,
    p_row_id,
    p_changes,
    o.request_id,
    o.trace_id,
    o.ip,
    o.claimed_ip
  from private.request_origin() as o;
end;
$$;

comment on function private.audit_update(text, text, text, jsonb) is
  'Writes an entry about what no single row shows, its changes like those of a column: {"old": …, "new": …}. For '
  'definer functions, since no role may write entries.';

create function private.is_audited(p_table_name text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
    where c.relname = p_table_name
      and t.tgfoid in ('private.tg_audit'::regproc, 'private.tg_audit_deleted'::regproc));
end;
$$;

comment on function private.is_audited(text) is 'Whether there is a table of a name that the audit log records.';

-- The audited tables of the subjects before this one; those after it attach the log to their tables themselves.
-- Built-in roles come with the workspace and follow the catalog: nobody's deed, so no entry.
create trigger workspaces_audit after insert or update on public.workspaces
  for each row execute function private.tg_audit('id');
create trigger workspace_roles_audit_insert after insert on public.workspace_roles
  for each row when (not new.is_built_in) execute function private.tg_audit('key');
create trigger workspace_roles_audit_update after update on public.workspace_roles
  for each row when (not old.is_built_in) execute function private.tg_audit('key');
create trigger workspace_roles_audit_delete after delete on public.workspace_roles
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('key', '', '{"is_built_in": false}');
create trigger workspace_members_audit after insert or update on public.workspace_members
  for each row execute function private.tg_audit('user_id');
create trigger workspace_members_audit_delete after delete on public.workspace_members
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('user_id');

create trigger api_keys_audit_insert after insert on private.api_keys
  for each row execute function private.tg_audit('id', 'secret_hash,previous_hash');
-- Not its use, which is no change.
create trigger api_keys_audit_update after update of secret_hash, revoked_at on private.api_keys
  for each row execute function private.tg_audit('id', 'secret_hash,previous_hash');
create trigger api_keys_audit_delete after delete on private.api_keys
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id', 'secret_hash,previous_hash');
