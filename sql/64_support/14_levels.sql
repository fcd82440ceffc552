-- What support promises, by plan: the priority of a ticket, and how soon it is answered first. The rows are in
-- data/10_levels.sql.

create table public.support_levels (
  plan_key text primary key references public.plans (key) on delete cascade,
  priority text not null
    constraint support_levels_priority_known check (priority in ('normal', 'high')),
  first_answer_hours integer not null
    constraint support_levels_first_answer_hours_range check (first_answer_hours between 1 and 720)
);

alter table public.support_levels enable row level security;

create policy support_levels_select on public.support_levels
  for select to authenticated using ((select private.reads_once()));

grant select on public.support_levels to authenticated, service_role;

comment on table public.support_levels is
  'What support promises to workspaces of each plan. The rows come with the schema.';
comment on column public.support_levels.first_answer_hours is
  'Within how many hours, weekends included, a ticket is to be answered.';
