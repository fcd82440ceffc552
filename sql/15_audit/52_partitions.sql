-- How long the audit log remembers, and the tables it is stored in: one a month, in `private`, where the Data API
-- does not reach.
--
-- A write must never fail for want of a partition. Months are made three ahead by a cron job; should it not have
-- run for so long, entries land in the default partition, and the next run moves them to where they belong. The
-- partitions are not declared here: which of them exist depends on the date (data/jobs.sql).

create function private.protect_audit_partition(p_name text, p_comment text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_policy constant text := p_name || '_select';
begin
  execute format('alter table private.%I enable row level security', p_name);
  execute format('create policy %I on private.%I for select to authenticated using (false)', v_policy, p_name);
  execute format(
    'create trigger audit_log_refuse_change before update or delete or truncate on private.%I
      for each statement execute function private.tg_refuse_audit_change()', p_name);

  execute format('comment on table private.%I is %L', p_name, p_comment);
  execute format('comment on policy %I on private.%I is %L', v_policy, p_name,
    'Entries are read through public.audit_log and its policy alone.');
end;
$$;

comment on function private.protect_audit_partition(text, text) is
  'Gives a partition of the audit log what it does not inherit: row-level security, the refusal of changes, '
  'comments.';

create function private.add_audit_partition(p_month timestamp) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := 'audit_log_' || to_char(p_month, 'YYYY_MM');
  v_from constant timestamptz := p_month at time zone 'UTC';
  v_to constant timestamptz := (p_month + interval '1 month') at time zone 'UTC';
begin
  if to_regclass('private.' || v_name) is not null then
    return;
  end if;

  execute format('create table private.%I (like public.audit_log including all)', v_name);
  perform private.protect_audit_partition(v_name,
    format('Entries of the audit log of %s (UTC).', to_char(p_month, 'FMMonth YYYY')));

  -- Of a month that has begun, entries may be in the default partition and on their way there: writers wait until
  -- the month is attached. Nobody waits for a month that is to come.
  if v_from <= now() then
    lock table public.audit_log in share row exclusive mode;
    perform private.allow_audit_changes(true);
    execute format(
      'with moved as (delete from private.audit_log_default where occurred_at >= $1 and occurred_at < $2 returning *)
      insert into private.%I select * from moved', v_name) using v_from, v_to;
    perform private.allow_audit_changes(false);
  end if;

  execute format('alter table public.audit_log attach partition private.%I for values from (%L) to (%L)',
    v_name, v_from, v_to);
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
  c_longest_retention constant interval := '400 days';
  v_this_month constant timestamp := date_trunc('month', now() at time zone 'UTC');
  v_month timestamp;
  v_partition text;
begin
  if to_regclass('private.audit_log_default') is null then
    create table private.audit_log_default partition of public.audit_log default;
    perform private.protect_audit_partition('audit_log_default',
      'Entries of months without a partition: normally none. The next maintenance moves them.');
  end if;

  for v_month in
    select v_this_month + make_interval(months => n) from generate_series(0, c_months_ahead) as n
    union
    select date_trunc('month', d.occurred_at at time zone 'UTC') from private.audit_log_default d
    order by 1
  loop
    perform private.add_audit_partition(v_month);
  end loop;

  for v_partition in
    select c.relname
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.audit_log'::regclass
      and c.relname ~ '^audit_log_\d{4}_\d{2}$'
      and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC'
        <= now() - c_longest_retention
    order by 1
  loop
    execute format('drop table private.%I', v_partition);
  end loop;
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
  c_free constant interval := '90 days';
  c_premium constant interval := '400 days';
  v_expired integer;
begin
  perform private.allow_audit_changes(true);

  with expired as (
    select l.workspace_id, l.occurred_at, l.id
    from public.audit_log l
    where l.occurred_at < now() - c_free
      and (
        l.occurred_at < now() - c_premium
        or not exists (
          select from public.workspaces w where w.id = l.workspace_id and w.plan_type = 'premium'
        )
      )
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
  'Removes at most so many entries that are past their retention (90 days, on the premium plan 400), and returns how '
  'many. Run by cron until nothing is left, with a commit after each batch.';
