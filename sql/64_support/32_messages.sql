-- What is said in a ticket, by people of the workspace and by support. Messages are added and never changed.
--
-- Threats: reading what one's colleague was told (the policy shows the messages of tickets that one sees); words put
-- into somebody's mouth (the author is the caller, and no role writes the table).

create table public.support_messages (
  workspace_id text not null,
  id uuid not null default gen_random_uuid(),
  ticket_id uuid not null,
  number integer not null
    constraint support_messages_number_range check (number >= 1),
  author_type text not null
    constraint support_messages_author_type_known check (author_type in ('person', 'support')),
  author_id uuid references public.profiles (id) on delete set null,
  body text not null
    constraint support_messages_body_length check (char_length(body) <= 5000),
  attachments jsonb not null default '[]'
    constraint support_messages_attachments_list check (jsonb_typeof(attachments) = 'array')
    constraint support_messages_attachments_size check (octet_length(attachments::text) <= 16384),
  idempotency_key uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  constraint support_messages_ticket_fkey foreign key (workspace_id, ticket_id)
    references public.support_tickets (workspace_id, id) on delete cascade,
  constraint support_messages_number_unique unique (workspace_id, ticket_id, number),
  constraint support_messages_idempotency_key_unique unique (workspace_id, ticket_id, idempotency_key),
  constraint support_messages_say_something check (body <> '' or attachments <> '[]'),
  constraint support_messages_author_of_people check (author_type = 'person' or author_id is null)
);

create index support_messages_author_idx on public.support_messages (author_id, created_at, id);

alter table public.support_messages enable row level security;

create policy support_messages_select on public.support_messages
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and (
      exists (
        select
        from public.support_tickets t
        where t.workspace_id = support_messages.workspace_id
          and t.id = support_messages.ticket_id
          and t.opened_by = (select auth.uid())
      )
      or workspace_id not in (select unnest(private.workspaces_without('support.manage')))
    )
  );

grant select on public.support_messages to authenticated, service_role;

comment on table public.support_messages is
  'What is said in tickets; append-only. Seen by who sees the ticket.';
comment on column public.support_messages.number is 'Counts the messages of a ticket.';
comment on column public.support_messages.author_type is 'person: of the workspace. support: an operator.';
comment on column public.support_messages.author_id is
  'The person; null for support, and once the account is deleted.';
comment on column public.support_messages.body is
  'Text of up to 5,000 characters and 200 lines without HTML; empty where files say it all.';
comment on column public.support_messages.attachments is
  'Files in the bucket support: [{path, name, type, size}], the name as the sender calls it.';

-- That something was said, and never what.
create trigger support_messages_audit after insert on public.support_messages
  for each row execute function private.tg_audit('id', 'body,attachments,idempotency_key');

create function private.message_document(p_message public.support_messages) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_message.id,
    'number', p_message.number,
    'from', p_message.author_type,
    'author', (
      select jsonb_build_object('id', p.id, 'name', p.name) from public.profiles p where p.id = p_message.author_id),
    'body', p_message.body,
    'attachments', p_message.attachments,
    'createdAt', private.timestamp_text(p_message.created_at)
  );
end;
$$;

comment on function private.message_document(public.support_messages) is
  'A message as clients read it (ticketMessageSchema of types/support.ts). For definer functions.';

create function private.ticket_with_messages(p_ticket public.support_tickets, p_after integer) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_page constant integer := 50;
  v_messages jsonb;
begin
  v_messages := (
    select coalesce(jsonb_agg(private.message_document(m) order by m.number), '[]')
    from (
      select *
      from public.support_messages x
      where x.workspace_id = p_ticket.workspace_id
        and x.ticket_id = p_ticket.id
        and x.number > coalesce(p_after, 0)
      order by x.number
      limit c_page
    ) as m);
  return private.ticket_document(p_ticket) || jsonb_build_object(
    'messages', v_messages,
    'next', case when (v_messages #>> '{-1,number}')::integer < p_ticket.message_count
      then v_messages #> '{-1,number}' end);
end;
$$;

comment on function private.ticket_with_messages(public.support_tickets, integer) is
  'A ticket with its messages after a number, the first of all for null, at most 50 (ticketWithMessagesSchema of '
  'types/support.ts). `next` is null with the last one. For definer functions.';

create function private.export_support_messages(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(m.created_at, m.id), jsonb_build_object(
      'workspaceId', m.workspace_id,
      'ticketId', m.ticket_id,
      'body', m.body,
      'attachments', m.attachments,
      'createdAt', m.created_at
    )
    from public.support_messages m
    where m.author_id = p_user_id and (m.created_at, m.id) > (v_after[1]::timestamptz, v_after[2]::uuid)
    order by m.created_at, m.id;
  return v_rows;
end;
$$;

comment on function private.export_support_messages(uuid, text) is
  'What the person wrote to support; the bytes of files are downloaded from Storage.';
