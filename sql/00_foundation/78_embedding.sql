-- What one request of the Data API may read. PostgREST joins in what is asked for along foreign keys, in both
-- directions and as deep as is asked: a theme with its workspace, that with its views, each with its widgets, and all
-- of it once for every theme.
--
-- Threat: a GET of a hundred characters whose answer is every row of one table for every row of another, which takes
-- gigabytes of the database's memory before any limit of rows or time ends it. Policies ask once a statement, before
-- the first row is read.

create function private.repeats_rows(p_statement text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What stands in quotes is a client's: names, and keys of paths.
  v_plain constant text := regexp_replace(p_statement, $re$'(?:[^']|'')*'|"(?:[^"]|"")*"$re$, '', 'g');
  v_token text[];
  -- Of each parenthesis that is open, whether one row is joined in there.
  v_open boolean[] := '{}';
begin
  for v_token in
    select m.part
    from regexp_matches(v_plain,
      '(lateral\s*\()(?=\s*select\s+(?:coalesce\s*\()?json_agg)|(lateral\s*\()|(\()|\)', 'gi') as m (part)
  loop
    if v_token[1] is not null and true = any (v_open) then
      return true;
    end if;
    v_open := case
      when coalesce(v_token[1], v_token[2], v_token[3]) is null then v_open[:cardinality(v_open) - 1]
      else v_open || (v_token[2] is not null)
    end;
  end loop;
  return false;
end;
$$;

comment on function private.repeats_rows(text) is
  'Whether a statement of the Data API joins many rows in under one that others have too: they would come once for '
  'each of these.';

create function private.reads_once() returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_bytes constant integer := 16384;
  v_statement constant text := current_query();
  v_table text;
begin
  -- Both spellings in which the Data API joins a table in, PostgREST's and that of the embedded stack.
  if strpos(v_statement, 'LATERAL') = 0 and strpos(v_statement, 'lateral') = 0 then
    return true;
  end if;
  if octet_length(v_statement) > c_most_bytes then
    perform private.raise_invalid_input('select', 'This asks for too much at once.', 'Ask in several requests.');
  end if;
  -- A table stands under its own name, or for one joined in with how deep it is: "widgets_2". A name that a client
  -- gives has its quotes doubled, and is none of these.
  select t.name into v_table
  from (
    select m.part[1] as name, coalesce(m.part[2], '0') as depth, m.place
    from regexp_matches(v_statement,
      '(?:from|into|update) "public"\."(\w+)"(?: as "\1_(\d+)")?(?!\w)', 'gi') with ordinality as m (part, place)
  ) as t
  -- Whom rows are of: one for each row, under which there are no others.
  where t.name <> 'profiles'
  group by t.name
  having count(distinct t.depth) > 1
  order by min(t.place)
  limit 1;
  if found then
    perform private.raise_invalid_input('select',
      format('This reads %s within %1$s.', v_table), 'Ask for its rows in a request of their own.');
  end if;
  if private.repeats_rows(v_statement) then
    perform private.raise_invalid_input('select',
      'This reads the rows that belong to one again for each that refers to it.',
      'Ask for them in a request of their own.');
  end if;
  return true;
end;
$$;

comment on function private.reads_once() is
  'Whether the statement that a client has sent reads no row again and again, which policies ask before they let '
  'anything be read: true, or the error invalid_input (select).';

-- Policies run as the caller.
grant execute on function private.repeats_rows(text), private.reads_once() to authenticated;
