-- Workspaces: the tenants. Every other table of a tenant begins its key with `workspace_id`.
--
-- Threats: an outsider learning that a workspace exists (no row, no count, no distinguishable error); a member
-- raising the plan or rewriting who made it (no client grant on those columns); ids that can be guessed (45
-- random bits, and knowing one gives nothing).

create function private.new_workspace_id() returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Crockford's base 32: without I, L, O and U, which are misread.
  c_alphabet constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  v_bytes constant bytea := extensions.gen_random_bytes(9);
begin
  return 'WK-' || (
    select string_agg(substr(c_alphabet, (get_byte(v_bytes, i) & 31) + 1, 1), '')
    from generate_series(0, 8) as i
  );
end;
$$;

comment on function private.new_workspace_id() is
  'A random workspace id: WK- and nine characters of Crockford base 32, 45 bits. It may, very rarely, be taken.';

-- Whoever inserts evaluates the column's default.
grant execute on function private.new_workspace_id() to service_role;

create function private.workspace_id_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^WK-[0-9A-HJKMNP-TV-Z]{9}$';
end;
$$;

comment on function private.workspace_id_pattern() is 'What private.new_workspace_id makes.';

-- Constraints and the checks of functions for clients run as the caller.
grant execute on function private.workspace_id_pattern() to authenticated, service_role;

create table public.workspaces (
  id text primary key default private.new_workspace_id()
    constraint workspaces_id_format check (id ~ private.workspace_id_pattern()),
  name text not null
    constraint workspaces_name_length check (char_length(name) between 1 and 255),
  plan_type text not null default 'free'
    constraint workspaces_plan_type_known check (plan_type in ('free', 'premium')),
  settings jsonb not null default '{}'
    constraint workspaces_settings_object check (jsonb_typeof(settings) = 'object')
    constraint workspaces_settings_size check (octet_length(settings::text) <= 32768),
  created_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index workspaces_created_by_idx on public.workspaces (created_by, created_at, id);

alter table public.workspaces enable row level security;

-- Policies: 39_policies.sql.
-- No insert: a workspace without an administrator would belong to nobody, so create_workspace makes both.
-- No write of plan_type, not even for service_role: it follows from what was bought and given (20_billing).
grant select on public.workspaces to authenticated;
grant update (name, settings) on public.workspaces to authenticated;
grant select, delete on public.workspaces to service_role;
grant insert (id, name, settings, created_by, created_at), update (name, settings, created_by, created_at)
  on public.workspaces to service_role;

comment on table public.workspaces is 'The tenants. Clients make one with create_workspace(name).';
comment on column public.workspaces.id is 'WK- and nine characters of Crockford base 32.';
comment on column public.workspaces.name is 'One visible line of 1 to 255 characters without HTML.';
comment on column public.workspaces.plan_type is
  'free or premium: what was bought or an operator gave. Kept by 20_billing alone.';
comment on column public.workspaces.settings is 'A JSON object of at most 32 KiB as text.';
comment on column public.workspaces.created_by is 'Who made it; null once that account is deleted.';

create function private.tg_workspaces_validate() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.refuse_problem(private.single_line_problem('name', to_jsonb(new.name), 1, 255));
  new.name := private.clean_text(new.name);
  if jsonb_typeof(new.settings) is distinct from 'object' then
    perform private.raise_invalid_input('settings',
      'The settings of a workspace must be a JSON object.', 'Give an object such as {"timezone": "UTC"}.');
  end if;
  perform private.refuse_problem(private.size_problem('settings', new.settings, 32768,
    private.document_problem('settings',
      'The settings of a workspace must not be larger than 32 KiB.', 'Keep large things elsewhere.')));
  perform private.refuse_problem(private.json_problem('settings', new.settings));

  return new;
end;
$$;

comment on function private.tg_workspaces_validate() is
  'Before insert or update: cleans the name and refuses bad values by field, before the constraints, which say less.';

create trigger workspaces_validate before insert or update on public.workspaces
  for each row execute function private.tg_workspaces_validate();
create trigger workspaces_set_updated_at before update on public.workspaces
  for each row execute function private.tg_set_updated_at();

create function private.export_workspaces_created(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'text');
  v_rows refcursor;
begin
  -- The name is the workspace's, which the person may have left: it is told where they still belong.
  open v_rows for
    select jsonb_build_array(w.created_at, w.id), jsonb_build_object(
      'workspaceId', w.id,
      'workspaceName', case when m.user_id is not null then w.name end,
      'createdAt', w.created_at
    )
    from public.workspaces w
    left join public.workspace_members m on m.workspace_id = w.id and m.user_id = p_user_id
    where w.created_by = p_user_id and (w.created_at, w.id) > (v_after[1]::timestamptz, v_after[2])
    order by w.created_at, w.id;
  return v_rows;
end;
$$;

comment on function private.export_workspaces_created(uuid, text) is
  'The workspaces the person made; by id alone where they are no longer in it.';
