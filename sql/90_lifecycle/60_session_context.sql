-- Everything a front end asks for after sign-in, in one call.
--
-- One statement, whatever the number of workspaces: a definer function in plpgsql keeps its plan for the session
-- and passes no policy per table. It takes no argument, so there is nobody to ask about but the caller, and each
-- workspace is reached through the caller's own membership.
--
-- A workspace in which the caller is suspended is named, so that the front end can say why it does not open, and
-- nothing else about it is told: neither role nor plan, no permission and no preference. Settings and the extras of
-- preferences stay out: they may be 32 and 16 KiB for each workspace, and are read when one is opened.

create function public.session_context() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.session_context();
end;
$$;

comment on function public.session_context() is
  'Who is signed in and what they may do: {user, workspaces, invitations, preferences, unreadNotifications}, the last '
  'counted up to 100, which means 100 or more. Each workspace has id, name, status, joinedAt, role, roleName, '
  'permissions, planType, planStatus and graceUntil (of the payment, null where there is none), isReadOnly (whether '
  'the plan has no seat for the caller, whose permissions are then fewer than the role''s), features and preferences '
  '(as get_preferences gives them, without extras); where the status is suspended, role, roleName, planType, '
  'planStatus, graceUntil, isReadOnly and preferences are null and both lists empty. The invitations are those of '
  'my_invitations. `avatarUrl` is null without a picture. '
  'Errors: not_signed_in.';

grant execute on function public.session_context() to authenticated;

create function private.session_context() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  -- Few have one, and each is found by an index for all workspaces together.
  v_read_only constant text[] := array(
    select a.workspace_id from private.active_memberships a where a.role_key = 'read only');
  v_context constant jsonb := (
    select jsonb_build_object(
      'user', jsonb_build_object(
        'id', p.id,
        'name', p.name,
        'email', p.email,
        'emailVerifiedAt', private.timestamp_text(u.email_confirmed_at),
        'avatarPath', p.avatar_path,
        'avatarUrl', private.avatar_url(p.avatar_path, private.api_url()),
        'locale', p.locale,
        'bio', p.bio,
        'createdAt', private.timestamp_text(p.created_at),
        'updatedAt', private.timestamp_text(p.updated_at)
      ),
      'workspaces', coalesce(
        (
          select jsonb_agg(
            jsonb_build_object(
              'id', w.id,
              'name', w.name,
              'status', m.status,
              'joinedAt', private.timestamp_text(m.created_at),
              'role', case when m.status = 'active' then r.key end,
              'roleName', case when m.status = 'active' then r.name end,
              'permissions', case
                when m.status <> 'active' then '{}'
                when m.workspace_id = any (v_read_only) then private.read_only_permissions(m.workspace_id, p.id)
                else r.permissions
              end,
              'planType', case when m.status = 'active' then w.plan_type end,
              'planStatus', case when m.status = 'active' then b.status end,
              'graceUntil', case when m.status = 'active' then private.timestamp_text(b.grace_until) end,
              'isReadOnly', case when m.status = 'active' then m.workspace_id = any (v_read_only) end,
              'features', case when m.status = 'active' then coalesce(f.features, '{}') else '{}' end,
              'preferences', case when m.status = 'active' then private.current_preferences(x) - 'extras' end
            )
            order by w.name collate "und-x-icu", w.id
          )
          from public.workspace_members m
          join public.workspaces w on w.id = m.workspace_id
          join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
          left join public.plans f on f.key = w.plan_type
          left join private.billing_periods(array(
            select a.workspace_id from private.active_memberships a)) b on b.workspace_id = m.workspace_id
          left join public.preferences x on x.workspace_id = m.workspace_id and x.user_id = m.user_id
          where m.user_id = p.id
        ),
        '[]'
      ),
      'invitations', private.invitations_for(p.id),
      'preferences', jsonb_build_object('locale', p.locale),
      'unreadNotifications', private.unread_notifications(p.id)
    )
    from public.profiles p
    join auth.users u on u.id = p.id
    where p.id = v_user_id
  );
begin
  if v_context is null then
    perform private.account_not_found();
  end if;

  return v_context;
end;
$$;

comment on function private.session_context() is
  'The caller, their workspaces, invitations and preferences. Definer: it reads the account, which is Auth''s, and '
  'memberships past their policies.';

grant execute on function private.session_context() to authenticated;
