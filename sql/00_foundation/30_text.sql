-- Text that people type for other people to read.
--
-- The threat is text that reads differently from what it is: direction overrides that turn a name around,
-- invisible characters that make two names look the same or one look empty, line breaks that forge a second
-- line in a list or an e-mail; and text of megabytes, which keeps everybody waiting for the work on it.

create function private.largest_line() returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 4096;
end;
$$;

comment on function private.largest_line() is
  'How many bytes of a line are looked at; more are refused before anything is done with them.';

grant execute on function private.largest_line() to authenticated, service_role;

create function private.clean_text(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if octet_length(p_text) > private.largest_line() then
    perform private.raise_invalid_input(null, 'This text is longer than 4 KiB.', 'Shorten it.');
  end if;
  return private.cleaned_text(p_text);
end;
$$;

comment on function private.clean_text(text) is
  'One line of text as private.cleaned_text leaves it. Error: invalid_input for more than 4 KiB.';

grant execute on function private.clean_text(text) to authenticated, service_role;

create function private.cleaned_text(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_placed constant text := '[' || private.character_class('placed') || ']';
  v_text text;
begin
  v_text := normalize(regexp_replace(p_text, '[' || private.character_class('invisible') || ']', '', 'g'), nfc);
  if v_text ~ c_placed then
    v_text := regexp_replace(v_text, '(' || private.effect_in_place() || ')|' || c_placed, '\1', 'g');
  end if;
  return normalize(
    btrim(regexp_replace(v_text, '[' || private.character_class('white_space') || ']+', ' ', 'g')), nfc);
end;
$$;

comment on function private.cleaned_text(text) is
  'One line of text, which is known to be short, in the form NFC without invisible or direction-changing characters, '
  'white space folded and trimmed; an empty string where nothing visible is left, null for null. Joiners stay between '
  'letters of a script that joins them and inside of emoji, a variation selector right after a character that it '
  'changes, tags as the flag that they draw; at the ends and repeated they go.';

grant execute on function private.cleaned_text(text) to authenticated, service_role;

create function private.capped_marks(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_extending constant text := '[' || private.character_class('extending') || ']';
begin
  -- Of few the order costs nothing.
  if octet_length(p_text) = char_length(p_text) or char_length(p_text) <= 200 then
    return p_text;
  end if;
  return regexp_replace(p_text, '(' || c_extending || '{30})' || c_extending || '+', '\1', 'g');
end;
$$;

comment on function private.capped_marks(text) is
  'A text, or of a long one as much as has at most thirty marks on a character, as in the Stream-Safe Text Format of '
  'Unicode Standard Annex 15: putting marks in order takes the square of their number. To be asked before a long text '
  'is normalized.';

-- What stands in an index is worked out by whoever writes the row.
grant execute on function private.capped_marks(text) to authenticated, service_role;

create function private.effect_in_place() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_joined constant text := '[' || private.character_class('joined') || ']';
  c_pictographic constant text := private.character_class('pictographic');
begin
  return concat_ws('|',
    '(?<=' || c_joined || ')[\u200C\u200D](?=' || c_joined || ')',
    '(?<=[' || c_pictographic || '\U0001F3FB-\U0001F3FF]\uFE0F?)\u200D(?=[' || c_pictographic || '])',
    '(?<=[' || private.character_class('text_emoji') || '])\uFE0F',
    '(?<=[0-9#*])\uFE0F(?=\u20E3)',
    '(?<=[' || private.character_class('color_emoji') || '])\uFE0E',
    '(?<=[' || private.character_class('ideograph') || '])[\uFE00-\uFE02\U000E0100-\U000E01EF]',
    '(?<=[' || private.character_class('mongolian') || '])[\u180B-\u180D\u180F]',
    '(?<=\U0001F3F4)(?:' || private.character_class('flag_tags') || ')');
end;
$$;

comment on function private.effect_in_place() is
  'A regular expression for what draws nothing by itself, where it changes how its neighbours are drawn.';

grant execute on function private.effect_in_place() to authenticated, service_role;

create function private.cut_text(p_text text, p_max integer) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Most texts are short, and need no classes of all characters.
  if char_length(left(p_text, p_max + 1)) <= p_max then
    return p_text;
  end if;
  declare
    c_extending constant text := private.character_class('extending');
    c_pictographic constant text := '[' || private.character_class('pictographic') || ']';
    c_consonant constant text := '[' || private.character_class('consonant') || ']';
    -- What ends in a character that belongs to the one before it (Unicode Standard Annex 29, GB6 to GB13).
    c_inside constant text := concat_ws('|',
      '.[' || c_extending || ']',
      '[' || private.character_class('prepended') || '].',
      c_pictographic || '[' || c_extending || ']*\u200D' || c_pictographic,
      c_consonant || '[' || c_extending || ']*[' || private.character_class('linker') || '][' || c_extending || ']*'
        || c_consonant,
      '(?:^|[^\U0001F1E6-\U0001F1FF])(?:[\U0001F1E6-\U0001F1FF]{2})+',
      '[\u1100-\u115F\uA960-\uA97C][\u1100-\u11A7\uA960-\uA97C\uD7B0-\uD7C6\uAC00-\uD7A3]',
      '[\u1160-\u11FF\uAC00-\uD7A3\uD7B0-\uD7FB][\u1160-\u11FF\uD7B0-\uD7FB]');
  begin
    for v_length in reverse p_max..1 loop
      if left(p_text, v_length + 1) !~ ('(?:' || c_inside || ')$') then
        return left(p_text, v_length);
      end if;
    end loop;
    return left(p_text, p_max);
  end;
end;
$$;

comment on function private.cut_text(text, integer) is
  'The beginning of a text, at most so many characters, cut between what a person takes for characters: not before a '
  'combining mark, in a joined emoji or in a flag. One that is longer than that is cut.';

create function private.folded_text(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Up and down again, so that letters with two small forms fall together. This collation's rules come with Postgres
  -- itself: an index on them outlives an upgrade of the system's libraries.
  return lower(upper(p_text collate pg_c_utf8) collate pg_c_utf8);
end;
$$;

comment on function private.folded_text(text) is 'A clean text without regard to case, to be compared.';

-- An index on it is written by whoever writes the row.
grant execute on function private.folded_text(text) to authenticated, service_role;
