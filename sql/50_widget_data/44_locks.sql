-- Who comes to several questions of a workspace, or to a source and what it answered.

create function private.lock_questions(p_workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Each has a question, then its source, how that does or the count of use, and then further questions.
  perform pg_advisory_xact_lock(hashtextextended('private.lock_questions ' || p_workspace_id, 0));
end;
$$;

comment on function private.lock_questions(text) is
  'Lets those who claim questions of a workspace, store their answers, or change a source that they ask, go one after '
  'the other. After the workspace is held and before anything in it but memberships. For definer functions.';
