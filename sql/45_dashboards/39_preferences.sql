-- What a person prefers of dashboards.
--
-- Threat: choosing what one may not see (the choice is checked when it is made, and counts as long as the view is still
-- for the person).

alter table public.preferences
  add column active_dashboard_view uuid,
  add column default_dashboard_view uuid,
  add constraint preferences_active_view_fkey foreign key (workspace_id, active_dashboard_view)
    references public.dashboard_views (workspace_id, id) on delete set null (active_dashboard_view),
  add constraint preferences_default_view_fkey foreign key (workspace_id, default_dashboard_view)
    references public.dashboard_views (workspace_id, id) on delete set null (default_dashboard_view);

create index preferences_active_view_idx on public.preferences (workspace_id, active_dashboard_view);
create index preferences_default_view_idx on public.preferences (workspace_id, default_dashboard_view);

comment on column public.preferences.active_dashboard_view is
  'The view that the person looks at; one that is deleted, or not for them any more, counts as none.';
comment on column public.preferences.default_dashboard_view is
  'The view that the person begins with where none is active. Set by set_default_view.';

create function private.hold_view_to_prefer(p_workspace_id text, p_view_id uuid) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_person();
  perform private.require_membership(p_workspace_id);
  perform private.hold_view(p_workspace_id, p_view_id);
  return p_view_id is null or private.sees_view(p_workspace_id, p_view_id);
end;
$$;

comment on function private.hold_view_to_prefer(text, uuid) is
  'Holds a view until it is chosen; null is none. False for one that the caller does not see, which each way of '
  'choosing refuses in its own words. Error: not_found (workspace_id). For definer functions.';

create function private.prefer_view(p_workspace_id text, p_view_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not private.hold_view_to_prefer(p_workspace_id, p_view_id) then
    perform private.view_not_found();
  end if;
  insert into public.preferences (workspace_id, user_id, active_dashboard_view)
  values (p_workspace_id, auth.uid(), p_view_id)
  on conflict (workspace_id, user_id) do update set active_dashboard_view = excluded.active_dashboard_view;
end;
$$;

comment on function private.prefer_view(text, uuid) is
  'Makes a view the one that the caller looks at in a workspace, or none. Errors: not_found (workspace_id, view_id). '
  'Definer: no role writes preferences, which hold only what is checked.';

grant execute on function private.prefer_view(text, uuid) to authenticated;
