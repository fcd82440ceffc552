-- Calling the project's own API from the database: Edge Functions, and Storage.
--
-- pg_net sends a request after the transaction has committed, and none when it is taken back.
--
-- Threat: a secret key sent to somebody else's server (address and key are read from the Vault, as `project_url` and
-- `secret_key`, here alone, and nothing of a request goes into the address).

create function private.project_api(p_waiting text, out url text, out key text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  url := (select rtrim(s.decrypted_secret, '/') from vault.decrypted_secrets s where s.name = 'project_url');
  key := (select s.decrypted_secret from vault.decrypted_secrets s where s.name = 'secret_key');
  if url is null or key is null then
    raise warning '% for the Vault secrets "project_url" and "secret_key".', p_waiting;
    url := null;
    key := null;
  end if;
end;
$$;

comment on function private.project_api(text) is
  'Where the project''s API is, without a slash at the end, and a secret key for it; null for both, with a '
  'warning that begins with what waits, such as "Mails wait", while they are not in the Vault. For definer functions.';

create function private.request_function(
  p_waiting text, p_path text, p_body jsonb, p_timeout_milliseconds integer
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform net.http_post(
    url := a.url || '/functions/v1/' || p_path,
    body := p_body,
    headers := jsonb_build_object('apikey', a.key, 'content-type', 'application/json'),
    timeout_milliseconds := p_timeout_milliseconds)
  from private.project_api(p_waiting) as a
  where a.url is not null;
end;
$$;

comment on function private.request_function(text, text, jsonb, integer) is
  'Asks an Edge Function, by its path below functions/v1, as a server does, and waits for no answer. Warns, and asks '
  'for nothing, as private.project_api does. For definer functions.';
