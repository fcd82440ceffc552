-- A search as every kind is asked for it: the words, and who asks with which rights, found once for all kinds.

create type private.search_asked as (
  workspace_id text,
  caller_id uuid,
  permissions text[],
  -- What the caller's role counts as among the allowed roles of components.
  component_roles text[],
  -- Whose components' widgets the caller sees, and of which components besides.
  audiences text[],
  listed_components text[],
  -- Views that shares and grants open beyond the role, and of the restricted ones those that are open to the caller.
  given_views uuid[],
  -- Widgets that are granted by themselves.
  granted_widgets uuid[],
  words text[],
  -- What matches them in each grade, from 1.
  patterns text[],
  most integer
);

comment on type private.search_asked is
  'A search: who asks, with which rights, for which words, and for how many things.';

create function private.given_scope() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 'given';
end;
$$;

comment on function private.given_scope() is
  'The scope in which the keys of a few things are worked out that were found by their ids. It stands in no index.';

create function private.asked_by_caller(p_workspace_id text, p_words text[], p_kinds text[], p_most integer)
returns private.search_asked
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_asked private.search_asked;
  v_role_key text;
  v_role_permissions text[];
begin
  v_asked.workspace_id := p_workspace_id;
  v_asked.caller_id := auth.uid();
  v_asked.words := p_words;
  v_asked.patterns := array(select private.search_pattern(p_words, g) from generate_series(1, 4) as g);
  v_asked.most := p_most;
  select m.role_key, m.permissions
  into v_role_key, v_asked.permissions
  from private.memberships_of_caller(p_workspace_id) m;

  -- A key has its maker's role, and fewer permissions.
  v_role_permissions := (
    select r.permissions
    from public.workspace_roles r
    where r.workspace_id = p_workspace_id and r.key = v_role_key);
  v_asked.component_roles := private.component_role_names(v_role_key, v_role_permissions);
  if p_kinds && '{views,widgets}' then
    v_asked.given_views := array(
      select distinct e.id
      from private.views_by_exception('view', p_workspace_id) e
      cross join lateral (
        select x.open_to, x.deleted_at
        from public.dashboard_views x
        where x.workspace_id = p_workspace_id and x.id = e.id
        offset 0
      ) as v
      where v.deleted_at is null
        -- What the role and ownership open is found without.
        and not (
          'dashboards.read' = any (v_asked.permissions) and v.open_to in ('workspace', v_asked.caller_id::text)));
  end if;
  if 'widgets' = any (p_kinds) then
    v_asked.granted_widgets := array(
      select g.resource_id from private.grants_of_caller('widget', p_workspace_id) g where g.access >= 'view');
    -- As the policy of widgets says: private.workspaces_as_reader, private.components_by_role_key.
    v_asked.audiences := case
      when v_role_key = 'admin' then '{everybody,writers,readers,listed}'::text[]
      when 'dashboards.write' = any (v_role_permissions) then '{everybody,writers}'
      else '{everybody,readers}'
    end;
    v_asked.listed_components := case when v_role_key in ('admin', 'member', 'viewer') then '{}' else array(
      select b.key from public.built_in_components b where v_role_key = any (b.allowed_roles)
      union all
      select c.key
      from public.components c
      where c.workspace_id = p_workspace_id and v_role_key = any (c.allowed_roles))
    end;
  end if;
  return v_asked;
end;
$$;

comment on function private.asked_by_caller(text, text[], text[], integer) is
  'A search of the caller, who is known to be active in the workspace. For definer functions.';
