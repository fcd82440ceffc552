-- What a request tells of itself, and how a path is written into an address.

create function private.address_in(p_text text) returns inet
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text constant text := btrim(p_text);
begin
  -- A network such as 10.0.0.0/8 is a valid inet and no address.
  if strpos(v_text, '/') = 0 and pg_input_is_valid(v_text, 'inet') then
    return v_text;
  end if;
  return null;
end;
$$;

comment on function private.address_in(text) is 'The address that a text is; null for any other text. Never fails.';

create function private.request_origin(
  out request_id text, out trace_id text, out ip inet, out claimed_ip inet
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text constant text := nullif(current_setting('request.headers', true), '');
  v_headers jsonb;
  v_forwarded text[];
begin
  if pg_input_is_valid(v_text, 'jsonb') is not true then
    return;
  end if;

  v_headers := v_text;
  request_id := substring(btrim(v_headers ->> 'x-request-id') from '^[!-~]{1,100}');
  -- https://www.w3.org/TR/trace-context/#traceparent-header: of zeros alone it names no trace.
  trace_id := nullif(
    substring(v_headers ->> 'traceparent' from '^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)'),
    repeat('0', 32));

  -- What stands before the last entry was sent along, by whoever it may have been.
  v_forwarded := string_to_array(v_headers ->> 'x-forwarded-for', ',');
  ip := private.address_in(
    case (select s.client_address_from from private.operator_settings s)
      when 'cf-connecting-ip' then v_headers ->> 'cf-connecting-ip'
      when 'x-forwarded-for-last' then v_forwarded[cardinality(v_forwarded)]
    end
  );
  claimed_ip := nullif(private.address_in(v_forwarded[1]), ip);
end;
$$;

comment on function private.request_origin() is
  'The x-request-id of the request (its first 100 printable characters); the trace of its traceparent (32 hex digits); '
  'the address it came from, which the platform says (private.operator_settings); and the one that the caller claims '
  '(the first of x-forwarded-for) where it is another. Null where absent or malformed. Never fails. For definer '
  'functions: no API role reads the settings.';

create function private.api_url() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text constant text := nullif(current_setting('request.headers', true), '');
  v_url constant text := (select s.api_url from private.operator_settings s);
  v_headers jsonb;
  v_host text;
  v_protocol text;
begin
  if v_url is not null or pg_input_is_valid(v_text, 'jsonb') is not true then
    return v_url;
  end if;

  v_headers := v_text;
  v_host := btrim(split_part(coalesce(v_headers ->> 'x-forwarded-host', v_headers ->> 'host'), ',', 1));
  if (v_host ~ '^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$') is not true then
    return null;
  end if;
  v_protocol := btrim(split_part(v_headers ->> 'x-forwarded-proto', ',', 1));
  if v_protocol is null or v_protocol not in ('http', 'https') then
    v_protocol := case when v_host ~ '^(localhost|127\.[0-9.]+|\[::1\])(:|$)' then 'http' else 'https' end;
  end if;
  return v_protocol || '://' || v_host;
end;
$$;

comment on function private.api_url() is
  'The address under which the API is reached: the operator''s, or else that of the request. Null where neither is '
  'known. A caller who sends a false one changes the answer to that request alone, hence it is stored nowhere, and no '
  'answer with it may be kept for others. For definer functions: no API role reads the settings.';

create function private.url_encoded_path(p_path text) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select string_agg(
      case
        when part.c ~ '[A-Za-z0-9_.~/-]' then part.c
        else regexp_replace(upper(encode(convert_to(part.c, 'UTF8'), 'hex')), '(..)', '%\1', 'g')
      end,
      '' order by part.i
    )
    from regexp_split_to_table(p_path, '') with ordinality as part (c, i)
  );
end;
$$;

comment on function private.url_encoded_path(text) is
  'A path as it stands in an address: everything but plain characters and / is escaped.';
