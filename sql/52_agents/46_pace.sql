-- How much one person, and one workspace, may ask at once.
--
-- The function ai-chat counts its callers, and begin_answer can be called without it: by somebody who asks and has
-- nobody answer. That costs nothing, and holds credits that others have no room for until the lease runs out.
--
-- Threats: one account that holds what a workspace has left (few of a person's answers run at a time, what is held for
-- them together is a part of what the workspace has in a month, and an estimate is believed no further than a question
-- with all that goes with it can come to); conversations by the thousand (few questions a minute, in however many
-- workspaces); long conversations that are copied, or shared and not any more, again and again (what that writes is
-- counted by words).

create function private.require_pace_of_questions(p_workspace_id text, p_user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_a_minute constant integer := 60;
  c_most_at_once constant integer := 20;
begin
  -- The bucket's row is locked from here on: of one person one question after the other is counted.
  if not (private.charge_bucket(
    format('begin_answer/person/%s', p_user_id), c_most_a_minute, interval '1 minute', 1)).allowed
  then
    perform private.raise_error('rate_limited',
      'This account asked too much in a short time.', 'person', 'Wait a moment.');
  end if;
  if (
    select count(*)
    from private.answers a
    where a.workspace_id = p_workspace_id
      and a.status = 'running'
      and a.owner_id = p_user_id
      and a.leased_until >= clock_timestamp()
  ) >= c_most_at_once then
    perform private.raise_error('conflict',
      'As many of your questions are being answered as can be at a time.', 'answers', 'Wait for one of them.');
  end if;
end;
$$;

comment on function private.require_pace_of_questions(text, uuid) is
  'Refuses a question of who has asked 60 in a minute, or of whom 20 in the workspace are being answered. Errors: '
  'rate_limited (person), conflict (answers). For definer functions.';

create function private.require_fair_hold(p_answer private.answers) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_share constant numeric := 0.25;
  -- Where there is little, a few questions side by side are no harm.
  c_always constant numeric := 10;
  v_most constant numeric := least(
    private.limit_of(p_answer.workspace_id, 'ai_credits'),
    (private.ai_settings_of(p_answer.workspace_id)).workspace_budget);
  v_held constant numeric := (
    select b.held
    from private.ai_budgets b
    where b.workspace_id = p_answer.workspace_id
      and b.month = p_answer.month
      and b.scope = 'person'
      and b.subject = p_answer.owner_id);
begin
  if v_held > p_answer.held and v_held > greatest(c_share * v_most, c_always) then
    perform private.raise_error('conflict',
      'As much is held for your questions as can be at a time.', 'answers', 'Wait for one of them.');
  end if;
end;
$$;

comment on function private.require_fair_hold(private.answers) is
  'Refuses an answer for which credits were just held where, with others of the same person, more is held than a '
  'quarter of what the workspace has in a month, and than 10 credits; a single answer may hold anything. Error: '
  'conflict (answers). For definer functions.';

create function private.require_pace_of_words(p_user_id uuid, p_thousands integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_a_minute constant integer := 1000;
  v_charged record;
begin
  v_charged := private.charge_bucket(
    format('conversation_words/person/%s', p_user_id), c_most_a_minute, interval '1 minute', p_thousands);
  if not v_charged.allowed then
    perform private.raise_error('rate_limited',
      'This account branched or shared too long conversations in a short time.', 'person',
      format('Try again in %s seconds.', v_charged.reset));
  end if;
end;
$$;

comment on function private.require_pace_of_words(uuid, integer) is
  'Refuses who has had a million words of conversations written anew in a minute, which takes some four seconds. '
  'Error: rate_limited (person). For definer functions.';

create function private.require_pace_of_branches(p_from private.conversations, p_way integer[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_a_minute constant integer := 20;
  -- What takes as long to copy as a thousand words do.
  c_bytes constant integer := 100000;
  c_most constant integer := 600;
  v_thousands constant integer := (
    select 1 + coalesce(sum(w.size), 0) / 1000 + coalesce(sum(m.bytes), 0) / c_bytes
    from private.messages m
    left join private.conversation_words w
      on w.workspace_id = m.workspace_id and w.conversation_id = m.conversation_id and w.number = m.number
    where m.workspace_id = p_from.workspace_id
      and m.conversation_id = p_from.id
      and m.number = any (p_way));
begin
  if v_thousands > c_most then
    perform private.raise_error('conflict',
      'What leads to this message is more than can be copied at once.', 'number',
      'Give the number of an earlier one.');
  end if;
  if not (private.charge_bucket(
    format('branch_conversation/person/%s', p_from.owner_id), c_most_a_minute, interval '1 minute', 1)).allowed
  then
    perform private.raise_error('rate_limited',
      'This account branched too many conversations in a short time.', 'person', 'Wait a moment.');
  end if;
  perform private.require_pace_of_words(p_from.owner_id, v_thousands);
end;
$$;

comment on function private.require_pace_of_branches(private.conversations, integer[]) is
  'Refuses a branch that copies so much that a busy database would not come to its end in the time that a statement '
  'has, and who has made 20 in a minute, or copied too much. Errors: conflict (number), rate_limited (person). For '
  'definer functions.';

create function private.require_pace_of_sharing(p_conversation private.conversations) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_least constant integer := 10;
  v_words constant bigint := (
    select coalesce(sum(w.size), 0)
    from private.conversation_words w
    where w.workspace_id = p_conversation.workspace_id and w.conversation_id = p_conversation.id);
begin
  -- Twice, for they are written once more when it is taken back, which must never be refused.
  perform private.require_pace_of_words(p_conversation.owner_id, (c_least + 2 * v_words / 1000)::integer);
end;
$$;

comment on function private.require_pace_of_sharing(private.conversations) is
  'Refuses who shares so much in a minute that others would wait: each word is found by others from then on. Error: '
  'rate_limited (person). For definer functions.';

create function private.charge_question(p_workspace_id text) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_quota constant integer := 120;
  c_window constant integer := 60;
  v_charged record;
begin
  v_charged := private.charge_bucket(
    'ai-chat:workspace:' || p_workspace_id, c_quota, make_interval(secs => c_window), 1);
  if not v_charged.allowed then
    perform private.raise_error('rate_limited',
      'The workspace asks more questions than are answered at once.', 'workspace',
      format('Try again in %s seconds.', v_charged.reset));
  end if;
  return jsonb_build_object('name', 'workspace', 'quota', c_quota, 'window', c_window,
    'remaining', v_charged.remaining, 'reset', v_charged.reset);
end;
$$;

comment on function private.charge_question(text) is
  'Counts a question of a workspace, and returns what is left: a question that is refused for another reason counts '
  'not. Error: rate_limited (workspace). For definer functions, which have checked the permission.';

create function private.believed_estimate(p_estimate integer, p_known_bytes bigint) returns bigint
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Fewer bytes to a token than any text of a person has, so that what is known to be sent is never held too low.
  c_bytes_of_token constant integer := 3;
  -- Tools, the view on screen and what every agent is told.
  c_most_beside constant integer := 32000;
begin
  -- No token has less than a byte.
  return greatest(
    least(coalesce(p_estimate, 0), p_known_bytes + c_most_beside), p_known_bytes / c_bytes_of_token + 1);
end;
$$;

comment on function private.believed_estimate(integer, bigint) is
  'How many tokens of input are held for, by what a caller says and by how many bytes are known to be sent.';
