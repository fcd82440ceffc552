-- What a request tells of itself, and how a path is written into an address.

create function private.request_origin(out request_id text, out ip inet)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text constant text := nullif(current_setting('request.headers', true), '');
  v_headers jsonb;
  v_address text;
begin
  if pg_input_is_valid(v_text, 'jsonb') is not true then
    return;
  end if;

  v_headers := v_text;
  request_id := substring(btrim(v_headers ->> 'x-request-id') from '^[!-~]{1,100}');

  foreach v_address in array array[split_part(v_headers ->> 'x-forwarded-for', ',', 1), v_headers ->> 'x-real-ip'] loop
    v_address := btrim(v_address);
    -- A network such as 10.0.0.0/8 is a valid inet and no address.
    if strpos(v_address, '/') = 0 and pg_input_is_valid(v_address, 'inet') then
      ip := v_address;
      return;
    end if;
  end loop;
end;
$$;

comment on function private.request_origin() is
  'The x-request-id of the request (its first 100 printable characters) and the address it came from (the first of '
  'x-forwarded-for, else x-real-ip); null where absent or malformed. Never fails.';

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
