-- Live updates: who hears what, and how the database says it.
--
-- Two kinds of private channels. `workspace:<id>` is heard by the active members of a workspace, who may say there that
-- they are present; `user:<uuid>` is one person's. An API key hears what is said in its workspace with workspace.read,
-- and who is there with members.read; it is nobody in person, so it is never present. Nobody broadcasts but the
-- database. A message names things and the version it leads to, never their content: whoever hears it reads again, with
-- the rights they have by then. No table is published for changes of rows, whose deletions Supabase tells everybody.
--
-- Each subject sends what changed in it with triggers of the statement: one message, however many rows there were.
--
-- Threats: an outsider, a suspended member or a banned person who listens (policies ask for an active membership, and
-- whether there is a ban, when they join and whenever a token is renewed; until then they hear ids and nothing else); a
-- member who broadcasts in the name of the database (inserts are for presence alone); one who listens to somebody else
-- (a person's channel bears their id); a machine that is shown as a person, or hears more than its key reads (what a
-- client says of itself is its own to invent, so it is taken from people alone); a message that fails what it tells of
-- (realtime.send turns every error into a warning).

create function private.workspace_channel(p_workspace_id text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 'workspace:' || p_workspace_id;
end;
$$;

comment on function private.workspace_channel(text) is 'The channel of the active members of a workspace.';

create function private.user_channel(p_user_id uuid) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 'user:' || p_user_id;
end;
$$;

comment on function private.user_channel(uuid) is 'The channel of one person, on all their devices.';

create function private.is_banned() returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (select from auth.users u where u.id = (select auth.uid()) and u.banned_until > now());
end;
$$;

comment on function private.is_banned() is
  'Whether the caller''s account is banned now; their token may be valid for up to an hour more. Definer: accounts are '
  'Auth''s.';

grant execute on function private.is_banned() to authenticated;

-- The Realtime server asks about rows with the topic that somebody wants to join, as realtime.topic() says it too.

-- The scopes of a key are asked about where a key acts, so people wait for none of it.

create policy messages_select on realtime.messages
  for select to authenticated
  using (
    topic = (select realtime.topic())
    and not (select private.is_banned())
    and (
      (extension = 'broadcast' and topic = 'user:' || (select private.person_id()))
      or (
        extension = 'broadcast'
        and topic = any (array(
          select 'workspace:' || a.workspace_id
          from private.active_memberships a
          where a.role_key <> 'api key'
            or a.workspace_id not in (select unnest(private.workspaces_without('workspace.read')))))
      )
      or (
        extension = 'presence'
        and topic = any (array(
          select 'workspace:' || a.workspace_id
          from private.active_memberships a
          where a.role_key <> 'api key'
            or a.workspace_id not in (select unnest(private.workspaces_without('members.read')))))
      )
    )
  );

create policy messages_insert on realtime.messages
  for insert to authenticated
  with check (
    extension = 'presence'
    and topic = (select realtime.topic())
    and not (select private.is_banned())
    and topic = any (array(
      select 'workspace:' || a.workspace_id from private.active_memberships a where a.role_key <> 'api key'))
  );

create function private.send_message(p_channel text, p_event text, p_payload jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform realtime.send(p_payload, p_event, p_channel, true);
end;
$$;

comment on function private.send_message(text, text, jsonb) is
  'Sends a message to a private channel, with the transaction and not without it. For definer functions.';

create function private.most_named() returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 100;
end;
$$;

comment on function private.most_named() is
  'How many things one message names. Of more it names none: null stands for "read all of them again".';

create function private.send_changes(p_event text, p_key text, p_before jsonb, p_after jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.send_message(m.channel, p_event, jsonb_build_object('workspaceId', m.workspace_id, p_key, m.named))
  from (
    select
      coalesce(a.channel, b.channel) as channel,
      coalesce(a.workspace_id, b.workspace_id) as workspace_id,
      case when count(*) <= private.most_named() then jsonb_agg(
        jsonb_build_object(
          'id', coalesce(a.id, b.id),
          'version', coalesce(a.version, b.version),
          'change', case when b.id is null then 'added' when a.id is null then 'removed' else 'changed' end)
        order by coalesce(a.id, b.id)) end as named
    from jsonb_to_recordset(p_before) as b (channel text, workspace_id text, id text, version bigint)
    full join jsonb_to_recordset(p_after) as a (channel text, workspace_id text, id text, version bigint)
      on a.channel = b.channel and a.workspace_id = b.workspace_id and a.id = b.id
    where a.version is distinct from b.version
    group by 1, 2
  ) as m;
end;
$$;

comment on function private.send_changes(text, text, jsonb, jsonb) is
  'Tells each channel what a statement changed there: {workspaceId, <p_key>: [{id, version, change}]}, the change '
  'being added, changed or removed. Before and after are lists of {channel, workspace_id, id, version}: what changes '
  'its channel is removed on one and added on the other. For definer functions.';
