set local lock_timeout = '5s';
set local statement_timeout = '5min';
set local check_function_bodies = off;

CREATE SCHEMA "private";

CREATE OR REPLACE FUNCTION private.clean_text(p_text text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  -- Control and format characters. Left alone: white space, which is folded below, and the two joiners
  -- (U+200C, U+200D), which Persian, Indic scripts and emoji need.
  c_invisible constant text := '[\u0001-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F\u00AD\u061C\u115F\u1160'
    || '\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u2800\u3164\uFEFF\uFFA0]';
  c_white_space constant text := '[\s\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+';
  v_text constant text := btrim(regexp_replace(
    regexp_replace(p_text, c_invisible, '', 'g'), c_white_space, ' ', 'g'));
begin
  return case when v_text ~ '^[ \u200C\u200D]*$' then '' else v_text end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.error_status(p_code text)
 RETURNS integer
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return case p_code
    when 'invalid_input' then 400
    when 'not_signed_in' then 401
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.new_workspace_id()
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  -- Crockford's base 32: without I, L, O and U, which are misread.
  c_alphabet constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  v_bytes constant bytea := extensions.gen_random_bytes(9);
begin
  return 'WK-' || (
    select string_agg(substr(c_alphabet, (get_byte(v_bytes, i) & 31) + 1, 1), '')
    from generate_series(0, 8) as i
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.raise_error(p_code text, p_message text, p_details text DEFAULT NULL::text, p_hint text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION private.raise_invalid_input(p_field text, p_message text, p_hint text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.raise_error('invalid_input', p_message, p_field, p_hint);
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_set_updated_at()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.updated_at := now();
  return new;
end;
$function$;

COMMENT ON FUNCTION "private"."clean_text"(text) IS 'One line of text without invisible or direction-changing characters, white space folded and trimmed; an empty string where nothing visible is left, null for null.';

COMMENT ON FUNCTION "private"."error_status"(text) IS 'The HTTP status of a registered error code (docs/errors.md); null for a code that is not registered.';

COMMENT ON FUNCTION "private"."new_workspace_id"() IS 'A random workspace id: WK- and nine characters of Crockford base 32, 45 bits. It may, very rarely, be taken.';

COMMENT ON FUNCTION "private"."raise_error"(text, text, text, text) IS 'Raises an error for the client: a registered code, one clear sentence, the particulars, and what to do about it. Never put a secret, a token or another person''s data into any of them.';

COMMENT ON FUNCTION "private"."raise_invalid_input"(text, text, text) IS 'Refuses a value: `details` is the field''s name, so that a form can mark it; `hint` says what would be right.';

COMMENT ON FUNCTION "private"."tg_set_updated_at"() IS 'Before update: sets `updated_at` to the time of the transaction, whatever the statement said.';

COMMENT ON SCHEMA "private" IS 'Helpers and internal tables. Never exposed by the Data API: policies, triggers and the functions of public use it.';

REVOKE ALL ON FUNCTION "private"."clean_text"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."clean_text"(text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."error_status"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."error_status"(text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."new_workspace_id"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."new_workspace_id"() TO "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."raise_error"(text, text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."raise_error"(text, text, text, text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."raise_invalid_input"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."raise_invalid_input"(text, text, text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."tg_set_updated_at"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_set_updated_at"() TO "postgres";

GRANT USAGE ON SCHEMA "private" TO "authenticated";

GRANT CREATE, USAGE ON SCHEMA "private" TO "postgres";

GRANT USAGE ON SCHEMA "private" TO "service_role";

ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" REVOKE ALL ON FUNCTIONS FROM PUBLIC;
