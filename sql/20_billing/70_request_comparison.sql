-- Asking the Edge Function to compare with Stripe's list: by the clock, and by the function itself where a night's work
-- is more than one call may take.
--
-- Threat: a secret key sent to somebody else's server (address and key are read from Vault, and nothing of a request
-- goes into the address).

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
declare
  v_url constant text := (select decrypted_secret from vault.decrypted_secrets where name = 'project_url');
  v_key constant text := (select decrypted_secret from vault.decrypted_secrets where name = 'secret_key');
begin
  perform private.refuse_problem(private.billing_field_problem('after', to_jsonb(p_after), 'id?'));
  -- Where nobody ever bought, there is nothing to compare.
  if not exists (select from private.billing_customers c where c.deleted_at is null) then
    return;
  end if;
  if v_url is null or v_key is null then
    raise warning 'The comparison with Stripe waits for the Vault secrets "project_url" and "secret_key".';
    return;
  end if;
  perform net.http_post(
    url := rtrim(v_url, '/') || '/functions/v1/billing-reconcile',
    headers := jsonb_build_object('apikey', v_key, 'content-type', 'application/json'),
    body := jsonb_build_object('after', p_after),
    timeout_milliseconds := 150000
  );
end;
$$;

comment on function private.request_billing_comparison(text) is
  'See public.request_billing_comparison. Definer: it reads Vault. Warns, and does nothing, while the secrets are not '
  'set.';

grant execute on function private.request_billing_comparison(text) to service_role;
