-- A data source as a document: what save_data_source takes. types/data-source.ts says the same in zod.
--
-- Threats: an address that leads where no request goes (12_addresses.sql); a header that changes how the
-- request is read (hop-by-hop ones, host and cookie are refused, and line breaks); a mapping that evaluates text as a
-- mapping ($eval is refused); documents of megabytes (sizes come first).

create function private.refused_headers() returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{accept-encoding,connection,content-length,content-type,cookie,expect,forwarded,host,keep-alive,'
    'proxy-authenticate,proxy-authorization,proxy-connection,te,trailer,transfer-encoding,upgrade,via}';
end;
$$;

comment on function private.refused_headers() is 'Headers of a request that are not a data source''s to set.';

create function private.headers_problem(p_headers jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_header record;
begin
  if p_headers is null then
    return null;
  end if;
  if jsonb_typeof(p_headers) <> 'object' or (select count(*) from jsonb_object_keys(p_headers)) > 20 then
    return private.document_problem('headers', 'This must be an object of at most 20 headers.',
      'Give an object such as {"Authorization": "Bearer …"}.');
  end if;
  for v_header in select h.key, h.value from jsonb_each(p_headers) as h loop
    if v_header.key !~ '^[A-Za-z0-9-]{1,100}$' or lower(v_header.key) = any (private.refused_headers()) then
      return private.document_problem('headers', 'This header cannot be set.',
        'Give names of letters, digits and "-", such as Authorization; how the request is sent is not for headers.');
    end if;
    if jsonb_typeof(v_header.value) <> 'null'
      and (
        jsonb_typeof(v_header.value) <> 'string'
        or octet_length(v_header.value #>> '{}') not between 1 and 4096
        or v_header.value #>> '{}' !~ '^[\x20-\x7e]+$')
    then
      return private.document_problem('headers.' || v_header.key, 'This is not the value of a header.',
        'Give 1 to 4,096 printable ASCII characters, or null to remove it.');
    end if;
  end loop;
  if (select count(distinct lower(k)) < count(*) from jsonb_object_keys(p_headers) as k) then
    return private.document_problem('headers', 'A header is given twice.', 'Give each header once.');
  end if;
  return null;
end;
$$;

comment on function private.headers_problem(jsonb) is
  'What is wrong with the headers of a data source, which may be left out; null where nothing is. A problem never '
  'repeats a value.';

create function private.mapping_problem(p_mapping jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_mapping is null or p_mapping = 'null' then
    return null;
  end if;
  if jsonb_typeof(p_mapping) <> 'string' or octet_length(p_mapping #>> '{}') not between 1 and 4096 then
    return private.document_problem('mapping', 'This must be a JSONata expression of at most 4 KiB.',
      'Give an expression such as {"value": total}.');
  end if;
  if p_mapping #>> '{}' ~ '[$]eval' then
    return private.document_problem('mapping', 'A mapping cannot evaluate text.', 'Leave out $eval.');
  end if;
  return null;
end;
$$;

comment on function private.mapping_problem(jsonb) is
  'What is wrong with the mapping of a data source, which may be left out, as far as the database can tell: the '
  'function that uses it knows the language.';

create function private.data_source_to_save(p_document jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb := private.without_read(
    p_document, '{id,version,failingSince,error,closedUntil,widgets,createdAt,updatedAt}');
begin
  if jsonb_typeof(v_document) is distinct from 'object' then
    return v_document;
  end if;
  -- Reading names the headers, and what the other kind has, which is nothing.
  return v_document - array(
    select 'headers' where jsonb_typeof(v_document -> 'headers') = 'array'
    union all
    select k.key
    from unnest(case v_document ->> 'kind'
      when 'http_json' then '{data}'::text[] when 'static' then '{url,mapping,parameters}' end) as k (key)
    where v_document -> k.key = case k.key when 'parameters' then '[]' else 'null' end::jsonb);
end;
$$;

comment on function private.data_source_to_save(jsonb) is
  'A data source as it was read, or written, as data_source_problem judges it: headers that are named alone are left '
  'out.';

create function private.data_source_problem(p_document jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_roles constant jsonb :=
    '{"type": "array", "maxItems": 20, "items": {"type": "string", "minLength": 1, "maxLength": 50}}';
  c_parameters constant jsonb :=
    '{"type": "array", "maxItems": 20, "items": {"type": "string", "minLength": 1, "maxLength": 50}}';
  v_kind constant text := p_document ->> 'kind';
begin
  return coalesce(
    private.size_problem('', p_document, 327680,
      private.document_problem('document', 'This document is too large.', 'Give at most 320 KiB.')),
    -- Which keys there are depends on it.
    case when jsonb_typeof(p_document) = 'object' then
      private.text_problem('kind', p_document -> 'kind', '^(?:http_json|static)$', 'Give "http_json" or "static".')
    end,
    private.keys_problem('', coalesce(p_document, 'null'), '{name,kind}',
      case v_kind when 'http_json' then '{url,headers,mapping,parameters,allowedRoles}'::text[]
        else '{data,allowedRoles}' end),
    private.single_line_problem('name', p_document -> 'name', 1, 100),
    case when v_kind = 'http_json' then coalesce(
      private.address_problem(coalesce(p_document -> 'url', 'null')),
      private.headers_problem(p_document -> 'headers'),
      private.mapping_problem(p_document -> 'mapping'),
      case when p_document ? 'parameters' then
        private.value_problem('parameters', p_document -> 'parameters', c_parameters)
      end)
    end,
    case when v_kind = 'static' then coalesce(
      case when jsonb_typeof(p_document -> 'data') is distinct from 'object' then
        private.document_problem('data', 'This must be a JSON object.', 'Give what the widgets are to show.')
      end,
      case when private.is_larger_than(p_document -> 'data', 262144) then
        private.document_problem('data', 'This is too large.', 'Give at most 256 KiB.')
      end,
      private.json_problem('data', p_document -> 'data'))
    end,
    case when p_document ? 'allowedRoles' then
      private.value_problem('allowedRoles', p_document -> 'allowedRoles', c_roles)
    end
  );
end;
$$;

comment on function private.data_source_problem(jsonb) is
  'What is wrong with a data source that somebody would save, as {path, message, hint}; null for a valid one.';
