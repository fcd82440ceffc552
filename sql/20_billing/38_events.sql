-- What Stripe has told, by the id of the event: so that one that is sent twice is applied once, and one that failed is
-- seen.
--
-- A row is of no workspace: what is told of strangers is kept, too. Rows go after 90 days.

create sequence private.billing_tickets as bigint;

comment on sequence private.billing_tickets is
  'The order in which objects were fetched from Stripe: taken before the fetch, compared when they are written.';

create table private.billing_events (
  id text primary key
    constraint billing_events_id_format check (octet_length(id) <= 255 and id ~ '^[A-Za-z0-9_-]+$'),
  type text not null,
  created_at timestamptz not null,
  livemode boolean not null,
  account text,
  customer_id text,
  state text not null
    constraint billing_events_state_known check (state in ('claimed', 'applied', 'ignored', 'failed')),
  reason text
    constraint billing_events_reason_length check (octet_length(reason) <= 100),
  ticket bigint,
  attempts integer not null default 1,
  received_at timestamptz not null default now(),
  applied_at timestamptz,
  constraint billing_events_applied_once check ((state = 'applied') = (applied_at is not null))
);

create index billing_events_received_idx on private.billing_events (received_at);
create index billing_events_failed_idx on private.billing_events (received_at) where state in ('claimed', 'failed');

alter table private.billing_events enable row level security;

create policy billing_events_select on private.billing_events
  for select to authenticated using (false);

comment on policy billing_events_select on private.billing_events is 'Nobody: operators see it in Studio.';

comment on table private.billing_events is
  'The events that Stripe sent in the last 90 days. claimed: being worked on, or its worker died and Stripe sends it '
  'again; failed: it will be sent again; applied; ignored: it changes nothing here.';
comment on column private.billing_events.created_at is 'When it happened at Stripe.';
comment on column private.billing_events.reason is 'Why it was ignored, or the code with which it failed last.';
comment on column private.billing_events.attempts is 'How often it was claimed.';
