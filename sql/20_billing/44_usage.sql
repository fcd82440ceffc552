-- Holding, settling and releasing use. For definer functions of the subjects whose use is limited.
--
-- The row of the month is locked before the hold, by everybody, so that nobody waits in a circle. A transaction that
-- writes to several meters takes them in alphabetical order.

create function private.usage_period() returns date
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return date_trunc('month', now() at time zone 'UTC')::date;
end;
$$;

comment on function private.usage_period() is 'The month in which use counts at the time of this transaction, in UTC.';

create function private.usage_of(p_workspace_id text, p_meter text) returns numeric
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    (
      select u.held - u.released
      from private.usage u
      where u.workspace_id = p_workspace_id and u.meter = p_meter and u.period = private.usage_period()
    ),
    0);
end;
$$;

comment on function private.usage_of(text, text) is
  'What a workspace has used of a meter this month, with what is open. For definer functions.';

create function private.begin_durable_use(p_amount numeric, p_least numeric) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Neither NaN nor infinity is below any number.
  if (p_amount >= p_least and p_amount < 1e15) is not true then
    perform private.raise_invalid_input('amount', 'This is no amount of use.', 'Give a number that is not negative.');
  end if;
  -- Until the end of the transaction: its commit waits for the disk.
  perform set_config('synchronous_commit', 'on', true);
end;
$$;

comment on function private.begin_durable_use(numeric, numeric) is
  'Before use is written: refuses what is no amount, and makes the commit durable. Error: invalid_input (amount).';

create function private.hold_usage(
  p_workspace_id text, p_meter text, p_amount numeric, p_lifetime interval, p_user_id uuid
) returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_longest constant interval := '1 day';
  v_period constant date := private.usage_period();
  v_limit bigint;
  v_id uuid;
begin
  perform private.begin_durable_use(p_amount, 1e-12);
  if (p_lifetime > interval '0' and p_lifetime <= c_longest) is not true then
    perform private.raise_invalid_input('lifetime', 'A hold lasts up to a day.', 'Give an interval of up to a day.');
  end if;

  loop
    v_limit := private.limit_of(p_workspace_id, p_meter);
    insert into private.usage as u (workspace_id, meter, period, held)
    select p_workspace_id, p_meter, v_period, p_amount
    where v_limit is null or p_amount <= v_limit
    on conflict (workspace_id, meter, period) do update
      set held = u.held + excluded.held
      where v_limit is null or u.held - u.released + excluded.held <= v_limit;
    exit when found;
    -- What its holder has let expire may be spent before a job comes to it.
    continue when private.release_expired_of(p_workspace_id, p_meter, v_period) > 0;
    perform private.require_within_limit(
      p_workspace_id, p_meter, private.usage_of(p_workspace_id, p_meter) + p_amount);
    -- It is within the limit by now: somebody has released what they held.
  end loop;

  insert into private.usage_holds (workspace_id, meter, period, user_id, amount, expires_at)
  values (p_workspace_id, p_meter, v_period, p_user_id, p_amount, now() + p_lifetime)
  returning id into v_id;
  return v_id;
end;
$$;

comment on function private.hold_usage(text, text, numeric, interval, uuid) is
  'Holds use for work that begins, and returns the id to settle or release it with. Errors: payment_required beyond '
  'the limit of the plan, invalid_input (amount, lifetime). For definer functions.';

create function private.lock_usage_of_hold(p_workspace_id text, p_hold_id uuid) returns private.usage_holds
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hold private.usage_holds;
begin
  perform
  from private.usage u
  join private.usage_holds h on h.workspace_id = u.workspace_id and h.meter = u.meter and h.period = u.period
  where h.workspace_id = p_workspace_id and h.id = p_hold_id
  for no key update of u;
  select * into v_hold
  from private.usage_holds h
  where h.workspace_id = p_workspace_id and h.id = p_hold_id;
  if not found then
    perform private.raise_error('not_found',
      'There is no such hold in this workspace.', 'hold_id', 'Give an id that hold_usage gave within the last month.');
  end if;
  return v_hold;
end;
$$;

comment on function private.lock_usage_of_hold(text, uuid) is
  'A hold as it is once nobody else writes to its meter. Error: not_found (hold_id). For definer functions.';

create function private.settle_usage(p_workspace_id text, p_hold_id uuid, p_amount numeric) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hold private.usage_holds;
  v_was_released boolean;
begin
  perform private.begin_durable_use(p_amount, 0);
  v_hold := private.lock_usage_of_hold(p_workspace_id, p_hold_id);
  if v_hold.settled is not null then
    return;
  end if;
  v_was_released := v_hold.ended_at is not null;
  -- What is beyond the hold, or comes after it was released, is held and settled at once.
  update private.usage u
  set held = u.held + case
      when v_was_released then p_amount
      else greatest(p_amount - v_hold.amount, 0)
    end,
    settled = u.settled + p_amount,
    released = u.released + case when v_was_released then 0 else greatest(v_hold.amount - p_amount, 0) end
  where u.workspace_id = p_workspace_id and u.meter = v_hold.meter and u.period = v_hold.period;
  update private.usage_holds h
  set settled = p_amount, ended_at = now()
  where h.workspace_id = p_workspace_id and h.id = p_hold_id;
