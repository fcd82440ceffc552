-- Writing a whole layout in one transaction: all of it or nothing. Three steps, each a function: decide, refuse, write.
--
-- It may begin from a version that is not the present one: 54_merge.sql brings the two together, and what both changed
-- is refused until the person chooses. Widgets that a grant withholds from the caller are neither shown nor touched.
--
-- Threats: making a widget of a component that is not for one's role (asked for every widget that is made or becomes
-- another component, and not for those that stand there); a layout that passes as JSON and fails halfway (the whole is
-- one statement of the caller's transaction, and the error names the path inside the document).

create function private.last_widget_version(p_view public.dashboard_views, p_widget_id uuid) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select (h.document ->> 'version')::bigint
    from private.widget_versions h
    where h.workspace_id = p_view.workspace_id and h.view_id = p_view.id and h.widget_id = p_widget_id
    order by h.until_version desc
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
    -- Most are new. One that is there all the same is there for others: this one is another.
    case when r.id is null then gen_random_uuid() else coalesce(
      (
        select r.id
        where not exists (
          select from public.widgets x where x.workspace_id = p_view.workspace_id and x.id = r.id)
      ),
      gen_random_uuid()) end,
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
    case when r.id is null then 1 else coalesce(private.last_widget_version(p_view, r.id) + 1, 1) end,
    coalesce((r.document ->> 'lastUpdated')::timestamptz, now())
  from jsonb_to_recordset(p_changes -> 'make') as r (instance_id uuid, id uuid, document jsonb);
end;
$$;

comment on function private.write_widgets(public.dashboard_views, jsonb) is
  'Does what has been decided about the widgets of a view: {remove, change, make}, each a list of {instance_id, '
  'document} of checked widgets. A widget that is made with an id is one that the view had before.';

create function private.decide_save(
  p_view public.dashboard_views,
  p_theirs jsonb,
  p_mine jsonb,
  p_expected_version bigint,
  p_resolve jsonb,
  p_restores boolean
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_base constant jsonb := case
    when p_expected_version = p_view.version then p_theirs
    else private.without_withheld(private.kept_view(p_view, p_expected_version), p_view)
  end;
  v_seen constant jsonb := case
    when p_resolve is not null then
      private.without_withheld(private.kept_view(p_view, (p_resolve ->> 'version')::bigint), p_view)
  end;
  v_decisions constant jsonb := private.merge_decisions(
    v_base, p_theirs, p_mine, v_seen, case when v_seen is null then '{}' else p_resolve -> 'choices' end);
begin
  return jsonb_build_object(
    'decisions', v_decisions,
    'settings', private.decided_settings(v_decisions),
    'widgets', (
      select coalesce(jsonb_object_agg(o.outcome, o.widgets), '{}')
      from (
        select
          case when d.document is null then 'remove' when d.theirs is null then 'make' else 'change' end as outcome,
          jsonb_agg(
            jsonb_build_object(
              'instance_id', d.instance_id,
              'place', d.place,
              'document', d.document,
              'id', coalesce(case when p_restores then (d.document ->> 'id')::uuid end, d.base_id),
              'is_other_component', (d.document ->> 'widgetId') is distinct from (d.theirs ->> 'widgetId')
                or d.document ? 'componentVersion'
                  and d.document -> 'componentVersion' is distinct from d.theirs -> 'componentVersion',
              'is_other_config', d.document -> 'config' is distinct from d.theirs -> 'config')
            order by d.place) as widgets
        from private.decided_widgets(p_theirs, v_decisions) d
        group by 1
      ) as o
    )
  );
end;
$$;

comment on function private.decide_save(public.dashboard_views, jsonb, jsonb, bigint, jsonb, boolean) is
  'What a save comes to: {decisions, as private.merge_decisions gives them, settings, which change, and widgets, as '
  'private.write_widgets takes them}. p_restores: mine is from the history, and its ids are those of its widgets.';

create function private.refuse_save(
  p_view public.dashboard_views,
  p_theirs jsonb,
  p_mine jsonb,
  p_decided jsonb,
  p_path text,
  p_restores boolean
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_written constant jsonb :=
    coalesce(p_decided #> '{widgets,make}', '[]') || coalesce(p_decided #> '{widgets,change}', '[]');
begin
  perform private.refuse_conflicts(p_view.version, p_theirs, p_decided -> 'decisions', p_path, p_mine ? 'name');
  perform private.refuse_components(p_view.workspace_id, v_prefix, v_written, not p_restores);
  if not p_restores then
    perform private.refuse_by_rules(p_view.workspace_id, v_prefix, v_written);
  end if;
end;
$$;

comment on function private.refuse_save(public.dashboard_views, jsonb, jsonb, jsonb, text, boolean) is
  'Refuses a save that has been decided: for conflicts, for a component that is unknown or not for the caller, for a '
  'configuration that a rule does not take. What is restored was for somebody''s role and as the rules were before. '
  'Errors: conflict, invalid_input, permission_denied.';

create function private.write_save(
  p_view public.dashboard_views, p_decided jsonb, p_path text, p_label text
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings constant jsonb := p_decided -> 'settings';
begin
  if p_decided -> 'decisions' <> '[]' then
    perform private.begin_view_version(p_view.workspace_id, p_view.id);
  end if;
  update public.dashboard_views v
  set name = coalesce(v_settings ->> 'name', v.name),
    description = coalesce(v_settings ->> 'description', v.description),
    row_height = coalesce((v_settings -> 'rowHeight')::numeric, v.row_height),
    gap = coalesce((v_settings -> 'gap')::numeric, v.gap)
  where v.workspace_id = p_view.workspace_id and v.id = p_view.id and v_settings <> '{}';
  begin
    perform private.write_widgets(p_view, p_decided -> 'widgets');
  exception when sqlstate 'PGRST' then
    -- What the table refuses it names by its column; here the path inside the layout is wanted.
    perform private.refuse_configs(p_view.workspace_id, case when p_path = '' then '' else p_path || '.' end,
      coalesce(p_decided #> '{widgets,make}', '[]') || coalesce(p_decided #> '{widgets,change}', '[]'));
    raise;
  end;
  -- A save that changes nothing makes no version, and takes nobody's label from the one that is there.
  if p_label is not null and p_decided -> 'decisions' <> '[]' then
    perform private.label_view_version(p_view, p_label);
  end if;
end;
$$;

comment on function private.write_save(public.dashboard_views, jsonb, text, text) is
  'Writes a save that has been decided and not refused. Error: invalid_input for a configuration that its component '
  'does not take, with the path inside the document.';

create function private.apply_layout(
  p_view_id uuid, p_layout jsonb, p_expected_version bigint, p_label text, p_resolve jsonb default null,
  p_path text default '', p_names jsonb default '{}', p_restores boolean default false
) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views := private.require_view(p_view_id, 'edit');
  v_mine constant jsonb := p_layout || p_names;
  v_theirs jsonb;
  v_decided jsonb;
begin
  perform private.refuse_managed(v_view.is_managed);
  perform private.refuse_problem(coalesce(
    private.layout_problem(p_layout, p_path),
    case when p_label is not null then private.single_line_problem('label', to_jsonb(p_label), 1, 100) end,
    private.resolve_problem(p_resolve)
  ));

  v_view := private.lock_view(p_view_id);
  -- Asked again: whoever waited may have lost the access meanwhile.
  v_view := private.require_view(p_view_id, 'edit');
  if (p_expected_version between 1 and v_view.version) is not true then
    perform private.raise_invalid_input('expected_version',
      'There is no such version of this view.', 'Give the version that came with the layout.');
  end if;
  if (p_resolve ->> 'version')::bigint > v_view.version then
    perform private.raise_invalid_input('resolve.version',
      'There is no such version of this view.', 'Give the version in `details` of the conflict.');
  end if;

  v_theirs := private.without_withheld(private.view_layout(v_view) || private.view_names(v_view), v_view);
  v_decided := private.decide_save(v_view, v_theirs, v_mine, p_expected_version, p_resolve, p_restores);
  perform private.refuse_save(v_view, v_theirs, v_mine, v_decided, p_path, p_restores);
  perform private.write_save(v_view, v_decided, p_path, private.clean_text(p_label));
end;
$$;

comment on function private.apply_layout(uuid, jsonb, bigint, text, jsonb, text, jsonb, boolean) is
  'Saves a layout as public.save_layout says. p_path is where it stands inside a larger document, p_names {name, '
  'description} of one; p_restores is for layouts from the history: their widgets get their ids back, and were for '
  'somebody''s role before. Definer: it writes past the policies of single widgets. Granted to nobody.';
