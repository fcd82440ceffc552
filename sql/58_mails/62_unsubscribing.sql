-- A person who wants no more mails of a kind, and says so by the link in one, without signing in.
--
-- Threat: somebody who stops another's mails (the link is signed; the server that signed it calls this, and no person).

create function public.unsubscribe_from_mails(user_id uuid, kind text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.unsubscribe_from_mails(user_id, kind);
end;
$$;

comment on function public.unsubscribe_from_mails(uuid, text) is
  'For servers: a person gets no more mails of a kind of notification, and hears of it in the app if they did before. '
  'What waits is not sent. Nothing happens where the person or the kind is gone.';

grant execute on function public.unsubscribe_from_mails(uuid, text) to service_role;

create function private.unsubscribe_from_mails(p_user_id uuid, p_kind text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into public.notification_preferences as f (user_id, kind, delivery)
  select p.id, k.key, case when k.default_delivery = 'mail' then 'none' else 'app' end
  from public.profiles p
  cross join public.notification_kinds k
  where p.id = p_user_id and k.key = p_kind
  on conflict (user_id, kind) do update
    set delivery = case f.delivery when 'both' then 'app' when 'mail' then 'none' end
    where f.delivery in ('both', 'mail');

  delete from private.notification_mails q
  using public.notifications n
  where n.workspace_id = q.workspace_id
    and n.id = q.notification_id
    and n.user_id = p_user_id
    and n.kind = p_kind
    and q.sent_at is null;
end;
$$;

comment on function private.unsubscribe_from_mails(uuid, text) is
  'See public.unsubscribe_from_mails. Definer: it writes the preferences of somebody who is not signed in.';

grant execute on function private.unsubscribe_from_mails(uuid, text) to service_role;
