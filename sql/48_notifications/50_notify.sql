-- Telling people something: the one function that makes notifications, for whatever subject has news.
--
-- It runs inside of other people's writes, so it is a few statements for however many people, and waits for no account.
-- What comes in bursts is joined: what is not read and not older than an hour is counted up in place of another row.
-- The unique index on what is open to be joined, and a turn for those who join the same, keep two at the same moment
-- from losing one or making two.
--
-- Live messages are sent by a trigger of this table's statements, which the subject of live messages attaches: one
-- statement writes all rows of a call.
--
-- Threats: a member who floods a colleague (the same thing is told once an hour by one person, read or not, and
-- different things are joined by their key); somebody suspended who keeps hearing of the workspace (they are left out);
-- a circle of waiting with an account that is deleted (it is skipped, not waited for).

create function private.notify(
  p_user_ids uuid[],
  p_workspace_id text,
  p_kind text,
  p_title text,
  p_body text default '',
  p_link text default null,
  p_payload jsonb default '{}',
  p_join_key text default null,
  p_about text default null,
  p_actor_id uuid default private.person_id()
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_burst constant interval := '1 hour';
  c_most_things constant integer := 100;
  v_people constant uuid[] := array_remove(p_user_ids, p_actor_id);
  v_title constant text := private.cut_text(private.clean_text(p_title), 200);
  v_body constant text := private.cut_text(private.clean_text(coalesce(p_body, '')), 1000);
  v_kind public.notification_kinds;
  v_payload jsonb;
begin
  if coalesce(cardinality(v_people), 0) = 0 then
    return;
  end if;
  select * into strict v_kind from public.notification_kinds k where k.key = p_kind;
  select jsonb_build_object(
    'workspace', jsonb_build_object('id', w.id, 'name', w.name),
    'actor', (select jsonb_build_object('id', p.id, 'name', p.name) from public.profiles p where p.id = p_actor_id)
  ) || p_payload
  into v_payload
  from public.workspaces w
  where w.id = p_workspace_id;
  -- A workspace that goes tells nobody.
  if v_payload is null then
    return;
  end if;

  -- Who joins the same thing comes to the rows of many people, and another transaction to the same rows.
  if p_join_key is not null then
    perform pg_advisory_xact_lock(
      hashtextextended(concat_ws(' ', 'private.notify', p_workspace_id, p_kind, p_join_key), 0));
    update public.notifications n
    set join_key = null
    where n.user_id = any (v_people)
      and n.workspace_id = p_workspace_id
      and n.kind = p_kind
      and n.join_key = p_join_key
      and (
        n.created_at <= now() - c_burst
        -- Nobody would hear of what is counted up where a mail alone tells of it, and that one has been written.
        or not n.in_app and exists (
          select from private.notification_mails m
          where m.workspace_id = n.workspace_id and m.notification_id = n.id
            and (m.mail_id is not null or m.sent_at is not null)));
  end if;

  with people as materialized (
    select p.id, coalesce(f.delivery, v_kind.default_delivery) as delivery
    from public.profiles p
    left join public.notification_preferences f on f.user_id = p.id and f.kind = p_kind
    where p.id = any (v_people)
      and coalesce(f.delivery, v_kind.default_delivery) <> 'none'
      and not exists (
        select from public.workspace_members m
        where m.workspace_id = p_workspace_id and m.user_id = p.id and m.status = 'suspended')
      and (p_about is null or not exists (
        select
        from (
          select n.* from public.notifications n where n.user_id = p.id and n.updated_at > now() - c_burst
          offset 0 -- by the person, and not among all that was told in the workspace
        ) as n
        where n.workspace_id = p_workspace_id
          and n.kind = p_kind
          and n.actor_id is not distinct from p_actor_id
          and p_about = any (n.about)
          -- What was taken back before its mail was written has told nobody.
          and (n.in_app or exists (
            select from private.notification_mails m
            where m.workspace_id = n.workspace_id and m.notification_id = n.id))))
    order by p.id
    for key share of p skip locked
  ),
  told as (
    insert into public.notifications as n (
      workspace_id, user_id, kind, title, body, link, payload, actor_id, about, join_key, in_app, read_at)
    select p_workspace_id, p.id, p_kind, v_title, v_body, p_link, v_payload, p_actor_id,
      array_remove(array[p_about], null), p_join_key, p.delivery <> 'mail',
      case when p.delivery = 'mail' then now() end
    from people p
    order by p.id
    on conflict (user_id, workspace_id, kind, join_key) where join_key is not null do update
    set count = n.count + 1,
      title = coalesce(replace(v_kind.joined_title, '{count}', (n.count + 1)::text), excluded.title),
      body = excluded.body,
      link = excluded.link,
      payload = excluded.payload,
      actor_id = excluded.actor_id,
      about = (n.about || excluded.about)[greatest(cardinality(n.about) + 2 - c_most_things, 1):],
      in_app = n.in_app or excluded.in_app,
      read_at = case when not excluded.in_app then n.read_at end,
      updated_at = clock_timestamp()
    returning n.workspace_id, n.id, n.user_id
  )
  insert into private.notification_mails (workspace_id, notification_id, user_id)
  select t.workspace_id, t.id, t.user_id
  from told t
  join people p on p.id = t.user_id
  where p.delivery in ('mail', 'both')
  on conflict (workspace_id, notification_id) do nothing;
end;
$$;

comment on function private.notify(uuid[], text, text, text, text, text, jsonb, text, text, uuid) is
  'Tells people something, as each of them wants to hear of its kind: in the app, by mail, both or not. Nobody hears '
  'of what they did themselves, nor of a workspace in which they are suspended. Title and body are text, and a title '
  'that names who did it begins with the name; the payload is given {workspace, actor}. With a join key, what came '
  'within the hour and is not read is counted up, and tells the latest, unless a mail alone tells of it and is '
  'written; p_about names the thing, which one person tells another once an hour. Who did it is the caller, unless a '
  'job tells of it later. For definer functions; call it last, and once for everybody.';

create function private.members_with(p_workspace_id text, p_permission text) returns uuid[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select m.user_id
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    where m.workspace_id = p_workspace_id
      and m.status = 'active'
      and p_permission = any (coalesce(private.read_only_permissions(m.workspace_id, m.user_id), r.permissions)));
end;
$$;

comment on function private.members_with(text, text) is
  'The active members of a workspace who have a permission, to be told what they may do something about. For definer '
  'functions.';
