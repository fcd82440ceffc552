-- In which time zone and currency a workspace counts: `timezone` and `currency` of its settings.
--
-- Hours and days are those of the zone. Another zone makes everything be rolled up anew, by the job; until then people
-- see the days of the zone before.

create function private.known_timezone(p_timezone text) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Postgres would also take rules that somebody makes up, such as XYZ3, which no front end knows.
  if (case when octet_length(p_timezone) <= 64 then p_timezone ~ concat(
        '^(?:UTC|Etc/GMT(?:-(?:[1-9]|1[0-4])|[+](?:[1-9]|1[0-2]))|',
        '[A-Z][A-Za-z_]*(?:/[A-Za-z_-]+){1,2})$') end) is not true
  then
    return null;
  end if;
  perform now() at time zone p_timezone;
  return p_timezone;
exception
  when invalid_parameter_value then
    return null;
end;
$$;

comment on function private.known_timezone(text) is
  'A time zone by its name, such as Europe/Berlin; null for what is none.';

-- Validation triggers run as whoever writes.
grant execute on function private.known_timezone(text) to authenticated, service_role;

create function private.tg_workspaces_validate_units() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_timezone constant jsonb := new.settings -> 'timezone';
  v_currency constant jsonb := new.settings -> 'currency';
begin
  if v_timezone <> 'null'
    and (jsonb_typeof(v_timezone) <> 'string' or private.known_timezone(v_timezone #>> '{}') is null)
  then
    perform private.raise_invalid_input('settings.timezone',
      'There is no such time zone.', 'Give a name such as "Europe/Berlin", or "UTC".');
  end if;
  if v_currency <> 'null' then
    perform private.refuse_problem(private.text_problem(
      'settings.currency', v_currency, '^[A-Z]{3}$', 'Give a currency by its three letters, such as "EUR".'));
  end if;
  return new;
end;
$$;

comment on function private.tg_workspaces_validate_units() is
  'Before insert or update: refuses a time zone or currency that is none. Error: invalid_input (settings.timezone, '
  'settings.currency).';

create trigger workspaces_validate_units before insert or update of settings on public.workspaces
  for each row execute function private.tg_workspaces_validate_units();

create function private.timezone_of(p_settings jsonb) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(p_settings ->> 'timezone', 'UTC');
end;
$$;

comment on function private.timezone_of(jsonb) is 'The time zone that the settings of a workspace name, or UTC.';

create function private.tg_workspaces_metrics() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE' then
    update private.metric_workspaces m set ended_at = now() where m.workspace_id = old.id;
  else
    update private.metric_workspaces m
    set next_timezone = private.timezone_of(new.settings)
    where m.workspace_id = new.id;
  end if;
  return null;
end;
$$;

comment on function private.tg_workspaces_metrics() is
  'After a workspace gets another time zone or is deleted: notes it for the jobs. Definer: clients have no right to '
  'the tables of metrics.';

create trigger workspaces_metrics_timezone after update of settings on public.workspaces
  for each row when (old.settings -> 'timezone' is distinct from new.settings -> 'timezone')
  execute function private.tg_workspaces_metrics();
create trigger workspaces_metrics_ended after delete on public.workspaces
  for each row execute function private.tg_workspaces_metrics();
