-- Checkouts that were begun: pages of Stripe on which somebody pays. A workspace has one that is open, so that nobody
-- pays twice.
--
-- A trial is once a workspace and once a person, whom a digest of the mailbox stands for: workspaces cost nothing, and
-- nor do accounts. Who is offered one is noted with the checkout, and has had it when its subscription is told: nobody
-- has less for a page that was left.
--
-- Threats: somebody who deletes the workspace, or the account, and begins anew (private.trials outlives both); one who
-- opens pages in many workspaces before paying on any (a page that is open elsewhere, or just paid, counts as well), or
-- at the same moment (a page is kept one after the other, and the later one begins anew, without a trial).

create table private.checkout_sessions (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id text not null
    constraint checkout_sessions_id_format check (octet_length(id) <= 255 and id ~ '^[A-Za-z0-9_-]+$'),
  status text not null
    constraint checkout_sessions_status_known check (status in ('open', 'complete', 'expired')),
  lookup_key text,
  url text
    constraint checkout_sessions_url_length check (octet_length(url) <= 4096),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  email_digest text,
  primary key (workspace_id, id)
);

create unique index checkout_sessions_id_idx on private.checkout_sessions (id);
create unique index checkout_sessions_open_idx on private.checkout_sessions (workspace_id) where status = 'open';
create index checkout_sessions_created_idx on private.checkout_sessions (created_at);
create index checkout_sessions_email_digest_idx on private.checkout_sessions (email_digest)
  where email_digest is not null;

alter table private.checkout_sessions enable row level security;

create policy checkout_sessions_select on private.checkout_sessions
  for select to authenticated using (false);

comment on policy checkout_sessions_select on private.checkout_sessions is
  'Nobody: begin_checkout gives the open one to who may pay.';

comment on table private.checkout_sessions is 'The checkouts of workspaces, for 90 days.';
comment on column private.checkout_sessions.url is 'Where to pay; null once it is over.';
comment on column private.checkout_sessions.lookup_key is 'The price that it is for; null where Stripe alone knows.';
comment on column private.checkout_sessions.email_digest is
  'What private.digest_of_person says of who began it, where it begins with a trial; else null. No reference: the page '
  'can be paid when the account is gone.';

create trigger checkout_sessions_audit after insert or update on private.checkout_sessions
  for each row execute function private.tg_audit('id', 'url,email_digest');

create table private.trials (
  email_digest text primary key,
  had_at timestamptz not null default now()
);

alter table private.trials enable row level security;

create policy trials_select on private.trials
  for select to authenticated using (false);

comment on policy trials_select on private.trials is 'Nobody: begin_checkout tells who asks.';

comment on table private.trials is 'Who has had a trial, in whatever workspace. Kept for good.';
comment on column private.trials.email_digest is
  'What private.digest_of_person says of a person. No reference: the row outlives workspace and account.';
comment on column private.trials.had_at is 'When its subscription was first told.';

create function private.may_be_paid(p_status text, p_expires_at timestamptz) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- For so long Stripe sends an event; by then a comparison has written what was paid.
  c_told_within constant interval := '3 days';
begin
  return p_status = 'open' and p_expires_at > now() - c_told_within;
end;
$$;

comment on function private.may_be_paid(text, timestamptz) is
  'Whether a checkout can be paid, or may have been without a word of it yet. For definer functions.';

create function private.may_have_trial(p_workspace_id text, p_email_digest text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return not exists (select from public.subscriptions s where s.workspace_id = p_workspace_id)
    and not exists (select from private.trials t where t.email_digest = p_email_digest)
    and not exists (
      select from private.checkout_sessions x
      where x.email_digest = p_email_digest
        and x.workspace_id <> p_workspace_id
        and (x.status = 'complete' or private.may_be_paid(x.status, x.expires_at)));
end;
$$;

comment on function private.may_have_trial(text, text) is
  'Whether a workspace can have a trial that this person begins: neither has had one, and the person has no page with '
  'one in another workspace that is open, or may have been paid without a word of it yet. For definer functions.';

create function private.hold_trial(p_workspace_id text, p_email_digest text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_email_digest is null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('trial of ' || p_email_digest, 0));
  if not private.may_have_trial(p_workspace_id, p_email_digest) then
    perform private.raise_error('conflict',
      'This person has begun a trial in another workspace.', 'trial_of', 'Make a page without a trial.');
  end if;
end;
$$;

comment on function private.hold_trial(text, text) is
  'Refuses a page with a trial that its person can have no more, and lets nobody keep another one of theirs until the '
  'end of the transaction; null is a page without. Error: conflict (trial_of). For definer functions.';

create function private.keep_trial(p_workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.trials (email_digest)
  select distinct x.email_digest
  from private.checkout_sessions x
  where x.workspace_id = p_workspace_id and x.status <> 'expired' and x.email_digest is not null
  on conflict on constraint trials_pkey do nothing;
end;
$$;

comment on function private.keep_trial(text) is
  'Notes that who began the checkout of a workspace has had a trial. For definer functions, which were told of its '
  'subscription.';
