-- Reading one's own notifications, latest first, a page a call.
--
-- Pages go by key and not by offset, as those of the audit log. One that is joined with another comes first again, so
-- while somebody reads on it may move from a page that they have not seen to one that they have: a live front end hears
-- of it, and the next first page has it.

create function public.list_notifications(
  after text default null,
  per_page integer default 50,
  unread_only boolean default false
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_notifications(after, per_page, unread_only);
end;
$$;

comment on function public.list_notifications(text, integer, boolean) is
  'A page of what the caller was told in all workspaces, latest first: {notifications, next} (notificationListSchema '
  'of types/notification.ts). `next` is null on the last page, else what to give as `after`. '
  'Errors: not_signed_in, invalid_input (after, per_page).';

grant execute on function public.list_notifications(text, integer, boolean) to authenticated;

create function private.list_notifications(p_after text, p_per_page integer, p_unread_only boolean) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- The index of the unread ones serves one of the two lists only.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_after text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_page jsonb[];
  v_places jsonb[];
begin
  if not exists (select from public.profiles p where p.id = v_user_id) then
    perform private.account_not_found();
  end if;
  if (p_per_page between 1 and 100) is not true then
    perform private.raise_invalid_input('per_page',
      'A page has 1 to 100 notifications.', 'Give a whole number from 1 to 100.');
  end if;
  if p_after is null then
    v_after := '{infinity,ffffffff-ffff-ffff-ffff-ffffffffffff}';
  end if;

  select array_agg(private.notification_document(n) order by n.updated_at desc, n.id desc),
    array_agg(jsonb_build_array(n.updated_at, n.id) order by n.updated_at desc, n.id desc)
  into v_page, v_places
  from (
    select x.*
    from public.notifications x
    where x.user_id = v_user_id
      and x.in_app
      and (x.read_at is null or p_unread_only is not true)
      and (x.updated_at, x.id) < (v_after[1]::timestamptz, v_after[2]::uuid)
    order by x.updated_at desc, x.id desc
    -- One more than asked for tells whether there is a next page.
    limit p_per_page + 1
  ) as n;

  return jsonb_build_object(
    'notifications', to_jsonb(coalesce(v_page[:p_per_page], '{}')),
    'next', case when cardinality(v_page) > p_per_page then v_places[p_per_page]::text end);
end;
$$;

comment on function private.list_notifications(text, integer, boolean) is
  'See public.list_notifications. Definer: one comparison with the caller, in place of a policy, lets the index of the '
  'unread ones be used.';

grant execute on function private.list_notifications(text, integer, boolean) to authenticated;

create function private.unread_notifications(p_user_id uuid) returns integer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 100;
begin
  return (
    select count(*)
    from (
      select from public.notifications n
      where n.user_id = p_user_id and n.read_at is null and n.in_app
      limit c_most
    ) as n);
end;
$$;

comment on function private.unread_notifications(uuid) is
  'How many notifications a person has not read; 100 means 100 or more. For definer functions.';
