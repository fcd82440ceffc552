-- Removing files from Storage.
--
-- Deleting the row of a stored object, which the platform refuses unless one insists, would leave the bytes where
-- nobody can find them again. Only the Storage API removes both, so the database asks it to, as any client would:
-- private.project_api (00_foundation/72_project_api.sql) says how and where.

create function private.remove_files(p_bucket_id text, p_names text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_api record;
begin
  if p_names = '{}' then
    return;
  end if;
  v_api := private.project_api('Files to be removed wait');
  if v_api.url is null then
    return;
  end if;
  perform net.http_delete(
    url := format('%s/storage/v1/object/%s/%s', v_api.url, p_bucket_id, private.url_encoded_path(n.name)),
    headers := jsonb_build_object('apikey', v_api.key))
  from unnest(p_names) with ordinality as n (name, place)
  order by n.place;
end;
$$;

comment on function private.remove_files(text, text[]) is
  'Asks the Storage API to remove files of a bucket, one request each. Warns, and asks for nothing, while the secrets '
  'are not in the Vault. For definer functions.';
