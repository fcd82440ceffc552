-- The models and budgets of a workspace, for who manages its agents; and the models for everybody who may use them.

create function private.ai_settings_document(p_settings private.ai_settings) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'allowedModels', p_settings.allowed_models,
    'retentionDays', p_settings.retention_days,
    'workspaceBudget', p_settings.workspace_budget,
    'personBudget', p_settings.person_budget,
    'moderation', p_settings.moderation,
    'version', p_settings.version);
end;
$$;

comment on function private.ai_settings_document(private.ai_settings) is
  'The settings of a workspace as clients read them (aiSettingsSchema of types/agents.ts).';

create function public.get_ai_settings(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_ai_settings(workspace_id);
end;
$$;

comment on function public.get_ai_settings(text) is
  'What a workspace says about its agents: {allowedModels (null: all), retentionDays (null: for good), '
  'workspaceBudget, personBudget (credits a month, null: no budget), moderation, version}. Takes ai.manage. Errors: '
  'not_found, permission_denied.';

grant execute on function public.get_ai_settings(text) to authenticated, service_role;

create function private.get_ai_settings(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'ai.manage');
  return private.ai_settings_document(private.ai_settings_of(p_workspace_id));
end;
$$;

comment on function private.get_ai_settings(text) is
  'See public.get_ai_settings. Definer: no role reads the table.';

grant execute on function private.get_ai_settings(text) to authenticated, service_role;

create function public.save_ai_settings(workspace_id text, document jsonb, version bigint default null) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.save_ai_settings(workspace_id, document, version);
end;
$$;

comment on function public.save_ai_settings(text, jsonb, bigint) is
  'Replaces what a workspace says about its agents (aiSettingsInputSchema of types/agents.ts), and returns it as '
  'get_ai_settings does; what is left out is as if nothing had been said. With a version that is not the present one '
  'it is refused. Takes ai.manage. Errors: not_found, permission_denied, invalid_input (the path inside the '
  'document), conflict (`details` is the present version).';

grant execute on function public.save_ai_settings(text, jsonb, bigint) to authenticated, service_role;

create function private.save_ai_settings(p_workspace_id text, p_document jsonb, p_version bigint) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings private.ai_settings;
begin
  perform private.require_permission(p_workspace_id, 'ai.manage');
  perform private.refuse_problem(private.ai_settings_problem(private.without_read(p_document, '{version}')));
  perform private.hold_membership(p_workspace_id);
  perform private.lock_workspace(p_workspace_id);
  v_settings := private.ai_settings_of(p_workspace_id);
  if p_version <> v_settings.version then
    perform private.raise_error('conflict',
      'These settings have changed since you read them.', v_settings.version::text,
      'Read them again; `details` is their present version.');
  end if;
  v_settings.allowed_models := case when coalesce(p_document -> 'allowedModels', 'null') <> 'null' then
    array(select distinct m.key from jsonb_array_elements_text(p_document -> 'allowedModels') as m (key)) end;
  v_settings.retention_days := p_document ->> 'retentionDays';
  v_settings.workspace_budget := p_document ->> 'workspaceBudget';
  v_settings.person_budget := p_document ->> 'personBudget';
  v_settings.moderation := coalesce((p_document -> 'moderation')::boolean, false);
  v_settings.version := v_settings.version + 1;
  v_settings.updated_at := now();
  insert into private.ai_settings as s select v_settings.*
  on conflict on constraint ai_settings_pkey do update
  set allowed_models = excluded.allowed_models,
    retention_days = excluded.retention_days,
    workspace_budget = excluded.workspace_budget,
    person_budget = excluded.person_budget,
    moderation = excluded.moderation,
    version = excluded.version,
    updated_at = excluded.updated_at;
  return private.ai_settings_document(v_settings);
end;
$$;

comment on function private.save_ai_settings(text, jsonb, bigint) is
  'See public.save_ai_settings. Definer: no role writes the table.';

grant execute on function private.save_ai_settings(text, jsonb, bigint) to authenticated, service_role;

create function public.list_ai_models(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_ai_models(workspace_id);
end;
$$;

comment on function public.list_ai_models(text) is
  'The models on which agents of a workspace can answer now, the first being that of agents without one: [{key, '
  'provider, name, title, contextTokens, maxOutputTokens, capabilities, price {input, cachedInput, cacheWrite, output, '
  'holdsFrom}, '
  'fallback}], prices in dollars per million tokens. Takes ai.use. Errors: not_found, permission_denied.';

grant execute on function public.list_ai_models(text) to authenticated;

create function private.list_ai_models(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today constant date := (now() at time zone 'UTC')::date;
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  return (
    select coalesce(jsonb_agg(
      private.model_document(m.key, private.price_of(m.key, v_today))
        || jsonb_build_object('fallback', m.fallback_key)
      order by m.position, m.key), '[]')
    from private.usable_models(p_workspace_id) as m
  );
end;
$$;

comment on function private.list_ai_models(text) is
  'See public.list_ai_models. Definer: it reads the settings of the workspace.';

grant execute on function private.list_ai_models(text) to authenticated;
