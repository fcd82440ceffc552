-- The measures of the whole project, for the Edge Function `metrics`, which writes them as Prometheus reads them.
--
-- Everything is read from counters, from indexes that hold what waits, or from views of Postgres: it costs the same
-- however many workspaces there are.
--
-- Threats: what a statement holds (no text of one is read: an id, under which an operator finds it); a queue of
-- millions that is counted (up to 10,000); a server that lacks an extension (its measures are left out).

create function public.operator_metrics() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.operator_metrics();
end;
$$;

comment on function public.operator_metrics() is
  'The measures of the project (operatorMetricsSchema of types/operator.ts). For the server alone; the function '
  '`metrics` gives them as text for Prometheus.';

grant execute on function public.operator_metrics() to service_role;

create function private.operator_metrics() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
  return jsonb_build_array(
    private.counted_durations('request', 'function_request_duration_seconds',
      'How long Edge Functions took to answer, by method and class of status.', '{function,method,code}'),
    private.counted_durations('front_end', 'front_end_duration_seconds',
      'What front ends waited for, as they tell of it.', '{name}'),
    private.counted_durations('refresh', 'widget_refresh_duration_seconds',
      'How long refreshing the data of widgets took, by kind of source and outcome.', '{source,outcome}'),
    private.counted_durations('ai_call', 'ai_call_duration_seconds',
      'How long calls of language models took, by model and outcome.', '{model,outcome}'),
    private.counted('event', 'events_total', 'Events of use that front ends told of.', '{kind,name}'),
    private.counted('shown', 'widgets_shown_total', 'Widgets that were shown fresh, stale and empty.', '{state}'),
    private.counted('ai_tokens', 'ai_tokens_total', 'Tokens of language models.', '{model,direction}'),
    private.counted('ai_credits', 'ai_credits_total', 'What language models cost, in credits.', '{model}'))
    || private.query_measures()
    || jsonb_build_array(
      jsonb_build_object(
        'name', 'queue_length', 'type', 'gauge', 'help', 'What waits, counted up to 10,000.',
        'samples', (
          select coalesce(jsonb_agg(jsonb_build_object(
            'labels', jsonb_build_object('queue', q.queue), 'value', q.waiting) order by q.queue), '[]')
          from private.queue_lengths() as q)),
      jsonb_build_object(
        'name', 'workspaces', 'type', 'gauge', 'help', 'Workspaces, by plan.',
        'samples', (
          select jsonb_agg(jsonb_build_object(
            'labels', jsonb_build_object('plan', p.key),
            'value', (select count(*) from public.workspaces w where w.plan_type = p.key)) order by p.key)
          from public.plans p)),
      jsonb_build_object(
        'name', 'analytics_counted_until_seconds', 'type', 'gauge', 'help', 'Up to when use is put together.',
        'samples', jsonb_build_array(jsonb_build_object(
          'labels', '{}'::jsonb, 'value', extract(epoch from private.analytics_counted_until())))))
    || private.job_measures()
    || private.replication_measures();
end;
$$;

comment on function private.operator_metrics() is
  'See public.operator_metrics. Definer: the counters and the views of Postgres are for no role to read.';

grant execute on function private.operator_metrics() to service_role;

create function private.labels_of(p_names text[], p_label text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_object_agg(n.name, coalesce(v.value, '') order by n.place)
    from unnest(p_names) with ordinality as n (name, place)
    left join unnest(string_to_array(p_label, '|')) with ordinality as v (value, place) on v.place = n.place);
end;
$$;

comment on function private.labels_of(text[], text) is 'The parts of a label of private.measures by their names.';

create function private.counted(p_family text, p_name text, p_help text, p_labels text[]) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('name', p_name, 'type', 'counter', 'help', p_help, 'samples', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'labels', private.labels_of(p_labels, m.label), 'value', m.total) order by m.label), '[]')
    from (
      select x.label, sum(x.total) as total from private.measures x where x.family = p_family group by x.label
    ) as m));
end;
$$;

comment on function private.counted(text, text, text, text[]) is 'A family of counters. For definer functions.';

