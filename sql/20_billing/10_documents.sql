-- What servers say of Stripe, as functions/_shared/stripe makes it: events by their ids, and objects in our own form.
--
-- It comes from our own function, which has checked the signature, and is read as if it had not: what is not of the
-- right form writes nothing. Keys that nobody reads here are let through, so that the function may know more.
--
-- Threats: metadata that names a workspace (nothing here reads any: a customer says whose an object is); an address
-- that a browser would run in place of opening it (http and https alone).

create function private.billing_field_problem(p_path text, p_value jsonb, p_kind text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_longest_address constant integer := 4096;
  v_text constant text := case when jsonb_typeof(p_value) = 'string' then p_value #>> '{}' end;
  v_number constant numeric := case when jsonb_typeof(p_value) = 'number' then p_value::numeric end;
  v_is_good boolean;
  v_hint text;
begin
  if coalesce(p_value, 'null') = 'null' then
    return case when right(p_kind, 1) <> '?' then
      private.document_problem(p_path, 'This is missing.', 'Give it: only what is optional may be left out.')
    end;
  end if;
  case rtrim(p_kind, '?')
    -- Lengths by themselves: an expression that counts takes fifty times as long, and an event has many fields.
    when 'id' then
      v_is_good := octet_length(v_text) <= 255 and v_text ~ '^[A-Za-z0-9_-]+$';
      v_hint := 'Give an id of Stripe.';
    when 'word' then
      v_is_good := octet_length(v_text) <= 100 and v_text ~ '^[a-z0-9_.]+$';
      v_hint := 'Give it as Stripe writes it.';
    when 'line' then
      v_is_good := octet_length(v_text) <= 1020 and char_length(v_text) <= 255 and v_text ~ '^[^[:cntrl:]]+$';
      v_hint := 'Give one line.';
    when 'time' then
      return private.timestamp_problem(p_path, p_value);
    when 'address' then
      if (octet_length(v_text) <= c_longest_address and v_text ~ '^https?://[!-~]+$') is not true then
        return private.document_problem(p_path, 'This is no address.', 'Give an address that a browser opens.');
      end if;
    when 'amount' then
      if (v_number = trunc(v_number) and abs(v_number) < 1e15) is not true then
        return private.document_problem(p_path, 'This is no amount.', 'Give whole minor units of the currency.');
      end if;
    when 'count' then
      return private.whole_number_problem(p_path, p_value, 0, 1000000);
    when 'flag' then
      return private.flag_problem(p_path, p_value);
  end case;
  if v_hint is not null and v_is_good is not true then
    return private.document_problem(p_path, 'This does not have the right form.', v_hint);
  end if;
  return null;
end;
$$;

comment on function private.billing_field_problem(text, jsonb, text) is
  'What is wrong with a field of what a server says of Stripe: an id, a word, a line, a time, an address, an amount, a '
  'count or a flag, with "?" where it may be left out or null. Null where nothing is.';

create function private.billing_object_problem(p_path text, p_object jsonb, p_fields jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_field record;
  v_problem jsonb;
begin
  if jsonb_typeof(p_object) is distinct from 'object' then
    return private.document_problem(p_path, 'This must be a JSON object.', 'Give an object.');
  end if;
  for v_field in select f.key, f.value from jsonb_each_text(p_fields) as f loop
    v_problem := private.billing_field_problem(
      concat_ws('.', nullif(p_path, ''), v_field.key), p_object -> v_field.key, v_field.value);
    exit when v_problem is not null;
  end loop;
  return v_problem;
end;
$$;

comment on function private.billing_object_problem(text, jsonb, jsonb) is
  'What is wrong with an object whose fields have kinds (private.billing_field_problem); null where nothing is.';

create function private.billing_event_problem(p_event jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    private.size_problem('event', p_event, 4096,
      private.document_problem('event', 'This is too large for an event.', 'Give the ids of its objects alone.')),
    private.billing_object_problem('event', p_event, '{
      "id": "id", "type": "word", "created": "time", "livemode": "flag", "account": "id?", "customer": "id?",
      "subscription": "id?", "invoice": "id?", "charge": "id?"
    }'));
end;
$$;

comment on function private.billing_event_problem(jsonb) is
  'What is wrong with an event as claim_billing_event takes it; null where nothing is.';

create function private.subscription_problem(p_path text, p_subscription jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_items constant integer := 20;
  v_problem jsonb;
begin
  v_problem := private.billing_object_problem(p_path, p_subscription, '{
    "id": "id", "customer": "id", "status": "word", "livemode": "flag", "cancel_at": "time?",
    "cancel_at_period_end": "flag", "canceled_at": "time?", "ended_at": "time?", "trial_end": "time?"
  }');
  if v_problem is null
    and (jsonb_typeof(p_subscription -> 'items') = 'array' and jsonb_array_length(p_subscription -> 'items')
      between 0 and c_most_items) is not true
  then
    v_problem := private.document_problem(p_path || '.items', 'This is no list of items.', 'Give up to 20 items.');
  end if;
  if v_problem is not null then
    return v_problem;
  end if;
  select p.problem into v_problem
  from jsonb_array_elements(p_subscription -> 'items') with ordinality as i (item, n)
  cross join lateral (
    select private.billing_object_problem(format('%s.items.%s', p_path, i.n - 1), i.item, '{
      "id": "id", "price": "id", "lookup_key": "line?", "currency": "word?", "interval": "word?",
      "unit_amount": "amount?", "quantity": "count?", "current_period_start": "time", "current_period_end": "time"
    }') as problem
  ) as p
  where p.problem is not null
  order by i.n
  limit 1;
  return v_problem;
end;
$$;

comment on function private.subscription_problem(text, jsonb) is
  'What is wrong with a subscription in our own form; null where nothing is.';

create function private.billing_objects_problem(p_objects jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_none constant jsonb := private.document_problem(
    'objects', 'These are no objects of Stripe.', 'Give {subscription, invoice, …}.');
  v_kind text;
  v_problem jsonb;
begin
  v_problem := coalesce(
    private.size_problem('objects', p_objects, 65536, c_none),
    case when jsonb_typeof(p_objects) is distinct from 'object' then c_none end);
  if v_problem is not null then
    return v_problem;
  end if;
  for v_kind in select jsonb_object_keys(jsonb_strip_nulls(p_objects)) order by 1 loop
    v_problem := case v_kind
      when 'subscription' then private.subscription_problem('objects.subscription', p_objects -> v_kind)
      when 'invoice' then private.billing_object_problem('objects.invoice', p_objects -> v_kind, '{
        "id": "id", "customer": "id", "subscription": "id?", "number": "line?", "status": "word?", "currency": "word",
        "total": "amount", "amount_due": "amount", "amount_paid": "amount", "amount_refunded": "amount?",
        "created": "time", "due_date": "time?", "paid_at": "time?", "hosted_invoice_url": "address?",
        "invoice_pdf": "address?"
      }')
      when 'customer' then private.billing_object_problem('objects.customer', p_objects -> v_kind,
        '{"id": "id", "deleted": "flag?", "missing": "flag?"}')
      when 'checkout_session' then private.billing_object_problem('objects.checkout_session', p_objects -> v_kind,
        '{"id": "id", "customer": "id?", "status": "word", "url": "address?", "expires_at": "time?"}')
      when 'charge' then private.billing_object_problem('objects.charge', p_objects -> v_kind,
        '{"id": "id", "customer": "id?"}')
      when 'dispute' then private.billing_object_problem('objects.dispute', p_objects -> v_kind,
        '{"id": "id", "status": "word"}')
      else private.unknown_key_problem('objects', v_kind)
    end;
    exit when v_problem is not null;
  end loop;
  return v_problem;
end;
$$;

comment on function private.billing_objects_problem(jsonb) is
  'What is wrong with the objects that an event leads to; null where nothing is.';
