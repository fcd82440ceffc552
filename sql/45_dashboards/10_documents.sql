-- The layout document: the rules of types/layout.ts, held by the database. A test demands the same verdict of both.
-- A configuration is looked at here as one of any component; whether the component exists and takes it depends on the
-- workspace and is asked where a layout is written (58_apply_layout.sql).
--
-- Threats: ten thousand widgets, or a document of megabytes (the number is looked at before anything else, and every
-- object has a fixed set of keys); two widgets of one name, of which the second would replace the first; numbers that
-- are none, or that no column holds.

create function private.position_problem(p_prefix text, p_position jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    private.whole_number_problem(p_prefix || 'x', p_position -> 'x', 0, 11),
    private.whole_number_problem(p_prefix || 'y', p_position -> 'y', 0, 10000),
    private.whole_number_problem(p_prefix || 'width', p_position -> 'width', 1, 12),
    private.whole_number_problem(p_prefix || 'height', p_position -> 'height', 1, 10000),
    case when (p_position -> 'x')::numeric + (p_position -> 'width')::numeric > 12 then
      private.document_problem(p_prefix || 'width', 'The widget reaches beyond the grid, which has 12 columns.',
        'Make it narrower, or move it to the left.')
    end
  );
end;
$$;

comment on function private.position_problem(text, jsonb) is
  'What is wrong with {x, y, width, height} in a grid of 12 columns; null where nothing is.';

-- The validation trigger of widgets runs as whoever writes.
grant execute on function private.position_problem(text, jsonb) to authenticated, service_role;

create function private.widget_problem(p_path text, p_widget jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    private.keys_problem(p_path, p_widget, '{instanceId,widgetId,position,visible,config}',
      '{lastUpdated,componentVersion,id,version}'),
    private.uuid_problem(p_path || '.instanceId', p_widget -> 'instanceId'),
    private.text_problem(p_path || '.widgetId', p_widget -> 'widgetId', private.component_key_pattern(),
      'Give the id of a component, of small letters, digits and "-".'),
    private.keys_problem(p_path || '.position', p_widget -> 'position', '{x,y,width,height}'),
    private.position_problem(p_path || '.position.', p_widget -> 'position'),
    private.flag_problem(p_path || '.visible', p_widget -> 'visible'),
    private.config_problem(p_path || '.config', p_widget -> 'config', null),
    case when p_widget ? 'lastUpdated' then
      private.timestamp_problem(p_path || '.lastUpdated', p_widget -> 'lastUpdated')
    end,
    case when p_widget ? 'componentVersion' then
      private.version_problem(p_path || '.componentVersion', p_widget -> 'componentVersion')
    end,
    case when p_widget ? 'id' then
      private.uuid_problem(p_path || '.id', p_widget -> 'id', 'Leave it out: a widget gets its own.')
    end,
    case when p_widget ? 'version' then
      private.whole_number_problem(p_path || '.version', p_widget -> 'version', 1, 2147483647)
    end
  );
end;
$$;

comment on function private.widget_problem(text, jsonb) is
  'What is wrong with a widget of a layout, whatever its component; null where nothing is.';

create function private.pixels_problem(p_path text, p_value jsonb, p_may_be_zero boolean) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number constant numeric := case when jsonb_typeof(p_value) = 'number' then p_value::numeric end;
begin
  if (v_number between 0 and 10000 and private.fits_javascript(v_number) and (v_number > 0 or p_may_be_zero))
    is not true
  then
    return private.document_problem(p_path, 'This is not a possible number of pixels.',
      'Give a number such as 16, at most 10000.');
  end if;
  return null;
end;
$$;

comment on function private.pixels_problem(text, jsonb, boolean) is
  'What is wrong with a size in pixels, at most 10,000; null where nothing is.';

-- The validation trigger of views runs as whoever writes.
grant execute on function private.pixels_problem(text, jsonb, boolean) to authenticated, service_role;

create function private.layout_problem(p_layout jsonb, p_path text default '') returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_problem jsonb := coalesce(
    private.keys_problem(p_path, p_layout, '{version,gridColumns,rowHeight,gap,widgets}'),
    private.whole_number_problem(v_prefix || 'version', p_layout -> 'version', 1, 1),
    private.whole_number_problem(v_prefix || 'gridColumns', p_layout -> 'gridColumns', 12, 12),
    private.pixels_problem(v_prefix || 'rowHeight', p_layout -> 'rowHeight', false),
    private.pixels_problem(v_prefix || 'gap', p_layout -> 'gap', true),
    case
      when jsonb_typeof(p_layout -> 'widgets') is distinct from 'array' then
        private.document_problem(v_prefix || 'widgets', 'This must be a list of widgets.', 'Give [] for none.')
      when jsonb_array_length(p_layout -> 'widgets') > 200 then
        private.document_problem(v_prefix || 'widgets', 'A view has at most 200 widgets.',
          'Spread them over several views.')
    end
  );
