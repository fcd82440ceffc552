-- Where a workspace stands with what it has bought: the subscription that counts, and what its people may know of it.

create function private.plan_given_by(p_subscription public.subscriptions) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if private.subscription_gives_plan(p_subscription.status, p_subscription.grace_until, now()) then
    return (select p.plan_key from private.sold_prices p where p.price_id = p_subscription.price_id);
  end if;
  return null;
end;
$$;

comment on function private.plan_given_by(public.subscriptions) is
  'The plan that a subscription gives at this moment; null where it gives none, and for a row of nulls. For definer '
  'functions.';

create view private.current_subscriptions as
  select distinct on (s.workspace_id) s.*
  from public.subscriptions s
  join private.billing_customers c on c.workspace_id = s.workspace_id and c.id = s.customer_id
  cross join lateral (
    select
      g.plan,
      -- Of those that give one: what goes on, before what ends, as a trial does unless it is paid for.
      case when g.plan < 0 then '-infinity'
        else coalesce(least(s.cancel_at, case s.status
          when 'past_due' then s.grace_until
          when 'trialing' then s.trial_end
        end), 'infinity')
      end as lasts,
      case
        when private.subscription_gives_plan(s.status, s.grace_until, now()) then 2
        when private.subscription_lives(s.status) then 1
        else 0
      end as standing
    from (
      select coalesce((select k.position from public.plans k where k.key = private.plan_given_by(s)), -1) as plan
    ) as g
  ) as o
  -- As private.billing_mode says, for many.
  where c.livemode
    or not exists (
      select from private.billing_customers l where l.workspace_id = s.workspace_id and l.livemode)
  order by s.workspace_id, o.plan desc, o.lasts desc, o.standing desc, s.current_period_end desc nulls last, s.id;

comment on view private.current_subscriptions is
  'The one subscription that counts for each workspace: the one that gives most, of equal ones the one that gives it '
  'for longest, else one that is paid or tried, else one that lives, else the last.';

create function private.current_subscription(p_workspace_id text) returns public.subscriptions
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subscription public.subscriptions;
begin
  select s.* into v_subscription from private.current_subscriptions s where s.workspace_id = p_workspace_id;
  return v_subscription;
end;
$$;

comment on function private.current_subscription(text) is
  'The subscription that counts for a workspace; a row of nulls where there is none. For definer functions.';

create function private.billing_periods(p_workspace_ids text[])
returns table (
  workspace_id text,
  status text,
  starts_at timestamptz,
  ends_at timestamptz,
  grace_until timestamptz,
  cancel_at timestamptz,
  trial_end timestamptz
)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select
      p.workspace_id,
      case when p.source = 'grant' then 'granted' else s.status end,
      case when p.source = 'grant' then g.created_at else s.current_period_start end,
      case when p.source = 'grant' then g.granted_until else s.current_period_end end,
      s.grace_until,
      s.cancel_at,
      s.trial_end
    from private.workspace_plans p
    -- "offset 0": those of one workspace after the other, by index.
    left join lateral (
      select c.* from private.current_subscriptions c where c.workspace_id = p.workspace_id offset 0
    ) as s on true
    left join private.plan_grants g on g.workspace_id = p.workspace_id and g.ended_at is null
    where p.workspace_id = any (p_workspace_ids) and (p.source = 'grant' or s.id is not null);
end;
$$;

comment on function private.billing_periods(text[]) is
  'Of some workspaces those with a subscription or a plan that was given to them: its status, as Stripe names it or '
  '"granted"; the period that is paid for; until when the plan stays where a payment is due; when it ends, and the '
  'trial. For definer functions.';
