-- Where a workspace stands with its payment, for those who ask what its plan allows. Nothing is paid for yet: there are
-- no rows.

create function private.billing_periods(p_workspace_ids text[])
returns table (
  workspace_id text, status text, starts_at timestamptz, ends_at timestamptz, grace_until timestamptz
)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
as $$
begin
  return;
end;
$$;

comment on function private.billing_periods(text[]) is
  'Of some workspaces those with a subscription or a plan that was given to them: its status, the period that is paid '
  'for, and until when the plan stays where a payment is due. For definer functions.';
