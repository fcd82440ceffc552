-- What people were told: each row is one person's.
--
-- A notification is frozen as it was told. Who was removed from a workspace, or is suspended there, still reads what
-- they were told, and hears nothing that happens later; it goes with the workspace and with the person.
--
-- Threats: reading another's, or marking them (the policy and every function find rows by the caller's own id, which is
-- no argument); a notification that is forged (no role writes the table); a link that leads to somebody else's site (a
-- path of the front end and nothing else); HTML or a second line in somebody's name (titles are one line of text).

create function private.link_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Two slashes, or one that leans back, would begin the address of another site.
  return '^/(?:[A-Za-z0-9_~-][A-Za-z0-9_.~%/?=&#-]*)?$';
end;
$$;

comment on function private.link_pattern() is
  'A path of the front end, such as /workspaces/WK-7Q2M9XKT4/members: no host and no scheme.';

create table public.notifications (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  kind text not null,
  title text not null
    constraint notifications_title_length check (char_length(title) between 1 and 200),
  body text not null default ''
    constraint notifications_body_length check (char_length(body) <= 1000),
  link text
    constraint notifications_link_format check (link ~ private.link_pattern() and char_length(link) <= 500),
  payload jsonb not null default '{}'
    constraint notifications_payload_object check (jsonb_typeof(payload) = 'object')
    constraint notifications_payload_size check (octet_length(payload::text) <= 4096),
  count integer not null default 1
    constraint notifications_count_range check (count >= 1),
  actor_id uuid,
  about text[] not null default '{}'
    constraint notifications_about_count check (cardinality(about) <= 100),
  join_key text
    constraint notifications_join_key_length check (char_length(join_key) <= 200),
  in_app boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  read_at timestamptz,
  primary key (workspace_id, id)
);

-- A person's own, a page at a time, and the unread ones among them.
create index notifications_user_idx on public.notifications (user_id, updated_at, id);
create index notifications_unread_idx on public.notifications (user_id, updated_at, id)
  where read_at is null and in_app;
-- The one that what comes next is joined with; it holds what is open to that alone, and is small.
create unique index notifications_join_idx on public.notifications (user_id, workspace_id, kind, join_key)
  where join_key is not null;
create index notifications_read_idx on public.notifications (read_at) where read_at is not null;
create index notifications_actor_idx on public.notifications (actor_id) where actor_id is not null;

alter table public.notifications enable row level security;

create policy notifications_select on public.notifications
  for select to authenticated
  using ((select private.reads_once()) and user_id = (select auth.uid()) and in_app);

-- No write, not even for service_role: private.notify makes them, and mark_notifications says what was read.
grant select on public.notifications to authenticated, service_role;

comment on table public.notifications is
  'What people were told, one row per person and thing, or several things that were joined. Read ones are kept for 90 '
  'days, and at most 500 of a person.';
comment on column public.notifications.kind is
  'A key of notification_kinds. No reference: what was told outlives its kind.';
comment on column public.notifications.title is
  'One line of text, in English; never HTML. Where it names who did it, it begins with the name.';
comment on column public.notifications.link is 'A path of the front end; null where there is nothing to open.';
comment on column public.notifications.payload is
  'What a front end needs to say it in its own language, at most 4 KiB as text: {workspace, actor}, and what the kind '
  'adds (docs/notifications.md). Of several that were joined, that of the latest.';
comment on column public.notifications.count is 'How many were joined: 1 for one by itself.';
comment on column public.notifications.actor_id is
  'Who did the latest of it; null for the server and for deleted users. No reference: nobody waits for an account.';
comment on column public.notifications.about is
  'The things that it is about, as private.notify was given them, at most 100.';
comment on column public.notifications.join_key is
  'While set, what comes with the same key within the hour is joined with this one. Null once it was read.';
comment on column public.notifications.in_app is 'False for one that comes by mail alone, which nobody lists.';
comment on column public.notifications.updated_at is 'When it last told something; marking does not change it.';
comment on column public.notifications.read_at is 'Null while unread. One that comes by mail alone counts as read.';

create function private.export_notifications(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(n.updated_at, n.id),
      private.notification_document(n) || jsonb_build_object('inApp', n.in_app)
    from public.notifications n
    where n.user_id = p_user_id and (n.updated_at, n.id) > (v_after[1]::timestamptz, v_after[2]::uuid)
    order by n.updated_at, n.id;
  return v_rows;
end;
$$;

comment on function private.export_notifications(uuid, text) is
  'What the person was told, in the app and by mail.';

create function private.notification_document(p_notification public.notifications) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_notification.id,
    'workspaceId', p_notification.workspace_id,
    'kind', p_notification.kind,
    'title', p_notification.title,
    'body', p_notification.body,
    'link', p_notification.link,
    'payload', p_notification.payload,
    'count', p_notification.count,
    'createdAt', private.timestamp_text(p_notification.created_at),
    'updatedAt', private.timestamp_text(p_notification.updated_at),
    'readAt', private.timestamp_text(p_notification.read_at)
  );
end;
$$;

comment on function private.notification_document(public.notifications) is
  'A notification as clients read it (notificationSchema of types/notification.ts).';
