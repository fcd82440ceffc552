-- What an operator says about the place where the project runs: one row, changed in Studio or by one statement.

create table private.settings (
  is_only boolean primary key default true
    constraint settings_one_row check (is_only),
  client_address_from text not null default 'cf-connecting-ip'
    constraint settings_client_address_from_known
      check (client_address_from in ('cf-connecting-ip', 'x-forwarded-for-last'))
);

alter table private.settings enable row level security;

create policy settings_select on private.settings
  for select to authenticated using (false);

comment on table private.settings is
  'One row: how the project is run. Read by definer functions alone; docs/operations.md says what to set.';
comment on column private.settings.client_address_from is
  'What tells where a request comes from and no caller can write. cf-connecting-ip: the header that hosted Supabase '
  'and the embedded stack set. x-forwarded-for-last: the last entry of that header, behind one proxy of one''s own.';
comment on policy settings_select on private.settings is 'No API role reads it.';
