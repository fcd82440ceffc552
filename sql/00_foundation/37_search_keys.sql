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
  v_words constant text[] := p_names || p_others;
  v_names constant integer := coalesce(cardinality(p_names), 0);
  v_keys text[] := '{}';
  v_scope text;
  v_word text;
begin
  -- Word by word: a query would take longer to begin than all of this takes, for each row that is written.
  for i in 1 .. coalesce(cardinality(p_scopes), 0) loop
    v_scope := p_scopes[i];
    for j in 1 .. coalesce(cardinality(v_words), 0) loop
      v_word := v_words[j];
      v_keys := array_append(v_keys, v_scope || ' w' || v_word);
      if j <= v_names then
        v_keys := array_append(v_keys, v_scope || ' n' || v_word);
      end if;
      if (j <= v_names or p_forgives_typos) and private.forgives_a_typo(v_word) then
        for n in 1 .. char_length(v_word) loop
          v_keys := array_append(v_keys, v_scope || ' t' || overlay(v_word placing '' from n for 1));
        end loop;
      end if;
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

create function private.search_condition(p_scopes text[], p_words text[], p_grade integer) returns tsquery
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_forgiven constant integer := 3;
begin
  return (
    select string_agg(m.words, ' | ')
    from (
      select string_agg(k.keys, ' & ') as words
      from unnest(p_scopes) as s (scope)
      cross join lateral (
        select '(' || string_agg(format('''%s%s''%s', s.scope, a.key, a.mark), ' | ') || ')' as keys
        from unnest(p_words) with ordinality as w (word, n)
        cross join lateral private.searched_keys(
          w.word, case when w.n <= c_forgiven then p_grade else least(p_grade, 3) end) as a
        group by w.word
      ) as k
      group by s.scope
    ) as m
  )::tsquery;
end;
$$;

comment on function private.search_condition(text[], text[], integer) is
  'What a row in one of these scopes matches that has all words, in a grade: see private.searched_keys. A typo is '
  'forgiven in the first three words. Every grade includes the ones before it.';
