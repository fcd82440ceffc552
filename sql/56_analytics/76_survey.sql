-- Asking and answering the question of the quarter.

create function private.quarter_of(p_at timestamptz) returns date
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return date_trunc('quarter', p_at at time zone 'UTC')::date;
end;
$$;

comment on function private.quarter_of(timestamptz) is 'The first day of the quarter of a time, in UTC.';

create function private.may_be_surveyed(p_user_id uuid) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_settled constant interval := '14 days';
begin
  return (select p.created_at < now() - c_settled from public.profiles p where p.id = p_user_id);
end;
$$;

comment on function private.may_be_surveyed(uuid) is
  'Whether a person has been here for long enough to be asked; null for an account that is gone. For definer '
  'functions.';

create function public.my_survey() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.my_survey();
end;
$$;

comment on function public.my_survey() is
  'The question of the quarter for the caller: {survey, quarter, isDue, score}. It is due for who has been here for '
  'two weeks and has not answered, nor said that they would rather not. Errors: not_signed_in, permission_denied '
  '(person).';

grant execute on function public.my_survey() to authenticated;

create function private.my_survey() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_quarter constant date := private.quarter_of(now());
  v_is_settled constant boolean := private.may_be_surveyed(auth.uid());
  v_answer private.survey_answers;
begin
  perform private.require_person();
  if v_is_settled is null then
    perform private.account_not_found();
  end if;
  select a.* into v_answer from private.survey_answers a where a.user_id = auth.uid() and a.quarter = v_quarter;
  return jsonb_build_object(
    'survey', 'nps',
    'quarter', v_quarter,
    'isDue', v_answer.user_id is null and v_is_settled,
    'score', v_answer.score);
end;
$$;

comment on function private.my_survey() is 'See public.my_survey. Definer: no role reads answers.';

grant execute on function private.my_survey() to authenticated;

create function public.answer_survey(score integer default null) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.answer_survey(score);
end;
$$;

comment on function public.answer_survey(integer) is
  'Answers the question of the quarter, how likely it is that one recommends the product, from 0 to 10, or without '
  'a score says that one would rather not; again within the quarter replaces it. Returns what my_survey does. Errors: '
  'not_signed_in, permission_denied (person), invalid_input (score), conflict (isDue) for who has not been here for '
  'two weeks.';

grant execute on function public.answer_survey(integer) to authenticated;

create function private.answer_survey(p_score integer) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_person();
  if p_score is not null then
    perform private.refuse_problem(private.whole_number_problem('score', to_jsonb(p_score), 0, 10));
  end if;
  if auth.uid() is null then
    perform private.account_not_found();
  end if;
  perform private.hold_account();
  -- What operators read is of people who know the product, and of no account that was made to vote.
  if private.may_be_surveyed(auth.uid()) is false then
    perform private.raise_error('conflict',
      'You have not been here for long enough to say.', 'isDue', 'Ask once my_survey says that it is due.');
  end if;
  insert into private.survey_answers (user_id, quarter, score)
  values (auth.uid(), private.quarter_of(now()), p_score)
  on conflict on constraint survey_answers_pkey do update set score = excluded.score, answered_at = now();
  return private.my_survey();
end;
$$;

comment on function private.answer_survey(integer) is 'See public.answer_survey. Definer: no role writes answers.';

grant execute on function private.answer_survey(integer) to authenticated;
