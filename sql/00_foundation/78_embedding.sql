-- What one request of the Data API may read. PostgREST joins in what is asked for along foreign keys, in both
-- directions and as deep as is asked: a theme with its workspace, that with its views, each with its widgets, and all
-- of it once for every theme.
--
-- Threat: a GET of a hundred characters whose answer is every row of one table for every row of another, which takes
-- gigabytes of the database's memory before any limit of rows or time ends it. Policies ask once a statement, before
-- the first row is read.
--
-- Many rows under one belong to that one alone, however deep that goes, and come once. A row that several refer to
-- comes once for each of these, also where they do so through a junction, a table of pairs that PostgREST writes behind
-- a comma. So such a row has no lists of its own, and its JSON, the one thing in a row that is large, comes in one
-- list: in the rows that are asked for, or in a list of one row.

create function private.plain_statement(p_statement text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plain text := p_statement;
begin
  -- Names that a client gives may have anything in them. Of what stands in quotes, words stay.
  if v_plain !~ '^(?:[^"'']|"\w*"|''[^"''()]*'')*$' then
    v_plain := regexp_replace(v_plain, $re$"(\w*)"|"(?:[^"]|"")*"|'(?:[^']|'')*'$re$, '"\1"', 'g');
  end if;
  v_plain := lower(v_plain);
  -- What is written or called is read in what stands before the read.
  v_plain := replace(v_plain, 'update "public"."', 'from "public"."');
  v_plain := replace(v_plain, 'from "pgrst_source" as "', 'from "public"."');
  v_plain := replace(v_plain, 'from pgrst_source as "', 'from "public"."');
  return replace(v_plain, 'select coalesce(json_agg(', 'select json_agg((');
end;
$$;

comment on function private.plain_statement(text) is
  'A statement of the Data API in one spelling, in small letters, and with nothing but words in quotes.';

create function private.reads_json(p_statement text, p_names text[]) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reference constant text := case
    when p_names[2] = ' as ' then format('"%s".', p_names[3])
    else format('"public"."%s".', p_names[1])
  end;
begin
  return exists (
    select from pg_attribute as a
    where a.attrelid = to_regclass(format('public."%s"', p_names[1])) and a.attnum > 0 and not a.attisdropped
      and a.atttypid in ('json'::regtype, 'jsonb'::regtype)
      and (strpos(p_statement, v_reference || '*') > 0
        or strpos(p_statement, format('%s"%s"', v_reference, a.attname)) > 0));
end;
$$;

comment on function private.reads_json(text, text[]) is
  'Whether a plain statement reads JSON of a table, of which it has the names behind "from": other columns are small.';

create function private.refuse_repeats(p_statement text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plain constant text := private.plain_statement(p_statement);
  -- What stands up to a parenthesis, and that.
  v_part text;
  v_depth integer := 0;
  -- What is around a place, from the outside: "+" where many rows are joined in, "-" where one row is, and the tables,
  -- each between blanks. Behind a table to which a junction leads stands "-" as well.
  v_path text := '';
  -- The paths around the parentheses that are open.
  v_paths text[] := '{}';
  v_is_joined boolean := false;
  -- What stands in quotes behind "from", and what stands between that.
  v_names text[];
  v_junction text;
  v_is_single boolean;
  v_twice text;
  v_lists integer;
  -- The table with JSON that is under the most lists, not counting the rows that are asked for.
  v_large text;
  v_most integer := 0;
  v_root text;
  v_root_depth integer;
  v_is_by_id boolean := false;
begin
  for v_part in select m.part[1] from regexp_matches(v_plain, '[^()]*[()]?', 'g') as m (part)
  loop
    if v_is_joined then
      v_path := v_path || case when v_part like '%select json_agg(' then '+' else '-' end;
    end if;

    if strpos(v_part, 'from "public"."') > 0 then
      v_names := string_to_array(split_part(v_part, 'from "public"."', 2), '"');
      v_junction := case ', ' when v_names[2] then v_names[5] when v_names[4] then v_names[7] end;
      v_is_single := right(v_path, 1) = '-';
      v_twice := case
        -- Whom rows are of: one for each, with nothing large.
        when strpos(v_path, ' ' || v_names[1] || ' ') > 0 and not (v_is_single and v_names[1] = 'profiles')
          then v_names[1]
        when strpos(v_path, ' ' || v_junction || ' ') > 0 then v_junction
      end;
      if v_twice is not null then
        perform private.raise_invalid_input('select',
          format('This reads %s within %1$s.', v_twice), 'Ask for its rows in a request of their own.');
      elsif v_path ~ '-.*[+]' then
        perform private.raise_invalid_input('select',
          'This reads the rows that belong to one again for each that refers to it.',
          'Ask for them in a request of their own.');
      end if;
      if v_path = '' then
        v_root := v_names[1];
        v_root_depth := v_depth;
      end if;
      v_lists := length(v_path) - length(replace(v_path, '+', ''));
      if (v_is_single or v_junction is not null) and v_lists > v_most and private.reads_json(v_plain, v_names) then
        v_large := v_names[1];
        v_most := v_lists;
      end if;
      v_path := v_path || ' ' || v_names[1] || ' ' || coalesce('- ' || v_junction || ' ', '');
    end if;

    if v_depth = v_root_depth and strpos(v_part, '."id" = $') > 0
        and v_part ~ format('(?:where|and) +(?:"public"[.])?"%s"[.]"id" = [$]', v_root) then
      v_is_by_id := true;
    end if;

    if right(v_part, 1) = '(' then
      v_depth := v_depth + 1;
      v_paths[v_depth] := v_path;
      v_is_joined := rtrim(v_part, ' (') like '%lateral';
    elsif right(v_part, 1) = ')' then
      v_path := v_paths[v_depth];
      v_depth := v_depth - 1;
      v_is_joined := false;
    end if;
  end loop;
  if v_most > v_is_by_id::integer then
    perform private.raise_invalid_input('select',
      format('This reads the JSON of %s again for each row of a list in another.', v_large),
      'Ask for it in a request of its own, or for one row by its id.');
  end if;
end;
$$;

comment on function private.refuse_repeats(text) is
  'Raises invalid_input (select) where a statement of the Data API reads a table within itself, many rows under one '
  'that others have too, or JSON of one row for each row of a list in another list.';

create function private.reads_once() returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_bytes constant integer := 16384;
  v_statement constant text := current_query();
begin
  -- Both spellings in which the Data API joins a table in, PostgREST's and that of the embedded stack.
  if strpos(v_statement, 'LATERAL') = 0 and strpos(v_statement, 'lateral') = 0 then
    return true;
  end if;
  if octet_length(v_statement) > c_most_bytes then
    perform private.raise_invalid_input('select', 'This asks for too much at once.', 'Ask in several requests.');
  end if;
  perform private.refuse_repeats(v_statement);
  return true;
end;
$$;

comment on function private.reads_once() is
  'Whether the statement that a client has sent reads no row again and again, which policies ask before they let '
  'anything be read: true, or the error invalid_input (select).';

-- Policies run as the caller.
grant execute on function
    private.plain_statement(text), private.reads_json(text, text[]), private.refuse_repeats(text), private.reads_once()
  to authenticated;
