-- How much of a thing a workspace may have, and the one refusal of more.

create function private.limit_of(p_workspace_id text, p_limit text) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select case
      when w.plan_type = 'premium' then case p_limit when 'ai_credits' then 5000 end
      else case p_limit
        when 'ai_credits' then 100 when 'refreshes' then 10000 when 'metric_points' then 100000
        when 'api_calls' then 600
      end
    end
    from public.workspaces w
    where w.id = p_workspace_id);
end;
$$;

comment on function private.limit_of(text, text) is
  'The most that the plan of a workspace permits of a thing; null for no limit. For definer functions.';

create function private.require_within_limit(p_workspace_id text, p_limit text, p_use_after numeric) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most constant bigint := private.limit_of(p_workspace_id, p_limit);
begin
  if p_use_after > v_most then
    perform private.raise_error('payment_required',
      'The plan of this workspace has no room for more.',
      jsonb_build_object('limit', p_limit, 'most', v_most, 'use', p_use_after, 'plan', 'premium')::text,
      'Ask who runs the workspace to upgrade it.');
  end if;
end;
$$;

comment on function private.require_within_limit(text, text, numeric) is
  'Refuses what would go beyond the plan of a workspace. Error: payment_required with {limit, most, use, plan} as JSON '
  'in `details`. For definer functions.';
