/*
 * Policies on the services' tables, and dropping triggers from them, by postgres.
 *
 * Supabase's supautils permits both, where Postgres asks for the table's owner. postgres therefore has the
 * owners' privileges while such a command runs and at no other time: were it a member for good, it could
 * alter the tables too, which fails on Supabase. The grant is part of the command's transaction: an error
 * takes it back. It also locks the roles until that transaction ends, so that two migrations with policies
 * on one cluster go one after the other.
 */

create function extensions.lend_service_ownership() returns event_trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_event = 'ddl_command_start' then
    -- To rename one takes the table's owner on Supabase too.
    if tg_tag = 'ALTER POLICY' and current_query() ~* '\malter\s+policy\M[^;]*\mrename\s+to\M' then
      return;
    end if;
    grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin
      to postgres with inherit true, set false;
  else
    revoke supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin from postgres;
  end if;
end
$$;

revoke execute on function extensions.lend_service_ownership() from public;

create event trigger lend_service_ownership on ddl_command_start
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER')
  execute function extensions.lend_service_ownership();
create event trigger return_service_ownership on ddl_command_end
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER')
  execute function extensions.lend_service_ownership();
