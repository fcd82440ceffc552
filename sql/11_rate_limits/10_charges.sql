-- What is charged, as a server says it.

create function private.charges_problem(p_charges jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_none constant jsonb := private.document_problem(
    'charges', 'This is no list of charges.', 'Give 1 to 10 of them.');
  v_problem jsonb;
  v_wrong integer;
begin
  v_problem := coalesce(
    private.size_problem('charges', p_charges, 4096, c_none),
    case when jsonb_typeof(p_charges) is distinct from 'array' or jsonb_array_length(p_charges) not between 1 and 10
      then c_none end);
  if v_problem is not null then
    return v_problem;
  end if;
  select c.position - 1 into v_wrong
  from jsonb_array_elements(p_charges) with ordinality as c (charge, position)
  where not coalesce(
    jsonb_typeof(c.charge -> 'bucket') = 'string'
    and octet_length(c.charge ->> 'bucket') between 1 and 200
    and jsonb_typeof(c.charge -> 'name') = 'string'
    and (c.charge ->> 'name') ~ '^[a-z][a-z_]{0,30}$'
    and private.is_count(c.charge -> 'quota', 1000000)
    and private.is_count(c.charge -> 'window', 86400)
    -- What costs more than a full bucket holds would never be let in.
    and (not c.charge ? 'cost' or private.is_count(c.charge -> 'cost', (c.charge ->> 'quota')::numeric)),
    false)
  order by c.position
  limit 1;
  if v_wrong is not null then
    return private.document_problem('charges.' || v_wrong, 'This is no charge.',
      'Give {bucket, name, quota, window} with counts from 1, and a cost of at most the quota.');
  end if;
  return null;
end;
$$;

comment on function private.charges_problem(jsonb) is
  'What is wrong with a list of charges: {path, message, hint}; null where nothing is.';

create function private.is_count(p_value jsonb, p_most numeric) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_typeof(p_value) = 'number'
    and p_value::numeric between 1 and p_most
    and trunc(p_value::numeric) = p_value::numeric;
end;
$$;

comment on function private.is_count(jsonb, numeric) is
  'Whether a JSON value is a whole number from 1 to a largest one.';
