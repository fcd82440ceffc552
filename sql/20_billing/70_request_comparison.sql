-- Asking the Edge Function to compare with Stripe's list: by the clock, and by the function itself where a night's work
-- is more than one call may take.

create function public.request_billing_comparison(after text default null) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.request_billing_comparison(after);
end;
$$;

comment on function public.request_billing_comparison(text) is
  'For servers: has billing-reconcile go on after a customer, or begin. Error: invalid_input (after).';

grant execute on function public.request_billing_comparison(text) to service_role;

create function private.request_billing_comparison(p_after text default null) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.refuse_problem(private.billing_field_problem('after', to_jsonb(p_after), 'id?'));
  -- Where nobody ever bought, there is nothing to compare.
  if not exists (select from private.billing_customers c where c.deleted_at is null)
    and not exists (select from private.left_customers)
  then
    return;
  end if;
  perform private.request_function(
    'The comparison with Stripe waits', 'billing-reconcile', jsonb_build_object('after', p_after), 150000);
end;
$$;

comment on function private.request_billing_comparison(text) is
  'See public.request_billing_comparison. Definer: it reads Vault. Warns, and does nothing, while the secrets are not '
  'set.';

grant execute on function private.request_billing_comparison(text) to service_role;
