-- What servers report in lists: of each entry the fields that a function reads, as the types that it reads them as.
--
-- Threat: a server of another version, whose list would be refused by the first cast, in words of Postgres.

create function private.require_records(p_path text, p_records jsonb, p_most integer, p_types jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_records) is distinct from 'array'
    or jsonb_array_length(p_records) > p_most
    or exists (
      select
      from jsonb_array_elements(p_records) as r (record)
      where jsonb_typeof(r.record) <> 'object'
        or exists (
          select
          from jsonb_each_text(p_types) as t (name, type)
          where jsonb_typeof(r.record -> t.name) in ('array', 'object')
            or coalesce(pg_input_is_valid(r.record ->> t.name, rtrim(t.type, '?')), right(t.type, 1) = '?')
              is not true))
  then
    perform private.raise_invalid_input(p_path, 'This is no list of what is expected here.',
      format('Give at most %s of %s.', p_most, p_types));
  end if;
end;
$$;

comment on function private.require_records(text, jsonb, integer, jsonb) is
  'Refuses what is no list of at most so many objects with these fields: {name: type}, the types as Postgres calls '
  'them, with "?" for what may be missing or null. Error: invalid_input (p_path). For definer functions.';

create function private.require_outcomes(p_path text, p_records jsonb, p_outcomes text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from jsonb_array_elements(p_records) as r (record)
    where (r.record ->> 'outcome' = any (p_outcomes)) is not true)
  then
    perform private.raise_invalid_input(p_path, 'This is no outcome.',
      format('Give %s.', array_to_string(p_outcomes, ', ')));
  end if;
end;
$$;

comment on function private.require_outcomes(text, jsonb, text[]) is
  'Refuses a list of objects of which one says no outcome, or another one than these. Error: invalid_input (p_path). '
  'For definer functions.';
