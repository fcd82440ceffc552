-- What lists of people take: a search, a direction and a page.
--
-- Threat: patterns in the search that match everything or take for ever (they are escaped).

create function private.part_pattern(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '%' || regexp_replace(nullif(p_text, ''), '([\\%_])', '\\\1', 'g') || '%';
end;
$$;

comment on function private.part_pattern(text) is 'What `like` finds a part of a text by; null for an empty one.';

create function private.search_pattern(p_search text) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if octet_length(p_search) > private.largest_line() or char_length(p_search) > 255 then
    perform private.raise_invalid_input('search',
      'A search must not be longer than 255 characters.', 'Search for a part of the name or address.');
  end if;
  -- As names are kept: an accent may be typed as a character of its own.
  return private.part_pattern(private.clean_text(p_search));
end;
$$;

comment on function private.search_pattern(text) is
  'What `ilike` finds a part by; null for nothing to search for. Error: invalid_input (search).';

create function private.require_page(p_direction text, p_page integer, p_per_page integer) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_direction is null or p_direction not in ('asc', 'desc') then
    perform private.raise_invalid_input('direction', 'This is not a direction to sort in.', 'Give "asc" or "desc".');
  end if;
  if p_page is null or p_page < 1 then
    perform private.raise_invalid_input('page', 'Pages are counted from 1.', 'Give 1 or more.');
  end if;
  if p_per_page is null or p_per_page not between 1 and 100 then
    perform private.raise_invalid_input('per_page', 'A page has 1 to 100 rows.', 'Give a number from 1 to 100.');
  end if;
end;
$$;

comment on function private.require_page(text, integer, integer) is
  'Refuses a page that cannot be. Errors: invalid_input (direction, page, per_page).';
