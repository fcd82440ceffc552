-- Searching conversations: titles and messages, of one's own and of what is shared, latest first.
--
-- A word that is everywhere is found among the latest messages, which are looked through first; one that is not among
-- them is rare enough for the index to give all of them. So neither has to sort what a whole workspace says.
--
-- Threat: finding what one may not read (owner and sharing stand on the row, and its keys in the index are theirs).

create function private.words_query(p_words text[]) returns tsquery
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select string_agg(format('''%s''%s', w.word, c.mark), ' & ')::tsquery
    from unnest(p_words) as w (word)
    cross join lateral (select a.mark from private.searched_keys(w.word, 3) as a) as c);
end;
$$;

comment on function private.words_query(text[]) is
  'What a place has that says all of some words, or words that begin like them, as private.searched_keys asks '
  'an index.';

create function private.scopes_of_conversations(p_workspace_id text) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return array[private.search_scope(p_workspace_id), private.search_scope(p_workspace_id, auth.uid())];
end;
$$;

comment on function private.scopes_of_conversations(text) is
  'Where the conversations lie that the caller may read: what is shared, and their own.';

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

create function private.found_among_latest(p_workspace_id text, p_query tsquery, p_most integer)
returns table (conversation_id uuid, number integer, said_at timestamptz)
language plpgsql stable rows 20
set search_path = pg_catalog, pg_temp
as $$
declare
  c_latest constant integer := 500;
  v_user_id constant uuid := auth.uid();
  -- From here on both lists are whole: what is older in one may be followed by what is not looked at in the other.
  v_since constant timestamptz := coalesce(
    greatest(
      (
        select w.said_at
        from private.conversation_words w
        where w.workspace_id = p_workspace_id and w.owner_id = v_user_id
        order by w.said_at desc
        offset c_latest
        limit 1
      ),
      (
        select w.said_at
        from private.conversation_words w
        where w.workspace_id = p_workspace_id and w.is_shared
        order by w.said_at desc
        offset c_latest
        limit 1
      )),
    '-infinity');
begin
  return query
    select l.conversation_id, l.number, l.said_at
    from (
      select w.conversation_id, w.number, w.words, w.said_at
      from private.conversation_words w
      where w.workspace_id = p_workspace_id and w.owner_id = v_user_id and w.said_at > v_since
      union all
      select w.conversation_id, w.number, w.words, w.said_at
      from private.conversation_words w
      where w.workspace_id = p_workspace_id and w.is_shared and w.owner_id <> v_user_id and w.said_at > v_since
    ) as l
    where l.words @@ p_query
    order by l.said_at desc
    limit p_most;
end;
$$;

comment on function private.found_among_latest(text, tsquery, integer) is
  'Of the latest places of the caller''s and of those that are shared, at most 500 of each, those that a query '
  'matches, latest first: no place that is left out comes between. For definer functions, which have checked the '
  'permission.';

create function private.found_by_index(p_workspace_id text, p_words text[], p_most integer)
returns table (conversation_id uuid, number integer, said_at timestamptz)
language plpgsql stable rows 20
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
  v_condition constant tsquery := private.search_condition(
    private.scopes_of_conversations(p_workspace_id), private.search_pattern(p_words, 3));
begin
  return query
    select w.conversation_id, w.number, w.said_at
    from private.conversation_words w
    where private.conversation_keys(w.workspace_id, w.owner_id, w.is_shared, w.number, w.words) @@ v_condition
    order by w.said_at desc
    limit p_most;
end;
$$;

comment on function private.found_by_index(text, text[], integer) is
  'The latest places that the caller may read and that say all of some words. For definer functions, which have '
  'checked the permission.';

create function private.excerpt(p_text text, p_query_words text[]) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_length constant integer := 160;
  v_line constant text := regexp_replace(left(p_text, 65536), '[[:space:]]+', ' ', 'g');
  v_folded constant text := private.search_folded(v_line);
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
  v_words text[];
  v_query tsquery;
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  if octet_length(p_search) > private.largest_line() then
    perform private.raise_invalid_input('search', 'This is longer than 4 KiB.', 'Search for fewer words.');
  end if;
  perform private.refuse_page_size(p_per_page, 50);
  v_words := private.searched_words(private.clean_text(p_search));
  if v_words = '{}' then
    perform private.raise_invalid_input('search', 'There is no word in this.', 'Give a word to search for.');
  end if;
  v_query := private.words_query(v_words);
  return (
    with latest as materialized (
      select * from private.found_among_latest(p_workspace_id, v_query, p_per_page)
    )
    select coalesce(jsonb_agg(
      jsonb_build_object(
        'conversationId', f.conversation_id,
        'title', c.title,
        'isMine', c.owner_id = (select auth.uid()),
        'number', f.number,
        'messageId', m.id,
        'role', m.role,
        'excerpt', private.excerpt(
          case f.number when 0 then c.title else private.text_of_parts(m.parts) end, v_words),
        'saidAt', private.timestamp_text(f.said_at))
      order by f.said_at desc, f.number desc), '[]')
    from (
      select * from latest where (select count(*) from latest) = p_per_page
      union all
      select *
      from private.found_by_index(p_workspace_id, v_words, p_per_page)
      where (select count(*) from latest) < p_per_page
    ) as f
    join private.conversations c on c.workspace_id = p_workspace_id and c.id = f.conversation_id
    left join private.messages m
      on m.workspace_id = p_workspace_id and m.conversation_id = f.conversation_id and m.number = f.number
  );
end;
$$;

comment on function private.search_conversations(text, text, integer) is
  'See public.search_conversations. Definer: no role reads conversations.';

grant execute on function private.search_conversations(text, text, integer) to authenticated;
