-- Reading the audit log page by page.
--
-- Pages go by key and not by offset: entries that arrive while somebody reads move nothing, so no entry comes twice
-- and none is left out. The table can be read the same way through the Data API; this function adds the names of
-- the people, some of whom have left and are in nobody's reach any more, which is why a definer reads them.

create function public.list_audit_log(
  workspace_id text,
  before timestamptz default null,
  before_id uuid default null,
  per_page integer default 50,
  actor_id uuid default null,
  action text default null,
  table_name text default null,
  since timestamptz default null,
  until timestamptz default null
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_audit_log(
    workspace_id, before, before_id, per_page, actor_id, action, table_name, since, until);
end;
$$;

comment on function public.list_audit_log(
  text, timestamptz, uuid, integer, uuid, text, text, timestamptz, timestamptz
) is
  'A page of a workspace''s audit log, latest first: {entries, next}. `next` is null on the last page, else what to '
  'give as `before` and `before_id`. `since` is included, `until` is not. Takes audit.read. '
  'Errors: not_found, permission_denied, invalid_input (per_page, before, action, table_name, until).';

grant execute on function public.list_audit_log(
  text, timestamptz, uuid, integer, uuid, text, text, timestamptz, timestamptz
) to authenticated;

create function private.list_audit_log(
  p_workspace_id text,
  p_before timestamptz,
  p_before_id uuid,
  p_per_page integer,
  p_actor_id uuid,
  p_action text,
  p_table_name text,
  p_since timestamptz,
  p_until timestamptz
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- Which index is right depends on the filters that are given: one plan for all of them would read a whole log to
-- find the few entries of one person.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_page jsonb;
  v_last jsonb;
begin
  perform private.require_permission(p_workspace_id, 'audit.read');
  if (p_per_page between 1 and 100) is not true then
    perform private.raise_invalid_input('per_page',
      'A page has 1 to 100 entries.', 'Give a whole number from 1 to 100.');
  end if;
  if (p_before is null) <> (p_before_id is null) then
    perform private.raise_invalid_input('before',
      'It takes two values to continue a list.', 'Give both `before` and `before_id`, from `next` of the last page.');
  end if;
  if p_action not in ('insert', 'update', 'delete') then
    perform private.raise_invalid_input('action',
      'There is no such action.', 'Give "insert", "update" or "delete".');
  end if;
  -- As long as a name can be.
  if octet_length(p_table_name) > 63 then
    perform private.raise_invalid_input('table_name',
      'There is no such table.', 'Give the name of a table, such as "workspace_members".');
  end if;
  if p_since >= p_until then
    perform private.raise_invalid_input('until',
      'The time span is empty.', 'Give an `until` that is later than `since`.');
  end if;

  -- The comparisons of occurred_at alone say no more than the others; they keep the other months' tables closed.
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'id', l.id,
      -- To the microsecond, since a page continues after it.
      'occurredAt', to_char(l.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'actor', jsonb_build_object(
        'type', l.actor_type,
        'id', l.actor_id,
        'name', (select p.name from public.profiles p where p.id = l.actor_id),
        'role', l.actor_role
      ),
      'action', l.action,
      'table', l.table_name,
      'rowId', l.row_id,
      'changes', l.changes,
      'requestId', l.request_id,
      'ip', host(l.ip),
      'claimedIp', host(l.claimed_ip)
    )
    order by l.occurred_at desc, l.id desc
  ), '[]')
  into v_page
  from (
    select *
    from public.audit_log a
    where a.workspace_id = p_workspace_id
      and a.occurred_at <= coalesce(p_before, 'infinity')
      and (a.occurred_at, a.id)
        < (coalesce(p_before, 'infinity'), coalesce(p_before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      and a.occurred_at >= coalesce(p_since, '-infinity')
      and a.occurred_at < coalesce(p_until, 'infinity')
      and (p_actor_id is null or a.actor_id = p_actor_id)
      and (p_action is null or a.action = p_action)
      and (p_table_name is null or a.table_name = p_table_name)
    order by a.occurred_at desc, a.id desc
    -- One more than asked for tells whether there is a next page.
    limit p_per_page + 1
  ) as l;

  if jsonb_array_length(v_page) <= p_per_page then
    return jsonb_build_object('entries', v_page, 'next', null);
  end if;
  v_last := v_page -> (p_per_page - 1);
  return jsonb_build_object(
    'entries', v_page - p_per_page,
    'next', jsonb_build_object('before', v_last -> 'occurredAt', 'beforeId', v_last -> 'id')
  );
end;
$$;

comment on function private.list_audit_log(
  text, timestamptz, uuid, integer, uuid, text, text, timestamptz, timestamptz
) is 'A page of the audit log. Definer: it names people who have left the workspace.';

grant execute on function private.list_audit_log(
  text, timestamptz, uuid, integer, uuid, text, text, timestamptz, timestamptz
) to authenticated;
