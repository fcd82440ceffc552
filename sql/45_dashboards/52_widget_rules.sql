-- What happens when a widget is written, whichever way: it is checked, and the view gets a version.

create function private.widget_document(p_widget public.widgets) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'instanceId', p_widget.instance_id,
    'widgetId', p_widget.component_key,
    'position', jsonb_build_object(
      'x', p_widget.x, 'y', p_widget.y, 'width', p_widget.width, 'height', p_widget.height),
    'visible', p_widget.visible,
    'config', p_widget.config,
    'lastUpdated', private.timestamp_text(p_widget.updated_at),
    'id', p_widget.id,
    'version', p_widget.version
  ) || case when p_widget.component_version is null
    then '{}' else jsonb_build_object('componentVersion', p_widget.component_version) end;
end;
$$;

comment on function private.widget_document(public.widgets) is
  'A widget as it stands in a layout document, with id and version of its row.';

create function private.refuse_stale_widget(p_old public.widgets, p_new public.widgets) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_base jsonb;
begin
  -- The rows are arguments, which anybody could make up.
  if auth.uid() is not null and private.access_to(p_old.workspace_id, 'widget', p_old.id) = 'none' then
    perform private.view_not_found();
  end if;
  -- Versions of a widget only rise, so the search is over at the first one that is not higher: a number that never was
  -- would else be looked for in a history of any length.
  if p_new.version between 1 and p_old.version then
    select h.document into v_base
    from private.widget_versions h
    where h.workspace_id = p_old.workspace_id
      and h.view_id = p_old.view_id
      and h.widget_id = p_old.id
      and h.document -> 'version' <= to_jsonb(p_new.version)
      and h.until_version >= (
        select private.oldest_version_in_reach(v)
        from public.dashboard_views v
        where v.workspace_id = p_old.workspace_id and v.id = p_old.view_id)
    order by h.until_version desc
    limit 1;
    if v_base -> 'version' <> to_jsonb(p_new.version)
      or v_base ->> 'widgetId' = any (private.components_hidden_from_caller(p_old.workspace_id))
    then
      v_base := null;
    end if;
  end if;
  perform private.raise_error('conflict',
    'The widget has changed since you read it.',
    jsonb_build_object(
      'version', p_old.version,
      'conflicts', jsonb_build_array(jsonb_build_object(
        'key', 'widgets.' || p_old.instance_id,
        'path', '',
        'instanceId', p_old.instance_id,
        'base', v_base,
        'theirs', private.widget_document(p_old),
        'mine', private.widget_document(p_new)
      ))
    )::text,
    'Apply your change to the widget as it is, and name the version in `details`.');
end;
$$;

comment on function private.refuse_stale_widget(public.widgets, public.widgets) is
  'Refuses a change of a widget that begins from an old version. Errors: conflict (`details` is JSON, '
  'editConflictsSchema of types/conflict.ts), not_found for a widget that is not for the caller. Definer: it reads the '
  'history.';

-- The validation trigger runs as whoever writes.
grant execute on function private.refuse_stale_widget(public.widgets, public.widgets) to authenticated, service_role;

