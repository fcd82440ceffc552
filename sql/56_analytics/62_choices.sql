-- Whether one is counted, and what a workspace says about use by person.

create function public.analytics_choice(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.analytics_choice(workspace_id);
end;
$$;

comment on function public.analytics_choice(text) is
  'What is counted of the caller in a workspace: {isCounted, byPersonSince}, the day from which readers of its '
  'analytics see use by person, or null. Errors: not_found, permission_denied (person).';

grant execute on function public.analytics_choice(text) to authenticated;

create function private.analytics_choice(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_membership(p_workspace_id);
  perform private.require_person();
  return jsonb_build_object(
    'isCounted', private.counted_since(auth.uid()) < 'infinity',
    'byPersonSince', (
      select p.by_person_since from private.analytics_policies p where p.workspace_id = p_workspace_id));
end;
$$;

comment on function private.analytics_choice(text) is
  'See public.analytics_choice. Definer: no role reads choices and policies.';

grant execute on function private.analytics_choice(text) to authenticated;

create function public.set_analytics_choice(is_counted boolean) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.set_analytics_choice(is_counted);
end;
$$;

comment on function public.set_analytics_choice(boolean) is
  'Says whether the caller''s use is counted, in all workspaces, from now on. Who is not has nothing stored that names '
  'them: what was goes at once, and what they did meanwhile is not counted later either. Errors: not_signed_in, '
  'permission_denied (person), invalid_input (is_counted).';

grant execute on function public.set_analytics_choice(boolean) to authenticated;

create function private.set_analytics_choice(p_is_counted boolean) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  perform private.require_person();
  if p_is_counted is null then
    perform private.raise_invalid_input('is_counted', 'This is no choice.', 'Give true or false.');
  end if;
  -- Whoever stores events of the person holds the account meanwhile.
  perform from public.profiles p where p.id = v_user_id for update;
  if not found then
    perform private.account_not_found();
  end if;
  if p_is_counted then
    update private.analytics_choices c
    set opted_in_at = now()
    where c.user_id = v_user_id and c.opted_in_at is null;
    return;
  end if;
  insert into private.analytics_choices as c (user_id)
  values (v_user_id)
  on conflict on constraint analytics_choices_pkey do update
    set opted_out_at = now(), opted_in_at = null
    where c.opted_in_at is not null;
  perform private.forget_use_of(v_user_id);
end;
$$;

comment on function private.set_analytics_choice(boolean) is
  'See public.set_analytics_choice. Definer: no role writes choices, nor removes events.';

grant execute on function private.set_analytics_choice(boolean) to authenticated;

create function public.set_analytics_policy(workspace_id text, by_person boolean) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.set_analytics_policy(workspace_id, by_person);
end;
$$;

comment on function public.set_analytics_policy(text, boolean) is
  'Says whether readers of the analytics of a workspace see use by person, from tomorrow (UTC) on, and returns '
  '{byPersonSince}. Every member reads it with analytics_choice. Takes workspace.update; to allow it takes the premium '
  'plan. Errors: not_found, permission_denied, payment_required, invalid_input (by_person).';

grant execute on function public.set_analytics_policy(text, boolean) to authenticated;

create function private.set_analytics_policy(p_workspace_id text, p_by_person boolean) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- A day that has begun was begun without it.
  v_tomorrow constant date := (now() at time zone 'UTC')::date + 1;
  v_since date;
begin
  perform private.require_permission(p_workspace_id, 'workspace.update');
  if p_by_person is null then
    perform private.raise_invalid_input('by_person', 'This is no policy.', 'Give true or false.');
  end if;
  if p_by_person then
    perform private.require_feature(p_workspace_id, 'analytics');
  end if;
  perform private.hold_membership(p_workspace_id);
  insert into private.analytics_policies as p (workspace_id, by_person_since)
  values (p_workspace_id, case when p_by_person then v_tomorrow end)
  on conflict on constraint analytics_policies_pkey do update
    set by_person_since = case when p_by_person then coalesce(p.by_person_since, v_tomorrow) end
  returning p.by_person_since into v_since;
  return jsonb_build_object('byPersonSince', v_since);
end;
$$;

comment on function private.set_analytics_policy(text, boolean) is
  'See public.set_analytics_policy. Definer: no role writes policies.';

grant execute on function private.set_analytics_policy(text, boolean) to authenticated;
