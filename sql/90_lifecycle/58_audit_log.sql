-- Reading the audit log page by page, in terms of people and things.
--
-- Pages go by key and not by offset: entries that arrive while somebody reads move nothing, so no entry comes twice
-- and none is left out. The table can be read the same way through the Data API; this function adds the names of
-- the people, some of whom have left and are in nobody's reach any more, which is why a definer reads them, and says
-- what an entry is about. It knows every audited table, which is why it stands here.
--
-- Threats: what a colleague keeps for themselves, told by its name (a view or a theme that is personal now is called
-- what the entry itself says, or nothing); addresses of people who never joined (an invitation has the name of who
-- accepted it); the name of somebody whose account is gone (names of people are never stored here, and looked up).

create function private.audit_subject(p_workspace_id text, p_table_name text, p_row_id text, p_changes jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text;
  v_id text := p_row_id;
  v_uuid constant uuid := case when pg_input_is_valid(p_row_id, 'uuid') then p_row_id::uuid end;
  -- As it was: what an entry withholds has neither old nor new.
  v_name text := coalesce(
    p_changes #>> '{name,new}', p_changes #>> '{name,old}', p_changes #>> '{title,new}', p_changes #>> '{title,old}');
begin
  case
    when p_table_name in ('workspaces', 'default_themes', 'default_views', 'analytics_policies') then
      v_kind := 'workspace';
      v_id := p_workspace_id;
      v_name := coalesce(v_name, (select w.name from public.workspaces w where w.id = p_workspace_id));
    when p_table_name = 'workspace_members' then
      v_kind := 'member';
      v_name := (select p.name from public.profiles p where p.id = v_uuid);
    when p_table_name in ('workspace_roles', 'role_default_views') then
      v_kind := 'role';
      v_name := coalesce(v_name, (
        select r.name from public.workspace_roles r where r.workspace_id = p_workspace_id and r.key = p_row_id));
    when p_table_name = 'api_keys' then
      v_kind := 'api_key';
      v_name := coalesce(v_name, (
        select k.name from private.api_keys k where k.workspace_id = p_workspace_id and k.id = v_uuid));
    when p_table_name = 'workspace_invitations' then
      v_kind := 'invitation';
      v_name := (
        select p.name
        from public.workspace_invitations i
        join public.profiles p on p.id = i.accepted_by
        where i.workspace_id = p_workspace_id and i.id = v_uuid);
    when p_table_name = 'themes' then
      v_kind := 'theme';
      v_name := coalesce(v_name, (
        select t.name
        from public.themes t
        where t.workspace_id = p_workspace_id and t.id = v_uuid and t.visibility = 'workspace'));
    when p_table_name in ('components', 'component_versions') then
      v_kind := 'component';
      v_id := split_part(p_row_id, ',', 1);
      v_name := coalesce(v_name, (
        select v.title
        from public.component_versions v
        where v.workspace_id = p_workspace_id and v.component_key = v_id
        order by private.version_order(v.version) desc
        limit 1));
    when p_table_name = 'dashboard_views' then
      v_kind := 'view';
      v_name := coalesce(v_name, private.shared_view_name(p_workspace_id, v_uuid));
    when p_table_name = 'dashboard_view_shares' then
      v_kind := 'share';
      v_name := private.shared_view_name(p_workspace_id, coalesce(
        (coalesce(p_changes #>> '{view_id,new}', p_changes #>> '{view_id,old}'))::uuid,
        (
          select s.view_id
          from public.dashboard_view_shares s
          where s.workspace_id = p_workspace_id and s.id = v_uuid)));
    when p_table_name = 'resource_grants' then
      v_kind := 'grant';
      v_name := private.shared_view_name(p_workspace_id, private.granted_view(p_workspace_id, coalesce(
        (coalesce(p_changes #>> '{resource_id,new}', p_changes #>> '{resource_id,old}'))::uuid,
        (
          select g.resource_id
          from public.resource_grants g
          where g.workspace_id = p_workspace_id and g.id = v_uuid))));
    when p_table_name in (
      'billing_customers', 'checkout_sessions', 'subscriptions', 'invoices', 'plan_grants', 'workspace_plans')
    then
      v_kind := 'billing';
    when p_table_name = 'agents' then
      v_kind := 'agent';
      v_name := coalesce(v_name, (
        select a.name
        from private.agents a
        where a.workspace_id = p_workspace_id and a.id = v_uuid and a.visibility = 'workspace'));
    when p_table_name = 'ai_settings' then
      v_kind := 'workspace';
      v_id := p_workspace_id;
      v_name := (select w.name from public.workspaces w where w.id = p_workspace_id);
    -- What they are called is their owners'.
    when p_table_name in ('conversations', 'proposals') then
      v_kind := rtrim(p_table_name, 's');
      v_name := null;
    when p_table_name in ('data_sources', 'destinations') then
      v_kind := rtrim(p_table_name, 's');
    when p_table_name in ('support_tickets', 'support_messages') then
      v_kind := 'ticket';
      v_id := coalesce(p_changes #>> '{ticket_id,new}', p_row_id);
      v_name := '#' || coalesce(
        case p_table_name when 'support_tickets' then coalesce(
          p_changes #>> '{number,new}', p_changes #>> '{number,old}') end,
        (
          select t.number::text
          from public.support_tickets t
          where t.workspace_id = p_workspace_id
            and t.id = coalesce((p_changes #>> '{ticket_id,new}')::uuid, v_uuid)));
    when p_table_name in ('marketplace_listings', 'marketplace_publishers') then
      v_kind := 'listing';
      v_name := coalesce(v_name, (
        select l.name
        from private.marketplace_publishers p
        join public.marketplace_listings l on l.id = p.listing_id
        where p.workspace_id = p_workspace_id and p.listing_id = v_uuid));
    when p_table_name = 'marketplace_installs' then
      v_kind := 'install';
      v_name := coalesce(v_name, (
        select i.name
        from public.marketplace_installs i
        where i.workspace_id = p_workspace_id and i.id = v_uuid));
    else
      v_kind := p_table_name;
  end case;
  return jsonb_build_object('kind', v_kind, 'id', v_id, 'name', v_name);
end;
$$;

comment on function private.audit_subject(text, text, text, jsonb) is
  'What an entry is about: {kind, id, name}. The name is what the entry says, else what the thing is called now, of a '
  'share or a grant the view that it opens; null where neither is for readers of the log. For definer functions.';

create function private.shared_view_name(p_workspace_id text, p_view_id uuid) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select v.name
    from public.dashboard_views v
    where v.workspace_id = p_workspace_id and v.id = p_view_id and v.visibility = 'workspace');
end;
$$;

comment on function private.shared_view_name(text, uuid) is
  'The name of a view that is shared with its workspace, null for any other. For definer functions.';

create function private.granted_view(p_workspace_id text, p_resource_id uuid) returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    (select w.view_id from public.widgets w where w.workspace_id = p_workspace_id and w.id = p_resource_id),
    p_resource_id);
end;
$$;

comment on function private.granted_view(text, uuid) is
  'The view that a grant is about: that of a widget, or itself. For definer functions.';

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
  'A page of a workspace''s audit log, latest first: {entries, next}. Each entry says who acted (actor {type, id, '
  'name, role}), what they did (action) and to what (subject {kind, id, name}); then table, rowId, changes and where '
  'the request came from. `next` is null on the last page, else what to give as `before` and `before_id`. `since` is '
  'included, `until` is not. Takes audit.read. '
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
  -- Of a listing, which is of no workspace, the log records what its publisher does.
  if p_table_name <> 'marketplace_listings' and not private.is_audited(p_table_name) then
    perform private.raise_invalid_input('table_name',
      'The audit log records no table of this name.', 'Give the name of one, such as "workspace_members".');
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
        'name', case l.actor_type
          when 'api_key' then (
            select k.name from private.api_keys k where k.workspace_id = l.workspace_id and k.id = l.actor_id)
          else (select p.name from public.profiles p where p.id = l.actor_id)
        end,
        'role', l.actor_role
      ),
      'action', l.action,
      'subject', private.audit_subject(l.workspace_id, l.table_name, l.row_id, l.changes),
      'table', l.table_name,
      'rowId', l.row_id,
      'changes', l.changes,
      'requestId', l.request_id,
      'claimedTraceId', l.trace_id,
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
) is 'A page of the audit log. Definer: it names people who have left the workspace, and things past their policies.';

grant execute on function private.list_audit_log(
  text, timestamptz, uuid, integer, uuid, text, text, timestamptz, timestamptz
) to authenticated;
