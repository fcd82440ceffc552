-- What a copy gets its data from: data sources of the workspace, made for the sources of its bundle and kept from
-- version to version.
--
-- Threats: an address that nobody allowed, or that people have turned away from (a source is made at an address that is
-- named by who installs or upgrades, and none by going back); headers that reach another address (that is another
-- source); data for others than it was meant for (the next source is for the same roles).

create function private.installed_bundle(p_install public.marketplace_installs) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (select b.bundle from private.marketplace_bundles b where b.content_hash = p_install.content_hash);
end;
$$;

comment on function private.installed_bundle(public.marketplace_installs) is
  'The bundle that a copy was made from. For definer functions.';

create function private.sources_until_now(p_install public.marketplace_installs) returns jsonb[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select s.sources
    from private.marketplace_steps s
    where s.workspace_id = p_install.workspace_id and s.install_id = p_install.id
  ) || p_install.sources;
end;
$$;

comment on function private.sources_until_now(public.marketplace_installs) is
  'The data sources by key that a copy has, and had: a widget may have been left out of an upgrade. For definer '
  'functions.';

create function private.is_source(p_source private.data_sources, p_of_bundle jsonb) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_source.name = private.clean_text(p_of_bundle ->> 'name')
    and p_source.mapping is not distinct from p_of_bundle ->> 'mapping'
    and p_source.parameters = array(select jsonb_array_elements_text(p_of_bundle -> 'parameters'));
end;
$$;

comment on function private.is_source(private.data_sources, jsonb) is
  'Whether a data source at an address is what a bundle says that it is.';

create function private.decided_sources(p_workspace_id text, p_sources jsonb, p_before jsonb, p_bundle jsonb)
returns table (key text, id uuid, document jsonb, before jsonb, allowed_roles text[], verdict text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select n.value ->> 'key', case when v.verdict <> 'make' then s.id end, n.value, b.value,
      coalesce(s.allowed_roles, (
        select x.allowed_roles
        from jsonb_each_text(p_sources) as e
        join private.data_sources x
          on x.workspace_id = p_workspace_id and x.id = e.value::uuid and x.url = n.value ->> 'url'
        order by x.created_at, x.id
        limit 1
      )),
      v.verdict
    from jsonb_array_elements(coalesce(p_bundle -> 'sources', '[]')) with ordinality as n (value, place)
    left join private.data_sources s
      on s.workspace_id = p_workspace_id and s.id = (p_sources ->> (n.value ->> 'key'))::uuid
    left join jsonb_array_elements(coalesce(p_before -> 'sources', '[]')) as b (value)
      on b.value ->> 'key' = n.value ->> 'key'
    cross join lateral (
      select case
        when s.id is null then 'make'
        when s.url = n.value ->> 'url' and private.is_source(s, n.value) then 'same'
        when s.url = n.value ->> 'url' and private.is_source(s, b.value) then 'change'
        -- One at another address is another source: headers that were given for the first stay with it.
        when s.url <> n.value ->> 'url' and s.url = b.value ->> 'url' then 'make'
        else 'stays'
      end
    ) as v (verdict)
    order by n.place;
end;
$$;

comment on function private.decided_sources(text, jsonb, jsonb, jsonb) is
  'What becomes of the sources that a bundle asks for, where a copy has some, by key, of the bundle that was before: '
  'the verdict is make, without an id; same; change; or stays, what people have changed since, its address as well. '
  'allowed_roles are those of the source in whose place another one comes. For definer functions.';

create function private.addresses_to_allow(p_install public.marketplace_installs, p_bundle jsonb) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select distinct d.document ->> 'url'
    from private.decided_sources(
      p_install.workspace_id, p_install.sources, private.installed_bundle(p_install), p_bundle) d
    where d.verdict = 'make'
    order by 1);
end;
$$;

comment on function private.addresses_to_allow(public.marketplace_installs, jsonb) is
  'The addresses of a bundle at which sources are made: those that the copy has go on, and one that people removed, or '
  'led elsewhere, is not come back to in silence. For definer functions.';

