-- The theme document: the rules of types/theme.ts, held by the database, since clients write themes straight through
-- the Data API. A test demands the same verdict of both.
--
-- Threats: a color that breaks out of the style sheet it is put into (the grammar has no url(), var(), comment,
-- semicolon or brace); a document of megabytes or a thousand levels (every object has a fixed set of keys, so what is
-- not known is refused before it is read); an error that repeats what was sent (it gives the path inside the document,
-- and of an unknown key at most a plain name).

create function private.color_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- As in types/color.ts; a test holds the two together.
  c_space constant text := '[ \t\n\r\f]';
  c_number constant text := '[+-]?(?:[0-9]*[.])?[0-9]+(?:e[+-]?[0-9]{1,3})?';
  c_value constant text := '(?:' || c_number || '%?|none)';
  c_hue constant text := '(?:' || c_number || '(?:deg|grad|rad|turn)?|none)';
  c_alpha constant text := format('(?:%1$s*/%1$s*%2$s)?', c_space, c_value);
  c_comma constant text := format('%1$s*,%1$s*', c_space);
  c_more_alpha constant text := format('(?:%s%s%%?)?', c_comma, c_number);
  c_names constant text :=
    'aliceblue|antiquewhite|aqua|aquamarine|azure|beige|bisque|black|blanchedalmond|blue|blueviolet|brown|burlywood|'
    'cadetblue|chartreuse|chocolate|coral|cornflowerblue|cornsilk|crimson|cyan|darkblue|darkcyan|darkgoldenrod|'
    'darkgray|darkgreen|darkgrey|darkkhaki|darkmagenta|darkolivegreen|darkorange|darkorchid|darkred|darksalmon|'
    'darkseagreen|darkslateblue|darkslategray|darkslategrey|darkturquoise|darkviolet|deeppink|deepskyblue|dimgray|'
    'dimgrey|dodgerblue|firebrick|floralwhite|forestgreen|fuchsia|gainsboro|ghostwhite|gold|goldenrod|gray|green|'
    'greenyellow|grey|honeydew|hotpink|indianred|indigo|ivory|khaki|lavender|lavenderblush|lawngreen|lemonchiffon|'
    'lightblue|lightcoral|lightcyan|lightgoldenrodyellow|lightgray|lightgreen|lightgrey|lightpink|lightsalmon|'
    'lightseagreen|lightskyblue|lightslategray|lightslategrey|lightsteelblue|lightyellow|lime|limegreen|linen|'
    'magenta|maroon|mediumaquamarine|mediumblue|mediumorchid|mediumpurple|mediumseagreen|mediumslateblue|'
    'mediumspringgreen|mediumturquoise|mediumvioletred|midnightblue|mintcream|mistyrose|moccasin|navajowhite|navy|'
    'oldlace|olive|olivedrab|orange|orangered|orchid|palegoldenrod|palegreen|paleturquoise|palevioletred|papayawhip|'
    'peachpuff|peru|pink|plum|powderblue|purple|rebeccapurple|red|rosybrown|royalblue|saddlebrown|salmon|sandybrown|'
    'seagreen|seashell|sienna|silver|skyblue|slateblue|slategray|slategrey|snow|springgreen|steelblue|tan|teal|'
    'thistle|tomato|transparent|turquoise|violet|wheat|white|whitesmoke|yellow|yellowgreen';
begin
  return '^(?:' || array_to_string(
    array[
      format('oklch[(]%1$s*%2$s%1$s+%2$s%1$s+%3$s%4$s%1$s*[)]', c_space, c_value, c_hue, c_alpha),
      format('hsla?[(]%1$s*%3$s%1$s+%2$s%1$s+%2$s%4$s%1$s*[)]', c_space, c_value, c_hue, c_alpha),
      format('hsla?[(]%1$s*%3$s%4$s%2$s%%%4$s%2$s%%%5$s%1$s*[)]', c_space, c_number, c_hue, c_comma, c_more_alpha),
      format('rgba?[(]%1$s*%2$s%1$s+%2$s%1$s+%2$s%3$s%1$s*[)]', c_space, c_value, c_alpha),
      format('rgba?[(]%1$s*%2$s%%?%3$s%2$s%%?%3$s%2$s%%?%4$s%1$s*[)]', c_space, c_number, c_comma, c_more_alpha),
      '#(?:[0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})',
      c_names,
      'currentcolor'
    ],
    '|'
  ) || ')$';
end;
$$;

comment on function private.color_pattern() is
  'The grammar of a color, to be matched without regard to case: oklch(), hsl(), hsla(), rgb(), rgba(), # with 3, 4, '
  '6 or 8 hex digits, a CSS named color, or currentcolor. White space and numbers are as in CSS, exponents included.';

-- The validation trigger of themes runs as whoever writes.
grant execute on function private.color_pattern() to authenticated, service_role;

