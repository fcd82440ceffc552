-- How much of everything a plan has room for.

create table public.limits (
  key text primary key
    constraint limits_key_format check (key ~ '^[a-z_]{1,50}$'),
  name text not null,
  description text not null,
  unit text not null
    constraint limits_unit_known check (unit in ('count', 'per_minute', 'per_month', 'days')),
  scope text not null default 'workspace'
    constraint limits_scope_known check (scope in ('workspace', 'person'))
);

alter table public.limits enable row level security;

create policy limits_select on public.limits
  for select to authenticated using ((select private.reads_once()));

grant select on public.limits to authenticated, service_role;

comment on table public.limits is 'What plans limit. The rows come with the schema.';
comment on column public.limits.name is 'What is counted, as a sentence goes on with it: "members".';
comment on column public.limits.unit is
  'count: how many there are; per_minute and per_month: how many are used in that time (months are those of UTC); '
  'days: for how long something is kept.';
comment on column public.limits.scope is 'Whether it is for a whole workspace, or for each person in it.';

create table public.plan_limits (
  plan_key text not null references public.plans (key) on delete cascade,
  limit_key text not null references public.limits (key) on delete cascade,
  most bigint
    constraint plan_limits_most_range check (most >= 0),
  primary key (plan_key, limit_key)
);
create index plan_limits_limit_idx on public.plan_limits (limit_key);

alter table public.plan_limits enable row level security;

create policy plan_limits_select on public.plan_limits
  for select to authenticated using ((select private.reads_once()));

grant select on public.plan_limits to authenticated, service_role;

comment on table public.plan_limits is 'The limits of each plan: a row for each of both.';
comment on column public.plan_limits.most is 'Null where there is no limit.';
