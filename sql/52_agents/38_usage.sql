-- What calls of providers cost: a row a call, sums by day, and what is spent of the budgets of a month.
--
-- The ledger of billing (20_billing) says what the plan of a workspace has room for; these tables say who spent it, on
-- what. A budget's row is locked by whoever holds something of it, so parallel answers do not spend the last credit
-- twice. People and agents are named by their ids alone: what was spent stays spent when they are gone.

create table private.ai_usage (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  answer_id uuid not null,
  number integer not null,
  user_id uuid not null,
  agent_id uuid not null,
  model_key text not null,
  input_tokens bigint not null,
  cached_tokens bigint not null,
  cache_write_tokens bigint not null default 0,
  output_tokens bigint not null,
  credits numeric not null,
  is_estimated boolean not null,
  milliseconds integer not null,
  outcome text not null
    constraint ai_usage_outcome_length check (char_length(outcome) between 1 and 50),
  occurred_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, answer_id, number)
);
create index ai_usage_user_idx on private.ai_usage (user_id, occurred_at, workspace_id, answer_id, number);
create index ai_usage_occurred_at_idx on private.ai_usage (occurred_at);
-- Of the last hours of a workspace, which have no sums.
create index ai_usage_workspace_idx on private.ai_usage (workspace_id, occurred_at);

alter table private.ai_usage enable row level security;

create policy ai_usage_select on private.ai_usage
  for select to authenticated using (false);

comment on table private.ai_usage is 'Each call of a provider, for 400 days.';
comment on policy ai_usage_select on private.ai_usage is 'Nobody: reports tell sums, and each person their own.';
comment on column private.ai_usage.cache_write_tokens is
  'Of the input, those that the provider kept for calls to come.';
comment on column private.ai_usage.number is 'Which call of the answer.';
comment on column private.ai_usage.is_estimated is 'The tokens were counted by us: the provider did not say.';
comment on column private.ai_usage.outcome is 'complete, or why the call ended.';

create table private.ai_usage_daily (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  day date not null,
  user_id uuid not null,
  agent_id uuid not null,
  model_key text not null,
  calls bigint not null,
  input_tokens bigint not null,
  cached_tokens bigint not null,
  output_tokens bigint not null,
  credits numeric not null,
  primary key (workspace_id, day, user_id, agent_id, model_key)
);

alter table private.ai_usage_daily enable row level security;

create policy ai_usage_daily_select on private.ai_usage_daily
  for select to authenticated using (false);

comment on table private.ai_usage_daily is 'The sums of private.ai_usage by day (UTC), kept by its trigger.';
comment on policy ai_usage_daily_select on private.ai_usage_daily is 'Nobody: reports tell.';

create table private.ai_budgets (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  month date not null,
  scope text not null
    constraint ai_budgets_scope_known check (scope in ('workspace', 'agent', 'person')),
  subject uuid not null,
  held numeric not null default 0,
  spent numeric not null default 0,
  primary key (workspace_id, month, scope, subject)
);

alter table private.ai_budgets enable row level security;

create policy ai_budgets_select on private.ai_budgets
  for select to authenticated using (false);

comment on table private.ai_budgets is
  'What is held and spent in a month (UTC) by a workspace, each of its agents and each person.';
comment on policy ai_budgets_select on private.ai_budgets is 'Nobody: reports tell.';
comment on column private.ai_budgets.subject is 'The agent or the person; of a workspace an id of zeros.';

-- Who asks is known by a digest of the mailbox, and what was spent by workspace: so that neither the end of a workspace
-- nor that of an account gives anybody another month, and no row is waited for in two workspaces.
create table private.ai_credits_of_people (
  workspace_id text not null,
  month date not null,
  email_digest text not null,
  credits numeric not null,
  primary key (workspace_id, month, email_digest)
);
create index ai_credits_of_people_month_idx on private.ai_credits_of_people (month, email_digest);

alter table private.ai_credits_of_people enable row level security;

create policy ai_credits_of_people_select on private.ai_credits_of_people
  for select to authenticated using (false);

comment on table private.ai_credits_of_people is
  'What each person has held and spent in a month (UTC) in workspaces whose plan has the limit ai_credits_of_person. '
  'Forgotten when the month is over.';
comment on policy ai_credits_of_people_select on private.ai_credits_of_people is 'Nobody: `entitlements` tells.';
comment on column private.ai_credits_of_people.workspace_id is 'No reference: the row outlives its workspace.';
comment on column private.ai_credits_of_people.email_digest is
  'What private.digest_of_person says of a person. No reference: the row outlives the account.';

create function private.tg_ai_usage_roll_up() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.ai_usage_daily as d (
    workspace_id, day, user_id, agent_id, model_key, calls, input_tokens, cached_tokens, output_tokens, credits)
  values (new.workspace_id, (new.occurred_at at time zone 'UTC')::date, new.user_id, new.agent_id, new.model_key, 1,
    new.input_tokens, new.cached_tokens, new.output_tokens, new.credits)
  on conflict on constraint ai_usage_daily_pkey do update
  set calls = d.calls + 1,
    input_tokens = d.input_tokens + excluded.input_tokens,
    cached_tokens = d.cached_tokens + excluded.cached_tokens,
    output_tokens = d.output_tokens + excluded.output_tokens,
    credits = d.credits + excluded.credits;
  return null;
end;
$$;

comment on function private.tg_ai_usage_roll_up() is
  'After a call is recorded: adds it to its day. Definer: no role writes sums.';

create trigger ai_usage_roll_up after insert on private.ai_usage
  for each row execute function private.tg_ai_usage_roll_up();
