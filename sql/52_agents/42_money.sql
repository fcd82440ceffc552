-- What an answer holds and what it cost: in the ledger of the plan, and of the budgets of a month.
--
-- Held before a call is what it can cost at most: the input that was counted and all that the model may write, on the
-- dearer of model and fallback. Between rounds more is held. In the end what the calls cost is settled against the
-- holds, and the rest released; this is done where the answer ends, so it is done once.
--
-- Threats: many answers for the last credit (the rows of the budgets are locked); one person who holds all that a
-- workspace has, with questions side by side (46_pace.sql); somebody who deletes an answer while the provider is at
-- work, and pays for none of it (what is known of that call is paid); one person who makes workspaces by the hundred,
-- or the next where the last was deleted, or another account for the same mailbox, and spends in each what a plan gives
-- for nothing (what one person may cause is counted beside it, and outlives workspace and account).
--
-- Rows of budgets are locked in one order: workspace, agent, person; then what the person has in all workspaces, by the
-- row of this one: a question is asked one after the other by each person (46_pace.sql), so that nobody has to wait for
-- what happens in another workspace. Rounds of answers that run may come at once, and go beyond by what they hold.

create function private.take_budget(
  p_workspace_id text, p_month date, p_scope text, p_subject uuid, p_credits numeric, p_most numeric
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_use numeric;
begin
  insert into private.ai_budgets as b (workspace_id, month, scope, subject, held)
  values (p_workspace_id, p_month, p_scope, p_subject, p_credits)
  on conflict on constraint ai_budgets_pkey do update
  set held = b.held + excluded.held
  returning b.held + b.spent into v_use;
  if v_use > p_most then
    perform private.raise_error('budget_spent',
      case p_scope
        when 'workspace' then 'The workspace has spent its budget for agents this month.'
        when 'agent' then 'This agent has spent its budget of the month.'
        else 'You have spent your budget for agents this month.'
      end,
      jsonb_build_object(
        'budget', p_scope, 'most', p_most,
        'until', private.timestamp_text((p_month + interval '1 month') at time zone 'UTC'))::text,
      'Ask less of it, or ask who manages the agents of the workspace for more.');
  end if;
end;
$$;

comment on function private.take_budget(text, date, text, uuid, numeric, numeric) is
  'Holds credits of a budget, null for one without an end. Error: budget_spent. For definer functions.';

create function private.give_back_budget(
  p_workspace_id text, p_month date, p_scope text, p_subject uuid, p_held numeric, p_spent numeric
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.ai_budgets b
  set held = b.held - p_held, spent = b.spent + p_spent
  where b.workspace_id = p_workspace_id and b.month = p_month and b.scope = p_scope and b.subject = p_subject;
end;
$$;

comment on function private.give_back_budget(text, date, text, uuid, numeric, numeric) is
  'Gives back what was held of a budget, and counts what was spent. For definer functions.';

create function private.credits_of_person(p_email_digest text) returns numeric
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(sum(c.credits), 0)
    from private.ai_credits_of_people c
    where c.month = private.usage_period() and c.email_digest = p_email_digest);
end;
$$;

comment on function private.credits_of_person(text) is
  'What a person has held and spent this month in all workspaces where that is limited. For definer functions.';

create function private.take_credits_of_person(p_answer private.answers, p_credits numeric) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_limit constant text := 'ai_credits_of_person';
  v_use numeric;
begin
  if p_answer.email_digest is null then
    return;
  end if;
  -- Of one mailbox there may be several accounts, which would not see each other''s.
  perform pg_advisory_xact_lock(hashtextextended('credits of ' || p_answer.email_digest, 0));
  insert into private.ai_credits_of_people as c (workspace_id, month, email_digest, credits)
  values (p_answer.workspace_id, p_answer.month, p_answer.email_digest, p_credits)
  on conflict on constraint ai_credits_of_people_pkey do update
  set credits = c.credits + excluded.credits;
  v_use := private.credits_of_person(p_answer.email_digest);
  if v_use > private.limit_of(p_answer.workspace_id, c_limit) then
    perform private.raise_over_limit(p_answer.workspace_id, c_limit, v_use,
      'The %1$s plan has room for no more %3$s than %2$s, in all workspaces on it together.',
      format('Ask in a workspace with a larger plan, have this one upgraded, or wait until %s.',
        private.timestamp_text((private.usage_period() + interval '1 month') at time zone 'UTC')));
  end if;
end;
$$;

comment on function private.take_credits_of_person(private.answers, numeric) is
  'Holds credits of what one person may have spent in all workspaces together where the plan limits that. Errors: '
  'payment_required with {limit, most, use, plan} in `details`, conflict with the same where no plan has more. For '
  'definer functions.';

create function private.give_back_credits_of_person(p_answer private.answers) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.ai_credits_of_people c
  set credits = c.credits - p_answer.held + p_answer.credits
  where c.workspace_id = p_answer.workspace_id
    and c.month = p_answer.month
    and c.email_digest = p_answer.email_digest;
end;
$$;

comment on function private.give_back_credits_of_person(private.answers) is
  'Has an answer that ends count with what it cost, in place of what was held for it. For definer functions.';

create function private.most_credits(p_answer private.answers, p_input_tokens bigint) returns numeric
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select round(0.0000005 + max(greatest(
      private.credits_of(p.value, p_input_tokens, 0, 0, p_answer.max_tokens),
      private.credits_of(p.value, p_input_tokens, 0, p_input_tokens, p_answer.max_tokens))), 6)
    from jsonb_each(p_answer.prices) as p
    where p.key in (p_answer.model_key, p_answer.fallback_key));
