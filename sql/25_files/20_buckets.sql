-- What holds for every file of this project's buckets, whoever writes it: how many a folder has, whether one is
-- replaced, and what the bucket itself says of sizes and types. Who may write where is for the policies of each bucket.
--
-- Threats: a URL that was signed before a file was there, and replaces it after an operator has reviewed it, or uploads
-- more than a folder takes (policies are asked when a URL is signed, and not when it is used); a file that is copied
-- into a bucket which does not take such files (Storage asks about sizes and types where bytes are uploaded).

create function private.folder_limit(p_bucket_id text) returns integer
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_bucket_id when 'avatars' then 20 when 'marketplace' then 20 when 'support' then 50 end;
end;
$$;

comment on function private.folder_limit(text) is
  'How many files a person has in the bucket avatars at most, a listing in marketplace, and a ticket in support; null '
  'of any other bucket.';

create function private.folder_of(p_bucket_id text, p_name text) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_depth constant integer := case p_bucket_id when 'support' then 2 else 1 end;
begin
  return array_to_string((string_to_array(p_name, '/'))[:v_depth], '/');
end;
$$;

comment on function private.folder_of(text, text) is
  'The folder whose files are counted together: of a person, a listing, or a ticket in its workspace.';

create function private.refuse_file(p_message text, p_hint text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Storage answers this one with 403 and the sentence, and any of the project's own with 500.
  raise insufficient_privilege using message = p_message, hint = p_hint;
end;
$$;

comment on function private.refuse_file(text, text) is
  'Refuses a file in a way that Storage passes on: 403 AccessDenied.';

create function private.tg_objects_refuse_replaced() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.refuse_file('A file of this bucket is not replaced.', 'Upload another under a name of its own.');
  return null;
end;
$$;

comment on function private.tg_objects_refuse_replaced() is
  'After a file was replaced, moved or described otherwise: takes that back. What somebody has seen stays what it '
  'is. Definer: Storage, which writes the row, has no part in this schema.';

create function private.tg_objects_hold_limits() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_folder constant text := private.folder_of(new.bucket_id, new.name);
  v_bucket storage.buckets;
  v_type constant text := new.metadata ->> 'mimetype';
begin
  select b.* into v_bucket from storage.buckets b where b.id = new.bucket_id;
  if new.metadata -> 'size' > to_jsonb(v_bucket.file_size_limit) then
    perform private.refuse_file('The file is larger than its bucket takes.',
      format('Give one of at most %s bytes.', v_bucket.file_size_limit));
  end if;
  -- The empty file with which Studio shows a folder lies anywhere. Of others there is a size once they are there.
  if not (v_type = any (v_bucket.allowed_mime_types)) and new.metadata -> 'size' <> '0' then
    perform private.refuse_file('The file is of a type that its bucket does not take.',
      format('Give one of these: %s.', array_to_string(v_bucket.allowed_mime_types, ', ')));
  end if;
  -- Of files that come at one moment each is counted by the next.
  perform pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'files of', new.bucket_id, v_folder), 0));
  if (
    -- By bytes, which the index for prefixes is in, 0 follows /.
    select count(*)
    from storage.objects o
    where o.bucket_id = new.bucket_id and o.name ~>=~ (v_folder || '/') and o.name ~<~ (v_folder || '0')
  ) > private.folder_limit(new.bucket_id) then
    perform private.refuse_file('This folder has as many files as it takes.',
      format('Remove one first: it has at most %s.', private.folder_limit(new.bucket_id)));
  end if;
  return null;
end;
$$;

comment on function private.tg_objects_hold_limits() is
  'After a file was written or moved: takes that back where it is larger, of another type, or one more than its bucket '
  'and folder take. After the policies, which thus say first whose folder it is. Definer: the count must not depend on '
  'what a policy shows.';

create trigger hold_limits_of_new after insert on storage.objects
  for each row when (new.bucket_id in ('avatars', 'marketplace', 'support'))
  execute function private.tg_objects_hold_limits();
create trigger hold_limits_of_changed after update of bucket_id, name, version, metadata on storage.objects
  for each row when (new.bucket_id in ('avatars', 'marketplace', 'support'))
  execute function private.tg_objects_hold_limits();
create trigger refuse_replaced after update of bucket_id, name, version, metadata on storage.objects
  for each row when (old.bucket_id in ('marketplace', 'support'))
  execute function private.tg_objects_refuse_replaced();
