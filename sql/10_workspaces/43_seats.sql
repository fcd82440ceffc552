-- Seats: how many active members a workspace has, and what becomes of those for whom its plan has no room.
--
-- They are counted where people join, are let back in, are suspended and leave, in the same transaction, so that
-- nothing counts the members of a workspace of ten thousand. Who joins or comes back takes a seat or is refused.
--
-- A plan that becomes smaller takes nobody's place. Its admins come first, then who has been there longest; everybody
-- else is read-only: they keep their role, with the shares, grants and components that come by it, and of its
-- permissions those to read and those that a viewer has too. private.active_members, which every policy compares with,
-- says so in place of the role; workspace_members is as it was, and is what counts when there is room again.
--
-- Threats: a last seat that two take (the count is one row, which a transaction holds until it ends); rights that grow
-- with the loss of a seat (nothing is added to a role, and no grant that withholds something is lifted); a workspace
-- without an admin who may act (admins come first, and at least one seat is kept).

create table private.seats (
  workspace_id text primary key references public.workspaces (id) on delete cascade,
  taken bigint not null
);

alter table private.seats enable row level security;

create policy seats_select on private.seats
  for select to authenticated using (false);

comment on policy seats_select on private.seats is 'Nobody: entitlements tells the members of a workspace.';

comment on table private.seats is 'How many active members each workspace has. Kept by triggers of workspace_members.';

create function private.read_only_permissions(p_workspace_id text, p_user_id uuid) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Asked for everybody, and true of few: one look into an index.
  if not exists (
    select from private.active_members a
    where a.member_id = p_user_id and a.role_key = 'read only' and a.workspace_id = p_workspace_id)
  then
    return null;
  end if;
  return array(
    select p.key
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    join public.permissions p on p.key = any (r.permissions)
    where m.workspace_id = p_workspace_id
      and m.user_id = p_user_id
      and (p.key like '%.read' or 'viewer' = any (p.held_by))
    order by p.key);
end;
$$;

comment on function private.read_only_permissions(text, uuid) is
  'What a member for whom the plan has no room may do: of the permissions of their role those to read, and those that '
  'viewers have. Null for everybody else. For definer functions.';

create function private.seat_members(p_workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most constant bigint := private.limit_of(p_workspace_id, 'members');
  v_taken constant bigint := (select s.taken from private.seats s where s.workspace_id = p_workspace_id);
  v_seated uuid[];
begin
  if (v_taken > v_most) is not true then
    update private.active_members a
    set role_key = m.role_key
    from public.workspace_members m
    where a.workspace_id = p_workspace_id
      and a.role_key = 'read only'
      and m.workspace_id = a.workspace_id
      and m.user_id = a.member_id;
    return;
  end if;
  v_seated := array(
    select m.user_id
    from public.workspace_members m
    where m.workspace_id = p_workspace_id and m.status = 'active'
    order by m.role_key <> 'admin', m.created_at, m.user_id
    limit greatest(v_most, 1));
  update private.active_members a
  set role_key = 'read only'
  where a.workspace_id = p_workspace_id
    and a.role_key not in ('api key', 'read only')
    and a.member_id <> all (v_seated);
  update private.active_members a
  set role_key = m.role_key
  from public.workspace_members m
  where a.workspace_id = p_workspace_id
    and a.role_key = 'read only'
    and a.member_id = any (v_seated)
    and m.workspace_id = a.workspace_id
    and m.user_id = a.member_id;
end;
$$;

comment on function private.seat_members(text) is
  'Writes down which members of a workspace are read-only, where that is not what stands there. For definer functions, '
  'which hold the workspace.';

create function private.count_seats(p_workspace_id text, p_more bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_taken bigint;
begin
  if p_more <> 0 then
    insert into private.seats as s (workspace_id, taken)
    values (p_workspace_id, p_more)
    on conflict (workspace_id) do update set taken = s.taken + excluded.taken
    returning s.taken into v_taken;
    -- Work without an account in the token is the server's; a server with a secret key keeps to the plan like people.
    if p_more > 0 and (auth.uid() is not null or private.is_service_role()) then
      perform private.require_within_limit(p_workspace_id, 'members', v_taken);
    end if;
  end if;
  perform private.seat_members(p_workspace_id);
end;
$$;

comment on function private.count_seats(text, bigint) is
  'Counts seats that are taken, or with a negative number left, and says anew who is read-only. '
  'Error: payment_required. For definer functions.';

create function private.tg_workspace_members_count_seats() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Workspaces in one order; each statement names the transition tables that there are for its operation.
  case tg_op
    when 'INSERT' then
      perform private.count_seats(c.workspace_id, c.more)
      from (
        select n.workspace_id, count(*) as more
        from changed n where n.status = 'active'
        group by n.workspace_id order by n.workspace_id
      ) as c;
    when 'DELETE' then
      perform private.count_seats(c.workspace_id, -c.fewer)
      from (
        select o.workspace_id, count(*) as fewer
        from before o
        where o.status = 'active' and exists (select from public.workspaces w where w.id = o.workspace_id)
        group by o.workspace_id order by o.workspace_id
      ) as c;
    else
      perform private.count_seats(c.workspace_id, c.more)
      from (
        select n.workspace_id, sum((n.status = 'active')::integer - (o.status = 'active')::integer) as more
        from changed n
        join before o on o.workspace_id = n.workspace_id and o.user_id = n.user_id
        group by n.workspace_id order by n.workspace_id
      ) as c;
  end case;
  return null;
end;
$$;

comment on function private.tg_workspace_members_count_seats() is
  'After members join, leave or change: see private.count_seats. By statement, since ten thousand may go in one. '
  'Error: payment_required. Definer: no role writes seats.';

-- Row triggers, which keep active_members, have run before these.
create trigger workspace_members_count_seats_insert after insert on public.workspace_members
  referencing new table as changed
  for each statement execute function private.tg_workspace_members_count_seats();
create trigger workspace_members_count_seats_update after update on public.workspace_members
  referencing old table as before new table as changed
  for each statement execute function private.tg_workspace_members_count_seats();
create trigger workspace_members_count_seats_delete after delete on public.workspace_members
  referencing old table as before
  for each statement execute function private.tg_workspace_members_count_seats();

create function private.tg_workspaces_seat_members() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.seat_members(new.id);
  return null;
end;
$$;

comment on function private.tg_workspaces_seat_members() is
  'After the plan of a workspace changes: says anew who is read-only. Definer: no role writes active_members.';

create trigger workspaces_seat_members after update of plan_type on public.workspaces
  for each row when (new.plan_type <> old.plan_type) execute function private.tg_workspaces_seat_members();
