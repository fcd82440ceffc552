/*
 * What policies on `storage.objects` call, and the trigger functions of Storage's tables.
 */

-- The folders of an object's path: 'a/b/c.png' → {a,b}.
create function storage.foldername(name text) returns text[]
language sql immutable
as $$
  select (string_to_array(name, '/'))[: cardinality(string_to_array(name, '/')) - 1]
$$;

-- The last part of an object's path: 'a/b/c.png' → 'c.png'.
create function storage.filename(name text) returns text
language sql immutable
as $$
  select split_part(name, '/', -1)
$$;

-- What follows the last dot of the file name: 'a/b/c.tar.gz' → 'gz'.
create function storage.extension(name text) returns text
language sql immutable
as $$
  select split_part(split_part(name, '/', -1), '.', -1)
$$;

-- What the Storage API is doing, such as 'storage.object.list'; null outside of it.
create function storage.operation() returns text
language sql stable
as $$
  select current_setting('storage.operation', true)
$$;

-- Whether the Storage API is doing one of these; the prefix `storage.` may be left out.
create function storage.allow_any_operation(expected_operations text[]) returns boolean
language sql stable
as $$
  select exists (
    select from unnest(expected_operations) as expected
    where expected <> ''
      and regexp_replace(expected, '^storage\.', '')
        = regexp_replace(current_setting('storage.operation', true), '^storage\.', '')
  )
$$;

-- Whether the Storage API is doing exactly this; the prefix `storage.` may be left out.
create function storage.allow_only_operation(expected_operation text) returns boolean
language sql stable
as $$
  select storage.allow_any_operation(array[expected_operation])
$$;

-- Bytes stored per bucket.
create function storage.get_size_by_bucket() returns table (size bigint, bucket_id text)
language sql stable
as $$
  select sum((o.metadata ->> 'size')::bigint)::bigint, o.bucket_id
  from storage.objects o
  group by o.bucket_id
$$;

create function storage.update_updated_at_column() returns trigger
language plpgsql
as $$
begin
  new.updated_at = now();
  return new;
end
$$;

create function storage.enforce_bucket_name_length() returns trigger
language plpgsql
as $$
begin
  if length(new.name) > 100 then
    raise exception 'bucket name "%" is too long (% characters). Max is 100.', new.name, length(new.name);
  end if;
  return new;
end;
$$;

-- A deleted row leaves its file behind, which only the Storage API can remove: it says so with
-- `storage.allow_delete_query`.
create function storage.protect_delete() returns trigger
language plpgsql
as $$
begin
  if coalesce(current_setting('storage.allow_delete_query', true), '') <> 'true' then
    raise insufficient_privilege using
      message = 'Direct deletion from storage tables is not allowed. Use the Storage API instead.',
      hint = 'This prevents accidental data loss from orphaned objects.';
  end if;
  return null;
end
$$;

create trigger enforce_bucket_name_length_trigger before insert or update of name on storage.buckets
  for each row execute function storage.enforce_bucket_name_length();
create trigger update_objects_updated_at before update on storage.objects
  for each row execute function storage.update_updated_at_column();
create trigger protect_objects_delete before delete on storage.objects
  for each statement execute function storage.protect_delete();
create trigger protect_buckets_delete before delete on storage.buckets
  for each statement execute function storage.protect_delete();

-- Whoever logs in as this role is the Storage API.
alter role supabase_storage_admin set storage.allow_delete_query = 'true';

do $$
declare
  v_function regprocedure;
begin
  for v_function in select oid from pg_proc where pronamespace = 'storage'::regnamespace loop
    execute format('alter function %s owner to supabase_storage_admin', v_function);
  end loop;
end
$$;
