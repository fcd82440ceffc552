/*
 * HTTP requests that leave after commit: the functions put a row into a queue; the scheduler, a process
 * outside of Postgres, hears of it by a notification on the channel `pg_net`, makes the request and writes
 * `net._http_response`, which is kept for six hours.
 *
 * Both tables are unlogged, as in pg_net: a crash empties them.
 */

\echo Use "create extension pg_net" to load this file. \quit

create schema net;

create domain net.http_method as text
  check (value ilike 'get' or value ilike 'post' or value ilike 'delete');

create unlogged table net.http_request_queue (
  id bigserial,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);

create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);

create index _http_response_id_idx on net._http_response (id);
create index _http_response_created_idx on net._http_response (created);

create function net._wake_worker() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform pg_notify('pg_net', '');
  return null;
end
$$;

create trigger wake_worker after insert on net.http_request_queue
  for each statement execute function net._wake_worker();

-- The worker may run already, without a queue to look at.
select pg_notify('pg_net', '');

/*
 * URLs
 */

-- Percent-encodes every byte that is not unreserved in a URL.
create function net._urlencode_string(string varchar) returns text
language sql immutable strict parallel safe
set search_path = ''
as $$
  select coalesce(string_agg(
    case when c ~ '^[A-Za-z0-9._~-]$' then c
      else upper(regexp_replace(encode(convert_to(c, 'UTF8'), 'hex'), '(..)', '%\1', 'g')) end,
    '' order by n
  ), '')
  from string_to_table(string, null) with ordinality as letters (c, n)
$$;

-- Adds `name=value` pairs, encoded already, to the query of a URL.
create function net._encode_url_with_params_array(url text, params_array text[]) returns text
language sql immutable strict parallel safe
set search_path = ''
as $$
  select case when cardinality(params_array) = 0 then url
    else split_part(url, '#', 1)
      || case when strpos(split_part(url, '#', 1), '?') > 0 then '&' else '?' end
      || array_to_string(params_array, '&')
      || coalesce(substring(url from '#.*$'), '') end
$$;

create function net._url(url text, params jsonb) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  select net._encode_url_with_params_array(
    url,
    coalesce(
      (
        select array_agg(net._urlencode_string(key) || '=' || net._urlencode_string(coalesce(value, '')))
        from jsonb_each_text(params)
      ), '{}'
    )
  )
$$;

/*
 * Requests. Each returns the id under which the response will stand.
 */

create function net.http_get(
  url text, params jsonb default '{}', headers jsonb default '{}',
  timeout_milliseconds integer default 5000
) returns bigint
language sql volatile strict
set search_path = ''
as $$
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
  values ('GET', net._url(url, params), headers, timeout_milliseconds)
  returning id
$$;

create function net.http_post(
  url text, body jsonb default '{}', params jsonb default '{}',
  headers jsonb default '{"Content-Type": "application/json"}',
  timeout_milliseconds integer default 5000
) returns bigint
language plpgsql volatile
set search_path = ''
as $$
declare
  v_id bigint;
  v_content_type text := (
    select value from jsonb_each_text(headers) where lower(key) = 'content-type' limit 1
  );
begin
  if v_content_type is null then
    headers := coalesce(headers, '{}') || '{"Content-Type": "application/json"}';
  elsif v_content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  if body is null then
    raise exception 'body must not be null';
  end if;
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values ('POST', net._url(url, params), headers, convert_to(body::text, 'UTF8'), timeout_milliseconds)
  returning id into v_id;
  return v_id;
end
$$;

-- Not strict: a request has no body unless it is given one.
create function net.http_delete(
  url text, params jsonb default '{}', headers jsonb default '{}',
  timeout_milliseconds integer default 5000, body jsonb default null
) returns bigint
language sql volatile
set search_path = ''
as $$
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values ('DELETE', net._url(url, params), headers, convert_to(body::text, 'UTF8'), timeout_milliseconds)
  returning id
$$;

/*
 * Responses
 */

create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (
  status net.request_status, message text, response net.http_response
);

-- Waits until the response is there. In a transaction of its own only: the request leaves after commit.
create function net._await_response(request_id bigint) returns boolean
language plpgsql volatile strict
set search_path = ''
as $$
begin
  while not exists (select from net._http_response r where r.id = request_id) loop
    perform pg_sleep(0.05);
  end loop;
  return true;
end
$$;

-- The response to a request: PENDING, SUCCESS (whatever its status code) or ERROR (no answer, or unknown id).
create function net._http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
language plpgsql volatile strict
set search_path = ''
as $$
declare
  v_response net._http_response;
begin
  if not async then
    perform net._await_response(request_id);
  end if;
  select * into v_response from net._http_response r where r.id = request_id;
  if v_response.id is null then
    if exists (select from net.http_request_queue q where q.id = request_id) then
      return ('PENDING', 'request is pending processing', null)::net.http_response_result;
    end if;
    return ('ERROR', 'request matching request_id not found', null)::net.http_response_result;
  end if;
  if v_response.error_msg is not null then
    return ('ERROR', v_response.error_msg, null)::net.http_response_result;
  end if;
  return (
    'SUCCESS', 'ok',
    (v_response.status_code, v_response.headers, v_response.content)::net.http_response
  )::net.http_response_result;
end
$$;

create function net.http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
language sql volatile strict
set search_path = ''
as $$
  select net._http_collect_response(request_id, async)
$$;

/*
 * Grants: what pg_net gives to everybody. The schema is not exposed, so no client reaches it by itself.
 */

grant usage on schema net to public;
grant all on all tables in schema net to public;
grant all on all sequences in schema net to public;
grant usage on schema net to postgres with grant option;
grant all on all tables in schema net to postgres with grant option;
