-- Which answers are to be fetched: for a person who looks at widgets, and for the clock.
--
-- Threats: a viewer who has a source asked that is not for them (what they may not read is not refreshed for them
-- either); a workspace with thousands of dashboards that keeps the others waiting (the clock takes 50 of each).

create function public.widgets_to_refresh(
  view_id uuid default null,
  widget_ids uuid[] default null,
  is_forced boolean default false,
  workspace_id text default null
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.widgets_to_refresh(view_id, widget_ids, is_forced, workspace_id);
end;
$$;

comment on function public.widgets_to_refresh(uuid, uuid[], boolean, text) is
  'The questions of widgets, found as by get_widget_data, whose answers are due, or with is_forced older than ten '
  'seconds: {workspaceId, questions}. The function widget-refresh asks in the name of its caller. Errors: not_found '
  '(view_id), invalid_input.';

grant execute on function public.widgets_to_refresh(uuid, uuid[], boolean, text) to authenticated;

create function private.widgets_to_refresh(
  p_view_id uuid, p_widget_ids uuid[], p_is_forced boolean, p_workspace_id text
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found record;
  v_reader private.widget_reader;
begin
  v_found := private.widgets_asked(p_view_id, p_widget_ids, p_workspace_id);
  v_reader := private.widget_reader(v_found.workspace_id);
  return jsonb_build_object('workspaceId', v_found.workspace_id, 'questions', (
    select coalesce(jsonb_agg(distinct w.question_hash), '[]')
    from unnest(v_found.asked::private.asked[]) as w
    left join private.widget_data d on d.workspace_id = v_found.workspace_id and d.question_hash = w.question_hash
    where w.question is not null
      and private.is_due(d, w.refresh_minutes, p_is_forced)
      and private.reading_problem(
        w.question, private.source_of(v_found.workspace_id, w.question), v_reader.has_http, v_reader.role_names,
        v_reader.permissions) is null));
end;
$$;

comment on function private.widgets_to_refresh(uuid, uuid[], boolean, text) is
  'See public.widgets_to_refresh. Definer: no role reads answers.';

grant execute on function private.widgets_to_refresh(uuid, uuid[], boolean, text) to authenticated;

create function public.due_widget_questions() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.due_widget_questions();
end;
$$;

comment on function public.due_widget_questions() is
  'The questions that are due and whose widgets somebody has on screen, or had while their last answer was fresh: '
  '[{workspaceId, questions}], at most 50 of a workspace and 1,000 in all. For the server alone.';

grant execute on function public.due_widget_questions() to service_role;

create function private.due_widget_questions() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_of_workspace constant integer := 50;
  c_most constant integer := 1000;
begin
  return (
    with watched as (
      select w.workspace_id, w.view_id, max(w.watched_at) as watched_at
      from private.view_watchers w
      where w.watched_at > now() - interval '30 minutes'
      group by w.workspace_id, w.view_id
    ),
    due as (
      select x.workspace_id, x.question_hash, min(d.fetched_at) as fetched_at
      from watched v
      cross join lateral (
        select y.workspace_id, y.question, y.question_hash, y.refresh_minutes
        from public.widgets y
        where y.workspace_id = v.workspace_id and y.view_id = v.view_id and y.visible and y.question is not null
        offset 0
      ) as x
      left join private.widget_data d on d.workspace_id = x.workspace_id and d.question_hash = x.question_hash
      where v.watched_at > now() - make_interval(mins => x.refresh_minutes)
        and private.is_due(d, x.refresh_minutes, false)
      group by x.workspace_id, x.question_hash
    ),
    turns as (
      select d.workspace_id, d.question_hash,
        row_number() over (partition by d.workspace_id order by d.fetched_at nulls first, d.question_hash) as turn
      from due d
    ),
    chosen as (
      select t.workspace_id, t.question_hash
      from turns t
      where t.turn <= c_most_of_workspace
      order by t.turn
      limit c_most
    )
    select coalesce(jsonb_agg(jsonb_build_object('workspaceId', c.workspace_id, 'questions', c.questions)), '[]')
    from (
      select h.workspace_id, jsonb_agg(h.question_hash) as questions from chosen h group by h.workspace_id
    ) as c
  );
end;
$$;

comment on function private.due_widget_questions() is
  'See public.due_widget_questions. Definer: no role reads answers.';

grant execute on function private.due_widget_questions() to service_role;

create function private.request_widget_refresh() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if private.due_widget_questions() = '[]' then
    return;
  end if;
  perform private.request_function('The data of widgets waits', 'widget-refresh/due', '{}', 60000);
end;
$$;

comment on function private.request_widget_refresh() is
  'Asks the function widget-refresh for what is due, where anything is. For the scheduler. Definer: it reads the '
  'Vault, and the address is the project''s own.';
