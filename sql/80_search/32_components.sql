-- Components, by title, key and description: the latest versions of the workspace's own, and the built-in ones by key,
-- whose titles are the front end's. Each lies in a scope of every role that may use it, so that a search touches none
-- that is not for its caller.

create function private.scopes_of_component(p_workspace_id text, p_allowed_roles text[]) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select distinct concat(private.search_scope(p_workspace_id), '/', r.role)
    from unnest('{*}' || p_allowed_roles) as r (role));
end;
$$;

comment on function private.scopes_of_component(text, text[]) is
  'Where a component is found, by the roles that may use it, and by * for who sees all; a built-in one is of no '
  'workspace.';

grant execute on function private.scopes_of_component(text, text[]) to authenticated, service_role;

create function private.component_keys(p_scopes text[], p_key text, p_title text, p_description text) returns tsvector
language plpgsql immutable parallel safe cost 1000000
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.search_keys(
    p_scopes, private.search_words(p_title) || private.search_words(p_key), private.search_words(p_description));
end;
$$;

comment on function private.component_keys(text[], text, text, text) is
  'The keys of a component: title, key, description.';

grant execute on function private.component_keys(text[], text, text, text) to authenticated, service_role;

create index component_versions_search_idx on public.component_versions
  using gin (
    private.component_keys(
      private.scopes_of_component(workspace_id, allowed_roles), component_key, title, description)
  )
  with (fastupdate = off);
create index built_in_components_search_idx on public.built_in_components
  using gin (private.component_keys(private.scopes_of_component(null, allowed_roles), key, null, null))
  with (fastupdate = off);

create function private.component_scopes(p_asked private.search_asked) returns text[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select x.scope || '/' || r.role
    from (values (private.search_scope(p_asked.workspace_id)), ('')) as x (scope)
    cross join unnest(p_asked.component_roles) as r (role)
    where 'components.read' = any (p_asked.permissions)
    union
    -- Who publishes components sees all of the workspace's own, and an admin uses all that are built in.
    select private.search_scope(p_asked.workspace_id) || '/*'
    where 'components.write' = any (p_asked.permissions)
    union
    select '/*'
    where 'components.read' = any (p_asked.permissions) and 'admin' = any (p_asked.component_roles));
end;
$$;

comment on function private.component_scopes(private.search_asked) is 'Where the components lie that the caller sees.';

create function private.matching_components(p_asked private.search_asked, p_condition tsquery, p_seen text[])
returns table (id text, part integer, changed_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
begin
  return query
    select m.key, 0, m.published_at
    from (
      select v.component_key as key, v.published_at
      from public.component_versions v
      where private.component_keys(
          private.scopes_of_component(v.workspace_id, v.allowed_roles), v.component_key, v.title, v.description)
          @@ p_condition
        and not exists (
          select from public.component_versions x
          where x.workspace_id = v.workspace_id
            and x.component_key = v.component_key
            and private.version_order(x.version) > private.version_order(v.version)
        )
      union all
      select b.key, null
      from public.built_in_components b
      where private.component_keys(private.scopes_of_component(null, b.allowed_roles), b.key, null, null)
        @@ p_condition
    ) as m
    where m.key <> all (p_seen)
    order by m.published_at desc nulls last, m.key
    limit p_asked.most;
end;
$$;

comment on function private.matching_components(private.search_asked, tsquery, text[]) is
  'The components that match, those published last first and built-in ones at the end. For definer functions.';

create function private.found_component(p_asked private.search_asked, p_key text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
        'id', c.key, 'title', coalesce(c.title, c.key), 'isBuiltIn', c.title is null,
        'changedAt', private.timestamp_text(c.published_at))
      || private.search_match(p_asked.words, '{title,key,description}', array[c.title, c.key, c.description])
    from (
      select b.key, null as title, null as description, null::timestamptz as published_at, 1 as place
      from public.built_in_components b
      where b.key = p_key
      union all
      (
        select v.component_key, v.title, v.description, v.published_at, 2
        from public.component_versions v
        where v.workspace_id = p_asked.workspace_id and v.component_key = p_key
        order by private.version_order(v.version) desc
        limit 1
      )
    ) as c
    order by c.place
    limit 1);
end;
$$;

comment on function private.found_component(private.search_asked, text) is
  'A component as a search tells of it. For definer functions.';
