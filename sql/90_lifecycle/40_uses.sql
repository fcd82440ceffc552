-- What is used of the limits of a plan, and what is beyond them: the one place that knows what is counted by each.

create function private.uses_of(p_workspace_id text, p_user_id uuid) returns table (limit_key text, used numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Each has an upper limit on every plan, or is counted where it changes.
  return query
    values
      ('members', (select s.taken::numeric from private.seats s where s.workspace_id = p_workspace_id)),
      ('views', (
        select count(*)::numeric from public.dashboard_views v
        where v.workspace_id = p_workspace_id and v.owner_id = p_user_id and v.deleted_at is null)),
      ('custom_components', (
        select count(*)::numeric from public.components c where c.workspace_id = p_workspace_id)),
      ('data_sources', (
        select count(*)::numeric from private.data_sources s where s.workspace_id = p_workspace_id)),
      ('destinations', (
        select count(*)::numeric from private.destinations d where d.workspace_id = p_workspace_id)),
      ('agents', (select count(*)::numeric from private.agents a where a.workspace_id = p_workspace_id)),
      ('marketplace_installs', (
        select count(*)::numeric from public.marketplace_installs i where i.workspace_id = p_workspace_id)),
      ('marketplace_listings', (
        select count(*)::numeric from private.marketplace_publishers p where p.workspace_id = p_workspace_id)),
      ('ai_credits', private.usage_of(p_workspace_id, 'ai_credits')),
      ('ai_credits_of_person', private.credits_of_person(private.digest_of_person(p_user_id))),
      ('api_tokens', private.usage_of(p_workspace_id, 'api_tokens')),
      ('metric_points', private.usage_of(p_workspace_id, 'metric_points')),
      ('refreshes', private.usage_of(p_workspace_id, 'refreshes'));
end;
$$;

comment on function private.uses_of(text, uuid) is
  'How much a workspace, and of what is each person''s somebody in it, uses of the limits that are counted. For '
  'definer functions.';

create function private.things_beyond(p_workspace_id text, p_plan text)
returns table (limit_key text, id text, name text, owner_id uuid, is_personal boolean, created_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    with most as (
      select l.limit_key as key, l.most from public.plan_limits l where l.plan_key = p_plan and l.most is not null
    ), placed as (
      -- In the order in which each is kept.
      select 'members' as key, m.user_id::text as id, p.name, m.user_id as owner_id, false as is_personal,
        m.created_at,
        row_number() over (order by m.role_key <> 'admin', m.created_at, m.user_id) as place
      from public.workspace_members m
      join public.profiles p on p.id = m.user_id
      where m.workspace_id = p_workspace_id and m.status = 'active'
      union all
      select 'views', v.id::text, v.name, v.owner_id, v.visibility = 'personal', v.created_at,
        row_number() over (partition by v.owner_id order by v.created_at, v.id)
      from public.dashboard_views v
      where v.workspace_id = p_workspace_id and v.owner_id is not null and v.deleted_at is null
      union all
      select 'custom_components', c.key, c.key, null, false, c.created_at,
        row_number() over (order by c.created_at, c.key)
      from public.components c
      where c.workspace_id = p_workspace_id
      union all
      select 'data_sources', s.id::text, s.name, null, false, s.created_at,
        row_number() over (order by s.created_at, s.id)
      from private.data_sources s
      where s.workspace_id = p_workspace_id
      union all
      select 'destinations', d.id::text, d.name, null, false, d.created_at,
        row_number() over (order by d.created_at, d.id)
      from private.destinations d
      where d.workspace_id = p_workspace_id
      union all
      select 'agents', a.id::text, a.name, a.owner_id, a.visibility = 'personal', a.created_at,
        row_number() over (order by a.created_at, a.id)
      from private.agents a
      where a.workspace_id = p_workspace_id
      union all
      select 'marketplace_installs', i.id::text, i.name, null, false, i.created_at,
        row_number() over (order by i.created_at, i.id)
      from public.marketplace_installs i
      where i.workspace_id = p_workspace_id
      union all
      select 'marketplace_listings', l.id::text, l.name, null, false, p.created_at,
        row_number() over (order by p.created_at, p.listing_id)
      from private.marketplace_publishers p
      join public.marketplace_listings l on l.id = p.listing_id
      where p.workspace_id = p_workspace_id
    )
    select p.key, p.id, p.name, p.owner_id, p.is_personal, p.created_at
    from placed p
    join most on most.key = p.key
    where p.place > greatest(most.most, (p.key = 'members')::integer);
end;
$$;

comment on function private.things_beyond(text, text) is
  'What in a workspace a plan has no room for, whoever asks. For definer functions, which tell nobody the names of '
  'what they may not see.';
