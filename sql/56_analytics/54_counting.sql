-- What the database knows itself, counted as it happens for who runs the project: widgets that were shown, refreshes,
-- calls of language models. The rows that tell of it stand where they always did.

create function private.tg_widget_reads_count() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.add_measures(jsonb_agg(jsonb_build_object('family', 'shown', 'label', c.label, 'total', c.more)))
  from (
    values
      ('fresh', new.hits - case tg_op when 'UPDATE' then old.hits else 0 end),
      ('stale', new.stale - case tg_op when 'UPDATE' then old.stale else 0 end),
      ('empty', new.misses - case tg_op when 'UPDATE' then old.misses else 0 end)
  ) as c (label, more)
  where c.more > 0
  having count(*) > 0;
  return null;
end;
$$;

comment on function private.tg_widget_reads_count() is
  'After a front end says how many widgets it has shown: counts them over all workspaces. Definer: no role counts.';

create trigger widget_reads_count after insert or update on private.widget_reads
  for each row execute function private.tg_widget_reads_count();

create function private.tg_widget_refreshes_count() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.add_measures(jsonb_agg(jsonb_build_object(
    'family', 'refresh', 'label', c.label, 'total', c.total, 'counts', private.duration_counts(c.milliseconds))))
  from (
    select
      -- Not which data source it was.
      concat_ws('|', case when n.source in ('metrics', 'workspace') then n.source else 'data_source' end, n.outcome)
        as label,
      sum(n.milliseconds) as total, array_agg(n.milliseconds) as milliseconds
    from made n
    group by 1
  ) as c
  having count(*) > 0;
  return null;
end;
$$;

comment on function private.tg_widget_refreshes_count() is
  'After data was refreshed: counts it over all workspaces, by outcome and time. Definer: no role counts.';

create trigger widget_refreshes_count after insert on private.widget_refreshes
  referencing new table as made
  for each statement execute function private.tg_widget_refreshes_count();

create function private.tg_ai_usage_count() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.add_measures(jsonb_agg(jsonb_build_object(
    'family', c.family, 'label', c.label, 'total', c.total, 'counts', c.counts)))
  from (
    values
      ('ai_call', concat_ws('|', new.model_key, new.outcome), new.milliseconds::numeric,
        to_jsonb(private.duration_counts(array[new.milliseconds]))),
      ('ai_tokens', new.model_key || '|input', new.input_tokens, null),
      ('ai_tokens', new.model_key || '|output', new.output_tokens, null),
      ('ai_credits', new.model_key, new.credits, null)
  ) as c (family, label, total, counts);
  return null;
end;
$$;

comment on function private.tg_ai_usage_count() is
  'After a call of a language model is recorded: counts it over all workspaces. Definer: no role counts.';

create trigger ai_usage_count after insert on private.ai_usage
  for each row execute function private.tg_ai_usage_count();

create function public.record_requests(requests jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.record_requests(requests);
end;
$$;

comment on function public.record_requests(jsonb) is
  'Counts requests that an Edge Function has answered: at most 200 of [{function, method, status, milliseconds}], '
  'milliseconds being a list with the time of each. For the server alone. Error: invalid_input (requests).';

grant execute on function public.record_requests(jsonb) to service_role;

create function private.record_requests(p_requests jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_item constant jsonb := '{
    "type": "object",
    "properties": {
      "function": {"type": "string", "minLength": 1, "maxLength": 50},
      "method": {"type": "string", "minLength": 1, "maxLength": 10},
      "status": {"type": "integer", "minimum": 100, "maximum": 599},
      "milliseconds": {
        "type": "array", "minItems": 1, "maxItems": 1000,
        "items": {"type": "integer", "minimum": 0, "maximum": 600000}
      }
    },
    "required": ["function", "method", "status", "milliseconds"],
    "additionalProperties": false
  }';
begin
  perform private.refuse_problem(coalesce(
    private.size_problem('requests', p_requests, 65536,
      private.document_problem('requests', 'These are too many requests.', 'Send them in several calls.')),
    private.value_problem('requests', coalesce(p_requests, 'null'),
      jsonb_build_object('type', 'array', 'maxItems', 200, 'items', c_item))));
  perform private.add_measures(jsonb_agg(jsonb_build_object(
    'family', 'request', 'label', c.label, 'total', c.total, 'counts', private.duration_counts(c.milliseconds))))
  from (
    select
      concat_ws('|', r.value ->> 'function', r.value ->> 'method', left(r.value ->> 'status', 1) || 'xx') as label,
      sum(m.value::integer) as total, array_agg(m.value::integer) as milliseconds
    from jsonb_array_elements(p_requests) as r (value)
    cross join lateral jsonb_array_elements_text(r.value -> 'milliseconds') as m (value)
    group by 1
  ) as c
  having count(*) > 0;
end;
$$;

comment on function private.record_requests(jsonb) is 'See public.record_requests. Definer: no role counts.';

grant execute on function private.record_requests(jsonb) to service_role;
