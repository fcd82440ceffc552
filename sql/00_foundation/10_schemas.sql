-- Two schemas: `public` is what clients reach through the Data API, `private` is what they never do.
--
-- Revoke by default. Postgres lets PUBLIC execute every function from the moment it is made, so one forgotten
-- line would open a function to anonymous callers. The default is taken away here, and each file grants what it
-- means to, per signature. Tables need no such line: nobody but their owner may touch a new one.

create schema private;

comment on schema private is
  'Helpers and internal tables. Never exposed by the Data API: policies, triggers and the functions of public use it.';

-- Policies run as the caller, so the caller must be able to enter the schema; what it may call there is granted
-- function by function. Anonymous callers have no policy and no way in.
grant usage on schema private to authenticated, service_role;

alter default privileges revoke execute on functions from public;
