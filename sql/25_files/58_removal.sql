-- Removing files from Storage.
--
-- Deleting the row of a stored object, which the platform refuses unless one insists, would leave the bytes where
-- nobody can find them again. Only the Storage API removes both, so the database asks it to, as any client would:
-- pg_net sends the request after the transaction has committed, and none when it is taken back.
--
-- Threat: a secret key sent to somebody else's server (the address and the key are read from Vault, as `project_url`
-- and `secret_key`, and nothing of a request goes into the address).

create function private.remove_files(p_bucket_id text, p_names text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_url constant text := (select decrypted_secret from vault.decrypted_secrets where name = 'project_url');
  v_key constant text := (select decrypted_secret from vault.decrypted_secrets where name = 'secret_key');
begin
  if p_names = '{}' then
    return;
  end if;
  if v_url is null or v_key is null then
    raise warning 'Files to be removed wait for the Vault secrets "project_url" and "secret_key".';
    return;
  end if;
  perform net.http_delete(
    url := format('%s/storage/v1/object/%s/%s', rtrim(v_url, '/'), p_bucket_id, private.url_encoded_path(n.name)),
    headers := jsonb_build_object('apikey', v_key))
  from unnest(p_names) with ordinality as n (name, place)
  order by n.place;
end;
$$;

comment on function private.remove_files(text, text[]) is
  'Asks the Storage API to remove files of a bucket, one request each. Warns, and asks for nothing, while the secrets '
  'are not in the Vault. For definer functions.';
