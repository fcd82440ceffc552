-- The words by which a text is found, and by which it is asked for.
--
-- Two texts meet in the same words whatever their case, accents and width, in every language: `José` is found by
-- `jose` and `jose` by `José`, in any database, since nothing here depends on its locale. Scripts that put no space
-- between words (Chinese, Japanese, Thai and others) are found by any characters that stand beside each other.
--
-- Threat: a text that takes long (who calls has looked at its size; words are cut).

create function private.search_folded(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What Unicode takes for letters of their own, and people who look for a name do not: of Latin, and of Arabic alef
  -- maksura, Farsi yeh, teh marbuta, keheh and alef wasla; then the digits of Arabic and of Farsi.
  c_from constant text := 'øłđðħŧ' || E'\u0649\u06CC\u0629\u06A9\u0671'
    || E'\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669'
    || E'\u06F0\u06F1\u06F2\u06F3\u06F4\u06F5\u06F6\u06F7\u06F8\u06F9';
  c_to constant text := 'olddht' || E'\u064A\u064A\u0647\u0643\u0627' || '01234567890123456789';
begin
  if octet_length(p_text) = char_length(p_text) then
    return lower(p_text collate "C");
  end if;
  return normalize(
    replace(replace(replace(replace(
      translate(
        private.folded_text(regexp_replace(
          normalize(private.capped_marks(p_text), nfkd), '[' || private.character_class('accent') || ']', '', 'g')),
        c_from, c_to),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
    nfkc);
end;
$$;

comment on function private.search_folded(text) is
  'A text without regard to case, accents, vowel signs of Arabic and Hebrew, and width.';

-- What stands in an index is worked out by whoever writes the row.
grant execute on function private.search_folded(text) to authenticated, service_role;

create function private.is_unspaced(p_piece text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return octet_length(p_piece) > char_length(p_piece)
    and p_piece ~ ('^[' || private.character_class('unspaced') || ']');
end;
$$;

comment on function private.is_unspaced(text) is 'Whether a piece of a text is of a script without spaces.';

grant execute on function private.is_unspaced(text) to authenticated, service_role;

create function private.search_pieces(p_text text) returns setof text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_longest constant integer := 40;
  v_folded constant text := private.search_folded(p_text);
  v_unspaced text;
begin
  if octet_length(v_folded) = char_length(v_folded) then
    return query
      select left(w.word, c_longest)
      from regexp_split_to_table(v_folded, '[^a-z0-9]+') as w (word)
      where w.word <> '';
    return;
  end if;
  v_unspaced := '[' || private.character_class('unspaced') || ']';
  return query
    select case when m.piece[1] is null then m.piece[2] else left(m.piece[1], c_longest) end
    from regexp_matches(
      v_folded collate pg_c_utf8,
      '((?:(?!' || v_unspaced || ')[[:alnum:]' || private.character_class('extending') || '])+)|('
        || v_unspaced || '+)',
      'g') as m (piece);
end;
$$;

comment on function private.search_pieces(text) is
  'The words of a text in their order, folded, those of a script without spaces as whole runs.';

grant execute on function private.search_pieces(text) to authenticated, service_role;

create function private.search_words(p_text text) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- With what stands before it as a part of the word.
  c_arabic_article constant text := E'^[\u0648\u0641]?(?:[\u0628\u0643]?\u0627\u0644|\u0644\u0644)';
begin
  if p_text is null then
    return '{}';
  end if;
  -- Most names: no longer than a word can be in an index.
  if octet_length(p_text) = char_length(p_text) and octet_length(p_text) <= 500 then
    return array_remove(regexp_split_to_array(lower(p_text collate "C"), '[^a-z0-9]+'), '');
  end if;
  return array(
    select w.word
    from private.search_pieces(p_text) as p (piece)
    cross join lateral (select private.is_unspaced(p.piece) offset 0) as u (is_unspaced)
    cross join lateral (
      select p.piece where not u.is_unspaced
      union all
      -- Four characters from each on, so that a run is found by what begins anywhere in it. As rows: to count to a
      -- place in a text takes as long as what stands before it, and a run can be a whole message.
      select concat(c.letter, lead(c.letter) over r, lead(c.letter, 2) over r, lead(c.letter, 3) over r)
      from string_to_table(case when u.is_unspaced then p.piece end, null) with ordinality as c (letter, n)
      window r as (order by c.n)
      union all
      select regexp_replace(p.piece, c_arabic_article, '') where p.piece ~ (c_arabic_article || '..')
    ) as w (word));
end;
$$;

comment on function private.search_words(text) is
  'The words by which a text is found, each as often as it stands there; of a run without spaces, four characters from '
  'each on, and an Arabic word without its article too. Empty for null.';

grant execute on function private.search_words(text) to authenticated, service_role;

create function private.searched_words(p_text text) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 8;
begin
  return array(
    select w.word
    from private.search_pieces(p_text) as p (piece)
    cross join lateral (
      select p.piece where not private.is_unspaced(p.piece) or char_length(p.piece) <= 4
      union all
      select substr(p.piece, n, 4)
      from generate_series(1, char_length(p.piece) - 3) as n
      where private.is_unspaced(p.piece) and char_length(p.piece) > 4
    ) as w (word)
    group by w.word
    order by char_length(w.word) desc, w.word collate "C"
    limit c_most);
end;
$$;

comment on function private.searched_words(text) is
  'The words that a search looks for: of many, the eight longest. A run without spaces of more than four characters is '
  'looked for by every four that stand beside each other.';

create function private.forgives_a_typo(p_word text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return char_length(p_word) between 3 and 24 and p_word !~ '[0-9]' and not private.is_unspaced(p_word);
end;
$$;

comment on function private.forgives_a_typo(text) is
  'Whether a word is found with a typo in it: numbers are not, nor what is shorter than three letters.';

grant execute on function private.forgives_a_typo(text) to authenticated, service_role;

create function private.without_a_letter(p_word text) returns setof text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select left(p_word, n - 1) || substr(p_word, n + 1) from generate_series(1, char_length(p_word)) as n;
end;
$$;

comment on function private.without_a_letter(text) is
  'A word without each of its letters in turn. Two words that differ by a letter which is wrong, missing, too much or '
  'in the place of its neighbour have one of these in common, or one is the other''s.';
