-- The address of a data source or a webhook, as far as its form says where it leads.
--
-- Where a name leads is decided by the function that sends the request, each time that it does
-- (functions/_shared/safe-fetch): it may point elsewhere tomorrow. What the form alone excludes there is refused here,
-- so that nobody saves what can never work. A test demands the same verdict of both.
--
-- Threats: an address with a name and password, or of another scheme (https alone); the project's own network, in
-- whatever spelling (a host that ends in a number is an address to who asks it, and has to be a public one as written).

create function private.refused_networks() returns inet[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,172.16.0.0/12,192.0.0.0/24,192.0.2.0/24,'
    '192.31.196.0/24,192.52.193.0/24,192.88.99.0/24,192.168.0.0/16,192.175.48.0/24,198.18.0.0/15,198.51.100.0/24,'
    '203.0.113.0/24,224.0.0.0/4,240.0.0.0/4}';
end;
$$;

comment on function private.refused_networks() is 'The networks of IPv4 that are not of the public internet.';

create function public.request_ports() returns integer[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.request_ports();
end;
$$;

comment on function public.request_ports() is
  'The ports that a data source or a webhook may be at: 443, and those of operator_settings. For the server alone, '
  'which asks for them with each run.';

grant execute on function public.request_ports() to service_role;

create function private.request_ports() returns integer[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return (select 443 || s.request_ports from private.operator_settings s);
end;
$$;

comment on function private.request_ports() is
  'See public.request_ports. Definer: no role reads what operators set.';

grant execute on function private.request_ports() to service_role;

create function private.may_be_asked(p_host text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_octet constant text := '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
begin
  return case
    when p_host ~* '(?:^|[.])localhost[.]?$' then false
    when p_host !~* '(?:^|[.])(?:[0-9]+|0x[0-9a-f]*)[.]?$' then true
    when p_host !~ ('^(?:' || c_octet || '[.]){3}' || c_octet || '$') then false
    else not p_host::inet <<= any (private.refused_networks())
  end;
end;
$$;

comment on function private.may_be_asked(text) is
  'Whether a host may be asked as far as its form says: any name but localhost, and a public address of IPv4.';

create function private.address_problem(p_url jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ports constant integer[] := private.request_ports();
  v_problem jsonb;
  v_place text[];
begin
  -- A host, a port perhaps, and a path: no name and password before an "@", no fragment.
  v_problem := private.text_problem('url', p_url,
    '^https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:[/?][A-Za-z0-9_.~!$&''()*+,;=:@%/?-]*)?$',
    'Give an https address without a name and password, such as https://api.example.com/sales.');
  if v_problem is not null then
    return v_problem;
  end if;
  v_place := regexp_match(p_url #>> '{}', '^https://([^:/?]+)(?::([0-9]+))?');
  return case
    when not private.may_be_asked(v_place[1]) then
      private.document_problem('url', 'This address is not one of the public internet.',
        'Give a public address, best by its name, such as https://api.example.com/sales.')
    when v_place[2]::integer <> all (v_ports) then
      private.document_problem('url', 'No request goes to this port.',
        format('Leave the port out: requests go to %s alone.', case cardinality(v_ports)
          when 1 then 'port 443' else 'the ports ' || array_to_string(v_ports, ', ') end))
  end;
end;
$$;

comment on function private.address_problem(jsonb) is
  'What is wrong with the address of a data source or a webhook; null where nothing is.';
