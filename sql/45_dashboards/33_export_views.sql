-- The part of a person's data that are views: see export_my_data.

create function private.export_views(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_rows refcursor;
begin
  -- A view that the person shared is the workspace's; that they made it is theirs. One that came to them when its owner
  -- left is theirs as well.
  open v_rows for
    select jsonb_build_array(v.created_at, v.id), jsonb_build_object(
      'workspaceId', v.workspace_id,
      'id', v.id,
      'visibility', v.visibility,
      'document', case when v.visibility = 'personal' and v.owner_id = p_user_id
        then jsonb_build_object('name', v.name, 'description', v.description, 'layout', private.view_layout(v.whole))
      end,
      'createdAt', v.created_at,
      'deletedAt', v.deleted_at
    )
    -- In their order first: a document is made for each row that is fetched, and for no other.
    from (
      select m.workspace_id, m.id, m.created_at
      from public.dashboard_views m
      where m.created_by = p_user_id and (m.created_at, m.id) > (v_after[1]::timestamptz, v_after[2]::uuid)
      union
      select h.workspace_id, h.id, h.created_at
      from public.workspace_members m
      cross join lateral (
        select x.workspace_id, x.id, x.created_at
        from public.dashboard_views x
        where x.workspace_id = m.workspace_id
          and x.owner_id = p_user_id
          and (x.created_at, x.id) > (v_after[1]::timestamptz, v_after[2]::uuid)
        offset 0
      ) as h
      where m.user_id = p_user_id
      order by created_at, id
      offset 0
    ) as t
    cross join lateral (
      select x as whole, x.*
      from public.dashboard_views x
      where x.workspace_id = t.workspace_id and x.id = t.id
      offset 0
    ) as v
    order by t.created_at, t.id;
  return v_rows;
end;
$$;

comment on function private.export_views(uuid, text) is
  'The views that the person made or owns, deleted ones for as long as they are kept: their personal ones whole, the '
  'shared ones by id.';
