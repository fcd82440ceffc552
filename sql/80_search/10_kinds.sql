-- What can be searched, in the order in which equal matches come.

create function private.search_kinds() returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{views,widgets,people,components,themes,conversations,tickets,listings,audit_entries}';
end;
$$;

comment on function private.search_kinds() is
  'The kinds of things that a search finds, in the order in which equal matches come. 50_each_kind.sql says how.';

create function private.searched_kinds(p_kinds text[]) returns text[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known constant text[] := private.search_kinds();
begin
  if p_kinds is null then
    return v_known;
  end if;
  if cardinality(p_kinds) not between 1 and cardinality(v_known)
    or exists (select from unnest(p_kinds) as k (kind) where k.kind is null or k.kind <> all (v_known))
  then
    perform private.raise_invalid_input('kinds',
      'There is no such kind of things to search for.',
      'Give some of ' || array_to_string(v_known, ', ') || ', or leave it out for all.');
  end if;
  return array(
    select k.kind from unnest(v_known) with ordinality as k (kind, n) where k.kind = any (p_kinds) order by k.n);
end;
$$;

comment on function private.searched_kinds(text[]) is
  'The kinds that somebody asks for, all for null, in their order. Error: invalid_input (kinds).';