create function private.refuse_addresses(p_bundle jsonb, p_allowed text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_missing text[];
begin
  if cardinality(p_allowed) > 100 then
    perform private.raise_invalid_input('allow_addresses',
      'These are too many addresses.', 'Give those that are asked for.');
  end if;
  v_missing := array(
    select unnest(private.bundle_addresses(p_bundle)) except select unnest(p_allowed) order by 1);
  if v_missing <> '{}' then
    perform private.raise_error('conflict',
      'This asks for addresses outside, which you have to allow.',
      jsonb_build_object('addresses', v_missing)::text, 'Give them in allow_addresses, if you trust them.');
  end if;
end;
$$;

comment on function private.refuse_addresses(jsonb, text[]) is
  'Refuses a bundle with addresses that were not allowed. Error: conflict (`details` is {addresses} as JSON).';

create function private.installed_sources(
  p_workspace_id text, p_sources jsonb, p_before jsonb, p_bundle jsonb, p_rolls_back boolean
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_decided record;
  v_document jsonb;
  v_id uuid;
  v_sources jsonb := '{}';
begin
  -- Both, in this order, as who saves a source.
  if p_bundle -> 'sources' <> '[]' then
    perform private.lock_workspace(p_workspace_id);
    perform private.lock_questions(p_workspace_id);
  end if;
  for v_decided in select d.* from private.decided_sources(p_workspace_id, p_sources, p_before, p_bundle) d loop
    v_document := (v_decided.document - 'key') || '{"kind": "http_json"}'
      || case when v_decided.allowed_roles is null then '{}'
        else jsonb_build_object('allowedRoles', v_decided.allowed_roles) end;
    v_id := v_decided.id;
    if v_id is null and p_rolls_back then
      -- What people removed, or led elsewhere, stays so: nobody is asked about an address here.
      v_id := (p_sources ->> v_decided.key)::uuid;
    elsif v_id is null then
      v_id := (private.save_data_source(p_workspace_id, v_document, null, null) ->> 'id')::uuid;
    elsif v_decided.verdict = 'change' then
      -- Going back is for every plan.
      if p_rolls_back then
        perform private.require_permission(p_workspace_id, 'integrations.manage');
      else
        perform private.refuse_data_source(p_workspace_id, v_document);
      end if;
      -- Unless somebody changes it at this moment.
      update private.data_sources s
      set name = private.clean_text(v_document ->> 'name'),
        mapping = v_document ->> 'mapping',
        parameters = array(select jsonb_array_elements_text(v_document -> 'parameters')),
        version = s.version + 1,
        updated_at = now()
      where s.workspace_id = p_workspace_id
        and s.id = v_id
        and s.url = v_document ->> 'url'
        and private.is_source(s, v_decided.before);
    end if;
    v_sources := v_sources || jsonb_build_object(v_decided.key, v_id);
  end loop;
  return v_sources;
end;
$$;

comment on function private.installed_sources(text, jsonb, jsonb, jsonb, boolean) is
  'Makes and changes the data sources that a bundle asks for as decided_sources says, and gives their ids by key; who '
  'rolls back makes none. Errors: those of save_data_source. For definer functions.';

create function private.named_sources(p_before jsonb[], p_bundle jsonb, p_sources jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_not_made_yet constant text := '00000000-0000-4000-8000-000000000000';
begin
  return (
    select coalesce(jsonb_object_agg(n.name, k.id), '{}')
    from (
      select b ->> 'key' as key, coalesce(p_sources ->> (b ->> 'key'), c_not_made_yet) as id
      from jsonb_array_elements(coalesce(p_bundle -> 'sources', '[]')) as b
    ) as k
    cross join lateral (
      select '$' || k.key
      union
      select x ->> k.key from unnest(p_before) as x where x ? k.key
    ) as n (name)
  );
end;
$$;

comment on function private.named_sources(jsonb[], jsonb, jsonb) is
  'What configurations may call the sources of a bundle, as "$key" or by the ids that they had before, and the ids '
  'that they are to say in its place: by key, or one that stands for what is not made yet.';

create function private.with_sources(p_configs jsonb[], p_named jsonb) returns jsonb[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select case
      when p_named ? lower(c.config ->> 'source')
        then c.config || jsonb_build_object('source', p_named -> lower(c.config ->> 'source'))
      else c.config
    end
    from unnest(p_configs) with ordinality as c (config, n)
    order by c.n);
end;
$$;

comment on function private.with_sources(jsonb[], jsonb) is
  'Configurations that name data sources of the workspace, by what named_sources says.';
