-- The ledger of use: how much of what a plan limits by the month a workspace has used, and what is held for work that
-- has begun.
--
-- A row counts one meter of one workspace in one calendar month (UTC). What is held is settled with what it came to,
-- or released, so at every moment held = settled + released + what is open. Use is what was settled and what is open.
--
-- Threats: many at the same moment who spend the last credit (the row is changed by one statement that asks about the
-- limit under its lock); a holder that dies (a hold expires, and a job releases it); a crash that forgets what was
-- used (whoever writes here waits for the disk, whatever the role's settings say); one that settles twice (the second
-- time changes nothing).

create table private.usage (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  meter text not null
    constraint usage_meter_known check (meter in ('ai_credits', 'api_tokens', 'refreshes', 'metric_points')),
  period date not null
    constraint usage_period_is_month check (extract(day from period) = 1),
  held numeric not null default 0,
  settled numeric not null default 0,
  released numeric not null default 0,
  primary key (workspace_id, meter, period),
  constraint usage_balanced check (settled >= 0 and released >= 0 and held >= settled + released)
)
-- Every change is an update within its page, hence the room.
with (fillfactor = 50);

alter table private.usage enable row level security;

create policy usage_select on private.usage
  for select to authenticated using (false);

comment on policy usage_select on private.usage is 'Nobody: `entitlements` tells what is used.';

comment on table private.usage is
  'What each workspace has used in a month, by meter: held = settled + released + open. Written by the functions of '
  '44_usage.sql alone.';
comment on column private.usage.meter is 'A key of limits, of those that count use by the month.';
comment on column private.usage.period is 'The first day of a calendar month in UTC.';
comment on column private.usage.settled is 'What was used for good.';
comment on column private.usage.released is 'What was held and not used.';

create table private.usage_holds (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  meter text not null,
  period date not null,
  user_id uuid,
  amount numeric not null
    constraint usage_holds_amount_positive check (amount > 0),
  settled numeric
    constraint usage_holds_settled_range check (settled >= 0),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, id),
  constraint usage_holds_ended_once_settled check (settled is null or ended_at is not null)
);

-- What is open, and small; and what is to be forgotten.
create index usage_holds_open_idx on private.usage_holds (expires_at) where ended_at is null;
create index usage_holds_ended_idx on private.usage_holds (ended_at) where ended_at is not null;

alter table private.usage_holds enable row level security;

create policy usage_holds_select on private.usage_holds
  for select to authenticated using (false);

comment on policy usage_holds_select on private.usage_holds is 'Nobody: holds are for the work that made them.';

comment on table private.usage_holds is
  'What is held for work that has begun, until it is settled or released. Forgotten a month after it ended.';
comment on column private.usage_holds.user_id is
  'For whom, null for a machine. No reference: it is forgotten within weeks, and what was used with it is told '
  'elsewhere.';
comment on column private.usage_holds.settled is 'What it came to; null while it is open, and of what was released.';
comment on column private.usage_holds.expires_at is 'When a job releases it, unless it has ended by then.';
