-- Two schemas: `public` is what clients reach through the Data API, `private` is what they never do.
--
-- Nothing is granted by default. Postgres lets PUBLIC execute every function from the moment it is made, and older
-- projects of Supabase give the API's roles everything on each table, sequence and function that is made in public, so
-- one forgotten line would open it to anonymous callers. Those defaults are taken away here, before anything is made,
-- and each file grants what it means to: per signature, operation and column. Row-level security alone is not enough:
-- it does not stand against TRUNCATE, nor against REFERENCES, which tells which keys exist.
--
-- Where a default is not there, taking it away does nothing, which a comparison of databases does not see. So a
-- migration begins with a copy of these statements.

create schema private;

comment on schema private is
  'Helpers and internal tables. Never exposed by the Data API: policies, triggers and the functions of public use it.';

-- Policies run as the caller, so the caller must be able to enter the schema; what it may call there is granted
-- function by function. Anonymous callers have no policy and no way in.
grant usage on schema private to authenticated, service_role;

alter default privileges revoke all on tables from anon, authenticated, service_role;
alter default privileges revoke all on sequences from anon, authenticated, service_role;
alter default privileges revoke all on functions from public, anon, authenticated, service_role;

alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from public, anon, authenticated, service_role;
