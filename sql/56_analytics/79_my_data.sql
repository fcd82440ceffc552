-- What is stored about a person here, for that person (90_lifecycle/62_my_data.sql).

create function private.export_analytics(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'text', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(e.occurred_at, e.workspace_id, e.id), jsonb_build_object(
      'workspaceId', e.workspace_id,
      'occurredAt', e.occurred_at,
      'kind', e.kind,
      'name', e.name,
      'viewId', e.view_id,
      'widgetId', e.widget_id,
      'milliseconds', e.milliseconds)
    from private.analytics_events e
    where e.user_id = p_user_id
      and (e.occurred_at, e.workspace_id, e.id) > (v_after[1]::timestamptz, v_after[2], v_after[3]::uuid)
    order by e.occurred_at, e.workspace_id, e.id;
  return v_rows;
end;
$$;

comment on function private.export_analytics(uuid, text) is 'What the person''s front ends told of their use.';

create function private.export_active_days(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text', 'date');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(d.workspace_id, d.day), jsonb_build_object(
      'workspaceId', d.workspace_id,
      'day', d.day,
      'viewsOpened', d.views_opened,
      'featuresUsed', d.features_used,
      'errors', d.errors)
    from private.analytics_person_days d
    where d.user_id = p_user_id and (d.workspace_id, d.day) > (v_after[1], v_after[2]::date)
    order by d.workspace_id, d.day;
  return v_rows;
end;
$$;

comment on function private.export_active_days(uuid, text) is
  'On which days the person was active, and how much, as long as that is kept.';

create function private.export_survey_answers(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(a.quarter::text), jsonb_build_object(
      'quarter', a.quarter, 'score', a.score, 'answeredAt', a.answered_at)
    from private.survey_answers a
    where a.user_id = p_user_id and a.quarter::text > v_after[1]
    order by a.quarter;
  return v_rows;
end;
$$;

comment on function private.export_survey_answers(uuid, text) is
  'How the person answered the question of each quarter.';

create function private.export_analytics_choice(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(c.user_id), jsonb_build_object(
      'optedOutAt', c.opted_out_at, 'optedInAt', c.opted_in_at)
    from private.analytics_choices c
    where c.user_id = p_user_id and c.user_id > v_after[1]::uuid;
  return v_rows;
end;
$$;

comment on function private.export_analytics_choice(uuid, text) is
  'When the person said that they are not counted, and that they are again.';