create function private.hold_component(p_workspace_id text, p_key text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- To strangers, whom the policy refuses later, nothing is done for which others would wait.
  if auth.uid() is null or p_workspace_id = any (array(select a.workspace_id from private.active_memberships a)) then
    perform from public.components c where c.workspace_id = p_workspace_id and c.key = p_key for share;
  end if;
end;
$$;

comment on function private.hold_component(text, text) is
  'Keeps the allowed roles of a component as they are until a widget of it is there to follow them. Definer: clients '
  'may not lock components.';

-- The validation trigger runs as whoever writes.
grant execute on function private.hold_component(text, text) to authenticated, service_role;

create function private.tg_widgets_validate() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_component record;
  v_is_other_component boolean := true;
begin
  -- Who may not edit the view is refused by the policy, and must learn nothing before that. One within the other, since
  -- an expression takes the right to every function in it, and the service has none to this one.
  if tg_op = 'INSERT' and current_user = 'authenticated' then
    if private.my_access(new.workspace_id, 'dashboard', new.view_id) not in ('edit', 'manage') then
      return new;
    end if;
  end if;

  if tg_op = 'UPDATE' then
    if new.version is null then
      perform private.raise_invalid_input('version',
        'This says which version of the widget is changed.', 'Give the one that was read, or leave it out.');
    end if;
    if new.version <> old.version then
      perform private.refuse_stale_widget(old, new);
    end if;
    if new.component_key is distinct from old.component_key
      and new.component_version is not distinct from old.component_version
    then
      new.component_version := null;
    end if;
    v_is_other_component := (new.component_key, new.component_version)
      is distinct from (old.component_key, old.component_version);
    if (new.component_key, new.component_version, new.x, new.y, new.width, new.height, new.visible, new.config)
      is not distinct from
      (old.component_key, old.component_version, old.x, old.y, old.width, old.height, old.visible, old.config)
    then
      return new;
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
  else
    new.instance_id := coalesce(new.instance_id, gen_random_uuid());
  end if;

  perform private.refuse_problem(private.position_problem('',
    jsonb_build_object('x', new.x, 'y', new.y, 'width', new.width, 'height', new.height)));
  perform private.refuse_problem(private.flag_problem('visible', coalesce(to_jsonb(new.visible), 'null')));

  -- Held before it is read. Whom a built-in one is for changes with the schema alone, and it has no version.
  if v_is_other_component
    and (
      new.component_version is not null
      or not exists (select from public.built_in_components b where b.key = new.component_key))
  then
    perform private.hold_component(new.workspace_id, new.component_key);
  end if;
  v_component := private.component_version_of(new.workspace_id, new.component_key, new.component_version);
  if v_component.is_built_in is null then
    perform private.raise_invalid_input(
      case when new.component_version is null then 'component_key' else 'component_version' end,
      'There is no such component in this workspace.', private.component_hint(new.workspace_id));
  end if;
  if v_is_other_component and current_user = 'authenticated' then
    if not private.may_use_component(new.workspace_id, v_component.allowed_roles) then
      perform private.raise_error('permission_denied',
        'This component is not for your role.', 'component_key', private.component_hint(new.workspace_id));
    end if;
  end if;
  if v_is_other_component or new.config is distinct from old.config then
    perform private.refuse_problem(private.config_problem('config', new.config, v_component.config_schema));
    -- A definer that writes a layout has asked, where it is one that somebody saves.
    if current_user in ('authenticated', 'service_role') then
      perform private.refuse_problem(private.config_rule_problem(
        'config', new.workspace_id, new.component_key, v_component.version, new.config));
    end if;
  end if;

  new.component_version := v_component.version;
  new.component_audience := private.component_audience(v_component.allowed_roles);
  new.built_in_component := case when v_component.is_built_in then new.component_key end;
  new.custom_component := case when not v_component.is_built_in then new.component_key end;
  return new;
end;
$$;

comment on function private.tg_widgets_validate() is
  'Before a widget is made or changed: refuses a stale version, a place outside of the grid, an unknown component, one '
  'that is not for the caller, and a configuration that its schema or a rule does not take; counts the version. '
  'Errors: conflict, invalid_input (the column, or the path inside `config`), permission_denied (component_key). Who '
  'calls it as a definer has asked about the role and the rules.';

create function private.tg_widgets_begin_version() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_has_begun boolean := private.has_begun_version(new.workspace_id, new.view_id);
begin
  -- The policy, which refuses who may not edit the view, speaks later: without this question a stranger's attempt would
  -- wait for those who save the view, and make them wait.
  if not v_has_begun
    and (
      auth.uid() is null
      or private.my_access(new.workspace_id, 'dashboard', new.view_id) in ('edit', 'manage'))
  then
    perform private.begin_view_version(new.workspace_id, new.view_id);
    v_has_begun := private.has_begun_version(new.workspace_id, new.view_id);
  end if;
  -- Under the lock of the view, so that neither changes before the widget is there.
  if v_has_begun then
    select v.open_to, v.version into new.open_to, new.made_in_version
    from public.dashboard_views v
    where v.workspace_id = new.workspace_id and v.id = new.view_id;
    new.is_restricted := private.has_none_grant(new.workspace_id, 'widget', new.id);
    -- The name of a widget that the caller cannot see is not refused, which would tell of it: this one gets another.
    if exists (
      select from public.widgets w
      where w.workspace_id = new.workspace_id
        and w.view_id = new.view_id
        and w.instance_id = new.instance_id
        and auth.uid() is not null
        and private.access_to(w.workspace_id, 'widget', w.id) = 'none')
    then
      new.instance_id := gen_random_uuid();
    end if;
  end if;
  return new;
end;
$$;

comment on function private.tg_widgets_begin_version() is
  'Before a widget is made: gives the view a version of its own for this transaction, also where an upsert then finds '
  'the widget there, and the widget what its access and its history depend on. Definer: nobody writes the history.';

create function private.tg_widgets_keep_states() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A view that is being removed takes its widgets along, and their history.
  perform private.begin_view_version(v.workspace_id, v.view_id)
  from (
    select distinct s.workspace_id, s.view_id
    from superseded s
    join public.dashboard_views v on v.workspace_id = s.workspace_id and v.id = s.view_id
    left join public.widgets w on w.workspace_id = s.workspace_id and w.id = s.id
    where w.version is distinct from s.version
    order by s.workspace_id, s.view_id
  ) as v;

  -- What was made or changed in this transaction has no version of its own to be remembered for.
  insert into private.widget_versions (workspace_id, view_id, widget_id, from_version, until_version, document)
  select s.workspace_id, s.view_id, s.id, f.from_version, v.version - 1, private.widget_document(s::public.widgets)
  from superseded s
  join public.dashboard_views v on v.workspace_id = s.workspace_id and v.id = s.view_id
  left join public.widgets w on w.workspace_id = s.workspace_id and w.id = s.id
  -- As private.present_since says, for many at once.
  cross join lateral (
    select greatest(s.made_in_version, 1 + max(h.until_version)) as from_version
    from private.widget_versions h
    where h.workspace_id = s.workspace_id and h.view_id = s.view_id and h.widget_id = s.id
  ) as f
  where w.version is distinct from s.version and f.from_version < v.version;
  return null;
end;
$$;

comment on function private.tg_widgets_keep_states() is
  'After widgets are changed or removed: gives their views a version of their own for this transaction, and keeps what '
  'the widgets were. Definer: nobody writes the history.';

create function private.tg_widgets_within_limit() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from (select distinct n.workspace_id, n.view_id from inserted n) as v
    where (
      select count(*) from public.widgets w where w.workspace_id = v.workspace_id and w.view_id = v.view_id) > 200)
  then
    perform private.raise_invalid_input('view_id',
      'A view has at most 200 widgets.', 'Spread them over several views.');
  end if;
  return null;
end;
$$;

comment on function private.tg_widgets_within_limit() is
  'After widgets are made: a view has at most 200. Error: invalid_input (view_id). Definer: those count too that the '
  'caller does not see.';

-- In the order of their names: what is refused begins no version.
create trigger widgets_validate
  before insert or update of component_key, component_version, x, y, width, height, visible, config, version
  on public.widgets
  for each row execute function private.tg_widgets_validate();
create trigger widgets_version before insert on public.widgets
  for each row execute function private.tg_widgets_begin_version();
-- Once the statement has locked all the rows that it changes: see 42_locks.sql.
create trigger widgets_version_delete after delete on public.widgets
  referencing old table as superseded
  for each statement execute function private.tg_widgets_keep_states();
create trigger widgets_version_update after update on public.widgets
  referencing old table as superseded
  for each statement execute function private.tg_widgets_keep_states();
create trigger widgets_within_limit after insert on public.widgets
  referencing new table as inserted
  for each statement execute function private.tg_widgets_within_limit();
