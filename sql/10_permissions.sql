-- What can be permitted, and the two questions every policy asks.
--
-- Both questions are set-valued: "in which workspaces may the caller do this?" is answered once per statement
-- as an array, which a policy compares by index:
-- `workspace_id = any ((select private.workspaces_with('x.y'))::text[])`.
-- The sub-select makes it an init plan; a function of the row would run for every row. The functions are plpgsql
-- because their plans are then kept for the session, and definer because they read the membership tables that
-- the policies themselves protect. Nothing about membership is read from the token: a role taken away counts
-- from the next statement on.

create table public.permissions (
  key text primary key
    constraint permissions_key_format check (key ~ '^[a-z_]+\.[a-z_]+$'),
  description text not null,
  held_by text[] not null default '{}'
    constraint permissions_held_by_known check (held_by <@ array['member', 'viewer'])
);

alter table public.permissions enable row level security;

create policy permissions_select on public.permissions
  for select to authenticated using (true);

grant select on public.permissions to authenticated, service_role;

comment on table public.permissions is 'Everything a role can permit, as subject.verb. The rows come with the schema.';
comment on column public.permissions.held_by is
  'The built-in roles that hold it besides admin, who holds every permission.';
comment on policy permissions_select on public.permissions is
  'The catalog is the same for everyone who is signed in.';

-- One plan for everyone: where a few people are in hundreds of workspaces, Postgres expects less work from a plan that
-- knows who asks, and would make one at every call, which takes longer than the answer.
create function private.workspaces_with(p_permission text) returns text[]
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  return array(
    select m.workspace_id
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    where m.user_id = v_user_id
      and m.status = 'active'
      and p_permission = any (r.permissions)
  );
end;
$$;

comment on function private.workspaces_with(text) is
  'The ids of the workspaces in which the caller holds a permission; empty for nobody. '
  'Definer: it reads memberships, whose own policies call it.';

create function private.people_in_reach() returns uuid[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce(
    (
      select array_agg(distinct m.user_id)
      from public.workspace_members m
      where m.workspace_id = any (private.workspaces_with('members.read'))
    ),
    '{}'
  );
end;
$$;

comment on function private.people_in_reach() is
  'The ids of the people who share a workspace with the caller, where the caller may see its members. '
  'Definer: it reads memberships, which the caller sees through policies only.';

-- Policies run as the caller.
grant execute on function private.workspaces_with(text) to authenticated;
grant execute on function private.people_in_reach() to authenticated;
