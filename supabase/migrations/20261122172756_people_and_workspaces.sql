set local lock_timeout = '5s';
set local statement_timeout = '5min';
set local check_function_bodies = off;

CREATE TABLE "public"."permissions" ("key" text NOT NULL, "description" text NOT NULL, "held_by" text[] NOT NULL DEFAULT '{}'::text[], CONSTRAINT "permissions_held_by_known" CHECK ((held_by <@ ARRAY['member'::text, 'viewer'::text])), CONSTRAINT "permissions_key_format" CHECK ((key ~ '^[a-z_]+\.[a-z_]+$'::text)), CONSTRAINT "permissions_pkey" PRIMARY KEY (key));

ALTER TABLE "public"."permissions" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."profiles" ("id" uuid NOT NULL, "name" text NOT NULL, "email" text, "avatar_path" text, "locale" text NOT NULL DEFAULT 'en'::text, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "profiles_avatar_path_own" CHECK ((starts_with(avatar_path, ((id)::text || '/'::text)) AND (char_length(avatar_path) <= 255))), CONSTRAINT "profiles_locale_format" CHECK ((locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$'::text)), CONSTRAINT "profiles_name_length" CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))), CONSTRAINT "profiles_pkey" PRIMARY KEY (id));

ALTER TABLE "public"."profiles" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."workspace_members" ("workspace_id" text NOT NULL, "user_id" uuid NOT NULL, "role_key" text NOT NULL, "status" text NOT NULL DEFAULT 'active'::text, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "workspace_members_pkey" PRIMARY KEY (workspace_id, user_id), CONSTRAINT "workspace_members_status_known" CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text]))));