create function private.theme_tokens() returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{background,foreground,card,cardForeground,popover,popoverForeground,primary,primaryForeground,secondary,'
    'secondaryForeground,muted,mutedForeground,accent,accentForeground,destructive,border,input,ring,chart1,chart2,'
    'chart3,chart4,chart5,sidebar,sidebarForeground,sidebarPrimary,sidebarPrimaryForeground,sidebarAccent,'
    'sidebarAccentForeground,sidebarBorder,sidebarRing}'::text[];
end;
$$;

comment on function private.theme_tokens() is 'The colors that each mode of a theme has, no more and no fewer.';

grant execute on function private.theme_tokens() to authenticated, service_role;

create function private.theme_colors_problem(p_path text, p_colors jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_pattern constant text := private.color_pattern();
  v_problem constant jsonb := private.keys_problem(p_path, p_colors, private.theme_tokens());
  v_all text;
  v_token text;
begin
  if v_problem is not null then
    return v_problem;
  end if;

  -- All at once, divided by what no color holds: an expression of this size is prepared anew for every text that it is
  -- matched with, which for each color by itself takes ten times as long.
  select string_agg((c.value #>> '{}') || '|', '') into v_all
  from jsonb_each(p_colors) as c
  where jsonb_typeof(c.value) = 'string'
    and char_length(c.value #>> '{}') <= 128
    and strpos(c.value #>> '{}', '|') = 0;
  if v_all ~* format('^(?:%s[|])+$', btrim(c_pattern, '^$'))
    and cardinality(string_to_array(v_all, '|')) = cardinality(private.theme_tokens()) + 1
  then
    return null;
  end if;

  select c.key into v_token
  from jsonb_each(p_colors) as c
  where jsonb_typeof(c.value) <> 'string'
    or char_length(c.value #>> '{}') > 128
    or (c.value #>> '{}') !~* c_pattern
  limit 1;
  if found then
    return private.document_problem(p_path || '.' || v_token, 'This is not a color.',
      'Give oklch(), hsl(), hsla(), rgb(), rgba(), # with 3, 4, 6 or 8 hex digits, or a CSS named color.');
  end if;
  return null;
end;
$$;

comment on function private.theme_colors_problem(text, jsonb) is
  'What is wrong with the colors of one mode; null where nothing is.';

grant execute on function private.theme_colors_problem(text, jsonb) to authenticated, service_role;

create function private.radius_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^(?:[0-9]{1,3}(?:[.][0-9]{1,6})?|[.][0-9]{1,6})rem$';
end;
$$;

comment on function private.radius_pattern() is 'A radius of a theme: a number of rem.';

grant execute on function private.radius_pattern() to authenticated, service_role;

create function private.theme_metadata_problem(p_metadata jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    private.keys_problem('metadata', p_metadata, '{}', '{author,description,createdAt,updatedAt}'),
    case when p_metadata ? 'author' then
      private.single_line_problem('metadata.author', p_metadata -> 'author', 0, 100)
    end,
    case when p_metadata ? 'description' then
      private.single_line_problem('metadata.description', p_metadata -> 'description', 0, 500)
    end,
    case when p_metadata ? 'createdAt' then
      private.timestamp_problem('metadata.createdAt', p_metadata -> 'createdAt')
    end,
    case when p_metadata ? 'updatedAt' then
      private.timestamp_problem('metadata.updatedAt', p_metadata -> 'updatedAt')
    end
  );
end;
$$;

comment on function private.theme_metadata_problem(jsonb) is
  'What is wrong with the metadata of a theme; null where nothing is.';

grant execute on function private.theme_metadata_problem(jsonb) to authenticated, service_role;

create function private.theme_problem(p_document jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    private.keys_problem('', p_document, '{name,version,colors,radius}', '{id,isDefault,metadata}'),
    case when p_document ? 'id' then
      private.text_problem('id', p_document -> 'id', private.document_id_pattern(),
        'Leave it out: a theme gets its own.')
    end,
    private.single_line_problem('name', p_document -> 'name', 1, 50),
    private.version_problem('version', p_document -> 'version'),
    private.flag_problem('isDefault', p_document -> 'isDefault'),
    private.keys_problem('colors', p_document -> 'colors', '{light,dark}'),
    private.theme_colors_problem('colors.light', p_document #> '{colors,light}'),
    private.theme_colors_problem('colors.dark', p_document #> '{colors,dark}'),
    private.keys_problem('radius', p_document -> 'radius', '{base}'),
    private.text_problem('radius.base', p_document #> '{radius,base}', private.radius_pattern(),
      'Give a number of rem such as 0.625rem.'),
    case when p_document ? 'metadata' then private.theme_metadata_problem(p_document -> 'metadata') end
  );
end;
$$;

comment on function private.theme_problem(jsonb) is
  'What is wrong with a theme document, as {path, message, hint}, the first thing found; null for a valid one.';

grant execute on function private.theme_problem(jsonb) to authenticated, service_role;
