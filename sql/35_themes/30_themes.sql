-- The themes of a workspace: shared with its members, or one person's own.
--
-- Threats: reading or changing another's personal theme (only its owner's policies find it, and its life is no matter
-- for the audit log); a theme that outlives its owner's place in the workspace (it goes with the membership); a shared
-- theme taken from those who use it (sharing is one way); two people who edit the same theme, of whom the second would
-- undo the first (an update may name the revision that it began from); CSS in a color (10_documents.sql).

create table public.themes (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  name text not null,
  version text not null default '1.0.0',
  colors jsonb not null,
  radius jsonb not null default '{"base": "0.625rem"}',
  metadata jsonb,
  visibility text not null default 'personal'
    constraint themes_visibility_known check (visibility in ('workspace', 'personal')),
  owner_id uuid,
  revision bigint not null default 1,
  is_managed boolean not null default false
    constraint themes_managed_is_shared check (not is_managed or visibility = 'workspace'),
  created_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  constraint themes_personal_has_owner check ((visibility = 'personal') = (owner_id is not null))
);

create index themes_owner_idx on public.themes (workspace_id, owner_id);
create index themes_created_by_idx on public.themes (created_by, created_at, id);

alter table public.themes enable row level security;

create policy themes_select on public.themes
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('themes.read')))
    and (visibility = 'workspace' or owner_id = (select auth.uid()))
  );

create policy themes_insert on public.themes
  for insert to authenticated
  with check (
    exists (select from private.active_memberships a where a.workspace_id = themes.workspace_id)
    and workspace_id not in (select unnest(private.workspaces_without('themes.read', 'themes.write')))
    and (visibility = 'workspace' or owner_id = (select auth.uid()))
  );

create policy themes_update on public.themes
  for update to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = themes.workspace_id)
    and workspace_id not in (select unnest(private.workspaces_without('themes.read', 'themes.write')))
    and (visibility = 'workspace' or owner_id = (select auth.uid()))
  )
  with check (
    exists (select from private.active_memberships a where a.workspace_id = themes.workspace_id)
    and (visibility = 'workspace' or owner_id = (select auth.uid()))
  );

create policy themes_delete on public.themes
  for delete to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = themes.workspace_id)
    and workspace_id not in (select unnest(private.workspaces_without('themes.read', 'themes.write')))
    and (visibility = 'workspace' or owner_id = (select auth.uid()))
  );

-- The revision may be named, never chosen: the trigger compares it and counts on.
grant select, delete on public.themes to authenticated, service_role;
grant insert (workspace_id, name, version, colors, radius, metadata, visibility)
  on public.themes to authenticated, service_role;
grant update (name, version, colors, radius, metadata, visibility, revision)
  on public.themes to authenticated, service_role;
grant insert (is_managed), update (is_managed) on public.themes to service_role;

comment on table public.themes is
  'The themes of workspaces. Columns hold the parts of the theme document (types/theme.ts), checked as one.';
comment on column public.themes.name is 'One visible line of 1 to 50 characters.';
comment on column public.themes.version is 'The version that its makers give it: x.y.z.';
comment on column public.themes.colors is '{light, dark}, each with exactly the tokens of private.theme_tokens().';
comment on column public.themes.radius is '{base}: a number of rem.';
comment on column public.themes.metadata is
  '{author, description, createdAt, updatedAt}, each optional; null for none.';
comment on column public.themes.visibility is
  'personal: its maker''s alone, who may share it; workspace: shared with the members, and it stays so.';
comment on column public.themes.owner_id is
  'Whose a personal theme is; null for a shared one. A trigger on members keeps it, in place of a reference: with one, '
  'embedding the profiles of members would be ambiguous.';
comment on column public.themes.revision is
  'Counts the changes. An update that names another than the present one is refused.';
comment on column public.themes.is_managed is
  'Whether it is managed outside of the product, so that nobody changes it here. Set by the service role alone.';
comment on column public.themes.created_by is 'Who made it; null once that account is deleted.';

create function private.theme_document(
  p_id text, p_name text, p_version text, p_colors jsonb, p_radius jsonb, p_metadata jsonb
) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_id,
    'name', p_name,
    'version', p_version,
    'isDefault', p_id = 'default',
    'colors', p_colors,
    'radius', p_radius
  ) || case when p_metadata is null then '{}' else jsonb_build_object('metadata', p_metadata) end;
end;
$$;

comment on function private.theme_document(text, text, text, jsonb, jsonb, jsonb) is
  'A theme as the front end reads, exports and imports one.';

grant execute on function private.theme_document(text, text, text, jsonb, jsonb, jsonb) to authenticated, service_role;

