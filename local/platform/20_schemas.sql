/*
 * Schemas, who may use them, and the extensions that every project has.
 *
 * Default privileges are left as Postgres makes them, which is `auto_expose_new_tables = false`: what
 * postgres makes in public is granted to no API role. PUBLIC keeps its built-in EXECUTE on functions.
 */

create schema extensions authorization postgres;
create schema auth;
create schema storage;
create schema realtime;
create schema graphql_public;
create schema vault;

grant usage on schema public to postgres, anon, authenticated, service_role;
grant usage on schema extensions to anon, authenticated, service_role, dashboard_user;
grant usage on schema auth to postgres, anon, authenticated, service_role, dashboard_user;
grant all on schema auth to supabase_auth_admin;
grant usage on schema storage to anon, authenticated, service_role, dashboard_user;
grant usage on schema storage to postgres with grant option;
grant all on schema storage to supabase_storage_admin;
grant usage on schema realtime to anon, authenticated, service_role, dashboard_user;
grant usage on schema realtime to postgres with grant option;
grant all on schema realtime to supabase_realtime_admin;
grant usage on schema graphql_public to postgres, anon, authenticated, service_role;

-- postgres may drop them, as on Supabase: whoever makes a trusted extension owns it, and the superuser its objects.
grant create on schema vault to postgres;
do $$
begin
  execute format('grant create on database %I to postgres', current_database());
end
$$;

set role postgres;
create extension pgcrypto with schema extensions;
create extension "uuid-ossp" with schema extensions;
create extension pg_stat_statements with schema extensions;
create extension supabase_vault with schema vault;
reset role;

revoke create on schema vault from postgres;

grant execute on function pg_reload_conf() to postgres;
grant execute on function extensions.pg_stat_statements_reset to postgres;

-- What clients subscribe to row changes of; empty until a migration adds a table.
create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
