-- How a person wants to hear of each kind, in all workspaces. A row is made by a choice; who has none hears of it as
-- the catalog says.
--
-- Threat: choosing for another, who would hear no more of being removed (no role writes the table, and the function
-- writes the caller's own row).

create table public.notification_preferences (
  user_id uuid not null references public.profiles (id) on delete cascade,
  kind text not null references public.notification_kinds (key) on delete cascade,
  delivery text not null
    constraint notification_preferences_delivery_known check (private.is_delivery(delivery)),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (user_id, kind)
);

create index notification_preferences_kind_idx on public.notification_preferences (kind);

alter table public.notification_preferences enable row level security;

create policy notification_preferences_select on public.notification_preferences
  for select to authenticated
  using ((select private.reads_once()) and user_id = (select auth.uid()));

grant select on public.notification_preferences to authenticated, service_role;

comment on table public.notification_preferences is
  'How people want to hear of a kind of notification, where they have chosen. Read with list_notification_preferences, '
  'written with set_notification_preference.';
comment on column public.notification_preferences.delivery is 'app, mail, both or none.';

create trigger notification_preferences_set_updated_at before update on public.notification_preferences
  for each row execute function private.tg_set_updated_at();

create function private.export_notification_preferences(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(f.kind), jsonb_build_object(
      'kind', f.kind,
      'delivery', f.delivery,
      'createdAt', f.created_at,
      'updatedAt', f.updated_at
    )
    from public.notification_preferences f
    where f.user_id = p_user_id and f.kind > v_after[1]
    order by f.kind;
  return v_rows;
end;
$$;

comment on function private.export_notification_preferences(uuid, text) is
  'How the person chose to hear of each kind of notification.';
