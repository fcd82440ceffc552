-- Saving as clients call it: a layout, or a view with its name and description, from the version that was read.

create function public.save_layout(view_id uuid, layout jsonb, expected_version bigint, label text default null)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.save_layout(view_id, layout, expected_version, label);
end;
$$;

comment on function public.save_layout(uuid, jsonb, bigint, text) is
  'Writes the whole layout of a view, as changes to the version that was read, and returns the view as get_view does. '
  'What others changed meanwhile stays, unless it is the same widget. Takes the access edit. Errors: not_found '
  '(view_id), permission_denied (edit, or the path of a widget whose component is not for the caller), invalid_input '
  '(the path inside the layout, expected_version or label), conflict (`details` is JSON, editConflictsSchema of '
  'types/conflict.ts).';

grant execute on function public.save_layout(uuid, jsonb, bigint, text) to authenticated;

create function private.save_layout(p_view_id uuid, p_layout jsonb, p_expected_version bigint, p_label text)
returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.apply_layout(p_view_id, p_layout, p_expected_version, p_label);
  return private.stored_view(p_view_id);
end;
$$;

comment on function private.save_layout(uuid, jsonb, bigint, text) is
  'See public.save_layout. Definer: a whole layout is written past the policies of single widgets.';

grant execute on function private.save_layout(uuid, jsonb, bigint, text) to authenticated;

create function public.save_view(view_id uuid, document jsonb, expected_version bigint, label text default null)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.save_view(view_id, document, expected_version, label);
end;
$$;

comment on function public.save_view(uuid, jsonb, bigint, text) is
  'As save_layout, for a whole view: its name, description and layout. Whom it is shared with and whose default it is '
  'have calls of their own. Errors: those of save_layout, the path inside the document.';

grant execute on function public.save_view(uuid, jsonb, bigint, text) to authenticated;

create function private.save_view(p_view_id uuid, p_document jsonb, p_expected_version bigint, p_label text)
returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'edit');
begin
  -- What is added to a view where one is read may come back as it is.
  perform private.refuse_problem(private.view_problem(
    case jsonb_typeof(p_document)
      when 'object' then p_document - '{isActive,visibility,access,ownerId,version,source,skipped}'::text[]
      else p_document
    end));
  perform private.apply_layout(p_view_id, p_document -> 'layout', p_expected_version, p_label, 'layout');
  update public.dashboard_views
  set name = p_document ->> 'name', description = coalesce(p_document ->> 'description', '')
  where workspace_id = v_view.workspace_id
    and id = v_view.id
    and (name, description) is distinct from (p_document ->> 'name', coalesce(p_document ->> 'description', ''));
  return private.stored_view(p_view_id);
end;
$$;

comment on function private.save_view(uuid, jsonb, bigint, text) is
  'See public.save_view. Definer: a whole layout is written past the policies of single widgets.';

grant execute on function private.save_view(uuid, jsonb, bigint, text) to authenticated;