ALTER TABLE "public"."workspace_members" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."workspace_roles" ("workspace_id" text NOT NULL, "key" text NOT NULL, "name" text NOT NULL, "is_built_in" boolean NOT NULL DEFAULT false, "permissions" text[] NOT NULL DEFAULT '{}'::text[], "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "workspace_roles_built_in_keys" CHECK ((is_built_in = (key = ANY (ARRAY['admin'::text, 'member'::text, 'viewer'::text])))), CONSTRAINT "workspace_roles_key_format" CHECK ((key ~ '^[a-z][a-z0-9_-]{0,49}$'::text)), CONSTRAINT "workspace_roles_name_length" CHECK (((char_length(name) >= 1) AND (char_length(name) <= 50))), CONSTRAINT "workspace_roles_pkey" PRIMARY KEY (workspace_id, key));

ALTER TABLE "public"."workspace_roles" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."workspaces" ("id" text NOT NULL DEFAULT private.new_workspace_id(), "name" text NOT NULL, "plan_type" text NOT NULL DEFAULT 'free'::text, "settings" jsonb NOT NULL DEFAULT '{}'::jsonb, "created_by" uuid, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "workspaces_name_length" CHECK (((char_length(name) >= 1) AND (char_length(name) <= 255))), CONSTRAINT "workspaces_plan_type_known" CHECK ((plan_type = ANY (ARRAY['free'::text, 'premium'::text]))), CONSTRAINT "workspaces_settings_object" CHECK ((jsonb_typeof(settings) = 'object'::text)), CONSTRAINT "workspaces_settings_size" CHECK ((octet_length((settings)::text) <= 32768)), CONSTRAINT "workspaces_id_format" CHECK ((id ~ '^WK-[0-9A-HJKMNP-TV-Z]{9}$'::text)), CONSTRAINT "workspaces_pkey" PRIMARY KEY (id));

ALTER TABLE "public"."workspaces" ENABLE ROW LEVEL SECURITY;

CREATE OR REPLACE FUNCTION private.built_in_permissions(p_role text)
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return array(
    select p.key
    from public.permissions p
    where p_role = 'admin' or p_role = any (p.held_by)
    order by p.key
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.create_workspace(p_name text)
 RETURNS public.workspaces
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
  v_workspace public.workspaces;
begin
  -- A token outlives its account by up to an hour.
  if not exists (select from public.profiles where id = v_user_id) then
    perform private.raise_error('not_signed_in',
      'Making a workspace takes an account.', null, 'Sign in and try again.');
  end if;

  -- The id is random: where it is taken, which no other statement can tell beforehand, the next one is not.
  loop
    insert into public.workspaces (name, created_by)
    values (p_name, v_user_id)
    on conflict (id) do nothing
    returning * into v_workspace;
    exit when found;
  end loop;

  insert into public.workspace_members (workspace_id, user_id, role_key)
  values (v_workspace.id, v_user_id, 'admin');

  return v_workspace;
end;
$function$;

CREATE OR REPLACE FUNCTION private.people_in_reach()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return coalesce(
    (
      select array_agg(distinct m.user_id)
      from public.workspace_members m
      where m.workspace_id = any (private.workspaces_with('members.read'))
    ),
    '{}'
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.profile_locale(p_metadata jsonb)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
declare
  v_locale constant text := p_metadata ->> 'locale';
begin
  return case when v_locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$' then v_locale else 'en' end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.profile_name(p_metadata jsonb, p_email text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
declare
  v_candidate text;
begin
  foreach v_candidate in array array[
    case when jsonb_typeof(p_metadata -> 'name') = 'string' then p_metadata ->> 'name' end,
    case when jsonb_typeof(p_metadata -> 'full_name') = 'string' then p_metadata ->> 'full_name' end,
    split_part(p_email, '@', 1)
  ] loop
    -- Cleaned again after the cut, which may end in a space.
    v_candidate := private.clean_text(left(private.clean_text(v_candidate), 100));
    if v_candidate <> '' then
      return v_candidate;
    end if;
  end loop;

  return 'User';
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_add_built_in_roles()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  insert into public.workspace_roles (workspace_id, key, name, is_built_in, permissions)
  select new.id, r.key, r.name, true, private.built_in_permissions(r.key)
  from (values ('admin', 'Admin'), ('member', 'Member'), ('viewer', 'Viewer')) as r (key, name);
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_create_profile()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  insert into public.profiles (id, name, email, locale)
  values (
    new.id,
    private.profile_name(new.raw_user_meta_data, new.email),
    new.email,
    private.profile_locale(new.raw_user_meta_data)
  );
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_profiles_validate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.name := private.clean_text(new.name);

  if coalesce(char_length(new.name), 0) not between 1 and 100 then
    perform private.raise_invalid_input('name',
      'A name must have 1 to 100 visible characters.', 'Shorten the name, or give one.');
  end if;
  if new.locale is null or new.locale !~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$' then
    perform private.raise_invalid_input('locale',
      'The locale is not a language tag.', 'Give a tag such as "en", "de" or "pt-BR".');
  end if;
  if new.avatar_path is not null
    and not (starts_with(new.avatar_path, new.id::text || '/') and char_length(new.avatar_path) <= 255)
  then
    perform private.raise_invalid_input('avatar_path',
      'An avatar lies in its person''s own folder.',
      'Upload the picture to the bucket "avatars" as "<your user id>/<file name>" and give that path.');
  end if;

  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_sync_profile_email()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  update public.profiles set email = new.email where id = new.id;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_workspaces_validate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.name := private.clean_text(new.name);

  if coalesce(char_length(new.name), 0) not between 1 and 255 then
    perform private.raise_invalid_input('name',
      'The name of a workspace must have 1 to 255 visible characters.', 'Shorten the name, or give one.');
  end if;
  if jsonb_typeof(new.settings) is distinct from 'object' then
    perform private.raise_invalid_input('settings',
      'The settings of a workspace must be a JSON object.', 'Give an object such as {"timezone": "UTC"}.');
  end if;
  if octet_length(new.settings::text) > 32768 then
    perform private.raise_invalid_input('settings',
      'The settings of a workspace must not be larger than 32 KiB.', 'Keep large things in tables of their own.');
  end if;

  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.workspaces_with(p_permission text)
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return coalesce(
    (
      select array_agg(m.workspace_id)
      from public.workspace_members m
      join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
      where m.user_id = (select auth.uid())
        and m.status = 'active'
        and p_permission = any (r.permissions)
    ),
    '{}'
  );
end;
$function$;

CREATE OR REPLACE FUNCTION public.create_workspace(name text)
 RETURNS public.workspaces
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.create_workspace(name);
end;
$function$;

ALTER TABLE "public"."profiles" ADD CONSTRAINT "profiles_id_fkey" FOREIGN KEY (id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE "public"."workspace_members" ADD CONSTRAINT "workspace_members_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public.profiles(id) ON DELETE CASCADE;

ALTER TABLE "public"."workspace_members" ADD CONSTRAINT "workspace_members_role_fkey" FOREIGN KEY (workspace_id, role_key) REFERENCES public.workspace_roles(workspace_id, key);

ALTER TABLE "public"."workspaces" ADD CONSTRAINT "workspaces_created_by_fkey" FOREIGN KEY (created_by) REFERENCES public.profiles(id) ON DELETE SET NULL;

CREATE INDEX workspace_members_role_idx ON public.workspace_members USING btree (workspace_id, role_key);

CREATE INDEX workspace_members_user_idx ON public.workspace_members USING btree (user_id) INCLUDE (workspace_id, role_key, status);

CREATE INDEX workspaces_created_by_idx ON public.workspaces USING btree (created_by);

CREATE TRIGGER create_profile AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION private.tg_create_profile();

CREATE TRIGGER sync_profile_email AFTER UPDATE OF email ON auth.users FOR EACH ROW WHEN (((old.email)::text IS DISTINCT FROM (new.email)::text)) EXECUTE FUNCTION private.tg_sync_profile_email();

CREATE TRIGGER profiles_set_updated_at BEFORE UPDATE ON public.profiles FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER profiles_validate BEFORE INSERT OR UPDATE ON public.profiles FOR EACH ROW EXECUTE FUNCTION private.tg_profiles_validate();

CREATE TRIGGER workspace_members_set_updated_at BEFORE UPDATE ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER workspace_roles_set_updated_at BEFORE UPDATE ON public.workspace_roles FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER workspaces_add_built_in_roles AFTER INSERT ON public.workspaces FOR EACH ROW EXECUTE FUNCTION private.tg_add_built_in_roles();

CREATE TRIGGER workspaces_set_updated_at BEFORE UPDATE ON public.workspaces FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER workspaces_validate BEFORE INSERT OR UPDATE ON public.workspaces FOR EACH ROW EXECUTE FUNCTION private.tg_workspaces_validate();

CREATE POLICY "permissions_select" ON "public"."permissions" FOR SELECT TO "authenticated" USING (true);

CREATE POLICY "profiles_select" ON "public"."profiles" FOR SELECT TO "authenticated" USING (((id = ( SELECT auth.uid() AS uid)) OR (id = ANY (( SELECT private.people_in_reach() AS people_in_reach)::uuid[]))));

CREATE POLICY "profiles_update" ON "public"."profiles" FOR UPDATE TO "authenticated" USING ((id = ( SELECT auth.uid() AS uid))) WITH CHECK ((id = ( SELECT auth.uid() AS uid)));

CREATE POLICY "workspace_members_select" ON "public"."workspace_members" FOR SELECT TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('members.read'::text) AS workspaces_with)::text[])));

