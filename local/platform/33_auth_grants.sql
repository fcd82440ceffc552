/*
 * Auth's tables belong to supabase_auth_admin, the role that the Auth service connects as.
 *
 * RLS is on without policies, so the API roles see nothing even where somebody grants them a table.
 */

do $$
declare
  v_table regclass;
  v_type regtype;
begin
  for v_table in select oid from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r' loop
    execute format('alter table %s owner to supabase_auth_admin', v_table);
    execute format('alter table %s enable row level security', v_table);
    execute format('grant all on table %s to postgres, dashboard_user', v_table);
    execute format('grant select on table %s to postgres with grant option', v_table);
  end loop;
  for v_type in select oid from pg_type where typnamespace = 'auth'::regnamespace and typtype = 'e' loop
    execute format('alter type %s owner to supabase_auth_admin', v_type);
  end loop;
end
$$;

grant all on all sequences in schema auth to postgres, dashboard_user;
