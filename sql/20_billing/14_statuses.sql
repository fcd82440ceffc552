-- What a subscription gives, by its status. Stripe may add statuses: what is not known gives nothing.

create function private.subscription_gives_plan(p_status text, p_grace_until timestamptz, p_at timestamptz)
returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_status
    when 'trialing' then true
    when 'active' then true
    -- A payment failed, and Stripe tries again.
    when 'past_due' then coalesce(p_at < p_grace_until, false)
    -- A trial ended without a way to pay, or who runs the account has paused it.
    when 'paused' then false
    when 'unpaid' then false
    when 'canceled' then false
    when 'incomplete' then false
    when 'incomplete_expired' then false
    else false
  end;
end;
$$;

comment on function private.subscription_gives_plan(text, timestamptz, timestamptz) is
  'Whether a subscription of a status gives what was bought, at a time; docs/billing.md has the table. An unknown '
  'status gives nothing.';

create function private.subscription_lives(p_status text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- An incomplete one can be paid for a day, and goes on then.
  return p_status not in ('canceled', 'incomplete_expired');
end;
$$;

comment on function private.subscription_lives(text) is
  'Whether a subscription of a status can still give something, so that there is no other one beside it. hasEnded of '
  'functions/_shared/stripe is the opposite.';

create function private.grace() returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return interval '7 days';
end;
$$;

comment on function private.grace() is 'For how long a workspace keeps its plan after a payment failed.';