CREATE POLICY "workspace_roles_select" ON "public"."workspace_roles" FOR SELECT TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('workspace.read'::text) AS workspaces_with)::text[])));

CREATE POLICY "avatars_delete" ON "storage"."objects" FOR DELETE TO "authenticated" USING (((bucket_id = 'avatars'::text) AND ((storage.foldername(name))[1] = (( SELECT auth.uid() AS uid))::text)));

CREATE POLICY "avatars_insert" ON "storage"."objects" FOR INSERT TO "authenticated" WITH CHECK (((bucket_id = 'avatars'::text) AND ((storage.foldername(name))[1] = (( SELECT auth.uid() AS uid))::text)));

CREATE POLICY "avatars_select" ON "storage"."objects" FOR SELECT TO "authenticated" USING (((bucket_id = 'avatars'::text) AND ((storage.foldername(name))[1] = (( SELECT auth.uid() AS uid))::text)));

CREATE POLICY "avatars_update" ON "storage"."objects" FOR UPDATE TO "authenticated" USING (((bucket_id = 'avatars'::text) AND ((storage.foldername(name))[1] = (( SELECT auth.uid() AS uid))::text))) WITH CHECK (((bucket_id = 'avatars'::text) AND ((storage.foldername(name))[1] = (( SELECT auth.uid() AS uid))::text)));

COMMENT ON COLUMN "public"."permissions"."held_by" IS 'The built-in roles that hold it besides admin, who holds every permission.';

COMMENT ON COLUMN "public"."profiles"."avatar_path" IS 'Path of an object in the bucket avatars, below the person''s own folder: `<user id>/<file>`.';

COMMENT ON COLUMN "public"."profiles"."email" IS 'A copy of the account''s confirmed address, null for one without.';

COMMENT ON COLUMN "public"."profiles"."locale" IS 'A language tag such as en, de or pt-BR.';

COMMENT ON COLUMN "public"."profiles"."name" IS 'One visible line of 1 to 100 characters. Taken from the sign-up''s metadata; afterwards it is changed here.';

COMMENT ON COLUMN "public"."workspace_members"."created_at" IS 'When the person joined.';

COMMENT ON COLUMN "public"."workspace_members"."role_key" IS 'The member''s role: a key of workspace_roles in the same workspace.';

