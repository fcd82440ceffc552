-- What people and support write to each other: text of several lines, and the files that go with it.
--
-- Each line keeps the rules of every text that people read (private.clean_text), and the lines stay. The same rules
-- stand in types/support.ts, and a test demands the same verdict of both.
--
-- Threat: a message of megabytes, of very many lines, or of thousands of marks or joiners, which keeps everybody
-- waiting for the work on it (bytes, lines, marks and joiners are counted first).

create function private.clean_lines(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text constant text := (
    select string_agg(private.cleaned_text(l.line), E'\n' order by l.place)
    from unnest(private.lines_of(p_text)) with ordinality as l (line, place));
begin
  return btrim(regexp_replace(v_text, '\n{3,}', E'\n\n', 'g'), E'\n');
end;
$$;

comment on function private.clean_lines(text) is
  'A text of several lines in which private.lines_problem finds nothing, each as private.clean_text leaves it, with at '
  'most one empty line between two; empty where nothing visible is left.';

create function private.lines_of(p_text text) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return regexp_split_to_array(p_text, '\r\n?|[\n\u000B\u000C\u0085\u2028\u2029]');
end;
$$;

comment on function private.lines_of(text) is 'The lines of a text, whichever way they end.';

create function private.takes_long(p_text text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return octet_length(p_text) > private.largest_line()
    and (
      p_text ~ ('[' || private.character_class('extending') || ']{31}')
      or regexp_count(p_text, '[' || private.character_class('placed') || ']') > 500
    );
end;
$$;

comment on function private.takes_long(text) is
  'Whether a long text has more than thirty marks on a character, as in the Stream-Safe Text Format of Unicode '
  'Standard Annex 15, or more than 500 characters that draw nothing and count in their place: cleaning takes the '
  'square of their numbers.';

create function private.lines_problem(p_path text, p_text text, p_min integer, p_max integer) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_bytes constant integer := 32768;
  c_most_lines constant integer := 200;
  v_text text;
begin
  if octet_length(p_text) <= c_most_bytes then
    if cardinality(private.lines_of(p_text)) <= c_most_lines and not private.takes_long(p_text) then
      v_text := private.clean_lines(p_text);
    end if;
  end if;
  if (char_length(v_text) between p_min and p_max) is not true then
    return private.document_problem(p_path,
      format('This must be a text of %s to %s visible characters, in at most 200 lines.', p_min, p_max),
      case
        when coalesce(v_text, p_text, '') = '' then 'Say something.'
        else 'Shorten it, or attach it as a file.'
      end);
  end if;
  -- Where a tag would begin, as in a single line.
  if v_text ~ '<[A-Za-z/!?]' then
    return private.document_problem(p_path,
      'This must not contain HTML.', 'Put a space after "<", or attach it as a file.');
  end if;
  return null;
end;
$$;

comment on function private.lines_problem(text, text, integer, integer) is
  'What is wrong with a text of several lines, counted after private.clean_lines: its length, more than 200 lines or '
  '32 KiB, marks and joiners without number, or markup; null where nothing is.';

create function private.support_file_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_uuid constant text := '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
begin
  return format('^WK-[0-9A-HJKMNP-TV-Z]{9}/%1$s/%1$s[.](?:png|jpg|jpeg|webp|gif|pdf|txt|csv|json)$', c_uuid);
end;
$$;

comment on function private.support_file_pattern() is
  'Where a file of a ticket lies in the bucket support: <workspace>/<ticket>/<uuid>.<extension>, in small letters.';

create function private.attachments_problem(p_attachments jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_bytes constant integer := 8192;
  c_most constant integer := 5;
  c_too_many constant jsonb := private.document_problem('attachments',
    'A message has at most 5 files.', 'Give a list of {path, name}; send more files with another message.');
  v_problem jsonb;
begin
  v_problem := coalesce(
    private.size_problem('attachments', p_attachments, c_most_bytes, c_too_many),
    case when jsonb_typeof(p_attachments) is distinct from 'array' or jsonb_array_length(p_attachments) > c_most
      then c_too_many end);
  if v_problem is not null then
    return v_problem;
  end if;
  select p.problem into v_problem
  from jsonb_array_elements(p_attachments) with ordinality as a (value, place)
  cross join lateral (select format('attachments.%s', a.place - 1)) as t (path)
  cross join lateral (
    select coalesce(
      private.keys_problem(t.path, a.value, '{path,name}'),
      private.text_problem(t.path || '.path', a.value -> 'path', private.support_file_pattern(),
        'Upload it as "<workspace>/<ticket>/<uuid>.<extension>", and give that path.'),
      private.single_line_problem(t.path || '.name', a.value -> 'name', 1, 200)) as problem
  ) as p
  where p.problem is not null
  order by a.place
  limit 1;
  return v_problem;
end;
$$;

comment on function private.attachments_problem(jsonb) is
  'What is wrong with the files of a message, [{path, name}]; null where nothing is. Whether they are there it does '
  'not say.';
