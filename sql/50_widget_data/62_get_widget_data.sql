-- What widgets show, in one call, from the kept answers alone.
--
-- It writes nothing and fetches nothing: a front end draws what is there, and asks for a refresh of what is stale.
--
-- Threats: data of a widget that is withheld, or whose component is for other roles (the widgets are those that
-- get_view shows); of a source that is not for the reader (40_readers.sql); a question about a past that costs
-- more than a statement may take (`as_of` asks each distinct question once, of the metrics alone).

create function public.get_widget_data(
  view_id uuid default null,
  widget_ids uuid[] default null,
  as_of timestamptz default null,
  workspace_id text default null
) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_widget_data(view_id, widget_ids, as_of, workspace_id);
end;
$$;

comment on function public.get_widget_data(uuid, uuid[], timestamptz, text) is
  'What the widgets of a view show that the caller sees: an object by instance id, each {data, meta: {question, '
  'fetchedAt, cacheUntil, stale, error}}. For widget_ids, at most 200 ids of widgets of one workspace, it is by these '
  'ids, without what the caller does not see. Data is null where there is none yet; what is stale is shown until '
  'something newer comes, and `error` {code, message} says why nothing does, for a question that cannot be answered '
  'with details and hint. With as_of, widgets that show metrics answer as of that time. The initial view, which '
  'belongs to no workspace, takes workspace_id besides. Errors: not_found (view_id, workspace_id), permission_denied, '
  'invalid_input.';

grant execute on function public.get_widget_data(uuid, uuid[], timestamptz, text) to authenticated;

create function private.get_widget_data(
  p_view_id uuid, p_widget_ids uuid[], p_as_of timestamptz, p_workspace_id text
) returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found record;
begin
  v_found := private.widgets_asked(p_view_id, p_widget_ids, p_workspace_id);
  perform private.refuse_as_of(p_as_of);
  if p_as_of is not null then
    return private.past_answers(v_found.workspace_id, v_found.asked, p_as_of)::json;
  end if;
  return private.kept_answers(v_found.workspace_id, v_found.asked);
end;
$$;

comment on function private.get_widget_data(uuid, uuid[], timestamptz, text) is
  'See public.get_widget_data. Definer: no role reads answers, and one check of a view stands for those of its '
  'widgets.';

grant execute on function private.get_widget_data(uuid, uuid[], timestamptz, text) to authenticated;

create function private.kept_answers(p_workspace_id text, p_asked private.asked[]) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_reader private.widget_reader;
  v_now constant timestamptz := now();
begin
  -- A component's own question is for whom the widget is for: most dashboards ask nothing else.
  if exists (select from unnest(p_asked) as w where not w.question ? 'component') then
    v_reader := private.widget_reader(p_workspace_id);
  end if;
  return (
    select coalesce(
      json_object_agg(
        w.id,
        json_build_object(
          'data', case when v_now < d.stale_until and (p.problem is null or p.keeps_data) then d.data end,
          'meta', json_build_object(
            'question', w.question_hash,
            'fetchedAt', private.timestamp_text(d.fetched_at),
            'cacheUntil', private.timestamp_text(u.fresh_until),
            'stale', w.question_hash is not null
              -- What widgets_to_refresh leaves out no refresh mends.
              and p.problem is null
              and (u.fresh_until is null or u.fresh_until <= v_now),
            'error', coalesce(p.problem, d.error)))),
      '{}')
    from unnest(p_asked) as w
    left join lateral (
      select y.data, y.fetched_at, y.fresh_until, y.stale_until, y.error
      from private.widget_data y
      where y.workspace_id = p_workspace_id and y.question_hash = w.question_hash
      offset 0
    ) as d on true
    cross join lateral (
      select least(d.fresh_until, d.fetched_at + make_interval(mins => w.refresh_minutes)) as fresh_until
    ) as u
    cross join lateral (
      select r.problem, r.problem ->> 'code' = 'payment_required' as keeps_data
      from (
        select case when w.question is not null and not w.question ? 'component' then private.reading_problem(
          w.question, private.source_of(p_workspace_id, w.question), v_reader.has_http, v_reader.role_names,
          v_reader.permissions) end as problem
      ) as r
    ) as p
  );
end;
$$;

comment on function private.kept_answers(text, private.asked[]) is
  'The answers that are kept for widgets of a workspace, as the caller may read them. For definer functions, which '
  'have checked the access to the widgets.';

create function private.question_failure(p_question jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem constant jsonb := private.question_problem(p_question);
begin
  if v_problem is null then
    return null;
  end if;
  return jsonb_build_object(
    'code', 'invalid_input',
    'message', v_problem -> 'message',
    'details', v_problem -> 'path',
    'hint', v_problem -> 'hint');
end;
$$;

comment on function private.question_failure(jsonb) is
  'What is wrong with a question, as the error of its widget; null where nothing is. For definer functions.';

create function private.past_answers(p_workspace_id text, p_asked private.asked[], p_as_of timestamptz) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reader constant private.widget_reader := private.widget_reader(p_workspace_id);
begin
  return (
    with asked as (
      select
        w.id, w.question, w.question_hash,
        case
          when w.question is null then null
          when w.question ->> 'source' <> 'metrics' then
            '{"code": "not_found", "message": "Only metrics are remembered as they were."}'::jsonb
          else coalesce(
            private.reading_problem(
              w.question, null::private.data_sources, v_reader.has_http, v_reader.role_names, v_reader.permissions),
            private.question_failure(w.question))
        end as problem
      from unnest(p_asked) as w
    ),
    answered as materialized (
      select q.question_hash, private.answer_in_database(p_workspace_id, q.question, p_as_of) as data
      from (
        select distinct a.question_hash, a.question from asked a where a.question is not null and a.problem is null
      ) as q
    )
    select coalesce(
      jsonb_object_agg(
        a.id,
        jsonb_build_object(
          'data', d.data,
          'meta', jsonb_build_object(
            'question', a.question_hash,
            'fetchedAt', case when d.data is not null then private.timestamp_text(p_as_of) end,
            'cacheUntil', null,
            'stale', false,
            'error', a.problem))),
      '{}')
    from asked a
    left join answered d on d.question_hash = a.question_hash
  );
end;
$$;

comment on function private.past_answers(text, private.asked[], timestamptz) is
  'As private.kept_answers, of the metrics as of a time. For definer functions.';
