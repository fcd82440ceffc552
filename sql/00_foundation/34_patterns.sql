-- The forms that keys, ids and tags have, each in one place: constraints, documents and checks of arguments take them
-- from here. They are the same as in types/, and a test demands the same verdict of both.
--
-- A pattern that one subject alone knows stands with that subject.

create function private.version_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^(?:0|[1-9][0-9]{0,8})(?:[.](?:0|[1-9][0-9]{0,8})){2}$';
end;
$$;

comment on function private.version_pattern() is 'A version x.y.z, each number without leading zeros.';

-- Validation triggers and constraints run as whoever writes.
grant execute on function private.version_pattern() to authenticated, service_role;

create function private.uuid_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
end;
$$;

comment on function private.uuid_pattern() is
  'A uuid as documents write one. Postgres would take other spellings too, such as one in braces.';

create function private.locale_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$';
end;
$$;

comment on function private.locale_pattern() is 'A language tag such as en, de or pt-BR.';

grant execute on function private.locale_pattern() to authenticated, service_role;

create function private.role_key_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[a-z][a-z0-9_-]{0,49}$';
end;
$$;

comment on function private.role_key_pattern() is 'The key of a role in its workspace.';

grant execute on function private.role_key_pattern() to authenticated, service_role;

create function private.catalog_key_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[a-z][a-z0-9-]{0,49}$';
end;
$$;

comment on function private.catalog_key_pattern() is
  'The key of something that comes with the product: a built-in theme, a type of components.';

-- Whoever reads a catalog among other tables has its constraint planned with.
grant execute on function private.catalog_key_pattern() to authenticated;

create function private.document_id_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[A-Za-z0-9_-]{1,100}$';
end;
$$;

comment on function private.document_id_pattern() is
  'An id by which a document calls one of its parts, whatever the database will call it.';

grant execute on function private.document_id_pattern() to authenticated, service_role;
