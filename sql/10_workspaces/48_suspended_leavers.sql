-- Who left a workspace while suspended. Nobody is kept where they do not want to be; but to leave and to be invited
-- again by somebody who may only invite would lift what is for those who may change members.

create table private.suspended_leavers (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  left_at timestamptz not null default now(),
  primary key (workspace_id, user_id)
);
create index suspended_leavers_user_idx on private.suspended_leavers (user_id);

alter table private.suspended_leavers enable row level security;

create policy suspended_leavers_select on private.suspended_leavers
  for select to authenticated using (false);

comment on policy suspended_leavers_select on private.suspended_leavers is 'Nobody: functions ask it.';

comment on table private.suspended_leavers is
  'Who left a workspace while suspended, until somebody who may change members lets them back in.';

create function private.tg_workspace_members_forget_suspension() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from private.suspended_leavers s where s.workspace_id = new.workspace_id and s.user_id = new.user_id;
  return null;
end;
$$;

comment on function private.tg_workspace_members_forget_suspension() is
  'After somebody became a member: how they had left is over. Definer: no role writes suspended_leavers.';

create trigger workspace_members_forget_suspension after insert on public.workspace_members
  for each row execute function private.tg_workspace_members_forget_suspension();
