-- The language models that agents can run on, and what they cost, as data: an operator adds what their provider has,
-- in Studio or by statements of the service role. Which of them a workspace may use, its administrators say
-- (30_settings.sql).
--
-- Threats: a model that costs nothing because its price is missing or wrong (a model without a price that holds today
-- answers nobody, and a price is a number from 0 on that is neither infinite nor NaN); a price that is changed under an
-- answer that runs (an answer keeps the prices that it began with).

create table public.ai_models (
  key text primary key
    constraint ai_models_key_format check (key ~ '^[a-z0-9][a-z0-9._:/-]{0,99}$'),
  provider text not null default 'openai'
    constraint ai_models_provider_format check (provider ~ '^[a-z][a-z0-9_-]{0,49}$'),
  name text not null
    constraint ai_models_name_length check (char_length(name) between 1 and 200),
  title text not null
    constraint ai_models_title_length check (char_length(title) between 1 and 100),
  context_tokens integer not null
    constraint ai_models_context_tokens_range check (context_tokens between 1000 and 100000000),
  max_output_tokens integer not null
    constraint ai_models_max_output_tokens_range check (max_output_tokens between 1 and context_tokens),
  capabilities text[] not null default '{}'
    constraint ai_models_capabilities_known check (capabilities <@ array['tools', 'temperature', 'reasoning']),
  fallback_key text references public.ai_models (key) on delete set null
    constraint ai_models_fallback_other check (fallback_key <> key),
  position integer not null default 1000,
  is_available boolean not null default true
);
create index ai_models_fallback_idx on public.ai_models (fallback_key);

alter table public.ai_models enable row level security;

create policy ai_models_select on public.ai_models
  for select to authenticated using ((select private.reads_once()));

grant select on public.ai_models to authenticated;
grant select, insert, update, delete on public.ai_models to service_role;

comment on table public.ai_models is
  'The models that agents can run on. Some come with the schema; an operator adds more and takes any out of use.';
comment on column public.ai_models.key is 'What agents and workspaces call it.';
comment on column public.ai_models.provider is 'Who serves it, as the function ai-chat is set up.';
comment on column public.ai_models.name is 'What the provider calls it.';
comment on column public.ai_models.capabilities is
  'tools: it calls functions. temperature: it takes one. reasoning: it thinks before it answers.';
comment on column public.ai_models.fallback_key is 'What answers in its place where it fails before the first token.';
comment on column public.ai_models.position is
  'The order in lists; an agent without a model of its own runs on the first that its workspace may use.';
comment on column public.ai_models.is_available is 'False: agents keep it, and nobody is answered.';

create table public.ai_model_prices (
  model_key text not null references public.ai_models (key) on delete cascade,
  holds_from date not null,
  input numeric not null
    constraint ai_model_prices_input_range check (input between 0 and 100000),
  cached_input numeric not null
    constraint ai_model_prices_cached_input_range check (cached_input between 0 and 100000),
  cache_write numeric
    constraint ai_model_prices_cache_write_range check (cache_write between 0 and 100000),
  output numeric not null
    constraint ai_model_prices_output_range check (output between 0 and 100000),
  primary key (model_key, holds_from)
);

alter table public.ai_model_prices enable row level security;

create policy ai_model_prices_select on public.ai_model_prices
  for select to authenticated using ((select private.reads_once()));

grant select on public.ai_model_prices to authenticated;
grant select, insert, update, delete on public.ai_model_prices to service_role;

comment on table public.ai_model_prices is
  'What a million tokens cost in US dollars, from a day (UTC) until the next row of the model.';
comment on column public.ai_model_prices.cached_input is 'Of input that the provider had read before.';
comment on column public.ai_model_prices.cache_write is
  'Of input that the provider keeps for calls to come; null where that costs what other input does.';

create function private.price_of(p_model_key text, p_day date) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
      'input', p.input, 'cachedInput', p.cached_input, 'cacheWrite', p.cache_write, 'output', p.output,
      'holdsFrom', p.holds_from)
    from public.ai_model_prices p
    where p.model_key = p_model_key and p.holds_from <= p_day
    order by p.holds_from desc
    limit 1);
end;
$$;

comment on function private.price_of(text, date) is
  'What a model costs on a day: {input, cachedInput, cacheWrite, output, holdsFrom}, dollars per million '
  'tokens; null for none.';

create function private.credits_of(
  p_price jsonb, p_input bigint, p_cached bigint, p_written bigint, p_output bigint
) returns numeric
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A credit is a cent: a dollar per million tokens is a ten-thousandth of a credit a token.
  return (
    (p_input - p_cached - p_written) * (p_price ->> 'input')::numeric
    + p_written * coalesce(p_price ->> 'cacheWrite', p_price ->> 'input')::numeric
    + p_cached * (p_price ->> 'cachedInput')::numeric
    + p_output * (p_price ->> 'output')::numeric) / 10000;
end;
$$;

comment on function private.credits_of(jsonb, bigint, bigint, bigint, bigint) is
  'What tokens cost in credits, by a price of private.price_of; the cached ones, and those that were written to the '
  'cache, are among the input.';
