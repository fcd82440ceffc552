-- A bundle: what a version of a listing consists of, as a document that is fixed by its hash (types/marketplace.ts).
--
--   {format, version, kind, content, sources, mapping, requires}
--
-- Its content is a component, a theme or a view as their own rules have them: declarative, and nothing of the
-- workspace that it comes from. What a bundle may ask for outside are the addresses of its sources, which who installs
-- it allows; a configuration names a source by its key, as "$key", and gets the id of the data source that is made.
--
-- Threats: a document that is gigabytes once it is read (JSON is as large as it is: bytes are counted first, and so is
-- what one number would fill); code, or an address of somebody's server, in any text or key (the whole document is
-- looked through for what begins an address); a key of a workspace's own (ids of rows have no place); two documents of
-- one hash (numbers have the digits that JavaScript keeps).

create function private.largest_bundle() returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 524288;
end;
$$;

comment on function private.largest_bundle() is 'How many bytes a bundle may have as text.';

create function private.holds_address(p_document jsonb) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Browsers take a backslash for a slash, and read an address past what is invisible, line breaks and tabs, all of
  -- which but the invisible is escaped in JSON.
  v_text constant text := regexp_replace(
    replace(p_document::text, '\\', '/'),
    '\\(?:[bfnrt]|u00[01][0-9a-f])|[' || private.character_class('invisible') || ']', '', 'g');
begin
  -- Of these they follow one slash and none as they do two; a script may begin with a space.
  return v_text ~* '//|\m(?:https?|ftp|data|mailto|blob|file):[^[:space:]]|\m(?:java|vb)script:|\mwww[.]';
end;
$$;

comment on function private.holds_address(jsonb) is
  'Whether a document holds, in any text or key, what a browser might follow to somebody''s server or run.';

