-- Text that people type for other people to read.
--
-- The threat is text that reads differently from what it is: direction overrides that turn a name around,
-- invisible characters that make two names look the same or one look empty, line breaks that forge a second
-- line in a list or an e-mail.

create function private.clean_text(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
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
$$;

comment on function private.clean_text(text) is
  'One line of text without invisible or direction-changing characters, white space folded and trimmed; an empty '
  'string where nothing visible is left, null for null.';

grant execute on function private.clean_text(text) to authenticated, service_role;
