-- Coming again to an answer: from another tab or device, or after the network failed.

create function public.answer_parts(answer_id uuid, after_sequence integer default 0) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.answer_parts(answer_id, after_sequence);
end;
$$;

comment on function public.answer_parts(uuid, integer) is
  'What came of an answer after a number: {answerId, conversationId, workspaceId, status, lastSequence, parts, isWhole, '
  'error}. isWhole: the parts are all of the answer, in place of what one has, because it ended 50 minutes ago or more. '
  'Takes ai.use. Errors: not_found (answer_id), invalid_input (after_sequence).';

grant execute on function public.answer_parts(uuid, integer) to authenticated;

create function private.answer_parts(p_answer_id uuid, p_after_sequence integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer constant private.answers := private.own_answer(p_answer_id);
  v_message private.messages;
  v_has_parts boolean;
begin
  perform private.refuse_problem(private.whole_number_problem(
    'after_sequence', coalesce(to_jsonb(p_after_sequence), '0'), 0, 1000000));
  select m.* into v_message
  from private.messages m
  where m.workspace_id = v_answer.workspace_id
    and m.conversation_id = v_answer.conversation_id
    and m.number = v_answer.number;
  -- They go an hour after the end, and not all at once.
  v_has_parts := (v_answer.finished_at < now() - interval '50 minutes') is not true;
  return jsonb_build_object(
    'answerId', v_answer.id,
    'conversationId', v_answer.conversation_id,
    'workspaceId', v_answer.workspace_id,
    'status', v_answer.status,
    'lastSequence', v_answer.last_sequence,
    'parts', case when v_has_parts then private.parts_after(v_answer, coalesce(p_after_sequence, 0))
      else v_message.parts end,
    'isWhole', not v_has_parts,
    'error', v_message.error);
end;
$$;

comment on function private.answer_parts(uuid, integer) is 'See public.answer_parts. Definer: no role reads answers.';

grant execute on function private.answer_parts(uuid, integer) to authenticated;

create function private.forget_answer_parts(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_kept constant interval := '1 hour';
  v_forgotten integer;
begin
  with old as materialized (
    select p.workspace_id, p.conversation_id, p.answer_id, p.sequence
    from private.answer_parts p
    where p.written_at < now() - c_kept
      and exists (
        select from private.answers a where a.id = p.answer_id and a.finished_at < now() - c_kept)
    order by p.written_at
    limit p_batch
    for update skip locked
  )
  delete from private.answer_parts p
  using old o
  where p.workspace_id = o.workspace_id
    and p.conversation_id = o.conversation_id
    and p.answer_id = o.answer_id
    and p.sequence = o.sequence;
  get diagnostics v_forgotten = row_count;
  return v_forgotten;
end;
$$;

comment on function private.forget_answer_parts(integer) is
  'Removes at most so many parts of answers that ended an hour ago, which the messages have, and returns how many. Run '
  'by cron until nothing is left.';
