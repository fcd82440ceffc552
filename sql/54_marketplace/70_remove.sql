-- Removing an installed copy: refused while it is used, with what uses it.
--
-- Threats: dashboards that lose what they show; a view that is not for who asks, told by its name (as of an upgrade).

create function private.uses_of_install(p_install public.marketplace_installs) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_named constant integer := 100;
  v_nameable constant text[] := private.nameable_views(p_install.workspace_id);
begin
  return (
    select jsonb_build_object(
      'total', coalesce(sum(u.number), 0),
      'uses', coalesce(
        jsonb_agg(jsonb_build_object('kind', u.kind, 'id', u.id, 'name', u.name, 'count', u.number)
          order by u.place) filter (where u.place <= c_most_named),
        '[]'))
    from (
      select g.*, row_number() over (order by g.kind, g.name, g.id) as place
      from (
        select case when v.deleted_at is null then 'view' else 'deleted_view' end as kind, s.id, s.name,
          count(*) as number
        from public.widgets w
        join public.dashboard_views v on v.workspace_id = w.workspace_id and v.id = w.view_id
        cross join lateral (
          select
            case when v.open_to = any (v_nameable) then v.id end as id,
            case when v.open_to = any (v_nameable) then v.name end as name
        ) as s
        where w.workspace_id = p_install.workspace_id and w.custom_component = p_install.component_key
        group by 1, 2, 3
        union all
        select 'workspace', null, null, 1
        from public.default_themes d
        where d.workspace_id = p_install.workspace_id and d.theme_id = p_install.theme_id
        union all
        select 'people', null, null, count(*)
        from public.preferences p
        where p.workspace_id = p_install.workspace_id and p.active_theme_id = p_install.theme_id
        having count(*) > 0
      ) as g
    ) as u
  );
end;
$$;

comment on function private.uses_of_install(public.marketplace_installs) is
  'What uses an installed copy: {total, uses} (installUsesSchema of types/marketplace.ts): widgets by their views, the '
  'workspace whose default theme it is, people who have it active. For definer functions.';

create function public.remove_install(workspace_id text, install_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.remove_install(workspace_id, install_id);
end;
$$;

comment on function public.remove_install(text, uuid) is
  'Removes an installed copy with its component or theme. A view that came from a template stays, and is the '
  'workspace''s own; so do data sources. Takes what installing it takes. Errors: not_found (workspace_id, install_id), '
  'permission_denied, conflict (`details` is {total, uses} as JSON, what uses it).';

grant execute on function public.remove_install(text, uuid) to authenticated;

create function private.remove_install(p_workspace_id text, p_install_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_install public.marketplace_installs := private.lock_install(p_workspace_id, p_install_id);
  v_uses jsonb;
begin
  -- Whoever makes a widget of it meanwhile holds its version, and is waited for.
  perform from public.component_versions v
  where v.workspace_id = p_workspace_id and v.component_key = v_install.component_key
  order by v.version
  for update;
  -- Whoever chooses the theme holds it.
  perform from public.themes t where t.workspace_id = p_workspace_id and t.id = v_install.theme_id for update;
  v_uses := private.uses_of_install(v_install);
  if v_uses -> 'total' <> '0' then
    perform private.raise_error('conflict',
      'This copy is used.', v_uses::text, 'Remove it from what `details` lists first.');
  end if;
  delete from public.marketplace_installs i where i.workspace_id = p_workspace_id and i.id = p_install_id;
  delete from public.components c where c.workspace_id = p_workspace_id and c.key = v_install.component_key;
  delete from public.themes t where t.workspace_id = p_workspace_id and t.id = v_install.theme_id;
end;
$$;

comment on function private.remove_install(text, uuid) is
  'See public.remove_install. Definer: no role writes what is installed.';

grant execute on function private.remove_install(text, uuid) to authenticated;
