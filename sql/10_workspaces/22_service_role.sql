-- The service role: a server with the project's secret key, which acts in every workspace and for no person.
--
-- Row-level security does not hold it. A function it can call is granted to it by name; what that function asks about
-- permissions is answered here, so that a server calls what a person does: it holds every permission of a workspace
-- that exists. Values, plans and the last admin hold for it as for everybody.
--
-- Threats: a person who passes for it (it is the role of the session, which the Data API sets from a key that servers
-- alone have; a token of this role that names an account acts as that account).

create function private.is_service_role() returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Unlike current_user, the setting is the caller's in a definer function too.
  return current_setting('role') = 'service_role' and auth.uid() is null;
end;
$$;

comment on function private.is_service_role() is
  'Whether it is a server that acts: the service role, without an account. For definer functions.';
