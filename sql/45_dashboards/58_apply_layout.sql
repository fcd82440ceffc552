-- Writing a whole layout in one transaction: all of it or nothing.
--
-- It may begin from a version that is not the present one: 54_merge.sql brings the two together, and refuses
-- where both changed the same widget. Widgets that a grant withholds from the caller are neither shown nor touched.
--
-- Threats: making a widget of a component that is not for one's role (asked for every widget that is made or becomes
-- another component, and not for those that stand there); a layout that passes as JSON and fails halfway (the whole is
-- one statement of the caller's transaction, and the error names the path inside the document).

create function private.last_widget_version(p_view public.dashboard_views, p_widget_id uuid) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_widget_id is null then
    return null;
  end if;
  return (
    select (b.widget ->> 'version')::bigint
    from private.view_versions h
    cross join jsonb_array_elements(h.layout -> 'widgets') as b (widget)
    where h.workspace_id = p_view.workspace_id and h.view_id = p_view.id and b.widget ->> 'id' = p_widget_id::text
    order by h.version desc
    limit 1
  );
end;
$$;

comment on function private.last_widget_version(public.dashboard_views, uuid) is
  'The version with which a widget left its view; null for no widget, and one that is kept nowhere. A restored one '
  'counts on from there: whoever read it before would otherwise meet the same number again, and other content. For '
  'definer functions.';

create function private.write_widgets(p_view public.dashboard_views, p_changes jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.widgets w
  using jsonb_to_recordset(p_changes -> 'remove') as r (instance_id uuid)
  where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id and w.instance_id = r.instance_id;

  update public.widgets w
  set component_key = r.document ->> 'widgetId',
    component_version = r.document ->> 'componentVersion',
    x = (r.document #>> '{position,x}')::numeric,
    y = (r.document #>> '{position,y}')::numeric,
    width = (r.document #>> '{position,width}')::numeric,
    height = (r.document #>> '{position,height}')::numeric,
    visible = r.document -> 'visible' = 'true',
    config = r.document -> 'config'
  from jsonb_to_recordset(p_changes -> 'change') as r (instance_id uuid, document jsonb)
  where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id and w.instance_id = r.instance_id;

  insert into public.widgets (
    workspace_id, id, view_id, instance_id, component_key, component_version, x, y, width, height, visible, config,
    version, updated_at
  )
  select
    p_view.workspace_id,
    coalesce(r.id, gen_random_uuid()),
    p_view.id,
    r.instance_id,
    r.document ->> 'widgetId',
    r.document ->> 'componentVersion',
    (r.document #>> '{position,x}')::numeric,
    (r.document #>> '{position,y}')::numeric,
    (r.document #>> '{position,width}')::numeric,
    (r.document #>> '{position,height}')::numeric,
    r.document -> 'visible' = 'true',
    r.document -> 'config',
    coalesce(private.last_widget_version(p_view, r.id) + 1, 1),
    coalesce((r.document ->> 'lastUpdated')::timestamptz, now())
  from jsonb_to_recordset(p_changes -> 'make') as r (instance_id uuid, id uuid, document jsonb);
end;
$$;

comment on function private.write_widgets(public.dashboard_views, jsonb) is
  'Does what has been decided about the widgets of a view: {remove, change, make}, each a list of {instance_id, '
  'document} of checked widgets. A widget that is made with an id is one that the view had before.';

create function private.apply_layout(
  p_view_id uuid, p_layout jsonb, p_expected_version bigint, p_label text,
  p_path text default '', p_restores boolean default false
) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views := private.require_view(p_view_id, 'edit');
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_withheld uuid[];
  v_layout jsonb;
  v_base jsonb;
  v_theirs jsonb;
  v_settings jsonb;
  v_changes jsonb;
  v_written jsonb;
begin
  perform private.refuse_problem(coalesce(
    private.layout_problem(p_layout, p_path),
    case when p_label is not null then private.single_line_problem('label', to_jsonb(p_label), 1, 100) end
  ));

  v_view := private.lock_view(p_view_id);
  -- Asked again: whoever waited may have lost the access meanwhile.
  v_view := private.require_view(p_view_id, 'edit');
  if (p_expected_version between 1 and v_view.version) is not true then
    perform private.raise_invalid_input('expected_version',
      'There is no such version of this view.', 'Give the version that came with the layout.');
  end if;
  v_withheld := private.withheld_from_caller(v_view);
  v_layout := private.view_layout(v_view);
  v_theirs := private.without_widgets(v_layout, 'id', v_withheld);
  v_base := case
    when p_expected_version = v_view.version then v_theirs
    else private.without_widgets(private.kept_layout(v_view, p_expected_version), 'id', v_withheld)
  end;

  v_settings := jsonb_build_object(
    'rowHeight', private.merged_value(v_base -> 'rowHeight', v_theirs -> 'rowHeight', p_layout -> 'rowHeight'),
    'gap', private.merged_value(v_base -> 'gap', v_theirs -> 'gap', p_layout -> 'gap'));
  select jsonb_object_agg(o.outcome, o.widgets) into v_changes
  from (
    select m.outcome,
      jsonb_agg(case
        when m.outcome = 'conflict' then jsonb_build_object(
          'path', v_prefix || 'widgets.' || m.place, 'instanceId', m.instance_id,
          'base', m.base, 'theirs', m.theirs, 'mine', m.mine)
        else jsonb_build_object(
          'instance_id', m.instance_id,
          'place', m.place,
          'document', private.with_component_version(m.mine, m.theirs),
          'id', case when p_restores then m.mine -> 'id' end,
          'is_other_component', (m.mine ->> 'widgetId') is distinct from (m.theirs ->> 'widgetId')
            or (
              m.mine ? 'componentVersion'
              and m.mine -> 'componentVersion' is distinct from m.theirs -> 'componentVersion'))
      end order by m.place) as widgets
    from private.merged_widgets(v_base, v_theirs, p_layout) m
    where m.outcome <> 'keep'
    group by m.outcome
  ) as o;

  perform private.refuse_conflicts(v_view.version, v_changes -> 'conflict');
  perform private.refuse_conflicts(v_view.version, (
    select jsonb_agg(jsonb_build_object('path', v_prefix || s.key,
      'base', v_base -> s.key, 'theirs', v_theirs -> s.key, 'mine', p_layout -> s.key))
    from jsonb_each(v_settings) as s
    where s.value = 'null'
  ));
  if v_withheld <> '{}' and exists (
    select from jsonb_to_recordset(v_changes -> 'make') as m (instance_id uuid)
    join jsonb_to_recordset(v_layout -> 'widgets') as w (id uuid, "instanceId" uuid) on w."instanceId" = m.instance_id
    where w.id = any (v_withheld))
  then
    perform private.raise_invalid_input(v_prefix || 'widgets',
      'The view has a widget with this instanceId that you cannot see.', 'Give your widget an instanceId of its own.');
  end if;
  v_written := coalesce(v_changes -> 'make', '[]') || coalesce(v_changes -> 'change', '[]');
  perform private.refuse_components(v_view.workspace_id, v_prefix, v_written, not p_restores);

  if v_changes is not null and not private.has_begun_version(v_view.workspace_id, v_view.id) then
    perform private.keep_view_version(v_view, v_layout);
    update public.dashboard_views v
    set version = v.version + 1
    where v.workspace_id = v_view.workspace_id and v.id = v_view.id;
  end if;
  update public.dashboard_views v
  set row_height = (v_settings -> 'rowHeight')::numeric, gap = (v_settings -> 'gap')::numeric
  where v.workspace_id = v_view.workspace_id
    and v.id = v_view.id
    and (v.row_height, v.gap) <> ((v_settings -> 'rowHeight')::numeric, (v_settings -> 'gap')::numeric);
  begin
    perform private.write_widgets(v_view, v_changes);
  exception when sqlstate 'PGRST' then
    -- What the table refuses it names by its column; here the path inside the layout is wanted.
    perform private.refuse_configs(v_view.workspace_id, v_prefix, v_written);
    raise;
  end;
  if p_label is not null then
    perform private.label_view_version(v_view, private.clean_text(p_label));
  end if;
end;
$$;

comment on function private.apply_layout(uuid, jsonb, bigint, text, text, boolean) is
  'Saves a layout as public.save_layout says. p_path is where the layout stands inside a larger document; p_restores '
  'is for layouts from the history: their widgets get their ids back, and were for somebody''s role before. Definer: '
  'it writes past the policies of single widgets. Granted to nobody.';
