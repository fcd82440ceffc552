-- What stands in the index of a searched table, and what a search asks it for.
--
-- A key is a scope, which says whose the row is, and a word of it. A search names the scopes of its caller, so the
-- index gives what they may see and touches nothing else: what others keep costs a search no time, moves nothing in its
-- order and takes no place in its answer, in another workspace or in the same one.
--
-- Keys are of three families: ` n` and a word of the row's name, ` w` and any word of it, ` t` and a word without one
-- of its letters. A search with a typo leaves one letter out of what it looks for, too, and both meet. So a typo costs
-- exact look-ups, where trigrams (pg_trgm) would read what everybody has in common with a word, of every workspace, and
-- would know no letter outside of ASCII where the database's locale is C.
--
-- Threat: words that are taken for the operators of a query (a word has letters, marks and digits alone).

create function private.search_scope(p_workspace_id text, p_id uuid default null) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Short, since every key begins with it.
  return concat(substr(p_workspace_id, 4), left(encode(uuid_send(p_id), 'base64'), 22));
end;
$$;

comment on function private.search_scope(text, uuid) is
  'The scope of what everybody in a workspace may find, or of what belongs to one person or one thing there.';

grant execute on function private.search_scope(text, uuid) to authenticated, service_role;

create function private.search_keys(
  p_scopes text[], p_names text[], p_others text[] default '{}', p_forgives_typos boolean default true
) returns tsvector
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Loops and no query: to begin and to end one would take ten times as long, for every row that is written.
  v_keys text[] := '{}';
  v_scope text;
  v_word text;
begin
  foreach v_scope in array p_scopes loop
    foreach v_word in array p_names loop
      v_keys := v_keys || (v_scope || ' n' || v_word);
    end loop;
    foreach v_word in array p_names || p_others loop
      v_keys := v_keys || (v_scope || ' w' || v_word);
    end loop;
    foreach v_word in array case when p_forgives_typos then p_names || p_others else p_names end loop
      continue when not private.forgives_a_typo(v_word);
      for n in 1..char_length(v_word) loop
        v_keys := v_keys || (v_scope || ' t' || left(v_word, n - 1) || substr(v_word, n + 1));
      end loop;
    end loop;
  end loop;
  return array_to_tsvector(v_keys);
end;
$$;

comment on function private.search_keys(text[], text[], text[], boolean) is
  'The keys of a row: in these scopes, by the words of its name and by others. The name forgives typos, which take a '
  'key for each letter; the other words do where they are few.';

grant execute on function private.search_keys(text[], text[], text[], boolean) to authenticated, service_role;

create function private.searched_keys(p_word text, p_grade integer) returns table (key text, mark text)
language plpgsql immutable parallel safe rows 10
set search_path = pg_catalog, pg_temp
as $$
declare
  c_beginning constant text := ':*';
  v_mark constant text := case
    when p_grade > 1 and (char_length(p_word) > 1 or private.is_unspaced(p_word)) then c_beginning else '' end;
  -- Of three or four letters with a typo in them, as a beginning, there would be too many.
  v_typo_mark constant text := case when char_length(p_word) > 4 then c_beginning else '' end;
begin
  return query select case when p_grade <= 2 then ' n' else ' w' end || p_word, v_mark;
  if p_grade < 4 or not private.forgives_a_typo(p_word) then
    return;
  end if;
  return query select ' t' || p_word, v_typo_mark;
  return query
    select distinct f.family || v.word, v_typo_mark
    from private.without_a_letter(p_word) as v (word)
    cross join (values (' w'), (' t')) as f (family);
end;
$$;

comment on function private.searched_keys(text, integer) is
  'The keys of which a row has one, in each grade of a match: 1 the word itself in the name, 2 a word of the name that '
  'begins so, 3 any word that begins so, 4 with a typo. A single letter begins nothing.';

create function private.search_pattern(p_words text[], p_grade integer) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_forgiven constant integer := 3;
begin
  return (
    select string_agg(k.keys, ' & ')
    from (
      select '(' || string_agg(format('''@%s''%s', a.key, a.mark), ' | ') || ')' as keys
      from unnest(p_words) with ordinality as w (word, n)
      cross join lateral private.searched_keys(
        w.word, case when w.n <= c_forgiven then p_grade else least(p_grade, 3) end) as a
      group by w.word
    ) as k);
end;
$$;

comment on function private.search_pattern(text[], integer) is
  'What a row matches that has all words, in a grade (private.searched_keys), with @ for its scope. A typo is forgiven '
  'in the first three words. Every grade includes the ones before it.';

create function private.search_condition(p_scopes text[], p_pattern text) returns tsquery
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (select string_agg(replace(p_pattern, '@', s.scope), ' | ') from unnest(p_scopes) as s (scope))::tsquery;
end;
$$;

comment on function private.search_condition(text[], text) is
  'What a row in one of these scopes matches, of a pattern: see private.search_pattern.';
