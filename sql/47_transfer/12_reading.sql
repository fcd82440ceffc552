-- Reading what somebody brings: an export with keys that are unknown here, or with themes of the ecosystem, becomes the
-- document of 10_documents.sql, and what was left out is reported. What cannot be read is refused by its rules. What is
-- right as it is needs no reading.

create function private.export_shape() returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{
    "format": true, "version": true, "kind": true, "exportedAt": true, "themes": true,
    "preferences": {
      "locale": true, "theme_mode": true, "active_theme_id": true, "sidebar_collapsed": true,
      "active_dashboard_view": true, "extras": true
    }
  }'::jsonb || jsonb_build_object(
    'components', jsonb_build_array(private.component_shape()),
    'views', jsonb_build_array(private.view_shape()));
end;
$$;

comment on function private.export_shape() is 'The keys of an export; its themes are read by private.imported_theme.';

create function private.imported_part(
  p_document jsonb, p_shape jsonb, out document jsonb, out skipped jsonb
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_unknown constant jsonb := private.unknown_keys(p_document, p_shape);
begin
  skipped := private.skipped_keys(v_unknown);
  document := case when jsonb_array_length(v_unknown) > private.most_skipped_keys()
    then p_document else private.without_keys(p_document, v_unknown) end;
end;
$$;

comment on function private.imported_part(jsonb, jsonb, out jsonb, out jsonb) is
  'A document without what is not in its shape, and what that was, as entries of skipped.';

create function private.imported_view(p_document jsonb, out document jsonb, out skipped jsonb, out problem jsonb)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  document := p_document;
  skipped := '[]';
  problem := private.view_problem(p_document);
  if problem is null or private.is_larger_than(p_document, private.largest_export()) then
    return;
  end if;
  select p.document, p.skipped into document, skipped
  from private.imported_part(p_document, private.view_shape()) as p;
  problem := private.view_problem(document);
end;
$$;

comment on function private.imported_view(jsonb, out jsonb, out jsonb, out jsonb) is
  'A bare view that somebody brings, with what was left out of it, and what is wrong with it.';

create function private.imported_export(p_document jsonb, out document jsonb, out skipped jsonb, out problem jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_themes jsonb;
  v_skipped jsonb;
begin
  document := p_document;
  skipped := '[]';
  problem := private.export_problem(p_document);
  -- Another version may mean something else by its keys, and what is too large is not looked into.
  if problem is null or p_document -> 'version' <> '1' or private.exported_lists_problem(p_document) is not null then
    return;
  end if;

  select p.document, p.skipped into document, skipped
  from private.imported_part(p_document, private.export_shape()) as p;
  select jsonb_agg(t.theme order by e.n),
    (array_agg(private.problem_below('themes.' || e.n - 1, t.problem) order by e.n)
      filter (where t.problem is not null))[1],
    jsonb_path_query_array(jsonb_agg(private.skipped_below('themes.' || e.n - 1, t.skipped) order by e.n), '$[*][*]')
  into v_themes, problem, v_skipped
  from jsonb_array_elements(document -> 'themes') with ordinality as e (theme, n)
  cross join lateral private.imported_theme(e.theme) as t;
  if v_themes is not null then
    document := document || jsonb_build_object('themes', v_themes);
    skipped := skipped || v_skipped;
  end if;
  problem := coalesce(problem, private.export_problem(document));
end;
$$;

comment on function private.imported_export(jsonb, out jsonb, out jsonb, out jsonb) is
  'An export that somebody brings as one of ours, with what was left out of it as entries of skipped, and what is '
  'wrong with it, null for nothing.';
