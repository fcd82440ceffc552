-- What conversations are searched by: the words of each title and of each message.
--
-- A row carries who may read it, and its keys in the index begin with that (00_foundation/37_search_keys.sql): a search
-- finds what its caller may read and touches nothing else, however common a word is elsewhere. Titles forgive typos,
-- messages do not: they would have a key for each letter of each word.
--
-- Threats: a conversation whose words take longer to copy, or to give other readers, than a statement has (all its
-- messages have 300,000 together, which are written in some one to two seconds).

create table private.conversation_words (
  workspace_id text not null,
  conversation_id uuid not null,
  number integer not null,
  owner_id uuid not null,
  is_shared boolean not null default false,
  words tsvector not null,
  size integer not null generated always as (length(words)) stored,
  said_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, conversation_id, number),
  constraint conversation_words_conversation_fkey foreign key (workspace_id, conversation_id)
    references private.conversations (workspace_id, id) on delete cascade
);
create index conversation_words_owner_idx on private.conversation_words (workspace_id, owner_id, said_at);
create index conversation_words_shared_idx on private.conversation_words (workspace_id, said_at) where is_shared;

alter table private.conversation_words enable row level security;

create policy conversation_words_select on private.conversation_words
  for select to authenticated using (false);

create function private.conversation_keys(
  p_workspace_id text, p_owner_id uuid, p_is_shared boolean, p_number integer, p_words tsvector
) returns tsvector
language plpgsql immutable parallel safe cost 1000000
set search_path = pg_catalog, pg_temp
as $$
declare
  v_scopes constant text[] := array[
    private.search_scope(p_workspace_id, case when not p_is_shared then p_owner_id end)];
  v_words constant text[] := tsvector_to_array(p_words);
begin
  return case p_number
    when 0 then private.search_keys(v_scopes, v_words)
    else private.search_keys(v_scopes, '{}', v_words, false)
  end;
end;
$$;

comment on function private.conversation_keys(text, uuid, boolean, integer, tsvector) is
  'The keys of a title or a message: those of what is shared are everybody''s in the workspace, others their owner''s.';

create index conversation_words_search_idx on private.conversation_words
  using gin (private.conversation_keys(workspace_id, owner_id, is_shared, number, words))
  with (fastupdate = off);

comment on table private.conversation_words is 'What search_conversations looks through.';
comment on policy conversation_words_select on private.conversation_words is 'Nobody: a search asks who may read.';
comment on column private.conversation_words.number is 'Of the message; 0 is the title.';
comment on column private.conversation_words.size is 'How many words it has: what to write them anew takes.';

create function private.words_of(p_text text) returns tsvector
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_longest constant integer := 65536;
  -- With their scopes they fit in what an index takes of a row.
  c_most constant integer := 4000;
begin
  return array_to_tsvector(array(
    select w.word
    from unnest(private.search_words(left(p_text, c_longest))) with ordinality as w (word, n)
    group by w.word
    order by min(w.n)
    limit c_most));
end;
$$;

comment on function private.words_of(text) is
  'The words of a text, of its first 65,536 characters the first 4,000, each once.';

create function private.text_of_parts(p_parts jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select string_agg(e.value ->> 'text', ' ' order by e.n)
    from jsonb_array_elements(p_parts) with ordinality as e (value, n)
    where e.value ->> 'type' in ('text', 'text_delta'));
end;
$$;

comment on function private.text_of_parts(jsonb) is 'What the parts of a message say in words; null for nothing.';

create function private.keep_words(p_conversation private.conversations, p_number integer, p_text text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 300000;
  v_words tsvector;
begin
  if p_text is null then
    return;
  end if;
  v_words := private.words_of(p_text);
  if p_number > 0 and length(v_words) + (
    select coalesce(sum(w.size), 0)
    from private.conversation_words w
    where w.workspace_id = p_conversation.workspace_id
      and w.conversation_id = p_conversation.id
      and w.number <> p_number
  ) > c_most then
    return;
  end if;
  insert into private.conversation_words (workspace_id, conversation_id, number, owner_id, is_shared, words)
  values (p_conversation.workspace_id, p_conversation.id, p_number, p_conversation.owner_id,
    p_conversation.shared_at is not null, v_words)
  on conflict on constraint conversation_words_pkey do update
  set words = excluded.words;
end;
$$;

comment on function private.keep_words(private.conversations, integer, text) is
  'Lets a title (0) or a message be found, a message unless its conversation had 300,000 words then. For definer '
  'functions.';
