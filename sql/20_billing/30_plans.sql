-- The catalog of plans: what a front end shows as available, locked or for sale.
--
-- It describes and does not decide: what a plan permits is refused where it happens, by private.require_premium
-- (10_workspaces/42_entitlements.sql).
-- Which plan a workspace has stands with the workspace and follows from payment.

create table public.plans (
  key text primary key
    constraint plans_key_known check (key in ('free', 'premium')),
  name text not null,
  description text not null,
  features text[] not null default '{}',
  metrics_days integer not null
    constraint plans_metrics_days_range check (metrics_days between 1 and 3660),
  metrics_per_minute integer not null
    constraint plans_metrics_per_minute_range check (metrics_per_minute between 1 and 10000000)
);

alter table public.plans enable row level security;

create policy plans_select on public.plans
  for select to authenticated using (true);

grant select on public.plans to authenticated, service_role;

comment on table public.plans is 'The plans a workspace can have. The rows come with the schema.';
comment on column public.plans.key is 'What workspaces.plan_type names.';
comment on column public.plans.features is
  'What the plan offers beyond the free one, by the names that errors give too.';
comment on column public.plans.metrics_days is 'For how many days metrics are kept.';
comment on column public.plans.metrics_per_minute is 'How many points of metrics a workspace may send in a minute.';