end;
$$;

comment on function private.most_credits(private.answers, bigint) is
  'What a call with so much input can cost an answer at most, in credits, rounded up.';

create function private.hold_for_answer(p_answer private.answers, p_input_tokens bigint) returns private.answers
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Longer than any answer takes; what is left of a process that died is released by who interrupts its answer.
  c_lifetime constant interval := '1 hour';
  v_answer private.answers := p_answer;
  v_credits constant numeric := private.most_credits(p_answer, p_input_tokens);
  v_settings constant private.ai_settings := private.ai_settings_of(p_answer.workspace_id);
  v_hold uuid;
begin
  if v_credits = 0 then
    return v_answer;
  end if;
  perform private.take_budget(v_answer.workspace_id, v_answer.month, 'workspace',
    '00000000-0000-0000-0000-000000000000', v_credits, v_settings.workspace_budget);
  perform private.take_budget(v_answer.workspace_id, v_answer.month, 'agent', v_answer.agent_id, v_credits, (
    select a.budget from private.agents a where a.workspace_id = v_answer.workspace_id and a.id = v_answer.agent_id));
  perform private.take_budget(v_answer.workspace_id, v_answer.month, 'person', v_answer.owner_id, v_credits,
    v_settings.person_budget);
  perform private.take_credits_of_person(v_answer, v_credits);
  v_hold := private.hold_usage(v_answer.workspace_id, 'ai_credits', v_credits, c_lifetime, v_answer.owner_id);
  v_answer.holds := v_answer.holds
    || jsonb_build_object('id', v_hold, 'credits', v_credits, 'inputTokens', p_input_tokens);
  v_answer.held := v_answer.held + v_credits;
  return v_answer;
end;
$$;

comment on function private.hold_for_answer(private.answers, bigint) is
  'Holds what a call with so much input can cost at most, and returns the answer with the hold, to be written. Errors: '
  'budget_spent, payment_required. For definer functions.';

create function private.settle_answer(p_answer private.answers) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_left numeric := p_answer.credits;
  v_last constant integer := jsonb_array_length(p_answer.holds);
  v_hold record;
  v_part numeric;
begin
  if p_answer.held = 0 and p_answer.credits = 0 then
    return;
  end if;
  perform private.give_back_budget(p_answer.workspace_id, p_answer.month, 'workspace',
    '00000000-0000-0000-0000-000000000000', p_answer.held, p_answer.credits);
  perform private.give_back_budget(
    p_answer.workspace_id, p_answer.month, 'agent', p_answer.agent_id, p_answer.held, p_answer.credits);
  perform private.give_back_budget(
    p_answer.workspace_id, p_answer.month, 'person', p_answer.owner_id, p_answer.held, p_answer.credits);
  perform private.give_back_credits_of_person(p_answer);

  for v_hold in
    select (h.value ->> 'id')::uuid as id, (h.value -> 'credits')::numeric as credits, h.n
    from jsonb_array_elements(p_answer.holds) with ordinality as h (value, n)
    order by h.n
  loop
    -- What went beyond all holds stands with the last.
    v_part := case when v_hold.n = v_last then v_left else least(v_left, v_hold.credits) end;
    v_left := v_left - v_part;
    if v_part > 0 then
      perform private.settle_usage(p_answer.workspace_id, v_hold.id, v_part);
    else
      perform private.release_usage(p_answer.workspace_id, v_hold.id);
    end if;
  end loop;
end;
$$;

comment on function private.settle_answer(private.answers) is
  'Settles what an answer cost against what was held for it, and releases the rest. For definer functions, which end '
  'the answer in the same transaction.';

create function private.record_calls(
  p_answer private.answers, p_usage jsonb, p_after integer default 0
) returns private.answers
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer private.answers := p_answer;
  v_more numeric;
