-- Where a thing matched: the field, and what stands there, in parts of which some matched.
--
-- Parts are text. A front end shows each as it is, and counts no characters: JavaScript, Postgres and a reader count
-- them differently.

create function private.is_found_by(p_searched text, p_word text, p_begins boolean) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_searched = p_word or (p_begins and starts_with(p_word, p_searched));
end;
$$;

comment on function private.is_found_by(text, text, boolean) is
  'Whether a word is what is searched for, or begins so where that is enough.';

create function private.same_letters(p_one text, p_other text) returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_same integer := 0;
begin
  while v_same < least(char_length(p_one), char_length(p_other))
    and substr(p_one, v_same + 1, 1) = substr(p_other, v_same + 1, 1)
  loop
    v_same := v_same + 1;
  end loop;
  return v_same;
end;
$$;

comment on function private.same_letters(text, text) is 'With how many of the same letters two words begin.';

create function private.is_mistyped(p_searched text, p_word text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_begins constant boolean := char_length(p_searched) > 4;
  -- With how many letters both begin, and how many are the same after one is left out.
  v_same integer;
  v_next integer;
  v_searched text;
  v_word text;
begin
  -- Most words differ at once: of one letter that is left out of each, the beginnings show it.
  if (
      left(p_searched, 1) not in (left(p_word, 1), substr(p_word, 2, 1))
      and substr(p_searched, 2, 1) not in (left(p_word, 1), substr(p_word, 2, 1))
    )
    or not private.forgives_a_typo(p_searched)
  then
    return false;
  end if;
  -- The letter to leave out of one is the first that differs, then that of the other is the next that does.
  v_same := private.same_letters(p_searched, p_word);
  v_searched := substr(p_searched, v_same + 2);
  v_word := substr(p_word, v_same + 1);
  if private.is_found_by(v_searched, v_word, v_begins) then
    return true;
  end if;
  if not private.forgives_a_typo(p_word) then
    return false;
  end if;
  v_next := private.same_letters(v_searched, v_word);
  if private.is_found_by(substr(v_searched, v_next + 1), substr(v_word, v_next + 2), v_begins) then
    return true;
  end if;
  v_searched := substr(p_searched, v_same + 1);
  v_word := substr(p_word, v_same + 2);
  if private.is_found_by(v_searched, v_word, v_begins) then
    return true;
  end if;
  v_next := private.same_letters(v_searched, v_word);
  return private.is_found_by(substr(v_searched, v_next + 2), substr(v_word, v_next + 1), v_begins);
end;
$$;

comment on function private.is_mistyped(text, text) is
  'Whether a word is found by what is searched for with a typo in it, as private.searched_keys says.';

create function private.matched_part(p_piece text, p_words text[], out first integer, out length integer)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_folded constant text := private.search_folded(p_piece);
  v_word text;
begin
  foreach v_word in array p_words loop
    if v_folded = v_word or (char_length(v_word) > 1 and starts_with(v_folded, v_word)) then
      first := 1;
      length := 1;
      -- One character may fold to two, and a mark to none.
      while not starts_with(private.search_folded(left(p_piece, length)), v_word) loop
        length := length + 1;
      end loop;
      while length < char_length(p_piece)
        and private.search_folded(left(p_piece, length + 1)) = private.search_folded(left(p_piece, length))
      loop
        length := length + 1;
      end loop;
      return;
    end if;
    if private.is_unspaced(v_word)
      and strpos(v_folded, v_word) > 0
      and char_length(v_folded) = char_length(p_piece)
    then
      first := strpos(v_folded, v_word);
      length := char_length(v_word);
      return;
    end if;
    -- A piece of ASCII is one word.
    if (octet_length(p_piece) > char_length(p_piece) and exists (
        select from unnest(private.search_words(p_piece)) as w (word)
        where w.word = v_word or (char_length(v_word) > 1 and starts_with(w.word, v_word))))
      or private.is_mistyped(v_word, v_folded)
    then
      first := 1;
      length := char_length(p_piece);
      return;
    end if;
  end loop;
end;
$$;

comment on function private.matched_part(text, text[]) is
  'Which characters of a word of a text one of the searched words found: its beginning, or with a typo all of it; null '
  'for none.';

create function private.excerpt_line(p_text text, p_words text[]) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_longest constant integer := 200;
  -- A word that lies across the end of a stretch is whole in the next.
  c_overlap constant integer := 40;
  v_line text := btrim(regexp_replace(left(p_text, 65536), '[[:space:]]+', ' ', 'g'));
  v_stretch integer;
  v_begin integer;
begin
  foreach v_stretch in array array[4000, 80] loop
    if char_length(v_line) > greatest(v_stretch, c_longest) then
      v_begin := 1;
      for n in 1..char_length(v_line) by v_stretch loop
        if exists (
          select
          from unnest(private.search_words(substr(v_line, n, v_stretch + c_overlap))) as w (word)
          cross join unnest(p_words) as s (word)
          where starts_with(w.word, s.word))
        then
          v_begin := n;
          exit;
        end if;
      end loop;
      -- A little of what stands before it, from a space on.
      v_begin := greatest(v_begin - c_overlap, 1);
      v_line := substr(v_line, v_begin, v_stretch + 4 * c_overlap);
      if v_begin > 1 then
        v_line := regexp_replace(v_line, '^[^ ]{1,40} ', '');
      end if;
    end if;
  end loop;
  return private.cut_text(v_line, c_longest);
end;
$$;

comment on function private.excerpt_line(text, text[]) is
  'A text as one line, of a long one what stands around the first of some words.';

create function private.search_excerpt(p_text text, p_words text[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Most texts need no classes of all characters.
  v_letter constant text := case
    when octet_length(p_text) = char_length(p_text) then 'A-Za-z0-9'
    else '[:alnum:]' || private.character_class('extending')
  end;
  v_parts jsonb := '[]';
  v_plain text := '';
  v_piece text[];
  v_match record;
begin
  for v_piece in
    select m.piece
    from regexp_matches(
      private.excerpt_line(p_text, p_words) collate pg_c_utf8,
      '([^' || v_letter || ']*)([' || v_letter || ']*)', 'g') as m (piece)
  loop
    v_plain := v_plain || v_piece[1];
    v_match := private.matched_part(v_piece[2], p_words);
    if v_match.first is null then
      v_plain := v_plain || v_piece[2];
    else
      v_plain := v_plain || left(v_piece[2], v_match.first - 1);
      if v_plain <> '' then
        v_parts := v_parts || jsonb_build_object('text', v_plain, 'isMatch', false);
      end if;
      v_parts := v_parts || jsonb_build_object(
        'text', substr(v_piece[2], v_match.first, v_match.length), 'isMatch', true);
      v_plain := substr(v_piece[2], v_match.first + v_match.length);
    end if;
  end loop;
  return case
    when v_plain = '' then v_parts else v_parts || jsonb_build_object('text', v_plain, 'isMatch', false) end;
end;
$$;

comment on function private.search_excerpt(text, text[]) is
  'A text, or what stands in it around the first match, in parts: [{text, isMatch}], which joined are the text.';

create function private.search_match(p_words text[], p_fields text[], p_texts text[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_excerpt jsonb;
  v_found integer;
  v_most integer := -1;
  v_match jsonb;
begin
  for n in 1..cardinality(p_fields) loop
    continue when p_texts[n] is null or p_texts[n] = '';
    v_excerpt := private.search_excerpt(p_texts[n], p_words);
    v_found := jsonb_array_length(jsonb_path_query_array(v_excerpt, '$[*] ? (@.isMatch == true)'));
    if v_found > v_most then
      v_most := v_found;
      v_match := jsonb_build_object('field', p_fields[n], 'excerpt', v_excerpt);
    end if;
    exit when v_most >= cardinality(p_words);
  end loop;
  return v_match;
end;
$$;

comment on function private.search_match(text[], text[], text[]) is
  'Where a thing matched: {field, excerpt}, the first of the fields that has the most matches.';
