-- Finding anything in a workspace by a few letters.
--
-- Each kind is asked in the scopes of what the caller may see (00_foundation/37_search_keys.sql), so rights come before
-- the work and before every limit. The answer takes of each kind in turn: a thousand widgets of one name do not hide
-- the one view that is called so.
--
-- Threats: a search that tells by its time, its order or the number of its answers what one may not see (it does not
-- come near it: the scopes of a search are the caller's); finding what a plain read would not give (a test holds both
-- to the same answers in random worlds); queries that keep the database busy (their size is looked at first, eight
-- words count, and of what matches alike three hundred rows are compared).

create function public.search(
  workspace_id text, query text, kinds text[] default null, "limit" integer default 20
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.search(workspace_id, query, kinds, "limit");
end;
$$;

comment on function public.search(text, text, text[], integer) is
  'What the caller sees in a workspace that has all words of a query, whole, as beginnings from two letters on, or '
  'with a typo from three on, best first: {results}, each with kind, id, title, field and excerpt, where it matched in '
  'parts [{text, isMatch}] (searchAnswerSchema of types/search.ts). `kinds` are some of views, widgets, people, '
  'components, themes, conversations, tickets, listings and audit_entries, all by default; `limit` is at most 50. '
  'Errors: not_found (workspace_id), invalid_input (query, kinds, limit).';

grant execute on function public.search(text, text, text[], integer) to authenticated;

create function private.search(p_workspace_id text, p_query text, p_kinds text[], p_limit integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_longest constant integer := 200;
  v_kinds text[];
  v_words text[];
  v_asked private.search_asked;
begin
  perform private.require_membership(p_workspace_id);
  if p_query is null or octet_length(p_query) > private.largest_line() or char_length(p_query) > c_longest then
    perform private.raise_invalid_input('query',
      format('A search has at most %s characters.', c_longest), 'Search for a few words.');
  end if;
  v_kinds := private.searched_kinds(p_kinds);
  if (p_limit between 1 and 50) is not true then
    perform private.raise_invalid_input('limit',
      'A search gives 1 to 50 things.', 'Give a whole number from 1 to 50.');
  end if;
  v_words := private.searched_words(private.clean_text(p_query));
  if v_words = '{}' then
    perform private.raise_invalid_input('query', 'There is no word in this.', 'Give a word to search for.');
  end if;

  v_asked := private.asked_by_caller(p_workspace_id, v_words, v_kinds, p_limit);
  return jsonb_build_object('results', (
    select coalesce(
      jsonb_agg(private.found(b.kind, v_asked, b.id, b.part, b.changed_at) order by b.grade, b.place, b.n), '[]')
    from (
      select k.kind, k.n, m.*
      from unnest(v_kinds) with ordinality as k (kind, n)
      cross join lateral private.best_matches(k.kind, v_asked) as m
      order by m.grade, m.place, k.n
      limit p_limit
    ) as b
  ));
end;
$$;

comment on function private.search(text, text, text[], integer) is
  'See public.search. Definer: it decides rights itself, as sets, since operators that are not leakproof use no index '
  'under row-level security, and reads what no role may.';

grant execute on function private.search(text, text, text[], integer) to authenticated;
