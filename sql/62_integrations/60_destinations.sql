-- Making, listing, changing and deleting the destinations of a workspace.
--
-- Threats: somebody who manages integrations and has events sent to them that they may not see (each event takes its
-- permission, of whoever saves, and what was queued or sent before goes nowhere unless it is chosen still); an address
-- changed to one's own server, which then holds messages that the former receiver takes for genuine (another host gets
-- another secret).

create function private.destination_not_found(p_argument text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such destination.', p_argument, 'Check the id: it may have been deleted.');
end;
$$;

comment on function private.destination_not_found(text) is
  'The one answer for a destination that is not there: not_found, with the argument that named it in `details`.';

create function private.find_destination(p_workspace_id text, p_id uuid, p_argument text default 'id')
returns private.destinations
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination private.destinations;
begin
  -- Events that refer to it can still be queued meanwhile.
  select d.* into v_destination
  from private.destinations d
  where d.workspace_id = p_workspace_id and d.id = p_id
  for no key update;
  if not found then
    perform private.destination_not_found(p_argument);
  end if;
  return v_destination;
end;
$$;

comment on function private.find_destination(text, uuid, text) is
  'A destination, held until the transaction ends. Error: not_found with the argument that named it. Who calls it has '
  'checked the permission.';

create function private.destination_document(p_destination private.destinations) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
      'id', p_destination.id,
      'kind', p_destination.kind,
      'name', p_destination.name,
      'events', p_destination.events,
      'url', p_destination.shown_url,
      'status', p_destination.status,
      'previousSecretUntil', case
        when p_destination.previous_expires_at > now() then private.timestamp_text(p_destination.previous_expires_at)
      end,
      'failingSince', private.timestamp_text(s.failing_since),
      'error', s.error,
      'restsUntil', case when s.rests_until > now() then private.timestamp_text(s.rests_until) end,
      'version', p_destination.version,
      'createdAt', private.timestamp_text(p_destination.created_at),
      'updatedAt', private.timestamp_text(p_destination.updated_at))
    from (select) as one
    left join private.destination_states s
      on s.workspace_id = p_destination.workspace_id and s.destination_id = p_destination.id
  );
end;
$$;

comment on function private.destination_document(private.destinations) is
  'A destination as who manages integrations reads it (destinationSchema of types/destination.ts). For definer '
  'functions.';