create function private.counted_durations(p_family text, p_name text, p_help text, p_labels text[]) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_bounds constant integer[] := private.duration_bounds();
begin
  return jsonb_build_object('name', p_name, 'type', 'histogram', 'help', p_help, 'samples', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'labels', private.labels_of(p_labels, h.label), 'sum', h.milliseconds / 1000, 'count', h.buckets[h.most],
      'buckets', (
        select jsonb_agg(jsonb_build_object('le', b.bound / 1000.0, 'count', h.buckets[b.place]) order by b.place)
        from unnest(c_bounds) with ordinality as b (bound, place))) order by h.label), '[]')
    from (
      select c.label, array_agg(c.up_to order by c.place) as buckets, count(*)::integer as most,
        (select sum(t.total) from private.measures t where t.family = p_family and t.label = c.label) as milliseconds
      from (
        -- Prometheus counts up to each bound all that is below it.
        select m.label, n.place, sum(sum(n.count)) over (partition by m.label order by n.place)::bigint as up_to
        from private.measures m
        cross join lateral unnest(m.counts) with ordinality as n (count, place)
        where m.family = p_family
        group by m.label, n.place
      ) as c
      group by c.label
    ) as h));
end;
$$;

comment on function private.counted_durations(text, text, text, text[]) is
  'A family of histograms, in seconds. For definer functions.';

create function private.query_measures() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 50;
  v_rows jsonb;
begin
  if to_regclass('extensions.pg_stat_statements') is null then
    return '[]';
  end if;
  execute format(
    'select coalesce(jsonb_agg(to_jsonb(q)), ''[]'')
    from (
      select s.queryid::text as query, r.rolname as role, sum(s.calls) as calls, sum(s.total_exec_time) as milliseconds
      from extensions.pg_stat_statements(false) s
      join pg_catalog.pg_roles r on r.oid = s.userid
      where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
        and s.queryid is not null
      group by 1, 2
      order by milliseconds desc, query
      limit %s
    ) as q', c_most) into v_rows;
  return jsonb_build_array(
    jsonb_build_object(
      'name', 'query_calls_total', 'type', 'counter',
      'help', 'How often the statements ran that took the most time, by their id in pg_stat_statements.',
      'samples', private.query_samples(v_rows, 'calls', 1)),
    jsonb_build_object(
      'name', 'query_seconds_total', 'type', 'counter', 'help', 'How long they took in all.',
      'samples', private.query_samples(v_rows, 'milliseconds', 1000)));
end;
$$;

comment on function private.query_measures() is
  'Calls and time of the fifty statements that took the most. For definer functions.';

create function private.query_samples(p_rows jsonb, p_key text, p_divisor integer) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'labels', jsonb_build_object('query', r.value -> 'query', 'role', r.value -> 'role'),
      'value', (r.value -> p_key)::numeric / p_divisor)), '[]')
    from jsonb_array_elements(p_rows) as r (value));
end;
$$;

comment on function private.query_samples(jsonb, text, integer) is 'One number of some statements as samples.';

