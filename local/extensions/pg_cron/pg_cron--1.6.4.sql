/*
 * Cron jobs: tables and functions of pg_cron. The scheduler, a process outside of Postgres, runs the jobs
 * and is told of every change with a notification on the channel `pg_cron`.
 *
 * Nobody but the superuser may write `cron.job`. The functions write through the view `cron._own_job`, which
 * leaves `username` to its default: `current_user`, as Postgres evaluates it for the real caller. A definer
 * function would have to be told who calls, and could be lied to.
 */

\echo Use "create extension pg_cron" to load this file. \quit

create schema cron;

create sequence cron.jobid_seq;
create sequence cron.runid_seq;

create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default inet_server_port(),
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);

alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);

alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

select pg_catalog.pg_extension_config_dump('cron.job', '');
select pg_catalog.pg_extension_config_dump('cron.jobid_seq', '');

/*
 * Schedules
 */

-- Whether a text is five cron fields (minute, hour, day of month, month, day of week; in UTC), `N seconds`
-- with N 1-59, or a name such as @daily. `$` as the day of month is its last day.
create function cron._is_schedule(p_schedule text) returns boolean
language plpgsql immutable strict
set search_path = ''
as $$
declare
  v_fields text[] := regexp_split_to_array(lower(btrim(p_schedule, E' \t\n')), '\s+');
  v_lowest integer[] := array[0, 0, 1, 1, 0];
  v_highest integer[] := array[59, 23, 31, 12, 7];
  v_months text[] := array['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
  v_days text[] := array['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  v_item text;
  v_parts text[];
  v_from integer;
  v_to integer;
begin
  if array_to_string(v_fields, ' ') ~ '^([1-9]|[1-5][0-9]) seconds?$'
    or v_fields[1] ~ '^@(reboot|restart|yearly|annually|monthly|weekly|daily|midnight|hourly)$'
      and cardinality(v_fields) = 1
  then
    return true;
  end if;
  if cardinality(v_fields) <> 5 then
    return false;
  end if;
  for v_field in 1 .. 5 loop
    foreach v_item in array string_to_array(v_fields[v_field], ',') loop
      continue when v_field = 3 and v_item = '$';
      v_parts := regexp_match(v_item, '^(?:\*|([a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?)(?:/(\d{1,4}))?$');
      if v_parts is null
        or v_parts[3]::integer = 0
        -- A step needs something to step through.
        or v_parts[3] is not null and v_parts[1] is not null and v_parts[2] is null
      then
        return false;
      end if;
      continue when v_parts[1] is null;
      v_parts[2] := coalesce(v_parts[2], v_parts[1]);
      v_from := case
        when v_parts[1] ~ '\d' then v_parts[1]::integer
        when v_field = 4 then array_position(v_months, v_parts[1])
        when v_field = 5 then array_position(v_days, v_parts[1]) - 1
      end;
      v_to := case
        when v_parts[2] ~ '\d' then v_parts[2]::integer
        when v_field = 4 then array_position(v_months, v_parts[2])
        when v_field = 5 then array_position(v_days, v_parts[2]) - 1
      end;
      if (v_from >= v_lowest[v_field] and v_to <= v_highest[v_field] and v_from <= v_to) is not true then
        return false;
      end if;
    end loop;
  end loop;
  return true;
end
$$;

create function cron._check_schedule() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if not cron._is_schedule(new.schedule) then
    raise invalid_parameter_value using
      message = format('invalid schedule: %s', new.schedule),
      hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
  return new;
end
$$;

create trigger cron_job_check_schedule before insert or update of schedule on cron.job
  for each row execute function cron._check_schedule();

create function cron.job_cache_invalidate() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform pg_notify('pg_cron', '');
  return null;
end
$$;

create trigger cron_job_cache_invalidate after insert or update or delete or truncate on cron.job
  for each statement execute function cron.job_cache_invalidate();

-- The scheduler may run already, without a table to look at.
select pg_notify('pg_cron', '');

/*
 * Functions
 */

-- What the functions below write through: the caller's jobs, and a superuser's every job.
create view cron._own_job as
select jobid, schedule, command, database, username, active, jobname
from cron.job
where username = current_user
  or (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
with check option;

-- Makes a job of the caller, or changes the one of that name; returns its id.
create function cron.schedule(job_name text, schedule text, command text) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_id bigint;
begin
  if job_name is null then
    raise invalid_parameter_value using message = 'job_name can not be NULL';
  end if;
  insert into cron._own_job as j (jobname, schedule, command)
  values (schedule.job_name, schedule.schedule, schedule.command)
  on conflict (jobname, username) do update set schedule = excluded.schedule, command = excluded.command
  returning jobid into v_id;
  return v_id;
end
$$;

-- Makes a job without a name; returns its id.
create function cron.schedule(schedule text, command text) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_id bigint;
begin
  insert into cron._own_job (schedule, command) values (schedule.schedule, schedule.command)
  returning jobid into v_id;
  return v_id;
end
$$;

-- Changes what is given of a job of the caller; null keeps what stands.
create function cron.alter_job(
  job_id bigint, schedule text default null, command text default null, database text default null,
  username text default null, active boolean default null
) returns void
language plpgsql
set search_path = ''
as $$
begin
  update cron._own_job j
  set schedule = coalesce(alter_job.schedule, j.schedule),
    command = coalesce(alter_job.command, j.command),
    database = coalesce(alter_job.database, j.database),
    active = coalesce(alter_job.active, j.active)
  where j.jobid = job_id;
  if not found then
    raise exception 'Job % does not exist or you don''t own it', job_id;
  end if;
  if alter_job.username is not null then
    perform cron._give_job(job_id, alter_job.username);
  end if;
end
$$;

-- Makes or changes a named job in another database; returns its id.
create function cron.schedule_in_database(
  job_name text, schedule text, command text, database text, username text default null,
  active boolean default true
) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_id bigint := cron.schedule(schedule_in_database.job_name, schedule_in_database.schedule,
    schedule_in_database.command);
begin
  perform cron.alter_job(
    v_id, database := schedule_in_database.database, username := schedule_in_database.username,
    active := schedule_in_database.active
  );
  return v_id;
end
$$;

create function cron._give_job(p_job_id bigint, p_username text) returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_username = current_user then
    return;
  end if;
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    raise insufficient_privilege using message = 'must be superuser to create a job for another role';
  end if;
  update cron.job set username = p_username where jobid = p_job_id;
end
$$;

-- Removes a job of the caller.
create function cron.unschedule(job_id bigint) returns boolean
language plpgsql
set search_path = ''
as $$
begin
  delete from cron._own_job j where j.jobid = job_id;
  if not found then
    raise exception 'could not find valid entry for job %', job_id;
  end if;
  return true;
end
$$;

-- Removes the caller's job of that name.
create function cron.unschedule(job_name text) returns boolean
language plpgsql
set search_path = ''
as $$
begin
  delete from cron._own_job j where j.jobname = job_name and j.username = current_user;
  if not found then
    raise exception 'could not find valid entry for job ''%''', job_name;
  end if;
  return true;
end
$$;

/*
 * Grants. USAGE on the schema, which postgres may pass on, is the gate for the rest.
 */

revoke execute on function
  cron.alter_job(bigint, text, text, text, text, boolean),
  cron.schedule_in_database(text, text, text, text, text, boolean)
  from public;
grant select on cron.job to public;
grant select, delete on cron.job_run_details to public;
grant usage on sequence cron.jobid_seq to public;
grant select, delete, insert (schedule, command, jobname), update (schedule, command, database, active)
  on cron._own_job to public;

grant usage on schema cron to postgres with grant option;
grant all on all functions in schema cron to postgres with grant option;
grant select on cron.job to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;