create function public.list_destinations(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_destinations(workspace_id);
end;
$$;

comment on function public.list_destinations(text) is
  'The destinations of a workspace by name: {id, kind, name, events, url (of a chat its host, of a webhook without its '
  'query), status, previousSecretUntil, failingSince, error, restsUntil, version, createdAt, updatedAt}. Takes '
  'integrations.manage. Errors: not_found, permission_denied.';

grant execute on function public.list_destinations(text) to authenticated, service_role;

create function private.list_destinations(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  return (
    select coalesce(jsonb_agg(private.destination_document(d) order by d.name collate "und-x-icu", d.id), '[]')
    from private.destinations d
    where d.workspace_id = p_workspace_id
  );
end;
$$;

comment on function private.list_destinations(text) is
  'See public.list_destinations. Definer: no role reads the table.';

grant execute on function private.list_destinations(text) to authenticated, service_role;

create function public.save_destination(
  workspace_id text, document jsonb, id uuid default null, version bigint default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.save_destination(workspace_id, document, id, version);
end;
$$;

comment on function public.save_destination(text, jsonb, uuid, bigint) is
  'Makes a destination, or with an id replaces one, and returns it as list_destinations does, with `secret`: what '
  'signs the messages of a webhook, told when it is made or moves to another host, and never again; null otherwise. '
  'Without `url`, or with what is shown of it, a stored one keeps its address. `isPaused` pauses and resumes it. What '
  'reading adds may stand beside it. What waits of events that are left out is sent no more. Takes '
  'integrations.manage and the permission of each event; webhooks take the premium plan. Errors: not_found '
  '(workspace_id, id), permission_denied, payment_required (too many for the plan, and what is beyond its limit '
  'already), invalid_input (the path inside the document), conflict (`details` is the present version, or JSON about '
  'the limit).';

grant execute on function public.save_destination(text, jsonb, uuid, bigint) to authenticated, service_role;

create function private.save_destination(p_workspace_id text, p_document jsonb, p_id uuid, p_version bigint)
returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document constant jsonb := private.destination_to_save(p_document, (
    select d.shown_url from private.destinations d where d.workspace_id = p_workspace_id and d.id = p_id));
  v_old private.destinations;
  v_new private.destinations;
  v_secrets jsonb := '{}';
  v_secret text;
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  perform private.refuse_problem(private.destination_problem(v_document, p_id is not null));
  perform private.require_events(p_workspace_id, v_document -> 'events');
  perform private.require_kind(p_workspace_id, v_document ->> 'kind');
  perform private.hold_membership(p_workspace_id);
  perform private.lock_workspace(p_workspace_id);

  if p_id is null then
    perform private.require_within_limit(p_workspace_id, 'destinations', 1 + (
      select count(*) from private.destinations d where d.workspace_id = p_workspace_id));
    v_new.id := gen_random_uuid();
    v_new.version := 1;
    v_new.created_at := now();
    v_new.status := 'active';
  else
    v_old := private.find_destination(p_workspace_id, p_id);
    if p_version <> v_old.version then
      perform private.raise_error('conflict',
        'The destination has changed since you read it.', v_old.version::text,
        'Read it again; `details` is its present version.');
    end if;
    if v_old.kind <> v_document ->> 'kind' then
      perform private.raise_invalid_input('kind', 'A destination keeps its kind.', 'Make another one.');
    end if;
    perform private.refuse_destination_beyond_limit(v_old);
    v_new := v_old;
    v_new.version := v_old.version + 1;
    v_secrets := private.secrets_of(v_old);
  end if;

  v_new.workspace_id := p_workspace_id;
  v_new.kind := v_document ->> 'kind';
  v_new.name := private.clean_text(v_document ->> 'name');
  v_new.events := array(select distinct e from jsonb_array_elements_text(v_document -> 'events') as e order by e);
  v_new.updated_at := now();
  perform private.refuse_problem(private.kept_problem(
    p_document,
    jsonb_build_object('status', v_new.status, 'secret', coalesce(
      case when p_document ->> 'secret' = v_secrets ->> 'secret' then p_document -> 'secret' end, 'null')),
    '{
      "status": "Give isPaused, or leave it out.",
      "secret": "Call rotate_destination_secret, or leave it out."
    }'));
  if v_document ? 'isPaused' then
    v_new.status := case when (v_document ->> 'isPaused')::boolean then 'paused' else 'active' end;
  end if;
  if v_document ? 'url' then
    v_new.shown_url := case v_new.kind
      when 'webhook' then regexp_replace(v_document ->> 'url', '[?].*$', '?…')
      else 'https://' || private.host_of(v_document ->> 'url') end;
    if v_new.kind = 'webhook'
      and private.host_of(v_secrets ->> 'url') is distinct from private.host_of(v_document ->> 'url')
    then
      v_secret := private.new_signing_secret();
      v_secrets := jsonb_build_object('secret', v_secret);
      v_new.previous_expires_at := null;
    end if;
    v_secrets := v_secrets || jsonb_build_object('url', v_document -> 'url');
  end if;

  if p_id is null then
    v_new.secret_id := vault.create_secret(
      v_secrets::text, null, format('Secrets of the destination %s of %s', v_new.id, p_workspace_id));
    insert into private.destinations select v_new.*;
    insert into private.destination_states (workspace_id, destination_id) values (p_workspace_id, v_new.id);
  else
    perform vault.update_secret(v_old.secret_id, v_secrets::text);
    update private.destinations d
    set name = v_new.name, events = v_new.events, shown_url = v_new.shown_url, status = v_new.status,
      previous_expires_at = v_new.previous_expires_at, version = v_new.version, updated_at = v_new.updated_at
    where d.workspace_id = p_workspace_id and d.id = p_id;
    -- Whoever saves it begins anew.
    update private.destination_states s
    set failures = 0, error = null, rests_until = null
    where s.workspace_id = p_workspace_id and s.destination_id = p_id;
    perform private.begin_day_anew(p_workspace_id, p_id);
    update private.deliveries d
    set due_at = clock_timestamp()
    where d.workspace_id = p_workspace_id and d.destination_id = p_id and d.status = 'waiting' and d.due_at > now();
    -- What is chosen no more is sent no more: whoever saved it may not be one who may see it.
    update private.deliveries d
    set status = 'dead', settled_at = clock_timestamp()
    where d.workspace_id = p_workspace_id and d.destination_id = p_id and d.status = 'waiting'
      and not private.is_chosen(v_new.events, d.type);
  end if;
  return private.destination_document(v_new) || jsonb_build_object('secret', v_secret);
end;
$$;

comment on function private.save_destination(text, jsonb, uuid, bigint) is
  'See public.save_destination. Definer: no role writes the table, nor the Vault.';

grant execute on function private.save_destination(text, jsonb, uuid, bigint) to authenticated, service_role;

create function private.begin_day_anew(p_workspace_id text, p_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.destination_states s
  set failing_since = null
  where s.workspace_id = p_workspace_id and s.destination_id = p_id;
  update private.deliveries d
  set attempts = 0, first_attempted_at = null
  where d.workspace_id = p_workspace_id and d.destination_id = p_id
    and d.status = 'waiting' and d.first_attempted_at is not null;
end;
$$;

comment on function private.begin_day_anew(text, uuid) is
  'Lets a destination, and what waits for it, be tried for a whole day from now on, as replay_deliveries does. For '
  'definer functions.';

create function private.is_chosen(p_events text[], p_type text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_type = any (p_events) or p_type = 'integration.test';
end;
$$;

comment on function private.is_chosen(text[], text) is
  'Whether a destination that chose these events is sent one of a type: tests come in any case.';

create function private.require_events(p_workspace_id text, p_events jsonb) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_held constant text[] := private.permissions_in(p_workspace_id);
  v_missing constant text[] := array(
    select distinct k.permission
    from public.integration_events k
    where p_events ? k.key and k.permission <> all (v_held)
    order by 1);
begin
  if v_missing <> '{}' then
    perform private.raise_error('permission_denied',
      'You cannot have events sent that you may not see yourself.', array_to_string(v_missing, ', '),
      'Leave out the events that take these permissions.');
  end if;
end;
$$;

comment on function private.require_events(text, jsonb) is
  'Refuses events of which the caller lacks the permission. Error: permission_denied with the missing ones in '
  '`details`. For definer functions.';

create function private.require_kind(p_workspace_id text, p_kind text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_feature constant text := (select i.feature from public.integrations i where i.key = p_kind);
begin
  if v_feature is not null then
    perform private.require_feature(p_workspace_id, v_feature);
  end if;
end;
$$;

comment on function private.require_kind(text, text) is
  'Refuses a kind of integration that the plan of a workspace lacks. Error: payment_required. For definer functions.';

create function private.refuse_destination_beyond_limit(p_destination private.destinations) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most constant bigint := private.lowered_limit_of(p_destination.workspace_id, 'destinations');
begin
  if v_most <= (
    select count(*) from private.destinations d
    where d.workspace_id = p_destination.workspace_id
      and (d.created_at, d.id) < (p_destination.created_at, p_destination.id))
  then
    perform private.refuse_beyond_limit(p_destination.workspace_id, 'destinations', (
      select count(*) from private.destinations d where d.workspace_id = p_destination.workspace_id));
  end if;
end;
$$;

comment on function private.refuse_destination_beyond_limit(private.destinations) is
  'Refuses to change a destination that came after as many as the plan has room for. Error: payment_required. For '
  'definer functions.';

create function public.delete_destination(workspace_id text, id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.delete_destination(workspace_id, id);
end;
$$;

comment on function public.delete_destination(text, uuid) is
  'Deletes a destination with its secrets, what waits for it and what was sent. Takes integrations.manage. Errors: '
  'not_found (workspace_id, id), permission_denied.';

grant execute on function public.delete_destination(text, uuid) to authenticated, service_role;

create function private.delete_destination(p_workspace_id text, p_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  delete from private.destinations d where d.workspace_id = p_workspace_id and d.id = p_id;
  if not found then
    perform private.destination_not_found('id');
  end if;
end;
$$;

comment on function private.delete_destination(text, uuid) is
  'See public.delete_destination. Definer: no role deletes from the table.';

grant execute on function private.delete_destination(text, uuid) to authenticated, service_role;