begin
  with recorded as (
    insert into private.ai_usage (
      workspace_id, answer_id, number, user_id, agent_id, model_key, input_tokens, cached_tokens,
      cache_write_tokens, output_tokens, credits, is_estimated, milliseconds, outcome)
    select v_answer.workspace_id, v_answer.id, p_after + c.n, v_answer.owner_id, v_answer.agent_id, c.value ->> 'model',
      t.input, t.cached, t.written, t.output,
      private.credits_of(v_answer.prices -> (c.value ->> 'model'), t.input, t.cached, t.written, t.output),
      coalesce((c.value -> 'isEstimated')::boolean, false),
      coalesce((c.value ->> 'milliseconds')::integer, 0),
      coalesce(c.value ->> 'outcome', 'complete')
    from jsonb_array_elements(p_usage) with ordinality as c (value, n)
    cross join lateral (
      select (c.value ->> 'inputTokens')::bigint as input,
        coalesce((c.value ->> 'cachedTokens')::bigint, 0) as cached,
        coalesce((c.value ->> 'cacheWriteTokens')::bigint, 0) as written,
        (c.value ->> 'outputTokens')::bigint as output
    ) as t
    on conflict on constraint ai_usage_pkey do nothing
    returning credits
  )
  select coalesce(sum(r.credits), 0) into v_more from recorded r;
  v_answer.credits := v_answer.credits + v_more;
  return v_answer;
end;
$$;

comment on function private.record_calls(private.answers, jsonb, integer) is
  'Records the calls of an answer, all of them in their order or those after so many, of which those that are recorded '
  'stay as they are, and returns the answer with what they cost, to be written. For definer functions, which have '
  'checked the calls.';

create function private.record_unreported_call(p_answer private.answers) returns private.answers
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_bytes_of_token constant integer := 4;
  v_calls constant integer := (
    select count(*) from private.ai_usage u
    where u.workspace_id = p_answer.workspace_id and u.answer_id = p_answer.id);
begin
  -- Each hold is for a call, which is reported before the next one.
  if p_answer.leased_until < clock_timestamp() or v_calls >= jsonb_array_length(p_answer.holds) then
    return p_answer;
  end if;
  return private.record_calls(
    p_answer,
    jsonb_build_array(jsonb_build_object(
      'model', p_answer.model_key,
      'inputTokens', p_answer.holds -> -1 -> 'inputTokens',
      'outputTokens', least(p_answer.bytes / c_bytes_of_token, p_answer.max_tokens),
      'isEstimated', true,
      'outcome', 'deleted')),
    v_calls);
end;
$$;

comment on function private.record_unreported_call(private.answers) is
  'Records the call that is under way for an answer, if there is one, by what is known of it: its input, and what was '
  'written so far. Returns the answer with what that costs. For definer functions.';

create function private.usage_problem(p_answer private.answers, p_usage jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_calls constant integer := 100;
  c_most_tokens constant integer := 100000000;
  c_too_many constant jsonb := private.document_problem(
    'usage', 'This must be a list of at most 100 calls.', 'Give all calls so far.');
  v_call record;
  v_problem jsonb;
begin
  v_problem := coalesce(
    private.size_problem('usage', p_usage, 65536, c_too_many),
    case when jsonb_typeof(p_usage) <> 'array' or jsonb_array_length(p_usage) > c_most_calls then c_too_many end);
  if v_problem is not null then
    return v_problem;
  end if;
  for v_call in
    select c.value, 'usage.' || c.n - 1 as path from jsonb_array_elements(p_usage) with ordinality as c (value, n)
  loop
    v_problem := coalesce(
      private.keys_problem(v_call.path, v_call.value, '{model,inputTokens,outputTokens}',
        '{cachedTokens,cacheWriteTokens,isEstimated,milliseconds,outcome}'),
      case when not p_answer.prices ? (v_call.value ->> 'model') then
        private.document_problem(v_call.path || '.model', 'This answer runs on no such model.', 'Give its key.') end,
      private.whole_number_problem(v_call.path || '.inputTokens', v_call.value -> 'inputTokens', 0, c_most_tokens),
      private.whole_number_problem(v_call.path || '.outputTokens', v_call.value -> 'outputTokens', 0, c_most_tokens),
      private.whole_number_problem(v_call.path || '.cachedTokens', coalesce(v_call.value -> 'cachedTokens', '0'), 0,
        (v_call.value ->> 'inputTokens')::integer),
      private.whole_number_problem(
        v_call.path || '.cacheWriteTokens', coalesce(v_call.value -> 'cacheWriteTokens', '0'), 0,
        (v_call.value ->> 'inputTokens')::integer - coalesce((v_call.value ->> 'cachedTokens')::integer, 0)),
      private.whole_number_problem(
        v_call.path || '.milliseconds', coalesce(v_call.value -> 'milliseconds', '0'), 0, 100000000),
      private.flag_problem(v_call.path || '.isEstimated', v_call.value -> 'isEstimated'),
      private.text_problem(v_call.path || '.outcome', coalesce(v_call.value -> 'outcome', '"complete"'),
        '^[a-z0-9_]{1,50}$', 'Give a code.'));
    if v_problem is not null then
      return v_problem;
    end if;
  end loop;
  return null;
end;
$$;

comment on function private.usage_problem(private.answers, jsonb) is
  'What is wrong with the calls that a writer reports; null where nothing is.';
