-- Stands in for the ledger of use: the same functions over one table, 1,000 credits a month for every workspace.

create table private.stand_in_holds (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  meter text not null,
  month date not null,
  held numeric not null,
  settled numeric not null default 0,
  is_open boolean not null default true,
  primary key (workspace_id, id)
);

alter table private.stand_in_holds enable row level security;

create policy stand_in_holds_select on private.stand_in_holds
  for select to authenticated using (false);

comment on table private.stand_in_holds is 'A stand-in for the ledger of use.';

create function private.usage_of(p_workspace_id text, p_meter text) returns numeric
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(sum(case when h.is_open then h.held else h.settled end), 0)
    from private.stand_in_holds h
    where h.workspace_id = p_workspace_id and h.meter = p_meter
      and h.month = date_trunc('month', now() at time zone 'UTC')::date);
end;
$$;

comment on function private.usage_of(text, text) is 'What was used and is held this month. A stand-in.';

create function private.hold_usage(
  p_workspace_id text, p_meter text, p_amount numeric, p_lifetime interval, p_user_id uuid
) returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant numeric := 1000;
  v_id constant uuid := gen_random_uuid();
begin
  perform pg_advisory_xact_lock(hashtextextended('ledger ' || p_workspace_id, 0));
  if private.usage_of(p_workspace_id, p_meter) + p_amount > c_most then
    perform private.raise_error('payment_required', 'The plan has no more of this for this month.',
      jsonb_build_object('limit', p_meter, 'most', c_most,
        'use', private.usage_of(p_workspace_id, p_meter) + p_amount, 'plan', 'premium')::text, 'Upgrade the workspace.');
  end if;
  insert into private.stand_in_holds (workspace_id, id, meter, month, held)
  values (p_workspace_id, v_id, p_meter, date_trunc('month', now() at time zone 'UTC')::date, p_amount);
  return v_id;
end;
$$;

comment on function private.hold_usage(text, text, numeric, interval, uuid) is 'Holds an amount. A stand-in.';

create function private.settle_usage(p_workspace_id text, p_hold_id uuid, p_amount numeric) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.stand_in_holds h
  set settled = p_amount, is_open = false
  where h.workspace_id = p_workspace_id and h.id = p_hold_id;
end;
$$;

comment on function private.settle_usage(text, uuid, numeric) is 'Settles a hold. A stand-in.';

create function private.release_usage(p_workspace_id text, p_hold_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.stand_in_holds h
  set is_open = false
  where h.workspace_id = p_workspace_id and h.id = p_hold_id;
end;
$$;

comment on function private.release_usage(text, uuid) is 'Releases a hold. A stand-in.';
