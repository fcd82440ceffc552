-- What agents cost: for who pays, by person, agent, model and day; for each person, their own.
--
-- Threat: a colleague's agent told by its name (one that is personal has its id here, and a name for its owner alone).

create function private.usage_rows(
  p_workspace_id text, p_from date, p_to date, p_by text, p_user_id uuid
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_days constant integer := 400;
  v_rows jsonb;
begin
  -- One that never ends has no length.
  if (isfinite(p_from) and isfinite(p_to) and p_from <= p_to and p_to - p_from < c_most_days) is not true then
    perform private.raise_invalid_input('to_day',
      'This is no span of days, or one of more than 400.', 'Give two days, both included.');
  end if;
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'key', r.key,
      'name', case p_by
        when 'person' then (select p.name from public.profiles p where p.id = r.key::uuid)
        when 'agent' then private.reported_agent(p_workspace_id, r.key::uuid)
        when 'model' then (select m.title from public.ai_models m where m.key = r.key)
        else r.key
      end,
      'calls', r.calls,
      'inputTokens', r.input_tokens,
      'cachedTokens', r.cached_tokens,
      'outputTokens', r.output_tokens,
      'credits', r.credits)
    order by case when p_by = 'day' then r.key end, r.credits desc, r.key), '[]')
  into v_rows
  from (
    select
      case p_by
        when 'person' then d.user_id::text
        when 'agent' then d.agent_id::text
        when 'model' then d.model_key
        else d.day::text
      end as key,
      sum(d.calls) as calls,
      sum(d.input_tokens) as input_tokens,
      sum(d.cached_tokens) as cached_tokens,
      sum(d.output_tokens) as output_tokens,
      sum(d.credits) as credits
    from private.ai_usage_daily d
    where d.workspace_id = p_workspace_id
      and d.day between p_from and p_to
      and (p_user_id is null or d.user_id = p_user_id)
    group by 1
    order by 6 desc
    limit 1000
  ) as r;
  return jsonb_build_object(
    'from', p_from, 'to', p_to, 'by', p_by, 'rows', v_rows,
    -- Of all, and not of those alone that are listed.
    'credits', (
      select coalesce(sum(d.credits), 0)
      from private.ai_usage_daily d
      where d.workspace_id = p_workspace_id
        and d.day between p_from and p_to
        and (p_user_id is null or d.user_id = p_user_id)));
end;
$$;

comment on function private.usage_rows(text, date, date, text, uuid) is
  'Sums of use by person, agent, model or day, of everybody or of one person, at most 1,000. Error: invalid_input '
  '(to_day). For definer functions.';

create function private.reported_agent(p_workspace_id text, p_agent_id uuid) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (private.visible_agent(p_workspace_id, p_agent_id)).name;
end;
$$;

comment on function private.reported_agent(text, uuid) is
  'What an agent is called, for who may see it; null for another''s own and for one that is gone. For definer '
  'functions.';

create function public.ai_usage_report(workspace_id text, from_day date, to_day date, by text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.ai_usage_report(workspace_id, from_day, to_day, by);
end;
$$;

comment on function public.ai_usage_report(text, date, date, text) is
  'What agents of a workspace cost in some days (UTC, both included, at most 400), by `person`, `agent`, `model` or '
  '`day`: {from, to, by, rows [{key, name, calls, inputTokens, cachedTokens, outputTokens, credits}], credits}, the '
  'dearest first, days in their order. Takes billing.manage. Errors: not_found, permission_denied, invalid_input (by, '
  'to_day).';

grant execute on function public.ai_usage_report(text, date, date, text) to authenticated, service_role;

create function private.ai_usage_report(p_workspace_id text, p_from date, p_to date, p_by text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'billing.manage');
  perform private.refuse_problem(private.choice_problem(
    'by', coalesce(to_jsonb(p_by), 'null'), '{person,agent,model,day}'));
  return private.usage_rows(p_workspace_id, p_from, p_to, p_by, null);
end;
$$;

comment on function private.ai_usage_report(text, date, date, text) is
  'See public.ai_usage_report. Definer: no role reads the sums.';

grant execute on function private.ai_usage_report(text, date, date, text) to authenticated, service_role;

create function public.my_ai_usage(workspace_id text, from_day date, to_day date, by text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.my_ai_usage(workspace_id, from_day, to_day, by);
end;
$$;

comment on function public.my_ai_usage(text, date, date, text) is
  'As ai_usage_report, of the caller alone, by `agent`, `model` or `day`, with `budget` {most, held, spent}: the '
  'caller''s of this month, most being null for no budget. Takes ai.use. Errors: not_found, permission_denied, '
  'invalid_input (by, to_day).';

grant execute on function public.my_ai_usage(text, date, date, text) to authenticated;

create function private.my_ai_usage(p_workspace_id text, p_from date, p_to date, p_by text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  perform private.refuse_problem(private.choice_problem(
    'by', coalesce(to_jsonb(p_by), 'null'), '{agent,model,day}'));
  return private.usage_rows(p_workspace_id, p_from, p_to, p_by, v_user_id) || jsonb_build_object(
    'budget', (
      select jsonb_build_object(
        'most', (private.ai_settings_of(p_workspace_id)).person_budget,
        'held', coalesce(sum(b.held), 0),
        'spent', coalesce(sum(b.spent), 0))
      from private.ai_budgets b
      where b.workspace_id = p_workspace_id
        and b.month = date_trunc('month', now() at time zone 'UTC')::date
        and b.scope = 'person'
        and b.subject = v_user_id));
end;
$$;

comment on function private.my_ai_usage(text, date, date, text) is
  'See public.my_ai_usage. Definer: no role reads the sums.';

grant execute on function private.my_ai_usage(text, date, date, text) to authenticated;
