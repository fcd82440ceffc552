-- How long the audit log remembers, and the tables it is stored in: one a month (00_foundation/76_partitions.sql). They
-- are made three months ahead by a cron job (data/jobs.sql).

create function private.protect_audit_partition(p_name text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_name is not null then
    execute format(
      'create trigger audit_log_refuse_change before update or delete or truncate on private.%I
        for each statement execute function private.tg_refuse_audit_change()', p_name);
    -- As if all were of one workspace. A page of any is then read in the order of the key: where Postgres expects one
    -- entry of a workspace it reads and sorts all that there are.
    execute format('alter table private.%I alter column workspace_id set (n_distinct = 1)', p_name);
  end if;
end;
$$;

comment on function private.protect_audit_partition(text) is
  'Gives a partition of the audit log, if there is one, what it does not inherit: the refusal of changes, and how a '
  'page of it is read.';

create function private.add_audit_partition(p_month timestamp) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
begin
  perform private.allow_audit_changes(true);
  v_name := private.add_month_partition('public.audit_log', 'occurred_at', p_month);
  perform private.allow_audit_changes(false);
  perform private.protect_audit_partition(v_name);
end;
$$;

comment on function private.add_audit_partition(timestamp) is
  'Makes the partition of the month that begins at this moment (UTC) where there is none, and moves its entries there '
  'from the default partition.';

create function private.maintain_audit_partitions() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- Every audited write waits behind a lock that waits: rather fail, and try again the next day.
set lock_timeout = '5s'
as $$
declare
  c_months_ahead constant integer := 3;
  -- Null where a plan keeps it for ever.
  v_longest constant integer := (
    select case when count(l.most) = count(*) then max(l.most) end
    from public.plan_limits l where l.limit_key = 'audit_days');
begin
  perform private.protect_audit_partition(private.add_default_partition('public.audit_log'));
  perform private.add_audit_partition(m.month)
  from private.months_wanted('public.audit_log', 'occurred_at', c_months_ahead) as m (month);
  perform private.drop_expired_months('public.audit_log', make_interval(days => v_longest));
end;
$$;

comment on function private.maintain_audit_partitions() is
  'Makes the partitions of this month and the next three, empties the default partition, and drops the partitions '
  'that lie wholly beyond the longest retention. Run by cron, and once by the migration.';

create function private.expire_audit_entries(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shortest constant integer := (select min(l.most) from public.plan_limits l where l.limit_key = 'audit_days');
  v_expired integer;
begin
  perform private.allow_audit_changes(true);

  with expired as (
    select l.workspace_id, l.occurred_at, l.id
    from public.audit_log l
    where l.occurred_at < now() - make_interval(days => v_shortest)
      and not exists (
        select
        from public.workspaces w
        join public.plan_limits p on p.plan_key = w.plan_type and p.limit_key = 'audit_days'
        where w.id = l.workspace_id
          and (p.most is null or l.occurred_at >= now() - make_interval(days => p.most::integer)))
      and not exists (
        select
        from private.left_plans e
        join public.plan_limits p on p.plan_key = e.plan_key and p.limit_key = 'audit_days'
        where e.workspace_id = l.workspace_id
          and l.occurred_at < e.left_at
          and (p.most is null or l.occurred_at >= now() - make_interval(days => p.most::integer)))
    limit p_batch
  )
  delete from public.audit_log l
  using expired e
  where l.workspace_id = e.workspace_id and l.occurred_at = e.occurred_at and l.id = e.id;
  get diagnostics v_expired = row_count;

  perform private.allow_audit_changes(false);
  return v_expired;
end;
$$;

comment on function private.expire_audit_entries(integer) is
  'Removes at most so many entries that are older than the plan of their workspace keeps, or kept when they were '
  'written (audit_days; of a deleted workspace the smallest), and returns how many. Run by cron until nothing is left, '
  'with a commit after each batch.';
