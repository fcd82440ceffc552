-- Coming again to an answer: from another tab or device, or after the network failed.

create function private.parts_that_follow(p_parts jsonb, p_after integer) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(e.value order by e.n), '[]')
    from jsonb_array_elements(p_parts) with ordinality as e (value, n)
    where (e.value -> 'sequence')::integer > p_after);
end;
$$;

comment on function private.parts_that_follow(jsonb, integer) is 'The parts of a message that end after a number.';

create function public.answer_parts(answer_id uuid, after_sequence integer default 0) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.answer_parts(answer_id, after_sequence);
end;
$$;

comment on function public.answer_parts(uuid, integer) is
  'What came of an answer after a number: {answerId, conversationId, workspaceId, status, lastSequence, parts, '
  'error}. A text that began before the number and ends after it comes whole: `partAfter` of types/ai.ts cuts it. '
  'Takes ai.use. Errors: not_found (answer_id), invalid_input (after_sequence).';

grant execute on function public.answer_parts(uuid, integer) to authenticated;

create function private.answer_parts(p_answer_id uuid, p_after_sequence integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer constant private.answers := private.own_answer(p_answer_id);
  v_message private.messages;
begin
  perform private.refuse_problem(private.whole_number_problem(
    'after_sequence', coalesce(to_jsonb(p_after_sequence), '0'), 0, 1000000));
  select m.* into v_message
  from private.messages m
  where m.workspace_id = v_answer.workspace_id
    and m.conversation_id = v_answer.conversation_id
    and m.number = v_answer.number;
  return jsonb_build_object(
    'answerId', v_answer.id,
    'conversationId', v_answer.conversation_id,
    'workspaceId', v_answer.workspace_id,
    'status', v_answer.status,
    'lastSequence', v_answer.last_sequence,
    'parts', case v_answer.status
      when 'running' then private.parts_after(v_answer, coalesce(p_after_sequence, 0))
      else private.parts_that_follow(v_message.parts, coalesce(p_after_sequence, 0)) end,
    'error', v_message.error);
end;
$$;

comment on function private.answer_parts(uuid, integer) is 'See public.answer_parts. Definer: no role reads answers.';

grant execute on function private.answer_parts(uuid, integer) to authenticated;
