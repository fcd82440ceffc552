-- Searching conversations: titles and messages, of one's own and of what is shared, latest first.
--
-- A word that is everywhere is found among the latest messages, which are looked through first; one that is not among
-- them is rare enough for the index to give all of them. So neither has to sort what a whole workspace says.
--
-- Threats: finding what one may not read (owner and sharing stand on the row that is found, and are asked of each); a
-- search that tells by its time or its number whether others use a word (the others' rows are not looked through in the
-- first step, and counted in none).

create function private.search_query(p_workspace_id text, p_search text) returns tsquery
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_words constant integer := 8;
  v_words constant text[] := array(
    select w.word
    from unnest(private.words_in(private.clean_text(p_search))) as w (word)
    where octet_length(w.word) <= 200
    order by octet_length(w.word) desc
    limit c_most_words);
begin
  if v_words = '{}' then
    return null;
  end if;
  return (
    select string_agg(
      format('''%s%s'':*', p_workspace_id, replace(replace(w.word, '\', '\\'), '''', '''''')), ' & ')::tsquery
    from unnest(v_words) as w (word));
end;
$$;

comment on function private.search_query(text, text) is
  'What a search looks for: all of its words, of many the eight longest, each also as the beginning of one; null for '
  'none.';

create function public.search_conversations(workspace_id text, search text, per_page integer default 20) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.search_conversations(workspace_id, search, per_page);
end;
$$;

comment on function public.search_conversations(text, text, integer) is
  'Where all words of a search are said, or words begin like them, in the caller''s conversations and in those that '
  'others share, latest first: [{conversationId, title, isMine, number (0: the title), messageId, role, excerpt, '
  'saidAt}], at most per_page (20, up to 50). Takes ai.use. Errors: not_found, permission_denied, invalid_input '
  '(search, per_page).';

grant execute on function public.search_conversations(text, text, integer) to authenticated;

create function private.found_places(p_workspace_id text, p_query tsquery, p_most integer)
returns setof private.conversation_words
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  c_latest constant integer := 2000;
  v_user_id constant uuid := auth.uid();
  v_found private.conversation_words[];
begin
  v_found := array(
    select l
    from (
      (
        select w
        from private.conversation_words w
        where w.workspace_id = p_workspace_id and w.owner_id = v_user_id
        order by w.said_at desc
        limit c_latest
      )
      union all
      (
        select w
        from private.conversation_words w
        where w.workspace_id = p_workspace_id and w.is_shared and w.owner_id <> v_user_id
        order by w.said_at desc
        limit c_latest
      )
    ) as latest (l)
    where (l).words @@ p_query
    order by (l).said_at desc
    limit p_most);
  if cardinality(v_found) = p_most then
    return query select * from unnest(v_found);
    return;
  end if;
  return query
    select w.*
    from private.conversation_words w
    where w.words @@ p_query
      and w.workspace_id = p_workspace_id
      and (w.owner_id = v_user_id or w.is_shared)
    order by w.said_at desc
    limit p_most;
end;
$$;

comment on function private.found_places(text, tsquery, integer) is
  'The latest places that the caller may read and that a query matches. For definer functions, which have checked the '
  'permission.';

create function private.excerpt(p_text text, p_query_words text[]) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_length constant integer := 160;
  v_line constant text := regexp_replace(left(p_text, 65536), '[[:space:]]+', ' ', 'g');
  v_folded constant text := private.folded_text(v_line);
  v_place constant integer := coalesce((
    select min(strpos(v_folded, w.word))
    from unnest(p_query_words) as w (word)
    where strpos(v_folded, w.word) > 0), 1);
begin
  return btrim(substr(v_line, greatest(v_place - c_length / 4, 1), c_length));
end;
$$;

comment on function private.excerpt(text, text[]) is 'What stands around the first of some words in a text.';

create function private.search_conversations(p_workspace_id text, p_search text, p_per_page integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_query tsquery;
  v_words text[];
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  if octet_length(p_search) > private.largest_line() then
    perform private.raise_invalid_input('search', 'This is longer than 4 KiB.', 'Search for fewer words.');
  end if;
  perform private.refuse_page_size(p_per_page, 50);
  v_query := private.search_query(p_workspace_id, p_search);
  if v_query is null then
    perform private.raise_invalid_input('search', 'There is no word in this.', 'Give a word to search for.');
  end if;
  v_words := private.words_in(private.clean_text(p_search));
  return (
    select coalesce(jsonb_agg(
      jsonb_build_object(
        'conversationId', f.conversation_id,
        'title', c.title,
        'isMine', f.owner_id = (select auth.uid()),
        'number', f.number,
        'messageId', m.id,
        'role', m.role,
        'excerpt', private.excerpt(
          case f.number when 0 then c.title else private.text_of_parts(m.parts) end, v_words),
        'saidAt', private.timestamp_text(f.said_at))
      order by f.said_at desc, f.number desc), '[]')
    from private.found_places(p_workspace_id, v_query, p_per_page) as f
    join private.conversations c on c.workspace_id = f.workspace_id and c.id = f.conversation_id
    left join private.messages m
      on m.workspace_id = f.workspace_id and m.conversation_id = f.conversation_id and m.number = f.number
  );
end;
$$;

comment on function private.search_conversations(text, text, integer) is
  'See public.search_conversations. Definer: no role reads conversations.';

grant execute on function private.search_conversations(text, text, integer) to authenticated;
