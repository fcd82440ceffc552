-- Reading the theme documents that people bring: our own, and those of the ecosystem, as the document of
-- 10_documents.sql. Only an import reads; what is written straight to the table is taken as it is, or refused.
--
-- The colors stand in `colors` (ours), `cssVars` (the registry of shadcn/ui), `styles` (the presets of tweakcn), or
-- beside the name. Tokens go by their names in style sheets as well: primaryForeground is primary-foreground,
-- --primary-foreground and --color-primary-foreground. As in a style sheet, what such a document does not say for dark
-- is what it says for light; ours says everything twice.
--
-- Threats: a document of megabytes (its size is looked at first); a value that is bent until it fits (a color and a
-- radius are spelled as we spell them, and whatever is not one is refused by 10_documents.sql); a person who believes
-- that their fonts and shadows were kept (what is left out is reported, key by key).

create function private.keys_added_to_themes() returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{kind,isBuiltIn,isManaged,revision,createdBy,createdAt,updatedAt,source,skipped}';
end;
$$;

comment on function private.keys_added_to_themes() is
  'What reading adds to the document of a theme, and an import leaves alone: what get_theme, active_theme and '
  'import_theme give goes back as it is.';

grant execute on function private.keys_added_to_themes() to authenticated;

create function private.imported_color(p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_channels constant text :=
    '^[-+.0-9][-+.0-9e]*(?:deg)?(?:[ \t\n\r\f]+[-+.0-9e]+%){2}(?:[ \t\n\r\f]*/[ \t\n\r\f]*[-+.0-9e]+%?)?$';
  v_text text;
begin
  if jsonb_typeof(p_value) <> 'string' or octet_length(p_value #>> '{}') > 256 then
    return p_value;
  end if;
  v_text := btrim(p_value #>> '{}', e' \t\n\r\f');
  -- Older documents give the channels alone, and their style sheets write hsl() around them.
  if v_text ~ '^[-+.0-9]' and v_text ~* c_channels then
    v_text := 'hsl(' || v_text || ')';
  end if;
  return to_jsonb(v_text);
end;
$$;

comment on function private.imported_color(jsonb) is
  'A color of a document as we spell it: without white space around it, and hsl() around bare channels.';

grant execute on function private.imported_color(jsonb) to authenticated;

create function private.imported_radius(p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_pixels_in_rem constant numeric := 16;
  v_text constant text := case when jsonb_typeof(p_value) in ('string', 'number') then p_value #>> '{}' end;
  v_parts text[];
  v_number numeric;
begin
  if v_text is null or octet_length(v_text) > 64 or v_text ~ private.radius_pattern() then
    return p_value;
  end if;
  v_parts := regexp_match(
    v_text, '^[ \t\n\r\f]*([+]?(?:[0-9]*[.])?[0-9]+(?:e[+-]?[0-9]{1,3})?)(px|rem)?[ \t\n\r\f]*$', 'i');
  v_number := v_parts[1]::numeric / case lower(v_parts[2]) when 'px' then c_pixels_in_rem else 1 end;
  -- Only nothing has no unit.
  if (v_number < 1000 and (v_parts[2] is not null or v_number = 0)) is not true then
    return p_value;
  end if;
  return to_jsonb(trim_scale(trunc(v_number, 6))::text || 'rem');
end;
$$;

comment on function private.imported_radius(jsonb) is
  'A radius of a document in rem, of which one has 16 pixels; what is no length in rem or px as it is.';

grant execute on function private.imported_radius(jsonb) to authenticated;

create function private.imported_mode(
  p_path text, p_values jsonb, out colors jsonb, out places jsonb, out skipped jsonb
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  with named as (
    select o.key, o.value, o.n,
      lower(replace(regexp_replace(o.key, '^(?:--)?(?:color-)?', ''), '-', '')) as spelling
    from jsonb_each(p_values) with ordinality as o (key, value, n)
  ),
  given as (
    select n.key, n.value, n.n, t.token,
      case when t.token is not null then
        row_number() over (partition by t.token order by n.key <> t.token, n.n)
      end as nth
    from named as n
    left join unnest(private.theme_tokens()) as t (token)
      on lower(t.token) = case n.spelling when 'sidebarbackground' then 'sidebar' else n.spelling end
  )
  select
    coalesce(jsonb_object_agg(g.token, private.imported_color(g.value)) filter (where g.nth = 1), '{}'),
    coalesce(jsonb_object_agg(g.token, private.key_path(p_path, g.key)) filter (where g.nth = 1), '{}'),
    coalesce(
      jsonb_agg(
        case when g.token is null then private.skipped_key(p_path, g.key) else
          private.skipped_part(private.key_path(p_path, g.key), 'conflict', 'Another key gives this color.')
        end
        order by g.n) filter (where g.nth is distinct from 1),
      '[]')
  into colors, places, skipped
  from given as g;
end;
$$;

comment on function private.imported_mode(text, jsonb, out jsonb, out jsonb, out jsonb) is
  'The colors of one mode by our names of them, where each stands in the document, and what was left out.';

grant execute on function private.imported_mode(text, jsonb, out jsonb, out jsonb, out jsonb) to authenticated;

create function private.imported_metadata(p_metadata jsonb, p_beside jsonb, out metadata jsonb, out skipped jsonb)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text;
  v_longest integer;
  v_problem jsonb;
begin
  metadata := p_metadata;
  skipped := '[]';
  for v_key, v_longest in
    select k.key, k.longest from (values ('author', 100), ('description', 500)) as k (key, longest)
    where p_beside ? k.key
  loop
    v_problem := private.single_line_problem(v_key, p_beside -> v_key, 0, v_longest);
    if jsonb_typeof(metadata) <> 'object' or metadata ? v_key then
      skipped := skipped || private.skipped_part(v_key, 'conflict', 'The metadata count.');
    elsif v_problem is not null then
      skipped := skipped || private.skipped_part(v_key, 'invalid_input', v_problem ->> 'message');
    else
      metadata := coalesce(metadata, '{}') || jsonb_build_object(v_key, p_beside -> v_key);
    end if;
  end loop;
end;
$$;

comment on function private.imported_metadata(jsonb, jsonb, out jsonb, out jsonb) is
  'The metadata of a theme with author and description as they stand beside the name in p_beside, where they are lines '
  'that metadata may hold; null for none.';

grant execute on function private.imported_metadata(jsonb, jsonb, out jsonb, out jsonb) to authenticated;

create function private.imported_base_radius(
  p_document jsonb, p_modes jsonb, p_modes_path text, out radius jsonb, out place text, out skipped jsonb
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  with given as (
    select r.path, private.imported_radius(r.value) as value, r.n
    from (
      select 'radius.base' as path, p_document #> '{radius,base}' as value, 1::bigint as n
      union all
      select 'radius', p_document -> 'radius', 2 where jsonb_typeof(p_document -> 'radius') <> 'object'
      union all
      select concat_ws('.', nullif(p_modes_path, ''), m.mode, k.key), p_modes -> m.mode -> k.key, 2 + m.n
      from unnest('{light,theme,dark}'::text[]) with ordinality as m (mode, n)
      cross join unnest('{radius,--radius}'::text[]) with ordinality as k (key, n)
    ) as r
    where r.value is not null
  ),
  counted as (
    select g.path, g.value, row_number() over (order by g.n) as nth, first_value(g.value) over (order by g.n) as counts
    from given as g
  )
  select jsonb_build_object('base', (array_agg(c.counts))[1]), min(c.path) filter (where c.nth = 1),
    jsonb_agg(private.skipped_part(c.path, 'conflict', 'Another radius of the document counts.') order by c.nth)
      filter (where c.value <> c.counts)
  into radius, place, skipped
  from counted as c
  having count(*) > 0;
  skipped := coalesce(skipped, '[]');
end;
$$;

comment on function private.imported_base_radius(jsonb, jsonb, text, out jsonb, out text, out jsonb) is
  'The radius of a theme document, which may stand among the colors, and where it was found; null for none. One that '
  'says otherwise is left out.';

grant execute on function private.imported_base_radius(jsonb, jsonb, text, out jsonb, out text, out jsonb)
  to authenticated;

create function private.missing_colors_problem(p_path text, p_colors jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_missing constant text[] := array(
    select t.token from unnest(private.theme_tokens()) with ordinality as t (token, n)
    where not p_colors ? t.token
    order by t.n);
begin
  if v_missing = '{}' then
    return null;
  end if;
  return private.document_problem(concat_ws('.', nullif(p_path, ''), v_missing[1]),
    format('Colors are missing here: %s.', array_to_string(v_missing, ', ')), 'Add them.');
end;
$$;

comment on function private.missing_colors_problem(text, jsonb) is
  'Which colors a mode at a path lacks, all of them, with the path of the first; null for none.';

grant execute on function private.missing_colors_problem(text, jsonb) to authenticated;
