-- Saving as clients call it: a layout, or a view with its name and description, from the version that was read.

create function public.save_layout(
  view_id uuid, layout jsonb, expected_version bigint, label text default null, resolve jsonb default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.save_layout(view_id, layout, expected_version, label, resolve);
end;
$$;

comment on function public.save_layout(uuid, jsonb, bigint, text, jsonb) is
  'Writes the whole layout of a view, as changes to the version that was read first, and returns the view as get_view '
  'does. What others changed meanwhile stays; where both changed the same part of a widget the save is refused, and '
  'sent again with resolve ({version, choices} of types/conflict.ts), which says what stands. Takes the access edit. '
  'Errors: not_found (view_id), permission_denied (edit, or the path of a widget whose component is not for the '
  'caller), payment_required (a view that the plan has no room for any more), invalid_input (the path inside the '
  'layout or inside resolve, expected_version or label), conflict (`details` is JSON, editConflictsSchema of '
  'types/conflict.ts).';

grant execute on function public.save_layout(uuid, jsonb, bigint, text, jsonb) to authenticated;

create function private.save_layout(
  p_view_id uuid, p_layout jsonb, p_expected_version bigint, p_label text, p_resolve jsonb
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.apply_layout(p_view_id, p_layout, p_expected_version, p_label, p_resolve);
  return private.stored_view(p_view_id);
end;
$$;

comment on function private.save_layout(uuid, jsonb, bigint, text, jsonb) is
  'See public.save_layout. Definer: a whole layout is written past the policies of single widgets.';

grant execute on function private.save_layout(uuid, jsonb, bigint, text, jsonb) to authenticated;

create function public.save_view(
  view_id uuid, document jsonb, expected_version bigint, label text default null, resolve jsonb default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.save_view(view_id, document, expected_version, label, resolve);
end;
$$;

comment on function public.save_view(uuid, jsonb, bigint, text, jsonb) is
  'As save_layout, for a whole view: its name, description and layout, which are merged alike. What reading adds to a '
  'view goes back with it and is not written: whose default it is has calls of its own, and a server says whether it '
  'is managed. Nor is its visibility: where that is not as it is, the document is refused, unless its updatedAt says '
  'that others have changed the view since. Errors: those of save_layout, the path inside the document.';

grant execute on function public.save_view(uuid, jsonb, bigint, text, jsonb) to authenticated, service_role;

create function private.kept_view_problem(p_view public.dashboard_views, p_document jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Which view somebody looks at, whose default it is and whether it is managed changes beside the view, whose
  -- `updatedAt` says nothing of it: these are as they were when it was read.
  if not p_document ? 'visibility'
    or private.timestamp_text((p_document ->> 'updatedAt')::timestamptz) <> private.timestamp_text(p_view.updated_at)
  then
    return null;
  end if;
  return private.kept_problem(p_document, jsonb_build_object('visibility', p_view.visibility),
    '{"visibility": "Change it in the table dashboard_views, or leave it out."}');
end;
$$;

comment on function private.kept_view_problem(public.dashboard_views, jsonb) is
  'What a document would change of a view that is not for a save to change; null for nothing, and for a document from '
  'before others changed the view, whose change is kept. For definer functions.';

create function private.save_view(
  p_view_id uuid, p_document jsonb, p_expected_version bigint, p_label text, p_resolve jsonb
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Before the document is looked at: who may not edit the view learns nothing about either.
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'edit');
begin
  perform private.refuse_managed(v_view.is_managed);
  perform private.refuse_problem(private.view_problem(p_document));
  perform private.refuse_problem(private.kept_view_problem(v_view, p_document));
  perform private.apply_layout(p_view_id, p_document -> 'layout', p_expected_version, p_label, p_resolve, 'layout',
    jsonb_build_object(
      'name', private.clean_text(p_document ->> 'name'),
      'description', private.clean_text(coalesce(p_document ->> 'description', ''))));
  return private.stored_view(p_view_id);
end;
$$;

comment on function private.save_view(uuid, jsonb, bigint, text, jsonb) is
  'See public.save_view. Definer: a whole layout is written past the policies of single widgets.';

grant execute on function private.save_view(uuid, jsonb, bigint, text, jsonb) to authenticated, service_role;
