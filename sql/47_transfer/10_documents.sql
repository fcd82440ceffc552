-- The export document: the rules of types/transfer.ts, held by the database. A test demands the same verdict of both,
-- and docs/transfer-format.md explains the format.
--
-- Whether a component exists, a role may use it and a configuration is right for it depends on the workspace and is
-- asked where a document is imported (64_import.sql).
--
-- Threats: a document of megabytes, or one that takes longer than a statement may (its size, the length of each list
-- and the number of widgets are looked at before anything inside of them); a reference to something of another
-- workspace (a reference is to a part of the same document, or the key of a built-in theme, and never a uuid from
-- elsewhere); two parts of one id, of which the second would take the first's place.

create function private.largest_export() returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A view of 200 widgets with configurations of 16 KiB is 3.3 MB: whatever is stored can be exported, view by view.
  return 4194304;
end;
$$;

comment on function private.largest_export() is 'How many bytes an export may have as text.';

create function private.count_exported_widgets(p_document jsonb) returns bigint
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(sum(jsonb_array_length(w.list)), 0)
    from jsonb_path_query(p_document, '$.views[*].layout.widgets') as w (list)
    where jsonb_typeof(w.list) = 'array'
  );
end;
$$;

comment on function private.count_exported_widgets(jsonb) is
  'How many widgets the views of an export have, which need not have been checked.';

