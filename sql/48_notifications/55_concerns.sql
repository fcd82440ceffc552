-- Whether what somebody was told is still for them, asked again before it leaves by mail.
--
-- Threat: whoever was removed, suspended, demoted, or lost a dashboard or the seat since, and reads by mail what the
-- application shows them no more.

create function private.still_concerns(p_notification public.notifications) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What one must hold for what is sent to those who hold it.
  v_permission constant text := case
    when p_notification.kind in ('plan_changed', 'payment_failed', 'payment_action_required', 'trial_ending')
      then 'billing.manage'
    when p_notification.kind in ('destination_paused', 'source_failing') then 'integrations.manage'
    when p_notification.kind = 'listing_reviewed' then 'marketplace.publish'
    when p_notification.kind = 'member_joined' then 'members.read'
    when p_notification.kind = 'invitation_declined' then 'members.invite'
    when p_notification.kind = 'support_answer' then 'support.manage'
  end;
begin
  -- That one is a member no more is for who is none.
  if p_notification.kind = 'member_removed' then
    return true;
  end if;
  return exists (
    select
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    where m.workspace_id = p_notification.workspace_id
      and m.user_id = p_notification.user_id
      and m.status = 'active'
      and (v_permission is null
        or v_permission = any (coalesce(private.read_only_permissions(m.workspace_id, m.user_id), r.permissions))
        or m.user_id = (p_notification.payload #>> '{ticket,openedBy}')::uuid)
      and (p_notification.kind <> 'view_shared' or exists (
        select
        from public.dashboard_views v
        where v.workspace_id = m.workspace_id
          and v.id = any (array[(p_notification.payload #>> '{view,id}')::uuid] || p_notification.about::uuid[])
          and v.deleted_at is null
          and private.access_to(v.workspace_id, 'dashboard', v.id, m.user_id) <> 'none')));
end;
$$;

comment on function private.still_concerns(public.notifications) is
  'Whether who was told something still has what it takes to be told: an active place in the workspace, the permission '
  'that goes with its kind, but for a ticket of their own, and the dashboard that was shared. For definer functions.';
