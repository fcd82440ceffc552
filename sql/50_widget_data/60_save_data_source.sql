-- Making, changing and deleting the data sources of a workspace, for who manages its integrations.
--
-- Threats: headers that are sent to another host than they were given for (they stay with their host); a source that is
-- changed past what the plan has room for.

create function public.save_data_source(
  workspace_id text, document jsonb, id uuid default null, version bigint default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.save_data_source(workspace_id, document, id, version);
end;
$$;

comment on function public.save_data_source(text, jsonb, uuid, bigint) is
  'Makes a data source, or with an id replaces one, and returns it as get_data_source does (dataSourceSchema of '
  'types/data-source.ts); what reading adds may stand beside it. Headers are the exception: those that are not given, '
  'and a list of their names, stay while the address is on the same host, null removes one, and no value is ever '
  'given back. A version that is not the present one is refused. Takes '
  'integrations.manage; http_json takes the premium plan. Errors: not_found (workspace_id, id), permission_denied, '
  'payment_required (too many for the plan, and what is beyond its limit already), invalid_input (the path inside the '
  'document), conflict (`details` is the present version, or JSON about the limit).';

grant execute on function public.save_data_source(text, jsonb, uuid, bigint) to authenticated, service_role;

create function private.save_data_source(p_workspace_id text, p_document jsonb, p_id uuid, p_version bigint)
returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_old private.data_sources;
  v_new private.data_sources;
  v_document jsonb;
begin
  perform private.refuse_data_source(p_workspace_id, p_document);
  v_document := private.data_source_to_save(p_document);
  perform private.hold_membership(p_workspace_id);
  perform private.lock_workspace(p_workspace_id);

  if p_id is null then
    perform private.require_within_limit(p_workspace_id, 'data_sources', 1 + (
      select count(*) from private.data_sources s where s.workspace_id = p_workspace_id));
    v_new.id := gen_random_uuid();
    v_new.version := 1;
    v_new.created_at := now();
  else
    perform private.lock_questions(p_workspace_id);
    select s.* into v_old from private.data_sources s where s.workspace_id = p_workspace_id and s.id = p_id for update;
    if not found then
      perform private.data_source_not_found();
    end if;
    if p_version <> v_old.version then
      perform private.raise_error('conflict',
        'The data source has changed since you read it.', v_old.version::text,
        'Read it again; `details` is its present version.');
    end if;
    perform private.refuse_source_beyond_limit(v_old);
    v_new := v_old;
    v_new.version := v_old.version + 1;
  end if;
  perform private.refuse_problem(
    private.allowed_roles_problem(p_workspace_id, v_document -> 'allowedRoles', v_old.allowed_roles));

  v_new.workspace_id := p_workspace_id;
  v_new.kind := v_document ->> 'kind';
  v_new.name := private.clean_text(v_document ->> 'name');
  v_new.url := v_document ->> 'url';
  v_new.mapping := v_document ->> 'mapping';
  v_new.parameters := array(select jsonb_array_elements_text(v_document -> 'parameters'));
  v_new.data := nullif(v_document -> 'data', 'null');
  v_new.allowed_roles := case when v_document ? 'allowedRoles'
    then array(select jsonb_array_elements_text(v_document -> 'allowedRoles'))
    else coalesce(v_old.allowed_roles, '{member}') end;
  v_new.updated_at := now();
  v_new := private.with_headers(v_new, v_old, v_document -> 'headers');
  perform private.refuse_problem(private.named_headers_problem(p_document -> 'headers', v_new.header_names));

  if p_id is null then
    insert into private.data_sources select v_new.*;
  else
    update private.data_sources s
    set kind = v_new.kind, name = v_new.name, url = v_new.url, header_names = v_new.header_names,
      secret_id = v_new.secret_id, mapping = v_new.mapping, parameters = v_new.parameters, data = v_new.data,
      allowed_roles = v_new.allowed_roles, version = v_new.version, updated_at = v_new.updated_at
    where s.workspace_id = p_workspace_id and s.id = p_id;
  end if;
  return private.data_source_document(v_new) || jsonb_build_object('data', v_new.data);
end;
$$;

comment on function private.save_data_source(text, jsonb, uuid, bigint) is
  'See public.save_data_source. Definer: no role writes the table, nor the Vault.';

grant execute on function private.save_data_source(text, jsonb, uuid, bigint) to authenticated, service_role;

create function private.named_headers_problem(p_headers jsonb, p_names text[]) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_headers) = 'array' and not (p_headers @> to_jsonb(p_names) and p_headers <@ to_jsonb(p_names)) then
    return private.document_problem('headers', 'These headers have no values here.',
      'Give an object with the values, null to remove one, or leave headers out; on another host none are kept.');
  end if;
  return null;
end;
$$;

comment on function private.named_headers_problem(jsonb, text[]) is
  'What is wrong with the headers of a data source that are named, as reading does it, and have no values: they are '
  'not those that it has. Null where nothing is.';

create function private.refuse_source_beyond_limit(p_source private.data_sources) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most constant bigint := private.lowered_limit_of(p_source.workspace_id, 'data_sources');
begin
  if v_most <= (
    select count(*) from private.data_sources s
    where s.workspace_id = p_source.workspace_id and (s.created_at, s.id) < (p_source.created_at, p_source.id))
  then
    perform private.refuse_beyond_limit(p_source.workspace_id, 'data_sources', (
      select count(*) from private.data_sources s where s.workspace_id = p_source.workspace_id));
  end if;
