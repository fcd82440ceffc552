-- A theme document that somebody brings, read as a whole: 14_imported_documents.sql says what may be brought.

create function private.imported_colors(
  p_modes jsonb, p_path text, p_is_ours boolean,
  out colors jsonb, out places jsonb, out skipped jsonb, out problem jsonb
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_mode text;
  v_read record;
begin
  colors := '{}';
  places := jsonb_build_object(
    'colors', p_path, 'colors.light', v_prefix || 'light', 'colors.dark', v_prefix || 'dark');
  skipped := '[]';
  for v_mode in select m from unnest('{light,dark}'::text[]) as m where p_modes ? m loop
    if jsonb_typeof(p_modes -> v_mode) <> 'object' then
      colors := colors || jsonb_build_object(v_mode, p_modes -> v_mode);
      continue;
    end if;
    v_read := private.imported_mode(v_prefix || v_mode, (p_modes -> v_mode) - '{radius,--radius}'::text[]);
    colors := colors || jsonb_build_object(
      v_mode,
      case when v_mode = 'dark' and not p_is_ours and jsonb_typeof(colors -> 'light') = 'object'
        then colors -> 'light' else '{}'
      end || v_read.colors);
    places := places || coalesce(
      (select jsonb_object_agg(format('colors.%s.%s', v_mode, p.key), p.value) from jsonb_each(v_read.places) as p),
      '{}');
    skipped := skipped || v_read.skipped;
    problem := coalesce(problem, private.missing_colors_problem(v_prefix || v_mode, colors -> v_mode));
  end loop;
  if not p_is_ours and not p_modes ? 'dark' and jsonb_typeof(colors -> 'light') = 'object' then
    colors := colors || jsonb_build_object('dark', colors -> 'light');
    skipped := skipped || private.skipped_part(v_prefix || 'dark', 'not_found',
      'The document has no dark colors: those for light count there too.');
  end if;
end;
$$;

comment on function private.imported_colors(jsonb, text, boolean, out jsonb, out jsonb, out jsonb, out jsonb) is
  'The colors of both modes, which stand at a path: {light, dark} by our names, where each stands in the document, '
  'what was left out, and what is missing.';

grant execute on function private.imported_colors(jsonb, text, boolean, out jsonb, out jsonb, out jsonb, out jsonb)
  to authenticated;

create function private.imported_theme_shape(p_modes_key text, p_is_ours boolean) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_modes constant jsonb := '{"light": true, "dark": true}'::jsonb
    || case when p_is_ours then '{}'::jsonb else '{"theme": {"radius": true, "--radius": true}}' end;
begin
  return (
      select jsonb_object_agg(k.key, true)
      from unnest('{id,version,isDefault}' || private.keys_added_to_themes()) as k (key)
    )
    || jsonb_build_object(
      'name', true,
      'radius', '{"base": true}'::jsonb,
      'metadata', '{"author": true, "description": true, "createdAt": true, "updatedAt": true}'::jsonb
    )
    || case when p_is_ours then '{}'::jsonb else
      '{"title": true, "label": true, "author": true, "description": true}'
    end
    || case p_modes_key when '' then v_modes else jsonb_build_object(p_modes_key, v_modes) end;
end;
$$;

comment on function private.imported_theme_shape(text, boolean) is
  'Which keys of a theme document are read: its colors stand under p_modes_key.';

grant execute on function private.imported_theme_shape(text, boolean) to authenticated;

create function private.imported_theme(p_document jsonb, out theme jsonb, out skipped jsonb, out problem jsonb)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_largest constant integer := 262144;
  v_is_ours constant boolean := p_document ? 'colors' or not p_document ?| '{cssVars,styles,light}';
  v_modes_key constant text := case
    when v_is_ours then 'colors'
    when p_document ? 'cssVars' then 'cssVars'
    when p_document ? 'styles' then 'styles'
    else ''
  end;
  v_name_key constant text := case
    when v_is_ours then 'name'
    when p_document ? 'title' then 'title'
    when p_document ? 'label' then 'label'
    else 'name'
  end;
  v_given constant jsonb := case v_modes_key when '' then p_document else p_document -> v_modes_key end;
  v_modes constant jsonb := case jsonb_typeof(v_given) when 'object' then v_given else '{}' end;
  v_shape constant jsonb := private.imported_theme_shape(v_modes_key, v_is_ours);
  v_colors record;
  v_metadata record;
  v_radius record;
  v_unknown jsonb;
begin
  theme := p_document;
  skipped := '[]';
  problem := private.size_problem('', p_document, c_largest,
    private.document_problem('', 'The document is larger than 256 KiB.', 'Leave out what is no theme.'));
  if problem is not null then
    return;
  end if;
  -- What is right as it is needs no reading.
  problem := private.theme_problem(coalesce(p_document, 'null'));
  if problem is null or jsonb_typeof(p_document) is distinct from 'object' then
    return;
  end if;

  v_unknown := private.unknown_keys(p_document, v_shape);
  skipped := private.skipped_keys(v_unknown);
  if jsonb_array_length(v_unknown) > private.most_skipped_keys() then
    return;
  end if;
  v_colors := private.imported_colors(v_modes, v_modes_key, v_is_ours);
  v_radius := private.imported_base_radius(p_document, v_modes, v_modes_key);
  v_metadata := private.imported_metadata(
    private.without_keys(p_document, v_unknown) -> 'metadata',
    case when v_is_ours then '{}' else p_document end);
  select coalesce(jsonb_object_agg(m.key, m.value), '{}') into theme
  from (
    values
      ('id', p_document -> 'id'),
      ('name', p_document -> v_name_key),
      ('version', coalesce(p_document -> 'version', case when not v_is_ours then '"1.0.0"'::jsonb end)),
      ('isDefault', p_document -> 'isDefault'),
      ('colors', case jsonb_typeof(v_given) when 'object' then v_colors.colors else v_given end),
      ('radius', coalesce(v_radius.radius, p_document -> 'radius',
        case when not v_is_ours then '{"base": "0.625rem"}'::jsonb end)),
      ('metadata', v_metadata.metadata)
  ) as m (key, value)
  where m.value is not null;

  if not v_is_ours then
    select skipped || coalesce(
      jsonb_agg(private.skipped_part(k.key, 'conflict', 'Another key gives the name.') order by k.n), '[]')
    into skipped
    from unnest('{title,label,name}'::text[]) with ordinality as k (key, n)
    where p_document ? k.key and k.key <> v_name_key;
  end if;
  skipped := skipped || v_colors.skipped || v_radius.skipped || v_metadata.skipped;
  problem := coalesce(v_colors.problem, private.theme_problem(theme));
  -- Of what was found elsewhere, the path in the document that was given.
  problem := problem || jsonb_build_object('path', coalesce(
    v_colors.places ->> (problem ->> 'path'),
    case problem ->> 'path' when 'name' then v_name_key when 'radius.base' then v_radius.place end,
    problem ->> 'path'));
end;
$$;

comment on function private.imported_theme(jsonb, out jsonb, out jsonb, out jsonb) is
  'A theme document that somebody brings, as one of ours, with what was left out of it as entries of skipped, and what '
  'is wrong with it, null for nothing, by its path in the document that was given.';

grant execute on function private.imported_theme(jsonb, out jsonb, out jsonb, out jsonb) to authenticated;
