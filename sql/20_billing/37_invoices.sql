-- The invoices of workspaces, as Stripe last told them: what was paid and is to be paid, and where to see it. They
-- are Stripe's; this is what a front end lists. Threats are those of subscriptions.

create table public.invoices (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id text not null
    constraint invoices_id_format check (octet_length(id) <= 255 and id ~ '^[A-Za-z0-9_-]+$'),
  customer_id text not null,
  subscription_id text,
  number text,
  status text,
  currency text not null,
  total bigint not null,
  amount_due bigint not null,
  amount_paid bigint not null,
  amount_refunded bigint not null default 0,
  dispute_status text,
  due_at timestamptz,
  paid_at timestamptz,
  hosted_invoice_url text
    constraint invoices_hosted_invoice_url_length check (octet_length(hosted_invoice_url) <= 4096),
  invoice_pdf text
    constraint invoices_invoice_pdf_length check (octet_length(invoice_pdf) <= 4096),
  event_id text,
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  constraint invoices_customer_fkey foreign key (customer_id, workspace_id)
    references private.billing_customers (id, workspace_id) on delete cascade
);

create unique index invoices_id_idx on public.invoices (id);
create index invoices_created_idx on public.invoices (workspace_id, created_at, id);
create index invoices_customer_idx on public.invoices (customer_id, workspace_id);

alter table public.invoices enable row level security;

create policy invoices_select on public.invoices
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('billing.manage')))
  );

-- No write, not even for service_role: apply_billing_event writes them.
grant select on public.invoices to authenticated, service_role;

comment on table public.invoices is 'The invoices of workspaces, as Stripe last told them. Read with billing.manage.';
comment on column public.invoices.subscription_id is
  'What it is for. No reference: an invoice may be told before its subscription.';
comment on column public.invoices.number is 'As it is printed; null of a draft.';
comment on column public.invoices.status is 'As Stripe names it: draft, open, paid, uncollectible or void.';
comment on column public.invoices.total is 'Like all amounts in the smallest unit of the currency.';
comment on column public.invoices.dispute_status is
  'Of a payment that the payer disputes with their bank, as Stripe names it; null where none was.';
comment on column public.invoices.created_at is 'When Stripe made it.';
comment on column public.invoices.hosted_invoice_url is
  'A page of Stripe with the invoice, on which it can be paid. Whoever has the address can open it.';
comment on column public.invoices.event_id is 'As of subscriptions.';

-- As of subscriptions.
create trigger invoices_audit after insert or update on public.invoices
  for each row execute function private.tg_audit(
    'id',
    'status,total,amount_due,amount_paid,amount_refunded,dispute_status,due_at,paid_at,hosted_invoice_url,invoice_pdf');
create trigger invoices_set_updated_at before update on public.invoices
  for each row execute function private.tg_set_updated_at();
