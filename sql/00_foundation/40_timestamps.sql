-- When a row last changed, kept by the database, since a client's clock is not to be believed; and a time as
-- documents write it.

create function private.tg_set_updated_at() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

comment on function private.tg_set_updated_at() is
  'Before update: sets `updated_at` to the time of the transaction, whatever the statement said.';

create function private.timestamp_text(p_timestamp timestamptz) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return to_char(p_timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
end;
$$;

comment on function private.timestamp_text(timestamptz) is
  'A timestamp as JavaScript writes one, and as functions for clients answer with it: in UTC, to the millisecond.';

-- Functions for clients that run as the caller answer with it too.
grant execute on function private.timestamp_text(timestamptz) to authenticated;
