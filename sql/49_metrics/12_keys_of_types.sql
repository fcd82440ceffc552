-- Which keys of a question about metrics count, by the type of the component that shows the answer. docs/metrics.md has
-- it as a table, which a test holds to this.
--
-- Threat: a question that is answered in part, so that a number is taken for another one: a key that would count for
-- nothing is refused where somebody saves a widget or asks. One that is saved goes on without it.

create function private.metric_keys() returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Beside metric, period, label and format: of a question without a breakdown, and of one with it.
  return '{
    "stats": {"alone": ["per", "aggregate", "interval", "compare"]},
    "chart-line": {
      "alone": ["per", "aggregate", "interval", "compare"],
      "breakdown": ["per", "aggregate", "interval", "limit", "order"]
    },
    "chart-bar": {
      "alone": ["per", "aggregate", "interval", "compare"],
      "breakdown": ["per", "aggregate", "limit", "order"]
    },
    "chart-pie": {"breakdown": ["per", "aggregate", "limit"]},
    "table": {
      "alone": ["columns", "sort", "order", "types", "limit"],
      "breakdown": ["per", "aggregate", "limit", "order"]
    },
    "list": {"alone": ["types", "limit"], "breakdown": ["per", "aggregate", "limit", "order"]},
    "activity-feed": {"alone": ["types", "limit"]}
  }';
end;
$$;

comment on function private.metric_keys() is
  'Which keys of a question about metrics count, by the type of a component: `alone`, and beside a `breakdown`; a type '
  'that lacks one of the two cannot show such a question.';

create function private.metric_types() returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(select k.key from jsonb_object_keys(private.metric_keys()) as k (key) order by k.key);
end;
$$;

comment on function private.metric_types() is 'The types of components that show metrics.';

create function private.metric_key_counts(p_type text, p_query jsonb, p_key text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_of_all constant text[] := '{metric,period,label,format}';
  v_keys constant jsonb := private.metric_keys() -> p_type;
begin
  return p_key = any (c_of_all)
    or coalesce(v_keys -> case when p_query ? 'breakdown' then 'breakdown' else 'alone' end ? p_key, false)
    or p_key = 'breakdown' and v_keys ? 'breakdown';
end;
$$;

comment on function private.metric_key_counts(text, jsonb, text) is
  'Whether a key of a question about metrics counts where a component of a type asks it.';

create function private.metric_keys_problem(p_type text, p_query jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys constant jsonb := private.metric_keys();
  v_key text;
begin
  if not v_keys ? p_type then
    return null;
  end if;
  v_key := (
    select k.key
    from jsonb_object_keys(p_query) as k (key)
    where not private.metric_key_counts(p_type, p_query, k.key)
      -- That says of every answer what is true of it.
      and not (k.key = 'compare' and p_query ->> k.key = 'none')
    -- A breakdown that the type does not take before what would count without it.
    order by private.metric_key_counts(p_type, p_query - 'breakdown', k.key), k.key
    limit 1);
  if v_key is null then
    return null;
  end if;
  if private.metric_key_counts(p_type, p_query - 'breakdown', v_key) then
    return private.document_problem(v_key, 'This cannot be shown beside a breakdown.',
      'Leave it out, or leave out breakdown.');
  end if;
  if v_keys #> array[p_type, 'breakdown'] ? v_key then
    return private.document_problem(v_key, 'This counts beside a breakdown alone.', 'Leave it out, or give breakdown.');
  end if;
  return private.document_problem(v_key, 'A component of this type cannot show this.',
    format('Leave it out, or choose a component of the type %s.', (
      select string_agg(t.key, ', ' order by t.key)
      from jsonb_each(v_keys) as t
      where private.metric_key_counts(t.key, p_query, v_key)
        or private.metric_key_counts(t.key, p_query - 'breakdown', v_key))));
end;
$$;

comment on function private.metric_keys_problem(text, jsonb) is
  'What is wrong with a question about metrics, valid by itself, that a component of a type asks: a key that would '
  'count for nothing there. Null where nothing is, and for a type that shows no metrics.';
