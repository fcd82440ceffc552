-- What signs the messages of a webhook, by the convention of https://www.standardwebhooks.com: `whsec_` and 32 random
-- bytes in base64. It is made here, told once, and read by the server that signs.
--
-- Threats: a secret that leaked and goes on signing (the grace may be none, and a second rotation ends what the first
-- left); one that is read again (no function gives it).

create function private.new_signing_secret() returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return 'whsec_' || encode(extensions.gen_random_bytes(32), 'base64');
end;
$$;

comment on function private.new_signing_secret() is 'A fresh secret to sign webhooks with.';

create function private.secrets_of(p_destination private.destinations) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select s.decrypted_secret::jsonb from vault.decrypted_secrets s where s.id = p_destination.secret_id
  );
end;
$$;

comment on function private.secrets_of(private.destinations) is
  'The address of a destination and what signs for it, {url, secret, previous}. For definer functions.';

create function public.rotate_destination_secret(workspace_id text, id uuid, grace_hours integer default 24)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.rotate_destination_secret(workspace_id, id, grace_hours);
end;
$$;

comment on function public.rotate_destination_secret(text, uuid, integer) is
  'Gives a webhook a fresh secret and returns it as save_destination does. For `grace_hours` more, 0 to 168, messages '
  'are signed by both, and no longer than until the next rotation. Takes integrations.manage. Errors: not_found '
  '(workspace_id, id), permission_denied, payment_required, invalid_input (grace_hours), conflict (kind: a chat signs '
  'nothing).';

grant execute on function public.rotate_destination_secret(text, uuid, integer) to authenticated, service_role;

create function private.rotate_destination_secret(p_workspace_id text, p_id uuid, p_grace_hours integer) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination private.destinations;
  v_secrets jsonb;
  v_secret constant text := private.new_signing_secret();
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  if (p_grace_hours between 0 and 168) is not true then
    perform private.raise_invalid_input('grace_hours',
      'Both secrets sign for at most a week.', 'Give a whole number of hours from 0 to 168.');
  end if;
  v_destination := private.find_destination(p_workspace_id, p_id);
  if v_destination.kind <> 'webhook' then
    perform private.raise_error('conflict',
      'Messages to a chat are not signed.', 'kind', 'Make another address in the chat, and save it here.');
  end if;
  perform private.require_kind(p_workspace_id, v_destination.kind);

  v_secrets := private.secrets_of(v_destination);
  perform vault.update_secret(v_destination.secret_id, jsonb_build_object(
    'url', v_secrets -> 'url',
    'secret', v_secret,
    'previous', case when p_grace_hours > 0 then v_secrets ->> 'secret' end)::text);
  update private.destinations d
  set previous_expires_at = case when p_grace_hours > 0 then now() + make_interval(hours => p_grace_hours) end,
    version = d.version + 1,
    updated_at = now()
  where d.workspace_id = p_workspace_id and d.id = p_id
  returning * into v_destination;
  return private.destination_document(v_destination) || jsonb_build_object('secret', v_secret);
end;
$$;

comment on function private.rotate_destination_secret(text, uuid, integer) is
  'See public.rotate_destination_secret. Definer: no role writes the table, nor the Vault.';

grant execute on function private.rotate_destination_secret(text, uuid, integer) to authenticated, service_role;
