-- Choosing how one wants to hear of each kind.

create function private.notification_preference_document(
  p_kind public.notification_kinds, p_delivery text
) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'kind', p_kind.key,
    'description', p_kind.description,
    'delivery', coalesce(p_delivery, p_kind.default_delivery),
    'default', p_kind.default_delivery
  );
end;
$$;

comment on function private.notification_preference_document(public.notification_kinds, text) is
  'How a person hears of a kind, null for who has not chosen (notificationPreferenceSchema of types/notification.ts).';

create function public.list_notification_preferences() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_notification_preferences();
end;
$$;

comment on function public.list_notification_preferences() is
  'How the caller hears of every kind of notification: [{kind, description, delivery, default}], by kind; delivery is '
  'app, mail, both or none. Errors: not_signed_in.';

grant execute on function public.list_notification_preferences() to authenticated;

create function private.list_notification_preferences() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if not exists (select from public.profiles p where p.id = v_user_id) then
    perform private.account_not_found();
  end if;
  return (
    select coalesce(jsonb_agg(private.notification_preference_document(k, f.delivery) order by k.key), '[]')
    from public.notification_kinds k
    left join public.notification_preferences f on f.kind = k.key and f.user_id = v_user_id);
end;
$$;

comment on function private.list_notification_preferences() is
  'See public.list_notification_preferences. Definer: in the shape of its neighbours; it reads the caller''s own rows.';

grant execute on function private.list_notification_preferences() to authenticated;

create function public.set_notification_preference(kind text, delivery text default null) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.set_notification_preference(kind, delivery);
end;
$$;

comment on function public.set_notification_preference(text, text) is
  'Chooses how the caller hears of a kind of notification from then on (app, mail, both, none; null for the default), '
  'and returns it as list_notification_preferences does. Errors: not_signed_in, invalid_input (kind, delivery).';

grant execute on function public.set_notification_preference(text, text) to authenticated;

create function private.set_notification_preference(p_kind text, p_delivery text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_kind public.notification_kinds;
begin
  perform private.require_person();
  perform private.hold_account();
  select * into v_kind from public.notification_kinds k where k.key = p_kind;
  if not found then
    perform private.raise_invalid_input('kind',
      'There is no such kind of notification.', 'Give a kind that list_notification_preferences gives.');
  end if;
  if not private.is_delivery(p_delivery) then
    perform private.raise_invalid_input('delivery',
      'Notifications do not come in this way.', 'Give "app", "mail", "both" or "none".');
  end if;

  if p_delivery is null then
    delete from public.notification_preferences f where f.user_id = v_user_id and f.kind = p_kind;
  else
    insert into public.notification_preferences (user_id, kind, delivery)
    values (v_user_id, p_kind, p_delivery)
    on conflict (user_id, kind) do update set delivery = excluded.delivery;
  end if;
  return private.notification_preference_document(v_kind, p_delivery);
end;
$$;

comment on function private.set_notification_preference(text, text) is
  'See public.set_notification_preference. Definer: no role writes the table, which holds only what is checked here.';

grant execute on function private.set_notification_preference(text, text) to authenticated;
