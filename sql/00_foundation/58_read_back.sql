-- What is read goes back: a function that takes a document takes what reading adds to it as well, and writes none of
-- it. What says which thing it is and how it fares (ids, versions, times, counts) is left alone, whatever it says. So
-- is what changes beside it and moves neither its version nor its time (whose default it is, whether it is managed):
-- it may be another since it was read, and nothing in the document tells. What another call changes has to be as it
-- is, or who meant to change it would be told of a success.

create function private.without_read(p_document jsonb, p_keys text[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case jsonb_typeof(p_document) when 'object' then p_document - p_keys else p_document end;
end;
$$;

comment on function private.without_read(jsonb, text[]) is
  'A document without what reading adds to it and no call of clients changes; what is no object as it is.';

-- update_theme runs as the caller.
grant execute on function private.without_read(jsonb, text[]) to authenticated;

create function private.kept_problem(p_document jsonb, p_read jsonb, p_hints jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select private.document_problem(h.key, 'This is not changed here.', h.value)
    from jsonb_each_text(p_hints) as h
    where p_document ? h.key and p_document -> h.key is distinct from p_read -> h.key
    order by h.key
    limit 1
  );
end;
$$;

comment on function private.kept_problem(jsonb, jsonb, jsonb) is
  'What is wrong with a document whose write leaves some keys as they are read: one of them says something else. '
  'p_hints has a hint for each, which names what changes it. Null where nothing is.';

grant execute on function private.kept_problem(jsonb, jsonb, jsonb) to authenticated;
