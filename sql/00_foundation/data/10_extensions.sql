-- The extensions of the platform that functions and jobs use when they run; no table or policy depends on one. The jobs
-- of every subject are scheduled with pg_cron, requests to the project's own API are sent with pg_net, and names are
-- compared with fuzzystrmatch.

create extension if not exists pg_cron with schema pg_catalog;
create extension if not exists pg_net with schema extensions;
create extension if not exists fuzzystrmatch with schema extensions;
