-- What the plan of a workspace permits, refused where it is asked for: the only gates there are.
--
-- A feature is part of a plan or not (require_feature); of other things a plan has room for so many
-- (require_within_limit). What is beyond a limit that was lowered stays, can be read and deleted, and changes no more
-- until there is room for it again (refuse_beyond_limit): the oldest are kept, and nothing is written down, so that the
-- larger plan brings back what was. Members, whose rights every policy asks for, are the exception (43_seats.sql).
--
-- A refusal says what is missing as JSON in `details` (paymentRequiredSchema of types/entitlements.ts), with the
-- smallest plan that has it. Where no plan has more it is a conflict: nothing can be bought.
--
-- Threats: a stranger learning which plan a workspace has (who is not in it is told that there is none).

create function private.has_feature(p_workspace_id text, p_feature text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from public.workspaces w
    join public.plans p on p.key = w.plan_type
    where w.id = p_workspace_id and p_feature = any (p.features));
end;
$$;

comment on function private.has_feature(text, text) is
  'Whether the plan of a workspace has a feature. For definer functions.';

create view private.limits_of_workspaces as
  select w.id as workspace_id, l.limit_key, l.most
  from public.workspaces w
  join public.plan_limits l on l.plan_key = w.plan_type;

comment on view private.limits_of_workspaces is
  'How much of each thing the plan of a workspace has room for; null for any number. For definer functions.';

create function private.limit_of(p_workspace_id text, p_limit text) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select l.most
    from private.limits_of_workspaces l
    where l.workspace_id = p_workspace_id and l.limit_key = p_limit);
end;
$$;

comment on function private.limit_of(text, text) is
  'A limit of private.limits_of_workspaces. For definer functions.';

create view private.lowered_limits as
  select l.workspace_id, l.limit_key, l.most
  from private.limits_of_workspaces l
  where exists (
    select from public.plan_limits other
    where other.limit_key = l.limit_key and (other.most is null or other.most > l.most));

comment on view private.lowered_limits is
  'The limits of workspaces under which they may have come by a smaller plan, so that what is beyond is read-only: '
  'none where they have as much as any plan. For definer functions.';

create function private.lowered_limit_of(p_workspace_id text, p_limit text) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select l.most
    from private.lowered_limits l
    where l.workspace_id = p_workspace_id and l.limit_key = p_limit);
end;
$$;

comment on function private.lowered_limit_of(text, text) is
  'A limit of private.lowered_limits; null where there is none. For definer functions.';

create function private.require_feature(p_workspace_id text, p_feature text) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plan public.plans;
begin
  if auth.uid() is not null then
    perform private.require_membership(p_workspace_id);
  end if;
  if private.has_feature(p_workspace_id, p_feature) then
    return;
  end if;
  select p.* into v_plan from public.plans p where p_feature = any (p.features) order by p.position limit 1;
  perform private.raise_error('payment_required',
    format('This feature is part of the %s plan.', lower(v_plan.name)),
    jsonb_build_object('feature', p_feature, 'plan', v_plan.key)::text,
    'Ask who runs the workspace to upgrade it.');
end;
$$;

comment on function private.require_feature(text, text) is
  'Refuses a workspace whose plan lacks a feature. Errors: payment_required with {feature, plan} in `details`; '
  'not_found for who is not in the workspace. Definer: triggers call it for roles that may not read.';

-- The triggers of roles run as whoever writes.
grant execute on function private.require_feature(text, text) to authenticated;

create function private.require_within_limit(p_workspace_id text, p_limit text, p_use_after numeric) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from private.limits_of_workspaces l
    where l.workspace_id = p_workspace_id and l.limit_key = p_limit and l.most < p_use_after)
  then
    perform private.raise_over_limit(p_workspace_id, p_limit, p_use_after,
      'The %1$s plan has room for no more %3$s than %2$s.',
      'Remove what is not needed, or ask who runs the workspace to upgrade it.');
  end if;
end;
$$;

comment on function private.require_within_limit(text, text, numeric) is
  'Refuses what would make the use of a limit, which is given as it would be then, larger than the plan of a workspace '
  'has room for. Errors: payment_required with {limit, most, use, plan} in `details`, conflict with the same where no '
  'plan has more; not_found for who is not in the workspace. For definer functions.';

create function private.refuse_beyond_limit(p_workspace_id text, p_limit text, p_use numeric) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_over_limit(p_workspace_id, p_limit, p_use,
    'The %1$s plan has room for no more %3$s than %2$s; what came later can be read and deleted, and not changed.',
    'Delete what is not needed, or ask who runs the workspace to upgrade it.');
end;
$$;

comment on function private.refuse_beyond_limit(text, text, numeric) is
  'Refuses to change what is beyond a limit. Errors: those of require_within_limit. For definer functions.';

create function private.raise_over_limit(
  p_workspace_id text, p_limit text, p_use numeric, p_message text, p_hint text
) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := (select l.name from public.limits l where l.key = p_limit);
  v_most constant bigint := private.limit_of(p_workspace_id, p_limit);
  v_plan text;
  v_next text;
begin
  if auth.uid() is not null then
    perform private.require_membership(p_workspace_id);
  end if;
  select p.name into v_plan
  from public.workspaces w
  join public.plans p on p.key = w.plan_type
  where w.id = p_workspace_id;
  select p.key into v_next
  from public.plan_limits l
  join public.plans p on p.key = l.plan_key
  where l.limit_key = p_limit and (l.most is null or l.most > v_most)
  order by p.position
  limit 1;
  perform private.raise_error(
    case when v_next is null then 'conflict' else 'payment_required' end,
    format(p_message, lower(v_plan), v_most, v_name),
    jsonb_build_object('limit', p_limit, 'most', v_most, 'use', p_use, 'plan', v_next)::text,
    case when v_next is null then 'Remove what is not needed: no plan has more.' else p_hint end);
end;
$$;

comment on function private.raise_over_limit(text, text, numeric, text, text) is
  'The refusal of require_within_limit and refuse_beyond_limit, with a sentence about plan, number and name of the '
  'limit. For definer functions.';

create function private.require_role_of_plan(p_workspace_id text, p_role_key text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_role_key not in ('admin', 'member', 'viewer') then
    perform private.require_feature(p_workspace_id, 'custom_roles');
  end if;
end;
$$;

comment on function private.require_role_of_plan(text, text) is
  'Refuses to give a custom role on a plan without them. Error: payment_required.';
