-- Widgets, by title and component: in the scope of their view, where that is open to the workspace further divided by
-- whose components they show, so that a viewer's search does not touch what is not for viewers.
--
-- What decides besides is asked of the rows that are found: widgets that a grant withholds, and components that name a
-- role of the workspace's own. A widget that is granted by itself is found by its id.

create function private.scopes_of_widget(
  p_workspace_id text, p_view_id uuid, p_open_to text, p_is_restricted boolean, p_audience text
) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when p_open_to = 'workspace' then array[
      private.search_scope(p_workspace_id) || '/' || case when p_is_restricted then 'restricted' else p_audience end]
    else private.scopes_of_view(p_workspace_id, p_view_id, p_open_to)
  end;
end;
$$;

comment on function private.scopes_of_widget(text, uuid, text, boolean, text) is
  'Where a widget is found, by whom its view is open to and whose component it shows.';

grant execute on function private.scopes_of_widget(text, uuid, text, boolean, text) to authenticated, service_role;

create function private.widget_title(p_config jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when jsonb_typeof(p_config -> 'title') = 'string' then left(p_config ->> 'title', 200) end;
end;
$$;

comment on function private.widget_title(jsonb) is 'What a configuration calls its widget; null for nothing.';

grant execute on function private.widget_title(jsonb) to authenticated, service_role;

create function private.widget_keys(p_scopes text[], p_config jsonb, p_component_key text) returns tsvector
language plpgsql immutable parallel safe cost 1000000
set search_path = pg_catalog, pg_temp
as $$
declare
  v_title constant text[] := private.search_words(private.widget_title(p_config));
  v_component constant text[] := private.search_words(p_component_key);
begin
  -- Without a title it is called after its component.
  return case
    when v_title = '{}' then private.search_keys(p_scopes, v_component)
    else private.search_keys(p_scopes, v_title, v_component)
  end;
end;
$$;

comment on function private.widget_keys(text[], jsonb, text) is 'The keys of a widget: title, component.';

grant execute on function private.widget_keys(text[], jsonb, text) to authenticated, service_role;

create index widgets_search_idx on public.widgets
  using gin (
    private.widget_keys(
      private.scopes_of_widget(workspace_id, view_id, open_to, is_restricted, component_audience),
      config,
      component_key)
  )
  with (fastupdate = off);

create function private.widget_scopes(p_asked private.search_asked) returns text[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shared constant text := private.search_scope(p_asked.workspace_id) || '/';
begin
  -- A row costs what it is compared with: no scope in which nothing of the caller's lies.
  return case when p_asked.granted_widgets || p_asked.given_views = '{}' then '{}' else array[private.given_scope()] end
    || array_remove(private.view_scopes(p_asked), private.search_scope(p_asked.workspace_id))
    || case when 'dashboards.read' = any (p_asked.permissions) then array(
      select v_shared || a.audience
      from unnest(case
        when p_asked.listed_components = '{}' then p_asked.audiences
        else '{everybody,writers,readers,listed}'
      end || '{restricted}') as a (audience))
    else '{}' end;
end;
$$;

comment on function private.widget_scopes(private.search_asked) is
  'Where the widgets lie that the caller sees. Where a component names the role of the caller, which is one of the '
  'workspace''s own, those of all components are found, and matching_widgets leaves out what is not for that role.';

create function private.matching_widgets(p_asked private.search_asked, p_condition tsquery, p_seen text[])
returns table (id text, part integer, changed_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
begin
  return query
    select m.id::text, 0, m.updated_at
    from (
      (
        select w.id, w.updated_at
        from public.widgets w
        where private.widget_keys(
            private.scopes_of_widget(w.workspace_id, w.view_id, w.open_to, w.is_restricted, w.component_audience),
            w.config, w.component_key) @@ p_condition
          and (w.component_audience = any (p_asked.audiences) or w.component_key = any (p_asked.listed_components))
          and (
            not w.is_restricted
            or w.id not in (select x.id from private.widgets_withheld(p_asked.workspace_id) x)
          )
        limit private.most_compared()
      )
      union
      select w.id, w.updated_at
      from unnest(p_asked.granted_widgets) as g (id)
      cross join lateral (
        select x.* from public.widgets x where x.workspace_id = p_asked.workspace_id and x.id = g.id offset 0
      ) as w
      where w.open_to <> 'nobody'
        and private.widget_keys(array[private.given_scope()], w.config, w.component_key) @@ p_condition
      union
      -- As in matching_views.
      select w.id, w.updated_at
      from unnest(p_asked.given_views) as g (id)
      cross join lateral (
        select x.* from public.widgets x where x.workspace_id = p_asked.workspace_id and x.view_id = g.id offset 0
      ) as w
      where w.open_to = 'workspace'
        and not 'dashboards.read' = any (p_asked.permissions)
        and (w.component_audience = any (p_asked.audiences) or w.component_key = any (p_asked.listed_components))
        and (
          not w.is_restricted
          or w.id not in (select x.id from private.widgets_withheld(p_asked.workspace_id) x)
        )
        and private.widget_keys(array[private.given_scope()], w.config, w.component_key) @@ p_condition
    ) as m
    where m.id::text <> all (p_seen)
    order by m.updated_at desc, m.id
    limit p_asked.most;
end;
$$;

comment on function private.matching_widgets(private.search_asked, tsquery, text[]) is
  'The widgets that match, those changed last first. For definer functions.';

create function private.found_widget(p_asked private.search_asked, p_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
        'id', w.id, 'title', coalesce(nullif(private.widget_title(w.config), ''), w.component_key),
        'instanceId', w.instance_id, 'componentKey', w.component_key, 'viewId', w.view_id,
        -- A widget may be granted without its view.
        'viewName', case
          when v.id = any (p_asked.given_views)
            or ('dashboards.read' = any (p_asked.permissions)
              and v.open_to in ('workspace', p_asked.caller_id::text))
          then v.name
        end,
        'changedAt', private.timestamp_text(w.updated_at))
      || private.search_match(
        p_asked.words, '{title,component}', array[private.widget_title(w.config), w.component_key])
    from public.widgets w
    join public.dashboard_views v on v.workspace_id = w.workspace_id and v.id = w.view_id
    where w.workspace_id = p_asked.workspace_id and w.id = p_id);
end;
$$;

comment on function private.found_widget(private.search_asked, uuid) is
  'A widget as a search tells of it. For definer functions.';