create function private.exported_lists_problem(p_document jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_longest constant integer := 200;
  -- An import makes a widget in half a millisecond, or two where the machine is slow, and has eight seconds. A part of
  -- an export has fewer (61_export_dashboard.sql), and any view does.
  c_most_widgets constant integer := 3000;
  v_key text;
  v_problem jsonb;
begin
  v_problem := private.size_problem('', p_document, private.largest_export(),
    private.document_problem('', 'The document is larger than 4 MiB.',
      'Export it in parts (export_dashboard_part), or view by view, and import one after the other.'));
  if v_problem is not null then
    return v_problem;
  end if;
  select k into v_key
  from unnest('{components,themes,views}'::text[]) with ordinality as l (k, n)
  where case jsonb_typeof(p_document -> k)
    when 'array' then jsonb_array_length(p_document -> k) > c_longest
    else true
  end
  order by n
  limit 1;
  if found then
    return private.document_problem(v_key, 'This must be a list of at most 200.',
      'Give [] for none, or import in parts.');
  end if;
  if private.count_exported_widgets(p_document) > c_most_widgets then
    return private.document_problem('views', 'There are more than 3,000 widgets.',
      'Import one after the other what export_dashboard_part gives, or fewer views at a time.');
  end if;
  return null;
end;
$$;

comment on function private.exported_lists_problem(jsonb) is
  'What is wrong with the size of an export; null where nothing is.';

create function private.exported_part_problem(p_list text, p_part jsonb, p_path text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when p_list = 'components' then private.problem_below(p_path, private.component_problem(p_part))
    else coalesce(
      case p_list
        when 'themes' then private.problem_below(p_path, private.theme_problem(p_part))
        else private.view_problem(p_part, p_path)
      end,
      case when not p_part ? 'id' then
        private.document_problem(p_path || '.id', 'This is missing.', 'Give any id that is unique in the document.')
      end)
  end;
end;
$$;

comment on function private.exported_part_problem(text, jsonb, text) is
  'What is wrong with a component, a theme or a view inside an export, the latter two with an id; null where '
  'nothing is.';

create function private.exported_parts_problem(p_list text, p_parts jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem jsonb;
begin
  select p.problem into v_problem
  from jsonb_array_elements(p_parts) with ordinality as e (part, n)
  cross join lateral private.exported_part_problem(p_list, e.part, p_list || '.' || e.n - 1) as p (problem)
  where p.problem is not null
  order by e.n
  limit 1;
  if found then
    return v_problem;
  end if;

  select private.document_problem(p_list || '.' || d.n - 1 || '.id',
    'Another entry of the list has the same id.', 'Give each an id of its own, and each version of a component once.')
  into v_problem
  from (
    select e.n,
      row_number() over (
        partition by e.part ->> 'id', case p_list when 'components' then e.part ->> 'version' end order by e.n) as nth
    from jsonb_array_elements(p_parts) with ordinality as e (part, n)
  ) as d
  where d.nth = 2
  order by d.n
  limit 1;
  return v_problem;
end;
$$;

comment on function private.exported_parts_problem(text, jsonb) is
  'What is wrong with the components, themes or views of an export; null where nothing is.';

create function private.exported_reference_problem(p_path text, p_id jsonb, p_parts jsonb, p_pattern text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id constant text := p_id #>> '{}';
begin
  if jsonb_typeof(p_id) = 'null'
    or (
      jsonb_typeof(p_id) = 'string'
      and (
        exists (select from jsonb_array_elements(p_parts) as e (part) where e.part -> 'id' = p_id)
        or (v_id ~ p_pattern and v_id !~ private.uuid_pattern())
      )
    )
  then
    return null;
  end if;
  return private.document_problem(p_path, 'Nothing in the document has this id.',
    'Give the id of a part of the document, or null.');
end;
$$;

comment on function private.exported_reference_problem(text, jsonb, jsonb, text) is
  'What is wrong with a reference inside an export: it is null, the id of one of the parts, or something of the '
  'product whose key has a pattern (null where there is no such thing); null where nothing is wrong.';

create function private.exported_preferences_problem(p_document jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_preferences constant jsonb := p_document -> 'preferences';
  v_extras constant jsonb := v_preferences -> 'extras';
begin
  return coalesce(
    private.keys_problem('preferences', v_preferences, '{}',
      '{locale,theme_mode,active_theme_id,sidebar_collapsed,active_dashboard_view,extras}'),
    case when jsonb_typeof(v_preferences -> 'locale') <> 'null' then
      private.locale_problem('preferences.locale', v_preferences -> 'locale')
    end,
    case when v_preferences ? 'theme_mode' then
      private.text_problem('preferences.theme_mode', v_preferences -> 'theme_mode', '^(light|dark|system)$',
        'Give "light", "dark" or "system".')
    end,
    private.flag_problem('preferences.sidebar_collapsed', v_preferences -> 'sidebar_collapsed'),
    case
      when v_extras is null then null
      when jsonb_typeof(v_extras) <> 'object' then
        private.document_problem('preferences.extras', 'This must be a JSON object.', 'Give {} for none.')
      when private.is_larger_than(v_extras, 16384)
        or exists (select from jsonb_object_keys(v_extras) as k where k !~ private.extras_key_pattern())
      then
        private.document_problem('preferences.extras', 'This is too large, or has a key without a namespace.',
          'Give at most 16 KiB, with keys such as app:density.')
      else private.json_problem('preferences.extras', v_extras)
    end,
    case when v_preferences ? 'active_theme_id' then
      private.exported_reference_problem('preferences.active_theme_id', v_preferences -> 'active_theme_id',
        p_document -> 'themes', private.catalog_key_pattern())
    end,
    case when v_preferences ? 'active_dashboard_view' then
      private.exported_reference_problem('preferences.active_dashboard_view', v_preferences -> 'active_dashboard_view',
        p_document -> 'views', null)
    end
  );
end;
$$;

comment on function private.exported_preferences_problem(jsonb) is
  'What is wrong with the preferences of an export; null where nothing is.';

create function private.exported_kind_problem(p_document jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_view constant boolean := p_document -> 'kind' = '"view"';
  v_defaults constant bigint[] := array(
    select e.n - 1
    from jsonb_array_elements(p_document -> 'views') with ordinality as e (view, n)
    where e.view -> 'isDefault' = 'true'
    order by e.n);
begin
  return case
    when v_is_view and jsonb_array_length(p_document -> 'views') <> 1 then
      private.document_problem('views', 'The export of a view contains exactly one view.',
        'Give one, or the kind dashboard.')
    when v_is_view and p_document -> 'themes' <> '[]' then
      private.document_problem('themes', 'The export of a view contains no themes.', 'Give [], or the kind dashboard.')
    when v_is_view and p_document ? 'preferences' then
      private.document_problem('preferences', 'The export of a view contains no preferences.',
        'Leave them out, or give the kind dashboard.')
    when cardinality(v_defaults) > 1 then
      private.document_problem(format('views.%s.isDefault', v_defaults[2]), 'Another view is already the default.',
        'Choose one of them.')
  end;
end;
$$;

comment on function private.exported_kind_problem(jsonb) is
  'What an export holds that its kind does not, or holds twice; null for nothing.';

create function private.export_problem(p_document jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    -- First, since a document of another version may have other keys.
    case when jsonb_typeof(p_document) = 'object' and p_document ? 'version' then
      private.whole_number_problem('version', p_document -> 'version', 1, 1)
    end,
    private.keys_problem('', p_document, '{format,version,kind,exportedAt,components,themes,views}', '{preferences}'),
    private.text_problem('format', p_document -> 'format', '^b-dashboard$', 'Give "b-dashboard".'),
    private.text_problem('kind', p_document -> 'kind', '^(?:view|dashboard)$', 'Give "view" or "dashboard".'),
    private.timestamp_problem('exportedAt', p_document -> 'exportedAt'),
    private.exported_lists_problem(p_document),
    private.exported_parts_problem('components', p_document -> 'components'),
    private.exported_parts_problem('themes', p_document -> 'themes'),
    private.exported_parts_problem('views', p_document -> 'views'),
    private.exported_kind_problem(p_document),
    case when p_document ? 'preferences' then private.exported_preferences_problem(p_document) end
  );
end;
$$;

comment on function private.export_problem(jsonb) is
  'What is wrong with an export, as {path, message, hint}, the first thing found; null for a valid one.';
