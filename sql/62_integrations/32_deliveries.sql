-- The queue: each event for each destination that is told of it, and what became of every attempt.
--
-- At least once: an event is written with what it tells of, or not at all, and stays until the receiver has said that
-- it has it. In order per thing: the rows of one thing are made one after the other, since whoever changes a thing
-- holds its lock, and a destination is served by one server at a time. The id is that of the event, on every attempt
-- and for every destination, so that receivers know it again.
--
-- The log of attempts has neither what was sent nor what came back.
--
-- Threats: an event that somebody makes up (no role writes here, nor calls what does); a queue that one workspace fills
-- (what names more than a hundred things names none, and what is old goes).

create table private.deliveries (
  workspace_id text not null,
  destination_id uuid not null,
  sequence bigint generated always as identity,
  event_id uuid not null,
  type text not null,
  thing text not null,
  payload jsonb not null,
  status text not null default 'waiting'
    constraint deliveries_status_known check (status in ('waiting', 'delivered', 'dead')),
  attempts integer not null default 0,
  due_at timestamptz not null default clock_timestamp(),
  first_attempted_at timestamptz,
  settled_at timestamptz
    constraint deliveries_settled_at_when_settled check ((status = 'waiting') = (settled_at is null)),
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, destination_id, sequence),
  constraint deliveries_destination_fkey foreign key (workspace_id, destination_id)
    references private.destinations (workspace_id, id) on delete cascade
);

create index deliveries_event_idx on private.deliveries (workspace_id, destination_id, event_id);
-- What waits: in its order, by what is due, and of one thing.
create index deliveries_waiting_idx on private.deliveries (workspace_id, destination_id, sequence)
  where status = 'waiting';
create index deliveries_due_idx on private.deliveries (workspace_id, destination_id, due_at)
  where status = 'waiting';
create index deliveries_thing_idx on private.deliveries (workspace_id, destination_id, thing, sequence)
  where status = 'waiting';
create index deliveries_status_idx on private.deliveries (workspace_id, destination_id, status, sequence);
create index deliveries_created_idx on private.deliveries (created_at);

alter table private.deliveries enable row level security;

create policy deliveries_select on private.deliveries
  for select to authenticated using (false);

comment on table private.deliveries is 'What is to be sent, was sent, and could not be sent, for 30 days.';
comment on policy deliveries_select on private.deliveries is 'Nobody: list_deliveries tells who manages integrations.';
comment on column private.deliveries.sequence is 'The order in which they are sent.';
comment on column private.deliveries.event_id is 'The id that receivers know the event by.';
comment on column private.deliveries.thing is 'What the event is about: its kind and its id. Of one the order is kept.';
comment on column private.deliveries.payload is 'What is sent: {type, timestamp, data}, with ids and no content.';
comment on column private.deliveries.status is 'waiting, delivered, or dead: given up, and kept to be sent again.';
comment on column private.deliveries.due_at is 'When it is sent next.';

create table private.delivery_attempts (
  workspace_id text not null,
  destination_id uuid not null,
  sequence bigint not null,
  attempted_at timestamptz not null default clock_timestamp(),
  id uuid not null default gen_random_uuid(),
  outcome text not null
    constraint delivery_attempts_outcome_known
      check (outcome in ('delivered', 'refused', 'unreachable', 'failed')),
  status integer,
  milliseconds integer,
  primary key (workspace_id, destination_id, sequence, attempted_at, id),
  constraint delivery_attempts_delivery_fkey foreign key (workspace_id, destination_id, sequence)
    references private.deliveries (workspace_id, destination_id, sequence) on delete cascade
);

alter table private.delivery_attempts enable row level security;

create policy delivery_attempts_select on private.delivery_attempts
  for select to authenticated using (false);

comment on table private.delivery_attempts is 'Each attempt to deliver, without bodies; kept with its delivery.';
comment on policy delivery_attempts_select on private.delivery_attempts is 'Nobody: list_deliveries tells.';
comment on column private.delivery_attempts.outcome is
  'delivered; refused: the receiver answered with another status than 2xx; unreachable: there was no answer, whatever '
  'the reason; failed: on our side.';
comment on column private.delivery_attempts.status is 'The status of the answer; null where there was none.';
comment on column private.delivery_attempts.milliseconds is
  'Null without an answer: how long one was waited for would tell of networks that are not theirs to see.';
