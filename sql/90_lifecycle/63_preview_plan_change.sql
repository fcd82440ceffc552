-- What another plan would mean for a workspace, before anybody chooses it.
--
-- Threats: the name of what somebody keeps for themselves, or of what takes a permission to see (whoever manages
-- billing is told how much is beyond a limit and whose it is, and the names that they may read).

create function public.preview_plan_change(
  workspace_id text, plan text, page integer default 1, per_page integer default 50
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.preview_plan_change(workspace_id, plan, page, per_page);
end;
$$;

comment on function public.preview_plan_change(text, text, integer, integer) is
  'What would be beyond the limits of a plan, or with the present plan is: {workspaceId, planType, from, features, '
  'limits, total, page, perPage, things} (planChangeSchema of types/entitlements.ts). `features` are those that would '
  'be lost, with how many things they concern; `limits` those with something beyond them. A thing is {limit, id, name, '
  'person, createdAt}; it would stay, to be read and deleted, and come back with the larger plan. A name is null for '
  'who may not see the thing. Takes billing.manage. Errors: not_found, permission_denied, invalid_input (plan, page, '
  'per_page).';

grant execute on function public.preview_plan_change(text, text, integer, integer) to authenticated;

create function private.preview_plan_change(p_workspace_id text, p_plan text, p_page integer, p_per_page integer)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from public.plans;
  v_held text[];
begin
  perform private.require_permission(p_workspace_id, 'billing.manage');
  if not exists (select from public.plans p where p.key = p_plan) then
    perform private.raise_invalid_input('plan', 'There is no such plan.', 'Give a key of the table plans.');
  end if;
  perform private.require_page('asc', p_page, p_per_page);
  v_held := private.permissions_in(p_workspace_id);
  select p.* into v_from
  from public.workspaces w
  join public.plans p on p.key = w.plan_type
  where w.id = p_workspace_id;

  return (
    with beyond as materialized (
      select * from private.things_beyond(p_workspace_id, p_plan)
    ), shown as (
      select b.*, row_number() over (order by b.limit_key, b.owner_id, b.created_at, b.id) as place
      from beyond b
      order by place
      limit p_per_page offset (p_page - 1)::bigint * p_per_page
    )
    select jsonb_build_object(
      'workspaceId', p_workspace_id,
      'planType', p_plan,
      'from', v_from.key,
      'features', private.lost_features(p_workspace_id, v_from, p_plan),
      'limits', (
        select coalesce(jsonb_agg(
          jsonb_build_object('key', l.limit_key, 'most', l.most, 'beyond', c.number) order by l.limit_key), '[]')
        from (select b.limit_key, count(*) as number from beyond b group by b.limit_key) as c
        join public.plan_limits l on l.plan_key = p_plan and l.limit_key = c.limit_key
      ),
      'total', (select count(*) from beyond),
      'page', p_page,
      'perPage', p_per_page,
      'things', (
        select coalesce(jsonb_agg(
          jsonb_build_object(
            'limit', s.limit_key,
            'id', s.id,
            'name', case
              when s.is_personal and s.owner_id is distinct from auth.uid() then null
              when (case s.limit_key
                when 'members' then 'members.read'
                when 'views' then 'dashboards.read'
                when 'custom_components' then 'components.write'
                when 'data_sources' then 'integrations.manage'
                when 'destinations' then 'integrations.manage'
                when 'agents' then 'ai.use'
                when 'marketplace_installs' then 'marketplace.install'
                when 'marketplace_listings' then 'marketplace.publish'
              end) = any (v_held) then s.name
            end,
            'person', case when s.owner_id is not null then jsonb_build_object(
              'id', s.owner_id,
              'name', case when 'members.read' = any (v_held) then p.name end) end,
            'createdAt', private.timestamp_text(s.created_at)
          )
          order by s.place), '[]')
        from shown s
        left join public.profiles p on p.id = s.owner_id
      )
    )
  );
end;
$$;

comment on function private.preview_plan_change(text, text, integer, integer) is
  'See public.preview_plan_change. Definer: it counts past the policies of what it counts.';

grant execute on function private.preview_plan_change(text, text, integer, integer) to authenticated;

create function private.lost_features(p_workspace_id text, p_from public.plans, p_plan text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(
      jsonb_build_object('key', f.key, 'use', case f.key
        when 'custom_roles' then (
          select count(*) from public.workspace_roles r where r.workspace_id = p_workspace_id and not r.is_built_in)
        when 'resource_grants' then (
          select count(*) from public.resource_grants g where g.workspace_id = p_workspace_id and g.access <> 'none')
        when 'custom_components' then (
          select count(*) from public.components c where c.workspace_id = p_workspace_id)
        when 'http_sources' then (
          select count(*) from private.data_sources s where s.workspace_id = p_workspace_id and s.kind = 'http_json')
        when 'webhooks' then (
          select count(*) from private.destinations d where d.workspace_id = p_workspace_id and d.kind = 'webhook')
        when 'marketplace_publishing' then (
          select count(*) from private.marketplace_publishers p where p.workspace_id = p_workspace_id)
      end)
      order by f.key), '[]')
    from unnest(p_from.features) as f (key)
    where f.key not in (select unnest(p.features) from public.plans p where p.key = p_plan)
  );
end;
$$;

comment on function private.lost_features(text, public.plans, text) is
  'The features of one plan that another lacks, each with how many things of a workspace it concerns: null where that '
  'is not counted. For definer functions.';
