-- The customers at Stripe whose workspace was deleted: what they still have there is charged for nothing, and the
-- comparison of the night cancels it (functions/billing-reconcile).
--
-- Threats: a customer that is a workspace's again, as after a backup was put back (it is not told to the comparison);
-- what names somebody who left for good (an id of Stripe and nothing else, for 60 days).

create table private.left_customers (
  id text primary key
    constraint left_customers_id_format check (octet_length(id) <= 255 and id ~ '^[A-Za-z0-9_-]+$'),
  livemode boolean not null,
  left_at timestamptz not null default now()
);

create index left_customers_left_idx on private.left_customers (left_at);

alter table private.left_customers enable row level security;

create policy left_customers_select on private.left_customers
  for select to authenticated using (false);

comment on policy left_customers_select on private.left_customers is
  'Nobody: billing_subscriptions_to_compare tells servers.';

comment on table private.left_customers is 'The customers at Stripe of workspaces that were deleted, for 60 days.';
comment on column private.left_customers.left_at is 'When the workspace was deleted.';
