-- Which plan a workspace has and from what: what it has bought, or what an operator gave it. `workspaces.plan_type` is
-- a copy that everything else asks; 50_keep_plan.sql keeps both.

create table private.plan_grants (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  plan_key text not null references public.plans (key),
  granted_until timestamptz,
  reason text not null
    constraint plan_grants_reason_length check (char_length(reason) between 1 and 200),
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (workspace_id, id)
);

create index plan_grants_plan_idx on private.plan_grants (plan_key);
create unique index plan_grants_one_idx on private.plan_grants (workspace_id) where ended_at is null;

alter table private.plan_grants enable row level security;

create policy plan_grants_select on private.plan_grants
  for select to authenticated using (false);

comment on policy plan_grants_select on private.plan_grants is 'Nobody: why a plan was given is the operator''s.';

comment on table private.plan_grants is
  'Plans that an operator gave, one at a time for a workspace. Made by grant_plan.';
comment on column private.plan_grants.granted_until is 'When it ends by itself; null for good.';
comment on column private.plan_grants.ended_at is 'When another one, or an end of all, took its place.';

create trigger plan_grants_audit after insert or update on private.plan_grants
  for each row execute function private.tg_audit('id', 'reason');

create table private.workspace_plans (
  workspace_id text primary key references public.workspaces (id) on delete cascade,
  plan_key text not null,
  source text not null
    constraint workspace_plans_source_known check (source in ('none', 'subscription', 'grant')),
  cause text
    constraint workspace_plans_cause_length check (octet_length(cause) <= 255),
  changes_at timestamptz,
  updated_at timestamptz not null default now()
);

create index workspace_plans_changes_idx on private.workspace_plans (changes_at) where changes_at is not null;

alter table private.workspace_plans enable row level security;

create policy workspace_plans_select on private.workspace_plans
  for select to authenticated using (false);

comment on policy workspace_plans_select on private.workspace_plans is 'Nobody: `entitlements` tells what people see.';

comment on table private.workspace_plans is
  'What gives a workspace its plan. Without a row: nothing, so the free one. Written by private.keep_plan alone.';
comment on column private.workspace_plans.source is 'subscription: it was bought; grant: an operator gave it.';
comment on column private.workspace_plans.cause is
  'By what it last changed: the id of an event of Stripe, "grant", "comparison" or "time".';
comment on column private.workspace_plans.changes_at is
  'When it changes by itself, at the end of a grace or a grant: a job then looks again.';

create trigger workspace_plans_audit_insert after insert on private.workspace_plans
  for each row when (new.source <> 'none') execute function private.tg_audit('workspace_id');
create trigger workspace_plans_audit_update after update on private.workspace_plans
  for each row when ((old.plan_key, old.source) is distinct from (new.plan_key, new.source))
  execute function private.tg_audit('workspace_id');
create trigger workspace_plans_set_updated_at before update on private.workspace_plans
  for each row execute function private.tg_set_updated_at();
