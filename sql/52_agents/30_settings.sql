-- What the administrators of a workspace say about its agents: which models, how long conversations are kept, and how
-- many credits may be spent in a month.

create table private.ai_settings (
  workspace_id text primary key references public.workspaces (id) on delete cascade,
  allowed_models text[],
  retention_days integer
    constraint ai_settings_retention_days_range check (retention_days between 1 and 3660),
  workspace_budget numeric
    constraint ai_settings_workspace_budget_range check (workspace_budget between 0 and 1000000000),
  person_budget numeric
    constraint ai_settings_person_budget_range check (person_budget between 0 and 1000000000),
  moderation boolean not null default false,
  version bigint not null default 1,
  updated_at timestamptz not null default now()
);

alter table private.ai_settings enable row level security;

create policy ai_settings_select on private.ai_settings
  for select to authenticated using (false);

comment on table private.ai_settings is
  'What workspaces say about their agents; one without a row allows every model, keeps everything and has no budgets.';
comment on policy ai_settings_select on private.ai_settings is 'Nobody: get_ai_settings tells who manages agents.';
comment on column private.ai_settings.allowed_models is 'Keys of ai_models; null for all of them.';
comment on column private.ai_settings.retention_days is 'Since the last message of a conversation; null: for good.';
comment on column private.ai_settings.workspace_budget is 'Credits a month of everybody together; null for no budget.';
comment on column private.ai_settings.person_budget is 'Credits a month of each person; null for no budget.';
comment on column private.ai_settings.moderation is
  'Whether the provider''s moderation reads questions first, where the function is set up for it.';

create function private.ai_settings_of(p_workspace_id text) returns private.ai_settings
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings private.ai_settings;
begin
  select s.* into v_settings from private.ai_settings s where s.workspace_id = p_workspace_id;
  if not found then
    v_settings.workspace_id := p_workspace_id;
    v_settings.moderation := false;
    v_settings.version := 0;
  end if;
  return v_settings;
end;
$$;

comment on function private.ai_settings_of(text) is
  'The settings of a workspace, those of one that has said nothing with version 0. For definer functions.';

create function private.usable_models(p_workspace_id text) returns setof public.ai_models
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_allowed constant text[] := (private.ai_settings_of(p_workspace_id)).allowed_models;
begin
  return query
    select m.*
    from public.ai_models m
    where m.is_available
      and (v_allowed is null or m.key = any (v_allowed))
      and private.price_of(m.key, (now() at time zone 'UTC')::date) is not null
    order by m.position, m.key;
end;
$$;

comment on function private.usable_models(text) is
  'The models on which agents of a workspace can answer now: available, allowed and with a price. For definer '
  'functions.';
