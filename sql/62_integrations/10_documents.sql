-- A destination as a document: what save_destination takes. types/destination.ts says the same in zod.
--
-- Threats: an address that leads where nothing is sent (50_widget_data/12_addresses.sql); a "chat" that is somebody's
-- server (each has its own hosts); documents of megabytes (sizes come first).

create function private.destination_address_problem(p_kind text, p_url jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_kind
    when 'webhook' then private.address_problem(p_url)
    when 'slack' then private.text_problem('url', p_url,
      '^https://hooks[.]slack[.]com/(?:services|triggers|workflows)/[A-Za-z0-9/_-]+$',
      'Give the address of an incoming webhook of Slack, such as https://hooks.slack.com/services/T…/B…/….')
    when 'discord' then private.text_problem('url', p_url,
      '^https://(?:(?:canary|ptb)[.])?discord(?:app)?[.]com/api/(?:v[0-9]+/)?webhooks/[0-9]+/[A-Za-z0-9_-]{1,200}$',
      'Give the address of a webhook of Discord, such as https://discord.com/api/webhooks/….')
    when 'teams' then private.text_problem('url', p_url,
      '^https://[a-z0-9.-]{1,200}[.](?:logic[.]azure[.]com|api[.]powerplatform[.]com|webhook[.]office[.]com)(?::443)?'
        '/[A-Za-z0-9_.~!$&''()*+,;=:@%/?-]+$',
      'Give the address of a workflow of Teams that begins when a webhook request comes.')
  end;
end;
$$;

comment on function private.destination_address_problem(text, jsonb) is
  'What is wrong with the address of a destination of a kind; null where nothing is.';

create function private.destination_to_save(p_document jsonb, p_shown_url text) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb := private.without_read(p_document,
    '{id,status,secret,previousSecretUntil,failingSince,error,restsUntil,version,createdAt,updatedAt}');
begin
  return case
    when v_document -> 'url' = to_jsonb(p_shown_url) then v_document - 'url' else v_document
  end;
end;
$$;

comment on function private.destination_to_save(jsonb, text) is
  'A destination as it was read, or written, as destination_problem judges it: the address that is shown of the stored '
  'one, null for another one, is left out.';

create function private.destination_problem(p_document jsonb, p_is_stored boolean) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_events constant jsonb :=
    '{"type": "array", "minItems": 1, "maxItems": 100, "items": {"type": "string", "minLength": 1, "maxLength": 50}}';
  v_kind constant text := p_document ->> 'kind';
begin
  return coalesce(
    private.size_problem('', p_document, 16384,
      private.document_problem('document', 'This document is too large.', 'Give at most 16 KiB.')),
    private.keys_problem('', coalesce(p_document, 'null'),
      case when p_is_stored then '{kind,name,events}'::text[] else '{kind,name,events,url}' end, '{url,isPaused}'),
    private.text_problem('kind', p_document -> 'kind', '^(?:webhook|slack|discord|teams)$',
      'Give "webhook", "slack", "discord" or "teams".'),
    private.single_line_problem('name', p_document -> 'name', 1, 100),
    case when p_document ? 'url' then private.destination_address_problem(v_kind, p_document -> 'url') end,
    private.flag_problem('isPaused', p_document -> 'isPaused'),
    private.value_problem('events', p_document -> 'events', c_events),
    (
      select private.document_problem('events.' || (e.position - 1), 'There is no such event.',
        'Give keys of integration_events.')
      from jsonb_array_elements_text(p_document -> 'events') with ordinality as e (key, position)
      where not exists (select from public.integration_events k where k.key = e.key)
      order by e.position
      limit 1
    )
  );
end;
$$;

comment on function private.destination_problem(jsonb, boolean) is
  'What is wrong with a destination that somebody would save, as {path, message, hint}; null for a valid one. Of one '
  'that is stored the address may be left out.';
