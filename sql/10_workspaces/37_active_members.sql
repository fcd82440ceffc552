-- Who may act where: a row for each active member of a workspace, and one for each API key of it that is not revoked.
--
-- Every policy asks "in which workspaces may the caller act?", and gets the answer from one index, whoever asks: to
-- look among members and then among keys would cost every statement of a person. What is in here follows from two
-- tables, whose triggers keep it in the same transaction.
--
-- Threats: a row that stays (of a person it is removed with the membership and its status; a key that is left in here
-- may do nothing, since its permissions are asked for each time, private.key_of_caller).

create table private.active_members (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  member_id uuid not null,
  role_key text not null,
  primary key (workspace_id, member_id)
);

-- Answer "where does this caller act, as what?" without touching the table: the second where it is not as somebody who
-- may do most. The third finds who is to lose or get back a seat.
create index active_members_member_idx on private.active_members (member_id, role_key) include (workspace_id);
create index active_members_lesser_role_idx on private.active_members (member_id)
  include (workspace_id, role_key)
  where role_key not in ('admin', 'member');
create index active_members_read_only_idx on private.active_members (workspace_id) where role_key = 'read only';

alter table private.active_members enable row level security;

create policy active_members_select on private.active_members
  for select to authenticated using (false);

comment on policy active_members_select on private.active_members is 'Nobody: it is read through the view below.';

comment on table private.active_members is
  'The active members of workspaces and their API keys. Kept by triggers of workspace_members and api_keys.';
comment on column private.active_members.member_id is 'A person, or an API key: what auth.uid() says of a caller.';
comment on column private.active_members.role_key is
  'The member''s role. Of a key "api key", and of a member for whom the plan has no room "read only" (43_seats.sql): '
  'no role is called so, and what is known of built-in roles holds for neither.';

create view private.active_memberships as
  select m.workspace_id, m.role_key
  from private.active_members m
  where m.member_id = (select case when private.reads_once() then auth.uid() end);

comment on view private.active_memberships is
  'Where the caller is active, as a member or an API key; nowhere for nobody. It reads as its owner does, past the '
  'policies of members, and becomes a part of the statement of the policy that names it: a function that is called '
  'would take longer than its answer.';

grant select on private.active_memberships to authenticated;

create function private.keep_active_members(p_workspace_id text, p_user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from private.active_members a
  where a.workspace_id = p_workspace_id
    -- An array, so that the key of the table finds them: an "or" would read every member of the workspace.
    and a.member_id = any (array(
      select p_user_id
      union all
      select k.id from private.api_keys k where k.workspace_id = p_workspace_id and k.created_by = p_user_id));
  insert into private.active_members (workspace_id, member_id, role_key)
  select m.workspace_id, c.id, c.role_key
  from public.workspace_members m
  cross join lateral (
    select m.user_id, m.role_key
    union all
    select k.id, 'api key'
    from private.api_keys k
    where k.workspace_id = m.workspace_id and k.created_by = m.user_id and k.revoked_at is null
  ) as c (id, role_key)
  where m.workspace_id = p_workspace_id and m.user_id = p_user_id and m.status = 'active';
end;
$$;

comment on function private.keep_active_members(text, uuid) is
  'Writes down anew where a person and the API keys of their making may act in a workspace. For definer functions.';

create function private.tg_keep_active_members() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- What goes with its workspace is gone already.
  if tg_op = 'DELETE' and not exists (select from public.workspaces w where w.id = old.workspace_id) then
    return null;
  end if;
  if tg_relid = 'public.workspace_members'::regclass then
    if tg_op = 'DELETE' then
      perform private.keep_active_members(old.workspace_id, old.user_id);
    else
      perform private.keep_active_members(new.workspace_id, new.user_id);
    end if;
  elsif tg_op = 'DELETE' then
    delete from private.active_members a where a.workspace_id = old.workspace_id and a.member_id = old.id;
  else
    -- Of the key alone: whether its maker is read-only is written by who changes the plan, at the same moment maybe.
    delete from private.active_members a where a.workspace_id = new.workspace_id and a.member_id = new.id;
    insert into private.active_members (workspace_id, member_id, role_key)
    select m.workspace_id, new.id, 'api key'
    from public.workspace_members m
    where m.workspace_id = new.workspace_id
      and m.user_id = new.created_by
      and m.status = 'active'
      and new.revoked_at is null;
  end if;
  return null;
end;
$$;

comment on function private.tg_keep_active_members() is
  'After a member or an API key is made, changed or removed: keeps active_members. Definer: no role writes them.';

create trigger api_keys_keep_active_members after insert or delete or update of revoked_at on private.api_keys
  for each row execute function private.tg_keep_active_members();
