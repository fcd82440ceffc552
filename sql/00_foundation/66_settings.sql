-- What an operator says about the place where the project runs: one row, changed in Studio or by one statement.

create table private.operator_settings (
  is_only boolean primary key default true
    constraint operator_settings_one_row check (is_only),
  client_address_from text not null default 'cf-connecting-ip'
    constraint operator_settings_client_address_from_known
      check (client_address_from in ('cf-connecting-ip', 'x-forwarded-for-last')),
  api_url text
    constraint operator_settings_api_url_format check (api_url ~ '^https?://[A-Za-z0-9.:\[\]-]{1,255}$'),
  request_ports integer[] not null default '{}'
    constraint operator_settings_request_ports_valid check (
      array_position(request_ports, null) is null and 1 <= all (request_ports) and 65535 >= all (request_ports))
);

alter table private.operator_settings enable row level security;

create policy operator_settings_select on private.operator_settings
  for select to authenticated using (false);

comment on table private.operator_settings is
  'One row: how the project is run. Read by definer functions alone; docs/operations.md says what to set.';
comment on column private.operator_settings.client_address_from is
  'What tells where a request comes from and no caller can write. cf-connecting-ip: the header that hosted Supabase '
  'and the embedded stack set. x-forwarded-for-last: the last entry of that header, behind one proxy of one''s own.';
comment on column private.operator_settings.api_url is
  'The address of the API, such as https://api.example.com, where requests do not tell it: behind a proxy that changes '
  'host or port. Null: each request''s own address.';
comment on column private.operator_settings.request_ports is
  'Ports beside 443 that addresses of data sources and webhooks may have, such as {8443}: others are not saved, and '
  'functions send no request to them.';
