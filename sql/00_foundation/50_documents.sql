-- What is wrong with a document that a client wrote, and where: the parts from which every document's rules are made.
--
-- A function x_problem answers {path, message, hint} for the first thing found and null where nothing is;
-- refuse_problem raises it. The path has dots and leads into the document.
--
-- Threat: an error that repeats what was sent, and so carries a secret or markup into a log or a page. It gives the
-- path, and of an unknown key at most a name of 50 letters, digits and signs that mean nothing in a page.

create function private.document_problem(p_path text, p_message text, p_hint text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('path', p_path, 'message', p_message, 'hint', p_hint);
end;
$$;

comment on function private.document_problem(text, text, text) is
  'What is wrong with a document and where: {path, message, hint}. The path has dots, and is empty for the whole.';

grant execute on function private.document_problem(text, text, text) to authenticated, service_role;

create function private.problem_below(p_path text, p_problem jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_set(p_problem, '{path}', to_jsonb(concat_ws('.', p_path, nullif(p_problem ->> 'path', ''))));
end;
$$;

comment on function private.problem_below(text, jsonb) is
  'A problem of a part as a problem of the whole, in which the part stands at a path; null for none.';

create function private.refuse_problem(p_problem jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_problem is not null then
    perform private.raise_invalid_input(p_problem ->> 'path', p_problem ->> 'message', p_problem ->> 'hint');
  end if;
end;
$$;

comment on function private.refuse_problem(jsonb) is
  'Refuses a document with a problem. Error: invalid_input with the path inside the document in `details`.';

grant execute on function private.refuse_problem(jsonb) to authenticated, service_role;

create function private.named_key_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[A-Za-z0-9_.:/@$#+~-]{1,50}$';
end;
$$;

comment on function private.named_key_pattern() is
  'The keys of somebody''s choice that an answer repeats: short ones without white space, quotes or markup, such as '
  '$schema, --primary and app:density.';

grant execute on function private.named_key_pattern() to authenticated, service_role;

create function private.key_path(p_path text, p_key text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when p_key ~ private.named_key_pattern() then concat_ws('.', nullif(p_path, ''), p_key) else p_path end;
end;
$$;

comment on function private.key_path(text, text) is
  'Where a key of somebody''s choice stands: below the path where it may be named, or the path itself.';

grant execute on function private.key_path(text, text) to authenticated, service_role;

create function private.unknown_key_problem(p_path text, p_key text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.document_problem(
    private.key_path(p_path, p_key), 'There is no such key here.', 'Leave it out, or check how it is spelled.');
end;
$$;

comment on function private.unknown_key_problem(text, text) is
  'The problem of a key that an object at a path does not have; see private.key_path.';

grant execute on function private.unknown_key_problem(text, text) to authenticated, service_role;

create function private.keys_problem(p_path text, p_object jsonb, p_required text[], p_optional text[] default '{}')
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_key text;
begin
  if jsonb_typeof(p_object) is distinct from 'object' then
    return private.document_problem(p_path, 'This must be a JSON object.', format('Give {%s}.',
      array_to_string(case p_required when '{}' then p_optional else p_required end, ', ')));
  end if;
  if not p_object ?& p_required then
    select k into v_key from unnest(p_required) as k where not p_object ? k limit 1;
    return private.document_problem(v_prefix || v_key, 'This is missing.',
      'Add it: only what is optional may be left out.');
  end if;

  -- Read one by one: of very many the first that is not known ends it.
  select o.k into v_key
  from (select jsonb_object_keys(p_object) as k) as o
  where o.k <> all (p_required || p_optional)
  limit 1;
  return case when found then private.unknown_key_problem(p_path, v_key) end;
end;
$$;

comment on function private.keys_problem(text, jsonb, text[], text[]) is
  'What is wrong with the keys of an object inside a document: one is missing, or one is not known. Null where nothing '
  'is.';

grant execute on function private.keys_problem(text, jsonb, text[], text[]) to authenticated, service_role;

create function private.text_problem(p_path text, p_value jsonb, p_pattern text, p_hint text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if (jsonb_typeof(p_value) = 'string' and case
      -- Whatever has a form is short, and an expression takes its time on what is not.
      when octet_length(p_value #>> '{}') <= 1024 then p_value #>> '{}' ~ p_pattern
    end) is not true
  then
    return private.document_problem(p_path, 'This does not have the right form.', p_hint);
  end if;
  return null;
end;
$$;

comment on function private.text_problem(text, jsonb, text, text) is
  'What is wrong with a text of a given form; null where nothing is.';

grant execute on function private.text_problem(text, jsonb, text, text) to authenticated, service_role;

create function private.version_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.text_problem(p_path, p_value, private.version_pattern(), 'Give three numbers such as 1.0.0.');
end;
$$;

comment on function private.version_problem(text, jsonb) is
  'What is wrong with a version x.y.z; null where nothing is.';

grant execute on function private.version_problem(text, jsonb) to authenticated, service_role;

create function private.uuid_problem(p_path text, p_value jsonb, p_hint text default 'Give a uuid.') returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.text_problem(p_path, p_value, private.uuid_pattern(), p_hint);
end;
$$;

comment on function private.uuid_problem(text, jsonb, text) is 'What is wrong with a uuid; null where nothing is.';

create function private.locale_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.text_problem(
    p_path, p_value, private.locale_pattern(), 'Give a language tag such as "en", "de" or "pt-BR".');
end;
$$;

comment on function private.locale_problem(text, jsonb) is 'What is wrong with a language tag; null where nothing is.';

grant execute on function private.locale_problem(text, jsonb) to authenticated, service_role;

create function private.single_line_problem(p_path text, p_value jsonb, p_min integer, p_max integer) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_line text;
begin
  if jsonb_typeof(p_value) = 'string' and octet_length(p_value #>> '{}') <= private.largest_line() then
    v_line := private.clean_text(p_value #>> '{}');
  end if;
  if (char_length(v_line) between p_min and p_max) is not true then
    return private.document_problem(p_path,
      format('This must be a text of %s to %s visible characters.', p_min, p_max), 'Give a text of that length.');
  end if;
  -- Where a tag, a comment or a declaration would begin (HTML, 13.2.5.6, tag open state): a front end that forgets to
  -- escape a name once must not run what a colleague wrote.
  if v_line ~ '<[A-Za-z/!?]' then
    return private.document_problem(p_path, 'This must not contain HTML.', 'Put a space after "<", or leave it out.');
  end if;
  return null;
end;
$$;

comment on function private.single_line_problem(text, jsonb, integer, integer) is
  'What is wrong with a line that people read, counted after private.clean_text: its length, or markup in it; null '
  'where nothing is.';

grant execute on function private.single_line_problem(text, jsonb, integer, integer) to authenticated, service_role;

create function private.flag_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_value) <> 'boolean' then
    return private.document_problem(p_path, 'This must be true or false.', 'Give true or false.');
  end if;
  return null;
end;
$$;

comment on function private.flag_problem(text, jsonb) is
  'What is wrong with a yes or no that may be left out; null where nothing is.';

grant execute on function private.flag_problem(text, jsonb) to authenticated, service_role;

create function private.whole_number_problem(p_path text, p_value jsonb, p_min integer, p_max integer) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number constant numeric := case when jsonb_typeof(p_value) = 'number' then p_value::numeric end;
begin
  if (v_number = trunc(v_number) and v_number between p_min and p_max) is not true then
    return case when p_min = p_max then
      private.document_problem(p_path,
        format('This must be %s.', p_min), 'Nothing else is taken here.')
    else
      private.document_problem(p_path,
        format('This must be a whole number from %s to %s.', p_min, p_max),
        'Give a number in this range, without decimals.')
    end;
  end if;
  return null;
end;
$$;

comment on function private.whole_number_problem(text, jsonb, integer, integer) is
  'What is wrong with a whole number inside a document; null where nothing is.';

grant execute on function private.whole_number_problem(text, jsonb, integer, integer) to authenticated, service_role;

create function private.timestamp_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^(?!000[01]|9999)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])'
    'T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$';
end;
$$;

comment on function private.timestamp_pattern() is
  'A timestamp as JavaScript writes one (ISO 8601 with seconds and a zone), in a year that has four digits in every '
  'zone. Whether there is such a day it does not say.';

grant execute on function private.timestamp_pattern() to authenticated, service_role;

create function private.timestamp_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_hint constant text := 'Give a timestamp such as 2026-01-31T12:00:00Z.';
begin
  return coalesce(
    private.text_problem(p_path, p_value, private.timestamp_pattern(), c_hint),
    case when not pg_input_is_valid(p_value #>> '{}', 'timestamptz') then
      private.document_problem(p_path, 'There is no such day.', c_hint)
    end
  );
end;
$$;

comment on function private.timestamp_problem(text, jsonb) is
  'What is wrong with a timestamp (private.timestamp_pattern); null where nothing is.';

grant execute on function private.timestamp_problem(text, jsonb) to authenticated, service_role;