end;
$$;

comment on function private.refuse_source_beyond_limit(private.data_sources) is
  'Refuses to change a data source that came after as many as the plan has room for. Error: payment_required. For '
  'definer functions.';

create function public.check_data_source(workspace_id text, document jsonb) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.check_data_source(workspace_id, document);
end;
$$;

comment on function public.check_data_source(text, jsonb) is
  'Refuses what save_data_source would, whichever source it would be a change of, and saves nothing. Takes '
  'integrations.manage. Errors: not_found, permission_denied, payment_required, invalid_input (the path inside the '
  'document).';

grant execute on function public.check_data_source(text, jsonb) to authenticated, service_role;

create function private.check_data_source(p_workspace_id text, p_document jsonb) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.refuse_data_source(p_workspace_id, p_document);
  -- Which source it is a change of is not said: headers that are named may be those of any on its host.
  if not exists (
    select from private.data_sources s
    where s.workspace_id = p_workspace_id
      and private.host_of(s.url) = private.host_of(p_document ->> 'url')
      and private.named_headers_problem(p_document -> 'headers', s.header_names) is null)
  then
    perform private.refuse_problem(private.named_headers_problem(p_document -> 'headers', '{}'));
  end if;
  perform private.refuse_problem(private.allowed_roles_problem(p_workspace_id, p_document -> 'allowedRoles', array(
    select unnest(s.allowed_roles) from private.data_sources s where s.workspace_id = p_workspace_id)));
end;
$$;

comment on function private.check_data_source(text, jsonb) is
  'See public.check_data_source. Definer: plans are read past their policies, and no role reads sources.';

grant execute on function private.check_data_source(text, jsonb) to authenticated, service_role;

create function private.refuse_data_source(p_workspace_id text, p_document jsonb) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  perform private.refuse_problem(private.data_source_problem(private.data_source_to_save(p_document)));
  if p_document ->> 'kind' = 'http_json' then
    perform private.require_feature(p_workspace_id, 'http_sources');
  end if;
end;
$$;

comment on function private.refuse_data_source(text, jsonb) is
  'Refuses a data source for what it is by itself, and who may not save it. Errors: not_found, permission_denied, '
  'payment_required, invalid_input (the path inside the document). For definer functions.';

create function private.host_of(p_url text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return lower(substring(p_url from '^https://([^/?]+)'));
end;
$$;

comment on function private.host_of(text) is 'The host and port of an address of a data source.';

create function private.with_headers(
  p_new private.data_sources, p_old private.data_sources, p_headers jsonb
) returns private.data_sources
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source private.data_sources := p_new;
  -- What was given for one host is sent to no other.
  v_kept constant jsonb := case
    when private.host_of(p_new.url) = private.host_of(p_old.url) then private.headers_of(p_old) else '{}' end;
  v_values constant jsonb := (
    select coalesce(jsonb_object_agg(h.key, h.value), '{}')
    from (
      select k.key, k.value
      from jsonb_each(v_kept) as k
      where lower(k.key) not in (select lower(g) from jsonb_object_keys(coalesce(p_headers, '{}')) as g)
      union all
      select g.key, g.value from jsonb_each(coalesce(p_headers, '{}')) as g where g.value <> 'null'
    ) as h);
begin
  v_source.header_names := array(select k from jsonb_object_keys(v_values) as k order by lower(k));
  if v_values = '{}' then
    delete from vault.secrets s where s.id = p_old.secret_id;
    v_source.secret_id := null;
  elsif p_old.secret_id is null then
    v_source.secret_id := vault.create_secret(
      v_values::text, null, format('Headers of the data source %s of %s', p_new.id, p_new.workspace_id));
  else
    perform vault.update_secret(p_old.secret_id, v_values::text);
  end if;
  return v_source;
end;
$$;

comment on function private.with_headers(private.data_sources, private.data_sources, jsonb) is
  'A source with the values of its headers in the Vault: those that are given, and those that were there for the same '
  'host. For definer functions.';

create function private.headers_of(p_source private.data_sources) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    (select s.decrypted_secret::jsonb from vault.decrypted_secrets s where s.id = p_source.secret_id), '{}');
end;
$$;

comment on function private.headers_of(private.data_sources) is
  'The headers of a source with their values, for who makes the request. For definer functions.';

create function public.delete_data_source(workspace_id text, id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.delete_data_source(workspace_id, id);
end;
$$;

comment on function public.delete_data_source(text, uuid) is
  'Deletes a data source with its secrets and what it answered. Widgets that ask it say `not_found` from then on: they '
  'may stand in dashboards that who deletes cannot see, and keep nobody from it. Takes integrations.manage. Errors: '
  'not_found (workspace_id, id), permission_denied.';

grant execute on function public.delete_data_source(text, uuid) to authenticated, service_role;

create function private.delete_data_source(p_workspace_id text, p_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  perform private.hold_workspace(p_workspace_id);
  perform private.lock_questions(p_workspace_id);
  delete from private.data_sources s where s.workspace_id = p_workspace_id and s.id = p_id;
  if not found then
    perform private.data_source_not_found();
  end if;
end;
$$;

comment on function private.delete_data_source(text, uuid) is
  'See public.delete_data_source. Definer: no role deletes from the table.';

grant execute on function private.delete_data_source(text, uuid) to authenticated, service_role;