create function private.bundle_sources_problem(p_sources jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem jsonb;
begin
  if p_sources is null then
    return null;
  end if;
  if jsonb_typeof(p_sources) <> 'array' or jsonb_array_length(p_sources) > 5 then
    return private.document_problem('sources', 'This must be a list of at most 5 sources.', 'Leave it out for none.');
  end if;
  select p.problem into v_problem
  from jsonb_array_elements(p_sources) with ordinality as s (source, place)
  cross join lateral (
    select private.problem_below('sources.' || s.place - 1, coalesce(
      private.keys_problem('', s.source, '{key,name,url}', '{mapping,parameters}'),
      private.text_problem('key', s.source -> 'key', '^[a-z][a-z0-9_]{0,29}$',
        'Give small letters, digits and "_", such as rates.'),
      private.data_source_problem((s.source - 'key') || '{"kind": "http_json"}'))) as problem
  ) as p
  where p.problem is not null
  order by s.place
  limit 1;
  if found then
    return v_problem;
  end if;
  if (select count(distinct s ->> 'key') < count(*) from jsonb_array_elements(p_sources) as s) then
    return private.document_problem('sources', 'Two sources have the same key.', 'Give each a key of its own.');
  end if;
  return null;
end;
$$;

comment on function private.bundle_sources_problem(jsonb) is
  'What is wrong with the sources of a bundle, which may be left out: data sources of the kind http_json without '
  'headers, whose values are secrets; null where nothing is.';

create function private.bundle_content_problem(p_kind text, p_content jsonb, p_requires jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_kind
    when 'component' then coalesce(
      private.component_problem(p_content),
      case when exists (select from public.built_in_components b where to_jsonb(b.key) = p_content -> 'id') then
        private.document_problem('id', 'There is a built-in component with this id.', 'Choose another id.')
      end)
    when 'theme' then coalesce(
      private.keys_problem('', p_content, '{name,version,colors,radius}', '{metadata}'),
      private.theme_problem(p_content))
    when 'view' then coalesce(
      private.keys_problem('', p_content, '{name,description,layout}'),
      private.view_problem(p_content),
      private.template_problem(p_content, p_requires))
  end;
end;
$$;

comment on function private.bundle_content_problem(text, jsonb, jsonb) is
  'What is wrong with the content of a bundle, which requires these components: more than the rules of a component, a '
  'theme or a view say, nothing of a workspace may be in it; null where nothing is.';

create function private.template_problem(p_content jsonb, p_requires jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    with components as materialized (
      select b.key, b.config_schema from public.built_in_components b
      union all
      select r.key, r.config_schema from private.required_components(p_requires) r
    )
    select p.problem
    from jsonb_array_elements(p_content #> '{layout,widgets}') with ordinality as w (widget, place)
    left join components c on c.key = w.widget ->> 'widgetId'
    cross join lateral (
      select private.problem_below(format('layout.widgets.%s', w.place - 1), coalesce(
        private.keys_problem('', w.widget, '{instanceId,widgetId,position,visible,config}'),
        case when c.key is null then
          private.document_problem('widgetId',
            'A view template shows the components that every workspace has, and those that it requires.',
            'Publish a component of your own as a listing of its own, and name that in requires.')
        end,
        private.config_problem('config', w.widget -> 'config', c.config_schema))) as problem
    ) as p
    where p.problem is not null
    order by w.place
    limit 1
  );
end;
$$;

comment on function private.template_problem(jsonb, jsonb) is
  'What is wrong with the widgets of a checked view as a template, which requires these components: keys of a row, a '
  'component that is neither built in nor required, or a configuration that it does not take; null where nothing is.';

create function private.configs_of_content(p_bundle jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_bundle ->> 'kind'
    when 'component' then jsonb_build_array(p_bundle #> '{content,defaultConfig}')
    when 'view' then jsonb_path_query_array(p_bundle, '$.content.layout.widgets[*].config')
    else '[]'
  end;
end;
$$;

comment on function private.configs_of_content(jsonb) is
  'The configurations in the content of a bundle, in order, each of which may name a source.';

create function private.bundle_problem(p_bundle jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind constant text := p_bundle ->> 'kind';
  v_problem jsonb;
begin
  v_problem := coalesce(
    private.size_problem('', p_bundle, private.largest_bundle(),
      private.document_problem('', 'The bundle is larger than 512 KiB.', 'Publish less in one listing.')),
    private.keys_problem('', coalesce(p_bundle, 'null'), '{format,version,kind,content}',
      '{sources,mapping,requires}'),
    private.text_problem('format', p_bundle -> 'format', '^b-dashboard-bundle$', 'Give "b-dashboard-bundle".'),
    private.whole_number_problem('version', p_bundle -> 'version', 1, 1),
    private.text_problem('kind', p_bundle -> 'kind', '^(?:component|theme|view)$',
      'Give "component", "theme" or "view".'),
    private.requirements_problem(v_kind, p_bundle -> 'requires'),
    private.problem_below('content',
      private.bundle_content_problem(v_kind, p_bundle -> 'content', p_bundle -> 'requires')),
    private.bundle_sources_problem(p_bundle -> 'sources'),
    case when p_bundle ? 'mapping' then private.config_mapping_problem(v_kind, p_bundle -> 'mapping') end,
    private.json_problem('content', p_bundle -> 'content'));
  if v_problem is not null then
    return v_problem;
  end if;
  return coalesce(
    case when private.holds_address(p_bundle - 'sources') then
      private.document_problem('content', 'This holds an address of its own.',
        'Name addresses as sources, which who installs it allows, and leave out links and code.')
    end,
    case when exists (
        select
        from jsonb_array_elements(private.configs_of_content(p_bundle)
          || coalesce(p_bundle #> '{mapping,defaults}', '[]')) as c (config)
        where jsonb_typeof(c.config -> 'source') = 'string'
          and c.config ->> 'source' not in ('metrics', 'workspace')
          and not coalesce(p_bundle -> 'sources', '[]') @> jsonb_build_array(
            jsonb_build_object('key', substr(c.config ->> 'source', 2)))
          and (c.config ->> 'source' ~ private.uuid_pattern() or starts_with(c.config ->> 'source', '$')))
    then
      private.document_problem('content', 'A configuration names a data source that the bundle does not have.',
        'Name a source of the bundle as "$" and its key, such as "$rates".')
    end,
    case when not private.is_canonical_safe(p_bundle) then
      private.document_problem('content', 'This holds a number with more digits than JavaScript keeps.',
        'Give numbers as JSON.stringify writes them.')
    end);
end;
$$;

comment on function private.bundle_problem(jsonb) is
  'What is wrong with a bundle, as {path, message, hint}, the first thing found; null for a valid one.';

create function private.bundle_version(p_bundle jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when p_bundle ->> 'kind' <> 'view' then p_bundle #>> '{content,version}' end;
end;
$$;

comment on function private.bundle_version(jsonb) is
  'The version that a component or theme in a bundle says that it is, which is that of the listing; null for a view.';

create function private.bundle_addresses(p_bundle jsonb) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select distinct s ->> 'url'
    from jsonb_array_elements(coalesce(p_bundle -> 'sources', '[]')) as s
    order by 1);
end;
$$;

comment on function private.bundle_addresses(jsonb) is 'The addresses that a bundle asks for outside.';
