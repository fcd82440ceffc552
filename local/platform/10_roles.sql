/*
 * The roles of a Supabase project: cluster-wide, so every statement may run again.
 *
 * The superuser is supabase_admin, which made the cluster; migrations run as postgres, which is none. The
 * login roles get their passwords from whoever starts the server.
 */

do $$
declare
  v_role text;
  v_attributes text;
begin
  for v_role, v_attributes in values
    ('anon', 'nologin inherit'),
    ('authenticated', 'nologin inherit'),
    ('service_role', 'nologin inherit bypassrls'),
    ('authenticator', 'login noinherit'),
    ('postgres', 'login inherit createdb createrole replication bypassrls nosuperuser'),
    ('supabase_auth_admin', 'login noinherit'),
    ('supabase_storage_admin', 'login noinherit'),
    ('supabase_realtime_admin', 'nologin noinherit'),
    ('dashboard_user', 'nologin createdb createrole replication')
  loop
    if to_regrole(v_role) is null then
      execute format('create role %I', v_role);
    end if;
    execute format('alter role %I %s', v_role, v_attributes);
  end loop;
end
$$;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
-- The Data API logs in as authenticator: service_role, which has no timeout of its own, falls under these.
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = storage;
alter role supabase_realtime_admin set search_path = public, extensions, realtime;

/*
 * Memberships
 */

grant anon, authenticated, service_role to authenticator with inherit false, set true;
grant anon, authenticated, service_role, authenticator,
  pg_monitor, pg_read_all_data, pg_signal_backend, pg_create_subscription
  to postgres with admin true, inherit true, set true;
-- The Storage API acts as the caller's role, as the Data API does.
grant authenticator to supabase_storage_admin with inherit false, set true;

/*
 * PostgREST's in-database configuration: `alter role authenticator set pgrst.… ` by postgres.
 * Any other custom setting stays refused.
 */

do $$
declare
  v_setting text;
begin
  foreach v_setting in array array[
    'db_aggregates_enabled', 'db_anon_role', 'db_extra_search_path', 'db_hoisted_tx_settings',
    'db_max_rows', 'db_plan_enabled', 'db_pre_request', 'db_root_spec', 'db_schemas', 'db_timezone_enabled',
    'db_tx_end', 'jwt_aud', 'jwt_role_claim_key', 'jwt_secret', 'jwt_secret_is_base64', 'openapi_mode',
    'openapi_security_active', 'openapi_server_proxy_uri', 'server_cors_allowed_origins',
    'server_timing_enabled', 'server_trace_header'
  ]
  loop
    execute format('grant set on parameter %I.%I to postgres', 'pgrst', v_setting);
  end loop;
end
$$;

/*
 * Settings of Postgres that supautils lets postgres change, where a plain Postgres wants a superuser.
 */

grant set on parameter
  session_replication_role, log_min_messages, log_min_duration_statement, log_statement, log_lock_waits,
  log_parameter_max_length, log_parameter_max_length_on_error, log_replication_commands, log_temp_files,
  track_functions, track_io_timing, wal_compression
  to postgres;
