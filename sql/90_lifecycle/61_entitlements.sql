-- What the plan of a workspace allows its people, in one call: what a front end shows as available, used up, locked or
-- read-only.
--
-- Threats: learning a plan as a stranger (membership is asked for first); learning how much others keep for themselves
-- (of what is each person's, one's own is told).

create function public.entitlements(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.entitlements(workspace_id);
end;
$$;

comment on function public.entitlements(text) is
  'What the plan of a workspace allows: {workspaceId, planType, name, features, limits, next, period, '
  'isReadOnly} (entitlementsSchema of types/entitlements.ts). Each limit has key, unit, scope, most (null for any '
  'number), use (null where nothing is counted) and beyond: how many are read-only for lack of room, those that came '
  'last. period: {status, startsAt, endsAt, graceUntil, cancelAt, trialEnd}, null where nothing was bought or given. '
  'isReadOnly: whether the caller is among these members. `next` is what the next plan would add. '
  'Errors: not_found, invalid_input (workspace_id).';

grant execute on function public.entitlements(text) to authenticated;

create function private.entitlements(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plan public.plans;
begin
  perform private.require_membership(p_workspace_id);
  select p.* into v_plan
  from public.workspaces w
  join public.plans p on p.key = w.plan_type
  where w.id = p_workspace_id;

  return jsonb_build_object(
    'workspaceId', p_workspace_id,
    'planType', v_plan.key,
    'name', v_plan.name,
    'features', v_plan.features,
    'limits', (
      select jsonb_agg(
        jsonb_build_object(
          'key', c.key,
          'unit', c.unit,
          'scope', c.scope,
          'most', l.most,
          'use', case when c.unit = 'count' then coalesce(u.used, 0) else u.used end,
          'beyond', case
            when c.unit = 'count' and u.used > l.most and private.lowered_limit_of(p_workspace_id, c.key) is not null
              then u.used - l.most
            else 0
          end
        )
        order by c.key)
      from public.plan_limits l
      join public.limits c on c.key = l.limit_key
      left join private.uses_of(p_workspace_id, private.person_id()) u on u.limit_key = c.key
      where l.plan_key = v_plan.key
    ),
    'next', private.next_plan(v_plan),
    'period', (
      select jsonb_build_object(
        'status', b.status,
        'startsAt', private.timestamp_text(b.starts_at),
        'endsAt', private.timestamp_text(b.ends_at),
        'graceUntil', private.timestamp_text(b.grace_until),
        'cancelAt', private.timestamp_text(b.cancel_at),
        'trialEnd', private.timestamp_text(b.trial_end))
      from private.billing_periods(array[p_workspace_id]) b
    ),
    'isReadOnly', exists (
      select from private.active_memberships a where a.workspace_id = p_workspace_id and a.role_key = 'read only')
  );
end;
$$;

comment on function private.entitlements(text) is
  'See public.entitlements. Definer: it counts past the policies of what it counts.';

grant execute on function private.entitlements(text) to authenticated;

create function private.next_plan(p_plan public.plans) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
      'planType', n.key,
      'name', n.name,
      'trialDays', n.trial_days,
      'features', to_jsonb(array(
        select f from unnest(n.features) as f where f <> all (p_plan.features) order by f)),
      'limits', (
        select coalesce(jsonb_agg(jsonb_build_object('key', l.limit_key, 'most', l.most) order by l.limit_key), '[]')
        from public.plan_limits l
        join public.plan_limits o on o.plan_key = p_plan.key and o.limit_key = l.limit_key
        where l.plan_key = n.key and (l.most > o.most or (l.most is null and o.most is not null))
      )
    )
    from public.plans n
    where n.position > p_plan.position
    order by n.position
    limit 1
  );
end;
$$;

comment on function private.next_plan(public.plans) is
  'What the plan after one adds to it: {planType, name, trialDays, features, limits}; null for the largest.';
