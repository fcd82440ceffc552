/*
 * What postgres may do with the services' tables although it does not own them: make, change, drop and comment on
 * policies, and drop triggers.
 *
 * Supabase's supautils permits it, where Postgres asks for the table's owner. postgres therefore has the owners'
 * privileges while such a command runs and at no other time: were it a member for good, it could alter the tables
 * too, which fails on Supabase. The grant is part of the command's transaction: an error takes it back. It also
 * locks the roles until that transaction ends, so that two migrations with policies on one cluster go one after
 * the other.
 *
 * An event trigger is told less than supautils knows. Two commands that the tags below let in as well are
 * therefore refused at their end: renaming such a policy, and a comment on anything else of the services.
 */

-- Comments come by the hundred in a migration: only where one speaks of a service's policy is anything lent. A text
-- that holds very many statements is not searched for each of them, nor are its characters counted.
create function extensions.is_comment_on_service_policy() returns boolean
language sql stable
set search_path = ''
as $$
  select case when octet_length(pg_catalog.current_query()) < 10000
    then pg_catalog.current_query() ~* '\mcomment\s+on\s+policy\s.*\son\s+"?(auth|storage|realtime)"?\s*\.'
    else false end
$$;

-- Every policy of the services' tables by its id, as one text.
create function extensions.service_policies() returns text
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(p.oid, p.polname), '{}')::text
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  where c.relnamespace in ('auth'::regnamespace, 'storage'::regnamespace, 'realtime'::regnamespace)
$$;

create function extensions.lend_service_ownership() returns event_trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_tag = 'COMMENT' and not extensions.is_comment_on_service_policy() then
    return;
  end if;
  if tg_tag = 'ALTER POLICY' then
    perform set_config('platform.service_policies', extensions.service_policies(), true);
  end if;
  grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin
    to postgres with inherit true, set false;
end
$$;

create function extensions.return_service_ownership() returns event_trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_kind text := 'table';
  v_name text;
begin
  if tg_tag = 'COMMENT' and not extensions.is_comment_on_service_policy() then
    return;
  end if;
  -- Whoever commands as a superuser needs nothing lent and is refused nothing.
  if not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = session_user) then
    if tg_tag = 'ALTER POLICY' then
      select c.relname into v_name
      from jsonb_each_text(nullif(current_setting('platform.service_policies', true), '')::jsonb) before
      join pg_catalog.pg_policy p on p.oid = before.key::oid and p.polname <> before.value
      join pg_catalog.pg_class c on c.oid = p.polrelid;
    elsif tg_tag = 'COMMENT' then
      select d.object_type, trim(both '"' from split_part(d.object_identity, '.', 2)) into v_kind, v_name
      from pg_event_trigger_ddl_commands() d
      where d.object_type <> 'policy' and d.schema_name in ('auth', 'storage', 'realtime');
    end if;
    if v_name is not null then
      raise insufficient_privilege using message = format('must be owner of %s %s', v_kind, v_name);
    end if;
  end if;
  revoke supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin from postgres;
end
$$;

revoke execute on function extensions.lend_service_ownership() from public;
revoke execute on function extensions.return_service_ownership() from public;

create event trigger lend_service_ownership on ddl_command_start
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER', 'COMMENT')
  execute function extensions.lend_service_ownership();
create event trigger return_service_ownership on ddl_command_end
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER', 'COMMENT')
  execute function extensions.return_service_ownership();

/*
 * An extension that only a superuser updates on Supabase
 */

create function extensions.refuse_pg_net_update() returns event_trigger
language plpgsql
set search_path = ''
as $$
begin
  if current_query() ~* '\malter\s+extension\s+"?pg_net\M'
    and not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user)
  then
    raise insufficient_privilege using message = 'must be owner of extension pg_net';
  end if;
end
$$;

create event trigger refuse_pg_net_update on ddl_command_start
  when tag in ('ALTER EXTENSION')
  execute function extensions.refuse_pg_net_update();