COMMENT ON COLUMN "public"."workspace_members"."status" IS 'active or suspended. A suspended member keeps the place and the role, and has no permissions.';

COMMENT ON COLUMN "public"."workspace_roles"."key" IS 'Unique in its workspace; admin, member and viewer are built in.';

COMMENT ON COLUMN "public"."workspace_roles"."permissions" IS 'Keys of public.permissions that the role gives.';

COMMENT ON COLUMN "public"."workspaces"."created_by" IS 'Who made it; null once that account is deleted.';

COMMENT ON COLUMN "public"."workspaces"."name" IS 'One visible line of 1 to 255 characters.';

COMMENT ON COLUMN "public"."workspaces"."plan_type" IS 'free or premium. Set by the server alone.';

COMMENT ON COLUMN "public"."workspaces"."settings" IS 'A JSON object of at most 32 KiB as text.';

COMMENT ON FUNCTION "private"."built_in_permissions"(text) IS 'What a built-in role holds according to the catalog: admin everything, the others what names them.';

COMMENT ON FUNCTION "private"."create_workspace"(text) IS 'Makes a workspace with the caller as its admin. Definer: clients may write neither workspaces nor members.';

COMMENT ON FUNCTION "private"."people_in_reach"() IS 'The ids of the people who share a workspace with the caller, where the caller may see its members. Definer: it reads memberships, which the caller sees through policies only.';

COMMENT ON FUNCTION "private"."profile_locale"(jsonb) IS 'The locale of a new account: metadata `locale` where it is a language tag, else "en".';

COMMENT ON FUNCTION "private"."profile_name"(jsonb, text) IS 'The name of a new account: metadata `name`, else `full_name`, else the address before the @, else "User".';

COMMENT ON FUNCTION "private"."tg_add_built_in_roles"() IS 'After a workspace is made: gives it its three roles. Definer: no API role may write roles.';

COMMENT ON FUNCTION "private"."tg_create_profile"() IS 'After an account is made: makes its profile. Definer: Auth''s own role may not write profiles.';

COMMENT ON FUNCTION "private"."tg_profiles_validate"() IS 'Before insert or update: cleans the name and refuses bad values by field, before the constraints, which say less.';

COMMENT ON FUNCTION "private"."tg_sync_profile_email"() IS 'After an account''s address has changed: copies it. Definer: Auth''s own role may not write profiles.';

COMMENT ON FUNCTION "private"."tg_workspaces_validate"() IS 'Before insert or update: cleans the name and refuses bad values by field, before the constraints, which say less.';

COMMENT ON FUNCTION "private"."workspaces_with"(text) IS 'The ids of the workspaces in which the caller holds a permission; empty for nobody. Definer: it reads memberships, whose own policies call it.';

COMMENT ON FUNCTION "public"."create_workspace"(text) IS 'Makes a workspace on the free plan with the caller as its admin, and returns it. Errors: invalid_input (name), not_signed_in.';

COMMENT ON POLICY "permissions_select" ON "public"."permissions" IS 'The catalog is the same for everyone who is signed in.';

COMMENT ON POLICY "profiles_select" ON "public"."profiles" IS 'Oneself, and people with whom one shares a workspace.';

COMMENT ON POLICY "profiles_update" ON "public"."profiles" IS 'Only oneself.';

COMMENT ON POLICY "workspace_members_select" ON "public"."workspace_members" IS 'Members with members.read.';

COMMENT ON POLICY "workspace_roles_select" ON "public"."workspace_roles" IS 'Members with workspace.read.';

COMMENT ON TABLE "public"."permissions" IS 'Everything a role can permit, as subject.verb. The rows come with the schema.';

COMMENT ON TABLE "public"."profiles" IS 'One row per account: what colleagues see of a person. Made on sign-up; removed with the account.';

COMMENT ON TABLE "public"."workspace_members" IS 'The people of a workspace, each with one role.';

COMMENT ON TABLE "public"."workspace_roles" IS 'What the members of a workspace can be. A member has one role.';

COMMENT ON TABLE "public"."workspaces" IS 'The tenants. Clients make one with create_workspace(name).';

COMMENT ON TRIGGER "profiles_set_updated_at" ON "public"."profiles" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "profiles_validate" ON "public"."profiles" IS 'Refuses bad values with a code and a field.';

COMMENT ON TRIGGER "workspace_members_set_updated_at" ON "public"."workspace_members" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "workspace_roles_set_updated_at" ON "public"."workspace_roles" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "workspaces_add_built_in_roles" ON "public"."workspaces" IS 'Every workspace has admin, member and viewer.';