create function private.queue_lengths() returns table (queue text, waiting bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 10000;
begin
  return query
    values
      ('mails', (
        select count(*) from (
          select from private.mails m
          where m.sent_at is null and m.failed_at is null and m.due_at <= now() limit c_most) as x)),
      ('notification_mails', (
        select count(*) from (
          select from private.notification_mails m where m.sent_at is null and m.mail_id is null limit c_most) as x)),
      ('shares_to_tell', (select count(*) from (select from private.shares_to_tell s limit c_most) as x)),
      ('metric_hours', (select count(*) from (select from private.stale_metric_hours s limit c_most) as x)),
      ('usage_holds', (
        select count(*) from (select from private.usage_holds h where h.ended_at is null limit c_most) as x)),
      ('support_tickets', (
        select count(*) from (select from public.support_tickets t where t.status = 'open' limit c_most) as x)),
      ('deliveries', (
        select count(*) from (
          select from private.deliveries d where d.status = 'waiting' limit c_most) as x)),
      ('requests_of_the_database', (select private.request_queue_length(c_most)));
end;
$$;

comment on function private.queue_lengths() is
  'How much waits in each queue, up to 10,000: a subject with a queue has a line here. For definer functions.';

create function private.request_queue_length(p_most integer) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_length bigint;
begin
  if to_regclass('net.http_request_queue') is not null then
    execute format('select count(*) from (select from net.http_request_queue limit %s) as x', p_most) into v_length;
  end if;
  return v_length;
end;
$$;

comment on function private.request_queue_length(integer) is
  'How many requests of the database wait to be sent; null without pg_net. For definer functions.';

create function private.job_measures() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Runs are found by their number alone. Of a day some 13,000 are kept (expire_job_runs), so that these have the last
  -- run of a job that runs each night.
  c_looked_at constant integer := 20000;
  c_failures_among constant integer := 2000;
  v_rows jsonb;
begin
  if to_regclass('cron.job_run_details') is null then
    return '[]';
  end if;
  execute format(
    'select coalesce(jsonb_agg(to_jsonb(x) order by x.job), ''[]'')
    from (
      select j.jobname as job, l.failed, (d.status = ''succeeded'')::integer as succeeded,
        extract(epoch from d.end_time) as ended, extract(epoch from d.end_time - d.start_time) as seconds
      from (
        select r.jobid, max(r.runid) as runid,
          count(*) filter (where r.status = ''failed'' and r.position <= %2$s) as failed
        from (
          select o.jobid, o.runid, o.status, row_number() over (order by o.runid desc) as position
          from cron.job_run_details o
          where o.end_time is not null
          order by o.runid desc
          limit %1$s
        ) as r
        group by r.jobid
      ) as l
      join cron.job_run_details d on d.runid = l.runid
      join cron.job j on j.jobid = l.jobid
      where j.jobname is not null
    ) as x', c_looked_at, c_failures_among) into v_rows;
  return (
    select jsonb_agg(jsonb_build_object(
      'name', m.name, 'type', 'gauge', 'help', m.help, 'samples', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'labels', jsonb_build_object('job', r.value -> 'job'), 'value', r.value -> m.key)), '[]')
        from jsonb_array_elements(v_rows) as r (value))))
    from (
      values
        ('job_succeeded', 'succeeded', 'Whether the last run of a job succeeded (1) or failed (0).'),
        ('job_ended_seconds', 'ended', 'When the last run of a job ended.'),
        ('job_duration_seconds', 'seconds', 'How long the last run of a job took.'),
        ('job_failures', 'failed', 'How many of the latest runs of a job failed, of 2,000 runs of all jobs.')
    ) as m (name, key, help));
end;
$$;

comment on function private.job_measures() is
  'How the last run of each job ended. For definer functions.';

create function private.expire_job_runs(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_kept constant interval := '7 days';
  -- Of jobs that run every few seconds: they are two runs in three, and say the same each time.
  c_kept_of_frequent constant interval := '1 hour';
  v_expired integer;
begin
  -- A run that began and never ended has no other time. Of whoever calls this, as the policy of pg_cron has it.
  execute
    'delete from cron.job_run_details d
    using (
      select r.runid
      from cron.job_run_details r
      left join cron.job j on j.jobid = r.jobid
      where coalesce(r.end_time, r.start_time) < now() - $1
        or r.status = ''succeeded'' and r.end_time < now() - $2 and j.schedule like ''%second%''
      limit $3
    ) as o
    where d.runid = o.runid' using c_kept, c_kept_of_frequent, p_batch;
  get diagnostics v_expired = row_count;
  return v_expired;
end;
$$;

comment on function private.expire_job_runs(integer) is
  'Removes what pg_cron wrote down of runs a week ago, and of runs that succeeded an hour ago of jobs that run every '
  'few seconds; nothing else removes it. Returns how many, at most p_batch. For its job.';

create function private.replication_measures() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_array(
    jsonb_build_object(
      'name', 'replication_lag_seconds', 'type', 'gauge', 'help', 'How far replicas are behind, in time.',
      'samples', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'labels', jsonb_build_object('replica', r.replica), 'value', r.seconds) order by r.replica), '[]')
        from (
          select coalesce(nullif(s.application_name, ''), s.pid::text) as replica,
            max(coalesce(extract(epoch from s.replay_lag), 0)) as seconds
          from pg_catalog.pg_stat_replication s
          group by 1
        ) as r)),
    jsonb_build_object(
      'name', 'replication_slot_lag_bytes', 'type', 'gauge',
      'help', 'How much of the log a slot has not read yet, by slot.',
      'samples', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'labels', jsonb_build_object('slot', s.slot_name, 'active', s.active::text),
          'value', pg_catalog.pg_wal_lsn_diff(
            pg_catalog.pg_current_wal_lsn(), coalesce(s.confirmed_flush_lsn, s.restart_lsn))) order by s.slot_name),
          '[]')
        from pg_catalog.pg_replication_slots s
        where coalesce(s.confirmed_flush_lsn, s.restart_lsn) is not null)));
end;
$$;

comment on function private.replication_measures() is
  'How far replicas and readers of the log are behind. For definer functions.';
