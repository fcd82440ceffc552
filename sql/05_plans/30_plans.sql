-- The catalog of plans: what a front end shows as available, locked or for sale. What a plan permits is refused where
-- it happens (10_workspaces/42_entitlements.sql asks these tables); which plan a workspace has stands with the
-- workspace.

create table public.plans (
  key text primary key
    constraint plans_key_known check (key in ('free', 'premium')),
  name text not null,
  description text not null,
  features text[] not null default '{}',
  position integer not null
    constraint plans_position_unique unique,
  trial_days integer not null default 0
    constraint plans_trial_days_range check (trial_days between 0 and 90)
);

alter table public.plans enable row level security;

create policy plans_select on public.plans
  for select to authenticated using ((select private.reads_once()));

grant select on public.plans to authenticated, service_role;

comment on table public.plans is 'The plans a workspace can have. The rows come with the schema.';
comment on column public.plans.key is 'What workspaces.plan_type names.';
comment on column public.plans.name is 'As people read it, in English.';
comment on column public.plans.features is 'What the plan offers, by the names that payment_required gives too.';
comment on column public.plans.position is 'From the smallest plan to the largest.';
comment on column public.plans.trial_days is 'For how many days it can be tried before it is paid for; 0 for not.';
