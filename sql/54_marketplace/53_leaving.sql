-- Leaving a workspace, which ends with its last person, and what it offers with it: this comes to the copies and
-- ratings of other workspaces, as delete_workspace does.
--
-- Threats: a circle of locks with whatever else comes to these (the turns are taken before any row is locked); two who
-- leave at one moment, of whom each counts the other (so they are taken where one other is left); a large workspace of
-- which everybody has copies, whose members come and go (nobody takes turns there).

create function private.tg_workspace_members_wait_to_delete() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Whom the statement comes to is not known yet. Who ends a workspace by it leaves one of their own.
  perform private.take_turns(array(select private.workspaces_ending_without(auth.uid())));
  return null;
end;
$$;

comment on function private.tg_workspace_members_wait_to_delete() is
  'Before a statement that deletes members: takes the turns of the end of each workspace that may end without '
  'the caller. Definer: no role reads who has copies of what.';

-- The end of an account or a workspace has taken its turns when it comes to the members.
create trigger workspace_members_wait_to_delete before delete on public.workspace_members
  for each statement when (pg_trigger_depth() = 0)
  execute function private.tg_workspace_members_wait_to_delete();