begin
  if v_problem is not null then
    return v_problem;
  end if;

  select p.problem into v_problem
  from jsonb_array_elements(p_layout -> 'widgets') with ordinality as w (widget, place)
  cross join lateral private.widget_problem(v_prefix || 'widgets.' || w.place - 1, w.widget) as p (problem)
  where p.problem is not null
  order by w.place
  limit 1;
  if found then
    return v_problem;
  end if;

  select private.document_problem(v_prefix || 'widgets.' || d.place - 1 || '.instanceId',
    'Another widget of this layout has the same instanceId.', 'Give each widget an instanceId of its own.')
  into v_problem
  from (
    select w.place, row_number() over (partition by lower(w.widget ->> 'instanceId') order by w.place) as nth
    from jsonb_array_elements(p_layout -> 'widgets') with ordinality as w (widget, place)
  ) as d
  where d.nth = 2
  order by d.place
  limit 1;
  return v_problem;
end;
$$;

comment on function private.layout_problem(jsonb, text) is
  'What is wrong with a layout, as {path, message, hint}, the first thing found; null for a valid one. p_path is where '
  'the layout stands inside a larger document.';

create function private.keys_added_to_views() returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{isActive,isManaged,isReadOnly,visibility,access,ownerId,version,source,skipped}';
end;
$$;

comment on function private.keys_added_to_views() is
  'What reading adds to the document of a view, and writing does not write: what get_view, active_view, import_view '
  'and restore_view_version give goes back as it is. See addedToViews of types/view.ts.';

create function private.view_problem(p_view jsonb, p_path text default '') returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
begin
  return coalesce(
    private.keys_problem(p_path, p_view, '{name,layout}',
      '{id,description,isDefault,isRoleDefault,roleId,createdAt,updatedAt}' || private.keys_added_to_views()),
    case when p_view ? 'id' then
      private.text_problem(v_prefix || 'id', p_view -> 'id', private.document_id_pattern(),
        'Leave it out: a view gets its own.')
    end,
    private.single_line_problem(v_prefix || 'name', p_view -> 'name', 1, 50),
    case when p_view ? 'description' then
      private.single_line_problem(v_prefix || 'description', p_view -> 'description', 0, 200)
    end,
    private.flag_problem(v_prefix || 'isDefault', p_view -> 'isDefault'),
    private.flag_problem(v_prefix || 'isRoleDefault', p_view -> 'isRoleDefault'),
    case when p_view ? 'roleId' then
      private.text_problem(v_prefix || 'roleId', p_view -> 'roleId', private.role_key_pattern(),
        'Give the key of a role, or leave it out.')
    end,
    case when p_view ? 'createdAt' then private.timestamp_problem(v_prefix || 'createdAt', p_view -> 'createdAt') end,
    case when p_view ? 'updatedAt' then private.timestamp_problem(v_prefix || 'updatedAt', p_view -> 'updatedAt') end,
    private.layout_problem(p_view -> 'layout', v_prefix || 'layout')
  );
end;
$$;

comment on function private.view_problem(jsonb, text) is
  'What is wrong with a view, as {path, message, hint}, the first thing found; null for a valid one. p_path is where '
  'the view stands inside a larger document.';

create function private.view_shape() returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (select jsonb_object_agg(k.key, true) from unnest(private.keys_added_to_views()) as k (key))
    || '{
      "id": true, "name": true, "description": true, "isDefault": true, "isRoleDefault": true, "roleId": true,
      "createdAt": true, "updatedAt": true,
      "layout": {
        "version": true, "gridColumns": true, "rowHeight": true, "gap": true,
        "widgets": [
          {
            "instanceId": true, "widgetId": true, "visible": true, "config": true, "lastUpdated": true,
            "componentVersion": true, "id": true, "version": true,
            "position": {"x": true, "y": true, "width": true, "height": true}
          }
        ]
      }
    }';
end;
$$;

comment on function private.view_shape() is 'The keys of a view, for an import.';
