-- The parts of a person's export that lie in the records of workspaces.
--
-- What is told are the person's own acts and addresses. An invitation names two people: of one that the person sent,
-- the address is the other's, and of one that they received, the inviter is.

create function private.export_invitations(p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  -- An address that was never confirmed may be anybody's.
  v_email constant text := (
    select lower(u.email) from auth.users u where u.id = p_user_id and u.email_confirmed_at is not null);
begin
  return (
    select jsonb_build_object(
      'sent', coalesce(jsonb_agg(i.document order by i.created_at) filter (where i.invited_by = p_user_id), '[]'),
      'received', coalesce(
        jsonb_agg(i.document order by i.created_at) filter (where i.accepted_by = p_user_id or i.email = v_email), '[]')
    )
    from (
      select w.invited_by, w.accepted_by, w.email, w.created_at,
        jsonb_build_object(
          'workspaceId', w.workspace_id,
          'role', w.role_key,
          'createdAt', w.created_at,
          'expiresAt', w.expires_at,
          'acceptedAt', w.accepted_at,
          'revokedAt', w.revoked_at
        ) as document
      from public.workspace_invitations w
      where w.invited_by = p_user_id or w.accepted_by = p_user_id or w.email = v_email
    ) as i
  );
end;
$$;

comment on function private.export_invitations(uuid) is
  'The invitations that the person sent, and those that they accepted or that wait for their confirmed address.';

create function private.export_audit(p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
  -- What was changed belongs to the workspace, which the person may have left; that they did it is theirs.
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'workspaceId', l.workspace_id,
      'occurredAt', l.occurred_at,
      'action', l.action,
      'table', l.table_name,
      'role', l.actor_role,
      'requestId', l.request_id,
      'ip', host(l.ip)
    ) order by l.occurred_at, l.id), '[]')
    from public.audit_log l
    where l.actor_id = p_user_id
  );
end;
$$;

comment on function private.export_audit(uuid) is
  'What the person did according to the audit log, when and from which address; the changed values are left out.';

create function private.export_preferences(p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'workspaceId', x.workspace_id,
      'preferences', private.preferences_document(x),
      'createdAt', x.created_at,
      'updatedAt', x.updated_at
    ) order by x.workspace_id), '[]')
    from public.preferences x
    where x.user_id = p_user_id
  );
end;
$$;

comment on function private.export_preferences(uuid) is 'What the person prefers in each workspace.';

create function private.export_themes(p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
  -- A theme that the person shared is the workspace's; that they made it is theirs.
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'workspaceId', t.workspace_id,
      'id', t.id,
      'visibility', t.visibility,
      'document', case when t.owner_id = p_user_id
        then private.theme_document(t.id::text, t.name, t.version, t.colors, t.radius, t.metadata)
      end,
      'createdAt', t.created_at
    ) order by t.created_at, t.id), '[]')
    from public.themes t
    where t.created_by = p_user_id
  );
end;
$$;

comment on function private.export_themes(uuid) is
  'The themes that the person made: their personal ones whole, the shared ones by id.';

create function private.export_views(p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
  -- A view that the person shared is the workspace's; that they made it is theirs.
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'workspaceId', v.workspace_id,
      'id', v.id,
      'visibility', v.visibility,
      'document', case when v.visibility = 'personal' and v.owner_id = p_user_id
        then jsonb_build_object('name', v.name, 'description', v.description, 'layout', private.view_layout(v))
      end,
      'createdAt', v.created_at,
      'deletedAt', v.deleted_at
    ) order by v.created_at, v.id), '[]')
    from public.dashboard_views v
    where v.created_by = p_user_id
  );
end;
$$;

comment on function private.export_views(uuid) is
  'The views that the person made, deleted ones for as long as they are kept: their personal ones whole, the shared '
  'ones by id.';
