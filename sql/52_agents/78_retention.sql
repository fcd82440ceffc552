-- How long conversations and their costs are kept. Each runs in batches, with a commit after each.

create function private.expire_conversations(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_expired integer;
begin
  with old as materialized (
    select c.workspace_id, c.id
    from private.ai_settings s
    join private.conversations c
      on c.workspace_id = s.workspace_id
      and c.last_message_at < now() - make_interval(days => s.retention_days)
    where s.retention_days is not null
    limit p_batch
    for update of c skip locked
  )
  delete from private.conversations c
  using old o
  where c.workspace_id = o.workspace_id and c.id = o.id;
  get diagnostics v_expired = row_count;
  return v_expired;
end;
$$;

comment on function private.expire_conversations(integer) is
  'Removes at most so many conversations whose last message is older than their workspace keeps them, pinned and '
  'shared ones too, and returns how many.';

create function private.expire_agent_versions(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_expired integer;
begin
  with unused as materialized (
    select v.workspace_id, v.agent_id, v.version
    from private.agent_versions v
    where v.kept_at < now() - interval '1 day'
      and not exists (
        select from private.messages m
        where m.workspace_id = v.workspace_id and m.agent_id = v.agent_id and m.agent_version = v.version)
    limit p_batch
    for update skip locked
  )
  delete from private.agent_versions v
  using unused u
  where v.workspace_id = u.workspace_id and v.agent_id = u.agent_id and v.version = u.version;
  get diagnostics v_expired = row_count;
  return v_expired;
end;
$$;

comment on function private.expire_agent_versions(integer) is
  'Removes at most so many versions of agents of which no message is left, and returns how many.';

create function private.expire_snapshots(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Longer than any answer takes to cite what its tools kept.
  c_uncited constant interval := '1 day';
  v_expired integer;
begin
  with uncited as materialized (
    select s.workspace_id, s.hash
    from private.widget_snapshots s
    where s.kept_at < now() - c_uncited
      and not exists (
        select from private.citations c where c.workspace_id = s.workspace_id and c.hash = s.hash)
    limit p_batch
    for update skip locked
  )
  delete from private.widget_snapshots s
  using uncited u
  where s.workspace_id = u.workspace_id and s.hash = u.hash;
  get diagnostics v_expired = row_count;
  return v_expired;
end;
$$;

comment on function private.expire_snapshots(integer) is
  'Removes at most so many answers of widgets that were kept a day ago and are cited in no conversation, and returns '
  'how many.';

create function private.expire_ai_usage(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_kept constant interval := '400 days';
  v_expired integer;
begin
  with old as materialized (
    select u.workspace_id, u.answer_id, u.number
    from private.ai_usage u
    where u.occurred_at < now() - c_kept
    order by u.occurred_at
    limit p_batch
    for update skip locked
  )
  delete from private.ai_usage u
  using old o
  where u.workspace_id = o.workspace_id and u.answer_id = o.answer_id and u.number = o.number;
  get diagnostics v_expired = row_count;
  return v_expired;
end;
$$;

comment on function private.expire_ai_usage(integer) is
  'Removes at most so many calls that were made 400 days ago, and returns how many. Their sums stay.';

create function private.forget_credits_of_people(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_forgotten integer;
begin
  with over as materialized (
    select c.workspace_id, c.month, c.email_digest
    from private.ai_credits_of_people c
    where c.month < private.usage_period()
    limit p_batch
    for update skip locked
  )
  delete from private.ai_credits_of_people c
  using over o
  where c.workspace_id = o.workspace_id and c.month = o.month and c.email_digest = o.email_digest;
  get diagnostics v_forgotten = row_count;
  return v_forgotten;
end;
$$;

comment on function private.forget_credits_of_people(integer) is
  'Removes at most so many rows of what people spent in months that are over, and returns how many.';
