-- The operator's report: what happened by day, and what people say once a quarter.

create function public.operator_report(from_day date, to_day date) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.operator_report(from_day, to_day);
end;
$$;

comment on function public.operator_report(date, date) is
  'What happened in all workspaces in some days (UTC, both included, at most 400), and the answers to the question of '
  'their quarters (operatorReportSchema of types/operator.ts). For the server alone. Error: invalid_input (to_day).';

grant execute on function public.operator_report(date, date) to service_role;

create function private.operator_report(p_from date, p_to date) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_days constant integer := 400;
begin
  if (p_from <= p_to and p_to - p_from < c_most_days) is not true then
    perform private.raise_invalid_input('to_day',
      'This is no span of days, or one of more than 400.', 'Give two days, both included.');
  end if;
  return jsonb_build_object(
    'from', p_from,
    'to', p_to,
    'days', (
      select coalesce(jsonb_agg(d.figures || jsonb_build_object('day', d.day) order by d.day), '[]')
      from private.operator_days d
      where d.day between p_from and p_to
    ),
    'nps', (
      select coalesce(jsonb_agg(private.nps_document(q.quarter, q.scores) order by q.quarter), '[]')
      from (
        select a.quarter, array_agg(a.score) as scores
        from private.survey_answers a
        where a.quarter between date_trunc('quarter', p_from::timestamp)::date and p_to and a.score is not null
        group by a.quarter
      ) as q
    ));
end;
$$;

comment on function private.operator_report(date, date) is
  'See public.operator_report. Definer: no role reads the reports, nor answers.';

grant execute on function private.operator_report(date, date) to service_role;

create function private.nps_document(p_quarter date, p_scores integer[]) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answers constant integer := cardinality(p_scores);
  v_promoters constant integer := (select count(*) from unnest(p_scores) as s where s >= 9);
  v_detractors constant integer := (select count(*) from unnest(p_scores) as s where s <= 6);
begin
  -- Of fewer it would be what one person said.
  if v_answers < private.fewest_people() then
    return jsonb_build_object('quarter', p_quarter, 'answers', v_answers, 'promoters', null, 'passives', null,
      'detractors', null, 'score', null);
  end if;
  return jsonb_build_object(
    'quarter', p_quarter,
    'answers', v_answers,
    'promoters', v_promoters,
    'passives', v_answers - v_promoters - v_detractors,
    'detractors', v_detractors,
    'score', round(100.0 * (v_promoters - v_detractors) / v_answers));
end;
$$;

comment on function private.nps_document(date, integer[]) is
  'The net promoter score of a quarter: the share of 9 and 10 less that of 0 to 6, in percent; null of fewer than '
  'three answers.';
