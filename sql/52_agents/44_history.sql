-- What was said before a message: the way from it to the beginning, newest first until it is more than a model is sent.

create function private.way_to(p_workspace_id text, p_conversation_id uuid, p_number integer) returns integer[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_way integer[] := '{}';
  v_number integer := p_number;
begin
  while v_number is not null loop
    v_way := v_number || v_way;
    v_number := (
      select m.parent
      from private.messages m
      where m.workspace_id = p_workspace_id and m.conversation_id = p_conversation_id and m.number = v_number);
  end loop;
  return v_way;
end;
$$;

comment on function private.way_to(text, uuid, integer) is
  'The numbers of the messages that lead to one, itself last; a parent always has the lower number, so it ends.';

create function private.may_summarize(p_workspace_id text, p_conversation_id uuid) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- A provider that is out of order is found again within a talk, and a talk does not wait and pay with each question.
  c_rest constant interval := '15 minutes';
begin
  return not exists (
    select
    from private.answers a
    where a.workspace_id = p_workspace_id
      and a.conversation_id = p_conversation_id
      and a.summary_failed_at > now() - c_rest);
end;
$$;

comment on function private.may_summarize(text, uuid) is
  'Whether what has no room in a conversation is to be summed up: not in the quarter of an hour after nothing came of '
  'it. For definer functions.';

create function private.history_to(p_workspace_id text, p_conversation_id uuid, p_number integer) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_bytes constant integer := 1048576;
  v_way constant integer[] := private.way_to(p_workspace_id, p_conversation_id, p_number);
  -- What is to be answered is sent as it was said, and so is what goes on from there: a summary that was made further
  -- on may have it, where an answer is given again.
  v_question constant integer := (
    select max(m.number)
    from private.messages m
    where m.workspace_id = p_workspace_id
      and m.conversation_id = p_conversation_id
      and m.number = any (v_way)
      and m.role = 'user');
  v_summary private.conversation_summaries;
  v_messages jsonb;
  v_bytes bigint;
  v_first integer;
begin
  select s.* into v_summary
  from private.conversation_summaries s
  where s.workspace_id = p_workspace_id
    and s.conversation_id = p_conversation_id
    and s.until_number = any (v_way)
    and s.until_number < v_question
  order by s.until_number desc
  limit 1;

  select
    jsonb_agg(
      jsonb_build_object('number', m.number, 'role', m.role, 'status', m.status, 'parts', m.parts) order by m.number),
    sum(m.bytes), min(m.number)
  into v_messages, v_bytes, v_first
  from (
    select x.*, sum(x.bytes) over (order by x.number desc) as until_here
    from private.messages x
    where x.workspace_id = p_workspace_id
      and x.conversation_id = p_conversation_id
      and x.number = any (v_way)
      and x.number > coalesce(v_summary.until_number, 0)
  ) as m
  where m.until_here <= c_most_bytes;
  return jsonb_build_object(
    'summary', case when v_summary.text is not null then
      jsonb_build_object('until', v_summary.until_number, 'text', v_summary.text) end,
    'history', coalesce(v_messages, '[]'),
    'isCut', coalesce(v_first > (select min(w.number) from unnest(v_way) as w (number)
      where w.number > coalesce(v_summary.until_number, 0)), false),
    'bytes', coalesce(v_bytes, 0) + coalesce(octet_length(v_summary.text), 0));
end;
$$;

comment on function private.history_to(text, uuid, integer) is
  'What led to a message and itself: {summary {until, text}, history [{number, role, status, parts}], isCut, bytes}, '
  'of the messages after the summary, which ends before the last question, at most the newest megabyte. For definer '
  'functions.';