create function private.tg_themes_validate() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_caller constant uuid := private.person_id();
begin
  if new.revision is null then
    perform private.raise_invalid_input('revision',
      'This says which revision of the theme is changed.', 'Give the one that was read, or leave it out.');
  end if;
  if tg_op = 'UPDATE' and new.revision <> old.revision then
    perform private.raise_error('conflict',
      'The theme has changed since you read it.', old.revision::text,
      'Read the theme again and apply your change to it; `details` is its present revision.');
  end if;
  if new.visibility is null or new.visibility not in ('workspace', 'personal') then
    perform private.raise_invalid_input('visibility',
      'There is no such visibility.', 'Give "workspace" or "personal".');
  end if;

  if tg_op = 'INSERT' then
    new.revision := 1;
    new.created_by := v_caller;
    if new.visibility = 'personal' and v_caller is null then
      perform private.raise_invalid_input('visibility',
        'A personal theme belongs to a person.', 'Give "workspace", or make the theme as that person.');
    end if;
    new.owner_id := case new.visibility when 'personal' then v_caller end;
  else
    new.revision := old.revision + 1;
    if new.visibility = 'personal' and old.visibility = 'workspace' then
      perform private.raise_error('conflict',
        'A shared theme stays shared: others may be using it.', 'visibility',
        'Export it, and import it as a personal one.');
    end if;
    new.owner_id := case new.visibility when 'personal' then old.owner_id end;
  end if;

  perform private.refuse_problem(private.theme_problem(
    private.theme_document(new.id::text, new.name, new.version, new.colors, new.radius, new.metadata)));
  new.name := private.clean_text(new.name);
  if new.metadata is not null then
    new.metadata := new.metadata
      || jsonb_strip_nulls(jsonb_build_object(
        'author', private.clean_text(new.metadata ->> 'author'),
        'description', private.clean_text(new.metadata ->> 'description')));
  end if;
  return new;
end;
$$;

comment on function private.tg_themes_validate() is
  'Before a theme is made or changed: refuses a stale revision and an invalid document, cleans what people read, and '
  'sets owner and maker. Errors: conflict (`details` is the present revision, or visibility), invalid_input with the '
  'path inside the document.';

create function private.tg_themes_within_limit() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Of two at the same moment, the second counts what the first made.
  if new.owner_id is null then
    perform private.lock_workspace(new.workspace_id);
  else
    perform from public.workspace_members m
    where m.workspace_id = new.workspace_id and m.user_id = new.owner_id
    for no key update;
  end if;
  if (select count(*) from public.themes
      where workspace_id = new.workspace_id and owner_id is not distinct from new.owner_id) > 200
  then
    perform private.raise_error('conflict',
      'A workspace has room for 200 shared themes, and for 200 of each person.', 'workspace_id',
      'Delete some that you do not need.');
  end if;
  return null;
end;
$$;

comment on function private.tg_themes_within_limit() is
  'After a theme is made or shared, when the policies have had their say: a person has at most 200, and a workspace '
  '200 shared ones. Error: conflict. Definer: who may write themes need not be able to read them.';

-- Not on every update: when the account in created_by goes, that is no change of the theme.
create trigger themes_validate
  before insert or update of name, version, colors, radius, metadata, visibility, revision on public.themes
  for each row execute function private.tg_themes_validate();
create trigger themes_refuse_managed
  before delete or update of name, version, colors, radius, metadata, visibility, revision on public.themes
  for each row when (old.is_managed) execute function private.tg_refuse_managed();
create trigger themes_hold_membership before insert on public.themes
  for each row execute function private.tg_hold_membership();
create trigger themes_within_limit after insert on public.themes
  for each row execute function private.tg_themes_within_limit();
create trigger themes_within_limit_shared after update of visibility on public.themes
  for each row when (new.visibility is distinct from old.visibility)
  execute function private.tg_themes_within_limit();
create trigger themes_set_updated_at before update on public.themes
  for each row execute function private.tg_set_updated_at();
create trigger themes_audit_insert after insert on public.themes
  for each row when (new.visibility = 'workspace') execute function private.tg_audit('id');
create trigger themes_audit_update
  after update of name, version, colors, radius, metadata, visibility, is_managed on public.themes
  for each row when (new.visibility = 'workspace' and old.visibility = 'workspace')
  execute function private.tg_audit('id');
create trigger themes_audit_visibility after update of visibility on public.themes
  for each row when (new.visibility <> old.visibility)
  execute function private.tg_audit('id', 'name,version,colors,radius,metadata');
create trigger themes_audit_delete after delete on public.themes
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id', '', '{"visibility": "workspace"}');

create function private.tg_drop_personal_themes() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A workspace that is being deleted takes all of its themes along.
  if exists (select from public.workspaces w where w.id = old.workspace_id) then
    delete from public.themes where workspace_id = old.workspace_id and owner_id = old.user_id;
  end if;
  return null;
end;
$$;

comment on function private.tg_drop_personal_themes() is
  'After a membership ends: deletes the person''s own themes in that workspace. Definer: nobody else may.';

create trigger workspace_members_drop_personal_themes after delete on public.workspace_members
  for each row execute function private.tg_drop_personal_themes();

create function private.export_themes(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_rows refcursor;
begin
  -- A theme that the person shared is the workspace's; that they made it is theirs.
  open v_rows for
    select jsonb_build_array(t.created_at, t.id), jsonb_build_object(
      'workspaceId', t.workspace_id,
      'id', t.id,
      'visibility', t.visibility,
      'document', case when t.owner_id = p_user_id
        then private.theme_document(t.id::text, t.name, t.version, t.colors, t.radius, t.metadata)
      end,
      'createdAt', t.created_at
    )
    from public.themes t
    where t.created_by = p_user_id and (t.created_at, t.id) > (v_after[1]::timestamptz, v_after[2]::uuid)
    order by t.created_at, t.id;
  return v_rows;
end;
$$;

comment on function private.export_themes(uuid, text) is
  'The themes that the person made: their personal ones whole, the shared ones by id.';
