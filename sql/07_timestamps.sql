-- When a row last changed, kept by the database: a client's clock is not to be believed.

create function private.tg_set_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

comment on function private.tg_set_updated_at() is
  'Before update: sets `updated_at` to the time of the transaction, whatever the statement said.';
