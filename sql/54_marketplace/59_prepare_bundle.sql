-- What an author gives to the operators: a component, a theme or a view of theirs as a bundle.
--
-- Threat: somebody who publishes what they may not see, or learns of it by the answer (there is one for what is not
-- there and what is not theirs).

create function public.prepare_bundle(workspace_id text, kind text, id text, version text default null)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.prepare_bundle(workspace_id, kind, id, version);
end;
$$;

comment on function public.prepare_bundle(text, text, text, text) is
  'What submit_listing takes, of a component (its key, and a version or the latest), a theme or a view (their ids) '
  'that the caller sees: {bundle, contentHash} (preparedBundleSchema of types/marketplace.ts). Nothing is in it that '
  'is the workspace''s alone. Takes marketplace.publish, for a theme themes.read too. Errors: not_found, '
  'permission_denied, invalid_input (kind, or what a bundle may not hold, with the path inside).';

grant execute on function public.prepare_bundle(text, text, text, text) to authenticated;

create function private.thing_to_bundle_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such thing in this workspace, or it is not for your role.', 'id', 'Check kind and id.');
end;
$$;

comment on function private.thing_to_bundle_not_found() is
  'The one answer for a component, theme or view that is not there or not theirs: not_found (id).';

create function private.prepare_bundle(p_workspace_id text, p_kind text, p_id text, p_version text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_content jsonb;
  v_view public.dashboard_views;
  v_requires jsonb;
  v_bundle jsonb;
begin
  perform private.require_permission(p_workspace_id, 'marketplace.publish');
  perform private.refuse_problem(private.text_problem('kind', coalesce(to_jsonb(p_kind), 'null'),
    '^(?:component|theme|view)$', 'Give "component", "theme" or "view".'));
  case p_kind
    when 'component' then
      select private.exported_component(v) into v_content
      from public.component_versions v
      where v.workspace_id = p_workspace_id
        and v.component_key = p_id
        and v.version = coalesce(p_version, v.version)
        and private.sees_component(v.workspace_id, v.component_key)
      order by private.version_order(v.version) desc
      limit 1;
    when 'theme' then
      perform private.require_permission(p_workspace_id, 'themes.read');
      select private.theme_document(null, t.name, t.version, t.colors, t.radius, t.metadata) - '{id,isDefault}'::text[]
      into v_content
      from public.themes t
      where t.workspace_id = p_workspace_id
        and t.id::text = p_id
        and (t.visibility = 'workspace' or t.owner_id = auth.uid());
    else
      if not pg_input_is_valid(p_id, 'uuid') or not private.sees_view(p_workspace_id, p_id::uuid) then
        perform private.thing_to_bundle_not_found();
      end if;
      v_view := private.require_view(p_id::uuid, 'view');
      v_content := private.exported_view(v_view);
      v_content := jsonb_build_object(
        'name', v_content -> 'name',
        'description', v_content -> 'description',
        'layout', (v_content -> 'layout') || jsonb_build_object('widgets', (
          select coalesce(
            jsonb_agg((w.value || jsonb_build_object('config', (w.value -> 'config') - 'source'))
              - '{lastUpdated,componentVersion}'::text[] order by w.place),
            '[]')
          from jsonb_array_elements(v_content #> '{layout,widgets}') with ordinality as w (value, place))));
  end case;
  if v_content is null then
    perform private.thing_to_bundle_not_found();
  end if;
  v_requires := private.requirements_of(p_workspace_id, v_content -> 'layout');
  v_bundle := jsonb_build_object('format', 'b-dashboard-bundle', 'version', 1, 'kind', p_kind, 'content', v_content)
    || case when v_requires = '[]' then '{}' else jsonb_build_object('requires', v_requires) end;
  perform private.refuse_problem(private.problem_below('bundle', private.bundle_problem(v_bundle)));
  return jsonb_build_object('bundle', v_bundle, 'contentHash', private.content_hash(v_bundle));
end;
$$;

comment on function private.prepare_bundle(text, text, text, text) is
  'See public.prepare_bundle. Definer: one check stands for those of every row.';

grant execute on function private.prepare_bundle(text, text, text, text) to authenticated;
