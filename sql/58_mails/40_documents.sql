-- What a mail says, for who sends it: values alone, and no markup. Who sends it escapes them, and takes the addresses
-- in them apart, or a name is a link in the mailbox of somebody who never asked to hear of it.
--
-- Threats: an invitation that no longer counts, and a notification for somebody whom it concerns no more (both are
-- asked again); what a workspace is called since somebody left it (they read what it was called then); an address that
-- somebody typed without owning it (notifications go to confirmed ones alone).

create function private.invitation_mail(p_mail private.mails) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
      'to', o.email,
      -- The language of the account with this address, if there is one, else of who invites.
      'locale', coalesce(
        (select p.locale from public.profiles p where lower(p.email collate "C") = o.email limit 1), i.locale),
      'workspaceName', o.workspace_name,
      'invitation', jsonb_build_object(
        'id', o.id,
        'inviterName', i.name,
        'roleName', o.role_name,
        'expiresAt', private.timestamp_text(o.expires_at)
      )
    )
    from private.open_invitations o
    join public.profiles i on i.id = o.invited_by
    where o.workspace_id = p_mail.workspace_id and o.id = p_mail.invitation_id
  );
end;
$$;

comment on function private.invitation_mail(private.mails) is
  'What the mail of an invitation says; null where it does not count. For definer functions.';

create function private.notification_mail(p_mail private.mails) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 20;
begin
  return (
    select jsonb_build_object(
      'to', private.confirmed_email(p.id),
      'locale', p.locale,
      -- Who is in the workspace no more learns no more of it.
      'workspaceName', case
        when m.user_id is null then n.notifications #>> '{0,payload,workspace,name}' else w.name
      end,
      'userId', p.id,
      'notifications', n.notifications
    )
    from public.profiles p
    join public.workspaces w on w.id = p_mail.workspace_id
    left join public.workspace_members m on m.workspace_id = w.id and m.user_id = p.id and m.status = 'active'
    cross join lateral (
      select jsonb_agg(
        jsonb_build_object(
          'kind', x.kind, 'title', x.title, 'body', x.body, 'link', x.link, 'payload', x.payload, 'count', x.count)
        order by x.updated_at desc, x.id) as notifications
      from (
        select t.*
        from private.notification_mails q
        join public.notifications t on t.workspace_id = q.workspace_id and t.id = q.notification_id
        where q.workspace_id = p_mail.workspace_id and q.mail_id = p_mail.id and private.still_concerns(t)
        order by t.updated_at desc, t.id
        limit c_most
      ) as x
    ) as n
    where p.id = p_mail.user_id
      and n.notifications is not null
      and private.confirmed_email(p.id) is not null
  );
end;
$$;

comment on function private.notification_mail(private.mails) is
  'What the mail of notifications says, the latest 20 of those that still concern the person; null where there is '
  'nothing to tell, or no address that is theirs for sure. For definer functions.';

create function private.mail_document(p_mail private.mails) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'workspaceId', p_mail.workspace_id,
    'id', p_mail.id,
    'kind', p_mail.kind
  ) || case
    when p_mail.invitation_id is not null then private.invitation_mail(p_mail)
    else private.notification_mail(p_mail)
  end;
end;
$$;

comment on function private.mail_document(private.mails) is
  'A mail as a server sends it (outgoingMailSchema of types/mail.ts); null where there is nothing to send.';
