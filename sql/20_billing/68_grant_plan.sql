-- A plan that an operator gives, beside what was bought.

create function public.grant_plan(
  workspace_id text, plan text, until timestamptz default null, reason text default null
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.grant_plan(workspace_id, plan, until, reason);
end;
$$;

comment on function public.grant_plan(text, text, timestamptz, text) is
  'For servers: gives a workspace a plan until a time, null for good, in place of one that was given before; "free" '
  'ends that. It takes a reason. What was bought stays, and of both the larger plan counts. '
  'Errors: not_found, invalid_input (workspace_id, plan, until, reason).';

grant execute on function public.grant_plan(text, text, timestamptz, text) to service_role;

create function private.grant_plan(p_workspace_id text, p_plan text, p_until timestamptz, p_reason text)
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plan public.plans;
begin
  perform private.require_workspace_id(p_workspace_id);
  if octet_length(p_plan) <= 100 then
    select * into v_plan from public.plans p where p.key = p_plan;
  end if;
  if v_plan.key is null then
    perform private.raise_invalid_input('plan', 'There is no such plan.', 'Give a key of plans, such as "premium".');
  end if;
  if p_until <= now() then
    perform private.raise_invalid_input('until', 'This time has passed.', 'Give a later one, or null for good.');
  end if;
  perform private.refuse_problem(private.single_line_problem('reason', to_jsonb(p_reason), 1, 200));
  perform private.require_billing_lock(p_workspace_id);

  update private.plan_grants g
  set ended_at = now()
  where g.workspace_id = p_workspace_id and g.ended_at is null;
  if v_plan.key <> 'free' then
    insert into private.plan_grants (workspace_id, plan_key, granted_until, reason)
    values (p_workspace_id, v_plan.key, p_until, private.clean_text(p_reason));
  end if;
  perform private.keep_plan(p_workspace_id, 'grant');
end;
$$;

comment on function private.grant_plan(text, text, timestamptz, text) is
  'See public.grant_plan. Definer: no role writes plans.';

grant execute on function private.grant_plan(text, text, timestamptz, text) to service_role;
