-- Which widgets a call is about, and what they ask: those of a view, of the initial view, which is stored nowhere, or
-- some by their ids; always those alone that the caller sees.

create type private.asked as (id uuid, question jsonb, question_hash text, refresh_minutes integer);

comment on type private.asked is 'A widget by the id under which it is answered, and what it asks.';

create function private.initial_questions() returns private.asked[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select (
      (w.value ->> 'instanceId')::uuid, q.question, private.question_hash(q.question),
      private.refresh_minutes_of(w.value -> 'config')
    )::private.asked
    from jsonb_array_elements(private.initial_view() #> '{layout,widgets}') as w
    cross join lateral private.question_of(null, w.value ->> 'widgetId', null, w.value -> 'config') as q (question));
end;
$$;

comment on function private.initial_questions() is
  'What the widgets of the initial view ask, the same in every workspace. For definer functions.';

create function private.question_asked(p_workspace_id text, p_question_hash text) returns private.asked
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_asked private.asked;
begin
  select w.id, w.question, w.question_hash, w.refresh_minutes into v_asked
  from public.widgets w
  where w.workspace_id = p_workspace_id and w.question_hash = p_question_hash
  order by w.refresh_minutes
  limit 1;
  if v_asked.id is null then
    select a.* into v_asked
    from unnest(private.initial_questions()) as a
    where a.question_hash = p_question_hash
    limit 1;
  end if;
  return v_asked;
end;
$$;

comment on function private.question_asked(text, text) is
  'A question that a widget of a workspace asks, or of the initial view, with the fewest minutes that any gives it; '
  'null where none does. For definer functions.';

create function private.shown_widgets(p_view public.dashboard_views) returns private.asked[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hidden constant text[] := private.components_hidden_from_caller(p_view.workspace_id);
  v_is_owner constant boolean := p_view.owner_id is not distinct from auth.uid();
begin
  -- As private.shown_layout decides: most workspaces grant no widgets, and to know that takes one look into an index.
  if not exists (
    select from public.resource_grants g where g.workspace_id = p_view.workspace_id and g.resource_type = 'widget')
  then
    return array(
      select (w.instance_id, w.question, w.question_hash, w.refresh_minutes)::private.asked
      from public.widgets w
      where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id and w.component_key <> all (v_hidden));
  end if;
  return array(
    select (w.instance_id, w.question, w.question_hash, w.refresh_minutes)::private.asked
    from public.widgets w
    left join private.grants_to_caller_on(p_view.workspace_id, 'widget', array(
      select x.id from public.widgets x
      where x.workspace_id = p_view.workspace_id and x.view_id = p_view.id)) g on g.resource_id = w.id
    where w.workspace_id = p_view.workspace_id
      and w.view_id = p_view.id
      and private.shows_widget(w.component_key, v_hidden, g.access::text, v_is_owner));
end;
$$;

comment on function private.shown_widgets(public.dashboard_views) is
  'The widgets of a view that the caller sees, as get_view shows them, by instance id. For definer functions.';

create function private.widgets_asked(
  p_view_id uuid, p_widget_ids uuid[], p_workspace_id text, out workspace_id text, out asked private.asked[]
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 200;
  v_initial constant jsonb := private.initial_view();
  v_hidden text[];
  v_view public.dashboard_views;
begin
  if p_workspace_id is not null then
    perform private.require_membership(p_workspace_id);
  end if;
  if num_nonnulls(p_view_id, p_widget_ids) <> 1 then
    perform private.raise_invalid_input('view_id',
      'It takes either a view or widgets.', 'Give view_id, or widget_ids.');
  end if;
  if p_view_id = (v_initial ->> 'id')::uuid then
    perform private.require_permission(p_workspace_id, 'dashboards.read');
    workspace_id := p_workspace_id;
    v_hidden := private.components_hidden_from_caller(p_workspace_id);
    asked := array(
      select a::private.asked
      from unnest(private.initial_questions()) as a
      join jsonb_array_elements(v_initial #> '{layout,widgets}') as w on (w.value ->> 'instanceId')::uuid = a.id
      where w.value ->> 'widgetId' <> all (v_hidden));
    return;
  end if;
  if p_view_id is not null then
    v_view := private.require_view(p_view_id, 'view');
    -- Who names a workspace asks for nothing beyond it.
    if v_view.workspace_id <> p_workspace_id then
      perform private.view_not_found();
    end if;
    workspace_id := v_view.workspace_id;
    asked := private.shown_widgets(v_view);
    return;
  end if;

  if cardinality(p_widget_ids) > c_most then
    perform private.raise_invalid_input('widget_ids', 'These are too many widgets.', 'Give at most 200.');
  end if;
  -- Of one workspace: that of the first of them that the caller sees.
  select s.workspace_id into workspace_id
  from unnest(p_widget_ids) with ordinality as i (id, position)
  cross join lateral (
    select x.workspace_id
    from public.widgets x
    where x.workspace_id = any (array(select a.workspace_id from private.active_memberships a)) and x.id = i.id
    offset 0
  ) as s
  where private.access_to(s.workspace_id, 'widget', i.id) <> 'none'
  order by i.position
  limit 1;
  asked := array(
    select (w.id, w.question, w.question_hash, w.refresh_minutes)::private.asked
    from public.widgets w
    where w.workspace_id = widgets_asked.workspace_id
      and w.id = any (p_widget_ids)
      and private.access_to(w.workspace_id, 'widget', w.id) <> 'none');
end;
$$;

comment on function private.widgets_asked(uuid, uuid[], text) is
  'The widgets of a view that the caller sees, by instance id, or those of the given ones, by their ids and all of one '
  'workspace. Errors: not_found (view_id, workspace_id), permission_denied, invalid_input (view_id, widget_ids). For '
  'definer functions.';
