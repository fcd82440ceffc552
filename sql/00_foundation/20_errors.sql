-- The errors a client can cause, raised in one shape.
--
-- A client reads {code, message, details, hint} from the Data API and decides by `code`, which never changes;
-- the HTTP status follows from the code, here and nowhere else. docs/errors.md explains every code, and a test
-- holds the two together. SQLSTATE 'PGRST' is how PostgREST takes a whole error from the database: JSON in the
-- message (what the client reads) and in the detail (status and headers).

create function private.error_status(p_code text) returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_code
    when 'invalid_input' then 400
    when 'not_signed_in' then 401
    when 'api_key_not_valid' then 401
    when 'payment_required' then 402
    when 'budget_spent' then 402
    when 'permission_denied' then 403
    when 'not_found' then 404
    when 'conflict' then 409
    when 'last_admin' then 409
    when 'invitation_not_valid' then 410
    when 'data_not_valid' then 422
    when 'source_failed' then 502
    when 'content_refused' then 422
    when 'model_failed' then 502
    when 'not_configured' then 501
    when 'payment_failed' then 402
    when 'billing_unavailable' then 503
    when 'rate_limited' then 429
    when 'method_not_allowed' then 405
    when 'internal_error' then 500
  end;
end;
$$;

comment on function private.error_status(text) is
  'The HTTP status of a registered error code (docs/errors.md); null for a code that is not registered.';

-- Validation triggers run as whoever writes.
grant execute on function private.error_status(text) to authenticated, service_role;

create function private.raise_error(
  p_code text,
  p_message text,
  p_details text default null,
  p_hint text default null
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_status constant integer := private.error_status(p_code);
begin
  -- Caught by the first test that raises it, long before a client could meet an undocumented code.
  if v_status is null then
    raise exception 'The error code "%" is not registered in private.error_status.', p_code;
  end if;

  raise sqlstate 'PGRST' using
    message = json_build_object(
      'code', p_code, 'message', p_message, 'details', p_details, 'hint', p_hint)::text,
    detail = json_build_object('status', v_status, 'headers', json_build_object())::text;
end;
$$;

comment on function private.raise_error(text, text, text, text) is
  'Raises an error for the client: a registered code, one clear sentence, the particulars, and what to do about it. '
  'Never put a secret, a token or another person''s data into any of them.';

grant execute on function private.raise_error(text, text, text, text) to authenticated, service_role;

create function private.raise_invalid_input(p_field text, p_message text, p_hint text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('invalid_input', p_message, p_field, p_hint);
end;
$$;

comment on function private.raise_invalid_input(text, text, text) is
  'Refuses a value: `details` is the field''s name, so that a form can mark it; `hint` says what would be right.';

grant execute on function private.raise_invalid_input(text, text, text) to authenticated, service_role;
