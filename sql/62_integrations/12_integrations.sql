-- What a workspace can be connected to, and what it can be told of: two catalogs, whose rows come with the schema.
--
-- Data comes in by data sources (50_widget_data) and events go out to destinations. An event takes the permission of
-- what it tells of: who does not hold it cannot choose it.

create table public.integrations (
  key text primary key
    constraint integrations_key_format check (key ~ '^[a-z][a-z_]{0,49}$'),
  name text not null,
  description text not null,
  direction text not null
    constraint integrations_direction_known check (direction in ('in', 'out')),
  feature text,
  limit_key text not null references public.limits (key) on delete cascade,
  position integer not null
    constraint integrations_position_unique unique
);
create index integrations_limit_idx on public.integrations (limit_key);

alter table public.integrations enable row level security;

create policy integrations_select on public.integrations
  for select to authenticated using ((select private.reads_once()));

grant select on public.integrations to authenticated, service_role;

comment on table public.integrations is 'What a workspace can be connected to. The rows come with the schema.';
comment on column public.integrations.key is 'The `kind` of a data source, or of a destination.';
comment on column public.integrations.name is 'As people read it, in English.';
comment on column public.integrations.direction is 'in: data comes from there. out: events go there.';
comment on column public.integrations.feature is 'What the plan must have; null where every plan has it.';
comment on column public.integrations.limit_key is 'The limit of the plan that those of a workspace count towards.';

create table public.integration_events (
  key text primary key
    constraint integration_events_key_format check (key ~ '^[a-z_]{1,30}[.][a-z_]{1,30}$'),
  description text not null,
  permission text not null references public.permissions (key) on delete cascade,
  position integer not null
    constraint integration_events_position_unique unique
);
create index integration_events_permission_idx on public.integration_events (permission);

alter table public.integration_events enable row level security;

create policy integration_events_select on public.integration_events
  for select to authenticated using ((select private.reads_once()));

grant select on public.integration_events to authenticated, service_role;

comment on table public.integration_events is
  'What destinations can be told of. The rows come with the schema; 50_events.sql says where each is from.';
comment on column public.integration_events.description is
  'What happened, as a sentence in English: chats show it as it is.';
comment on column public.integration_events.permission is 'What choosing it takes: the right to see what it tells of.';