end;
$$;

comment on function private.settle_usage(text, uuid, numeric) is
  'Ends a hold with what it came to, more or less than what was held, in the month of the hold. Settled once: again '
  'changes nothing. One that had expired or was released counts all the same. Errors: not_found (hold_id), '
  'invalid_input (amount). For definer functions.';

create function private.release_usage(p_workspace_id text, p_hold_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hold private.usage_holds;
begin
  perform private.begin_durable_use(0, 0);
  v_hold := private.lock_usage_of_hold(p_workspace_id, p_hold_id);
  if v_hold.ended_at is not null then
    return;
  end if;
  update private.usage u
  set released = u.released + v_hold.amount
  where u.workspace_id = p_workspace_id and u.meter = v_hold.meter and u.period = v_hold.period;
  update private.usage_holds h
  set ended_at = now()
  where h.workspace_id = p_workspace_id and h.id = p_hold_id;
end;
$$;

comment on function private.release_usage(text, uuid) is
  'Ends a hold of which nothing was used; one that has ended stays as it is. Error: not_found (hold_id). For definer '
  'functions.';

create function private.count_usage(p_workspace_id text, p_meter text, p_amount numeric) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.begin_durable_use(p_amount, 0);
  insert into private.usage as u (workspace_id, meter, period, held, settled)
  values (p_workspace_id, p_meter, private.usage_period(), p_amount, p_amount)
  on conflict (workspace_id, meter, period) do update
    set held = u.held + excluded.held, settled = u.settled + excluded.settled;
end;
$$;

comment on function private.count_usage(text, text, numeric) is
  'Counts use that has happened, whatever the limit. Error: invalid_input (amount). For definer functions.';

create function private.spend_usage(p_workspace_id text, p_meter text, p_amount numeric) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_limit constant bigint := private.limit_of(p_workspace_id, p_meter);
begin
  perform private.begin_durable_use(p_amount, 0);
  insert into private.usage as u (workspace_id, meter, period, held, settled)
  select p_workspace_id, p_meter, private.usage_period(), p_amount, p_amount
  where v_limit is null or p_amount <= v_limit
  on conflict (workspace_id, meter, period) do update
    set held = u.held + excluded.held, settled = u.settled + excluded.settled
    where v_limit is null or u.held - u.released + excluded.held <= v_limit;
  return found;
end;
$$;

comment on function private.spend_usage(text, text, numeric) is
  'Counts use at once where the plan has room for it, and returns whether it had. Error: invalid_input (amount). For '
  'definer functions.';

create function private.release_expired_of(p_workspace_id text, p_meter text, p_period date) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_released integer;
begin
  perform private.begin_durable_use(0, 0);
  perform
  from private.usage u
  where u.workspace_id = p_workspace_id and u.meter = p_meter and u.period = p_period
  for no key update;
  with expired as (
    update private.usage_holds h
    set ended_at = now()
    where h.ended_at is null
      and h.expires_at <= now()
      and h.workspace_id = p_workspace_id
      and h.meter = p_meter
      and h.period = p_period
    returning h.amount
  ),
  total as (
    select count(*) as number, sum(e.amount) as amount from expired e
  ),
  written as (
    update private.usage u
    set released = u.released + t.amount
    from total t
    where t.number > 0 and u.workspace_id = p_workspace_id and u.meter = p_meter and u.period = p_period
  )
  select t.number into v_released from total t;
  return v_released;
end;
$$;

comment on function private.release_expired_of(text, text, date) is
  'Releases what has expired of one workspace, meter and month, and returns how many holds it was. For definer '
  'functions.';

create function private.release_expired_holds(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(sum(private.release_expired_of(d.workspace_id, d.meter, d.period)), 0)
    from (
      select distinct h.workspace_id, h.meter, h.period
      from (
        select x.workspace_id, x.meter, x.period
        from private.usage_holds x
        where x.ended_at is null and x.expires_at <= now()
        order by x.expires_at
        limit p_batch
      ) as h
      -- In one order, so that two of these never wait for each other in a circle.
      order by h.workspace_id, h.meter, h.period
    ) as d);
end;
$$;

comment on function private.release_expired_holds(integer) is
  'Releases holds that have expired, those of at most so many, and returns how many. Run by cron until nothing is '
  'left.';

create function private.forget_ended_holds(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_kept constant interval := '30 days';
  v_forgotten integer;
begin
  with old as materialized (
    select h.workspace_id, h.id
    from private.usage_holds h
    where h.ended_at < now() - c_kept
    limit p_batch
    for update skip locked
  )
  delete from private.usage_holds h
  using old o
  where h.workspace_id = o.workspace_id and h.id = o.id;
  get diagnostics v_forgotten = row_count;
  return v_forgotten;
end;
$$;

comment on function private.forget_ended_holds(integer) is
  'Removes at most so many holds that ended a month ago, and returns how many; what they came to stays. Run by cron '
  'until nothing is left.';