COMMENT ON TRIGGER "workspaces_set_updated_at" ON "public"."workspaces" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "workspaces_validate" ON "public"."workspaces" IS 'Refuses bad values with a code and a field.';

REVOKE ALL ON FUNCTION "private"."built_in_permissions"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."built_in_permissions"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."create_workspace"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."create_workspace"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."people_in_reach"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."people_in_reach"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."profile_locale"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."profile_locale"(jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."profile_name"(jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."profile_name"(jsonb, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_add_built_in_roles"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_add_built_in_roles"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_create_profile"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_create_profile"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_profiles_validate"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_profiles_validate"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_sync_profile_email"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_sync_profile_email"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_workspaces_validate"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_workspaces_validate"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."workspaces_with"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."workspaces_with"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."create_workspace"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_workspace"(text) TO "authenticated", "postgres";

GRANT SELECT ON TABLE "public"."permissions" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."permissions" TO "postgres";

GRANT SELECT ON TABLE "public"."permissions" TO "service_role";

GRANT UPDATE ("avatar_path") ON TABLE "public"."profiles" TO "authenticated";

GRANT UPDATE ("locale") ON TABLE "public"."profiles" TO "authenticated";

GRANT UPDATE ("name") ON TABLE "public"."profiles" TO "authenticated";

GRANT SELECT ON TABLE "public"."profiles" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."profiles" TO "postgres";

GRANT SELECT, UPDATE ON TABLE "public"."profiles" TO "service_role";

GRANT SELECT ON TABLE "public"."workspace_members" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."workspace_members" TO "postgres";

GRANT SELECT ON TABLE "public"."workspace_members" TO "service_role";

GRANT SELECT ON TABLE "public"."workspace_roles" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."workspace_roles" TO "postgres";

GRANT SELECT ON TABLE "public"."workspace_roles" TO "service_role";

GRANT UPDATE ("name") ON TABLE "public"."workspaces" TO "authenticated";

GRANT UPDATE ("settings") ON TABLE "public"."workspaces" TO "authenticated";

GRANT SELECT ON TABLE "public"."workspaces" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."workspaces" TO "postgres";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."workspaces" TO "service_role";

ALTER TABLE "public"."workspace_members" ADD CONSTRAINT "workspace_members_workspace_id_fkey" FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE "public"."workspace_roles" ADD CONSTRAINT "workspace_roles_workspace_id_fkey" FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

CREATE POLICY "workspaces_select" ON "public"."workspaces" FOR SELECT TO "authenticated" USING ((id = ANY (( SELECT private.workspaces_with('workspace.read'::text) AS workspaces_with)::text[])));

CREATE POLICY "workspaces_update" ON "public"."workspaces" FOR UPDATE TO "authenticated" USING ((id = ANY (( SELECT private.workspaces_with('workspace.update'::text) AS workspaces_with)::text[]))) WITH CHECK ((id = ANY (( SELECT private.workspaces_with('workspace.update'::text) AS workspaces_with)::text[])));

COMMENT ON COLUMN "public"."workspaces"."id" IS 'WK- and nine characters of Crockford base 32.';

COMMENT ON POLICY "workspaces_select" ON "public"."workspaces" IS 'Members with workspace.read.';

COMMENT ON POLICY "workspaces_update" ON "public"."workspaces" IS 'Members with workspace.update.';

-- Rows of sql/10_permissions.data.sql
-- The catalog of permissions. A row taken out here disappears from the database with the next migration, and
-- built-in roles everywhere follow.

merge into public.permissions as t
using (
  values
    ('workspace.read', 'See the workspace and its settings', '{member,viewer}'::text[]),
    ('workspace.update', 'Rename the workspace and change its settings', '{}'),
    ('members.read', 'See who is in the workspace, with names and e-mail addresses', '{member,viewer}')
) as s (key, description, held_by)
on t.key = s.key
when matched and (t.description, t.held_by) is distinct from (s.description, s.held_by) then
  update set description = s.description, held_by = s.held_by
when not matched then
  insert (key, description, held_by) values (s.key, s.description, s.held_by)
when not matched by source then
  delete;

update public.workspace_roles as r
set permissions = private.built_in_permissions(r.key)
where r.is_built_in
  and r.permissions is distinct from private.built_in_permissions(r.key);

-- Rows of sql/50_storage.data.sql
-- The buckets, the same as in supabase/config.toml, which only development reads.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('avatars', 'avatars', true, 2097152, '{image/png,image/jpeg,image/webp,image/gif}')
on conflict (id) do update
set public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;
