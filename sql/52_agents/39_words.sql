-- What conversations are searched by: the words of each title and of each message.
--
-- Every word begins with the workspace, so the index finds those of one workspace and nothing of another's, however
-- common a word is elsewhere; and a row carries who may read it. `simple` takes words as they are, in any language.

create table private.conversation_words (
  workspace_id text not null,
  conversation_id uuid not null,
  number integer not null,
  owner_id uuid not null,
  is_shared boolean not null default false,
  words tsvector not null,
  said_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, conversation_id, number),
  constraint conversation_words_conversation_fkey foreign key (workspace_id, conversation_id)
    references private.conversations (workspace_id, id) on delete cascade
);
create index conversation_words_words_idx on private.conversation_words using gin (words);
create index conversation_words_owner_idx on private.conversation_words (workspace_id, owner_id, said_at);
create index conversation_words_shared_idx on private.conversation_words (workspace_id, said_at) where is_shared;

alter table private.conversation_words enable row level security;

create policy conversation_words_select on private.conversation_words
  for select to authenticated using (false);

comment on table private.conversation_words is 'What search_conversations looks through.';
comment on policy conversation_words_select on private.conversation_words is 'Nobody: a search asks who may read.';
comment on column private.conversation_words.number is 'Of the message; 0 is the title.';

create function private.words_in(p_text text) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Small letters are made here: what the parser makes small depends on the database's locale.
  return tsvector_to_array(to_tsvector('simple', private.folded_text(p_text)));
end;
$$;

comment on function private.words_in(text) is 'The words of a text, each once and without regard to case.';

create function private.words_of(p_workspace_id text, p_text text) returns tsvector
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return array_to_tsvector(array(
    select p_workspace_id || w.word
    from unnest(private.words_in(left(p_text, 65536))) as w (word)
    where octet_length(w.word) <= 200));
end;
$$;

comment on function private.words_of(text, text) is
  'The words of a text of a workspace, of its first 65,536 characters, each once and behind the workspace''s id.';

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
begin
  if p_text is null then
    return;
  end if;
  insert into private.conversation_words (workspace_id, conversation_id, number, owner_id, is_shared, words)
  values (p_conversation.workspace_id, p_conversation.id, p_number, p_conversation.owner_id,
    p_conversation.shared_at is not null, private.words_of(p_conversation.workspace_id, p_text))
  on conflict on constraint conversation_words_pkey do update
  set words = excluded.words;
end;
$$;

comment on function private.keep_words(private.conversations, integer, text) is
  'Lets a title (0) or a message be found. For definer functions.';
