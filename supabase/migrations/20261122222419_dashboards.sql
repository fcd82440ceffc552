set local lock_timeout = '5s';
set local statement_timeout = '5min';
set local check_function_bodies = off;

REVOKE ALL ON FUNCTION "private"."preferences_document"(public.preferences) FROM "authenticated";

DROP TRIGGER "themes_audit_update" ON "public"."themes";

DROP FUNCTION "private"."drop_resource_grants"(text, text, uuid);

DROP FUNCTION "private"."resources_with"(text, text);

DROP FUNCTION "private"."resources_without"(text);

DROP FUNCTION "public"."activate_theme"(text, text);

DROP FUNCTION "public"."set_default_theme"(text, text);

CREATE TABLE "private"."view_versions" ("workspace_id" text NOT NULL, "view_id" uuid NOT NULL, "version" bigint NOT NULL, "layout" jsonb, "label" text, "saved_by" uuid, "saved_at" timestamp with time zone NOT NULL DEFAULT now(), "transaction_id" xid8 NOT NULL DEFAULT pg_current_xact_id(), CONSTRAINT "view_versions_label_length" CHECK (((char_length(label) >= 1) AND (char_length(label) <= 100))), CONSTRAINT "view_versions_pkey" PRIMARY KEY (workspace_id, view_id, version));

ALTER TABLE "private"."view_versions" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."built_in_components" ("key" text NOT NULL, "position" bigint NOT NULL, "type" text NOT NULL, "title_key" text NOT NULL, "description_key" text NOT NULL, "icon" text NOT NULL, "allowed_roles" text[] NOT NULL, "size_config" jsonb NOT NULL, "default_config" jsonb NOT NULL, "config_schema" jsonb NOT NULL, CONSTRAINT "built_in_components_key_format" CHECK ((key ~ '^[a-z0-9-]{1,50}$'::text)), CONSTRAINT "built_in_components_pkey" PRIMARY KEY (key));

ALTER TABLE "public"."built_in_components" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."component_types" ("key" text NOT NULL, "data_schema" jsonb NOT NULL, CONSTRAINT "component_types_key_format" CHECK ((key ~ '^[a-z][a-z0-9-]{0,49}$'::text)), CONSTRAINT "component_types_pkey" PRIMARY KEY (key));

ALTER TABLE "public"."component_types" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."component_versions" ("workspace_id" text NOT NULL, "component_key" text NOT NULL, "version" text NOT NULL, "title" text NOT NULL, "description" text NOT NULL, "icon" text NOT NULL, "allowed_roles" text[] NOT NULL, "size_config" jsonb NOT NULL, "default_config" jsonb NOT NULL, "config_schema" jsonb NOT NULL, "data_schema" jsonb, "published_by" uuid, "published_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "component_versions_pkey" PRIMARY KEY (workspace_id, component_key, version), CONSTRAINT "component_versions_version_format" CHECK ((version ~ '^(0|[1-9][0-9]{0,8})([.](0|[1-9][0-9]{0,8})){2}$'::text)));

ALTER TABLE "public"."component_versions" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."components" ("workspace_id" text NOT NULL, "key" text NOT NULL, "type" text NOT NULL, "created_by" uuid, "created_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "components_key_format" CHECK ((key ~ '^[a-z0-9-]{1,50}$'::text)), CONSTRAINT "components_pkey" PRIMARY KEY (workspace_id, key));

ALTER TABLE "public"."components" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."dashboard_view_shares" ("workspace_id" text NOT NULL, "id" uuid NOT NULL DEFAULT gen_random_uuid(), "view_id" uuid NOT NULL, "user_id" uuid, "role_key" text, "access" text NOT NULL DEFAULT 'view'::text, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "dashboard_view_shares_access_known" CHECK ((access = ANY (ARRAY['view'::text, 'edit'::text]))), CONSTRAINT "dashboard_view_shares_one_grantee" CHECK ((num_nonnulls(user_id, role_key) = 1)), CONSTRAINT "dashboard_view_shares_pkey" PRIMARY KEY (workspace_id, id), CONSTRAINT "dashboard_view_shares_role_unique" UNIQUE (workspace_id, role_key, view_id), CONSTRAINT "dashboard_view_shares_user_unique" UNIQUE (workspace_id, user_id, view_id));

ALTER TABLE "public"."dashboard_view_shares" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."dashboard_views" ("workspace_id" text NOT NULL, "id" uuid NOT NULL DEFAULT gen_random_uuid(), "name" text NOT NULL, "description" text NOT NULL DEFAULT ''::text, "row_height" numeric NOT NULL DEFAULT 80, "gap" numeric NOT NULL DEFAULT 16, "visibility" text NOT NULL DEFAULT 'personal'::text, "owner_id" uuid, "version" bigint NOT NULL DEFAULT 1, "created_by" uuid, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), "deleted_at" timestamp with time zone, CONSTRAINT "dashboard_views_description_length" CHECK ((char_length(description) <= 200)), CONSTRAINT "dashboard_views_gap_range" CHECK (((gap >= (0)::numeric) AND (gap <= (10000)::numeric))), CONSTRAINT "dashboard_views_name_length" CHECK (((char_length(name) >= 1) AND (char_length(name) <= 50))), CONSTRAINT "dashboard_views_personal_has_owner" CHECK (((visibility = 'workspace'::text) OR (owner_id IS NOT NULL))), CONSTRAINT "dashboard_views_pkey" PRIMARY KEY (workspace_id, id), CONSTRAINT "dashboard_views_row_height_range" CHECK (((row_height > (0)::numeric) AND (row_height <= (10000)::numeric))), CONSTRAINT "dashboard_views_visibility_known" CHECK ((visibility = ANY (ARRAY['workspace'::text, 'personal'::text]))));

ALTER TABLE "public"."dashboard_views" ENABLE ROW LEVEL SECURITY;

CREATE TABLE "public"."role_default_views" ("workspace_id" text NOT NULL, "role_key" text NOT NULL, "view_id" uuid NOT NULL, "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "role_default_views_pkey" PRIMARY KEY (workspace_id, role_key));

ALTER TABLE "public"."role_default_views" ENABLE ROW LEVEL SECURITY;

-- A place in a grid of 12 columns is far from the end of 32 bits.
-- squawk-ignore prefer-bigint-over-int
CREATE TABLE "public"."widgets" ("workspace_id" text NOT NULL, "id" uuid NOT NULL DEFAULT gen_random_uuid(), "view_id" uuid NOT NULL, "instance_id" uuid NOT NULL DEFAULT gen_random_uuid(), "component_key" text NOT NULL, "component_version" text, "built_in_component" text, "custom_component" text, "x" integer NOT NULL, "y" integer NOT NULL, "width" integer NOT NULL, "height" integer NOT NULL, "visible" boolean NOT NULL DEFAULT true, "config" jsonb NOT NULL DEFAULT '{}'::jsonb, "version" bigint NOT NULL DEFAULT 1, "created_at" timestamp with time zone NOT NULL DEFAULT now(), "updated_at" timestamp with time zone NOT NULL DEFAULT now(), CONSTRAINT "widgets_component_of_one_kind" CHECK (((component_key = COALESCE(built_in_component, custom_component)) AND (num_nonnulls(built_in_component, custom_component) = 1) AND ((custom_component IS NULL) = (component_version IS NULL)))), CONSTRAINT "widgets_config_object" CHECK ((jsonb_typeof(config) = 'object'::text)), CONSTRAINT "widgets_in_grid" CHECK (((x >= 0) AND (width >= 1) AND ((x + width) <= 12) AND ((y >= 0) AND (y <= 10000)) AND ((height >= 1) AND (height <= 10000)))), CONSTRAINT "widgets_instance_unique" UNIQUE (workspace_id, view_id, instance_id), CONSTRAINT "widgets_pkey" PRIMARY KEY (workspace_id, id));

ALTER TABLE "public"."widgets" ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."preferences" ADD COLUMN "default_dashboard_view" uuid;

CREATE OR REPLACE FUNCTION private.access_to_view(p_view public.dashboard_views)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
  v_role_key text;
  v_permissions text[];
begin
  select r.key, r.permissions into v_role_key, v_permissions
  from public.workspace_members m
  join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
  where m.workspace_id = p_view.workspace_id and m.user_id = v_user_id and m.status = 'active';
  if not found then
    return 'none';
  end if;
  return private.decided_view_access(
    v_permissions,
    p_view.owner_id is not distinct from v_user_id,
    p_view.visibility,
    -- A share adds nothing to what everyone has, or to what is one's own.
    case when p_view.visibility = 'personal' and p_view.owner_id is distinct from v_user_id then (
      select min(s.access)
      from public.dashboard_view_shares s
      where s.workspace_id = p_view.workspace_id
        and s.view_id = p_view.id
        and (s.user_id = v_user_id or s.role_key = v_role_key)
    ) end,
    private.grant_to_caller(p_view.workspace_id, 'dashboard', p_view.id)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.access_to_widget(p_widget public.widgets)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  c_levels constant text[] := '{none,view,edit,manage}';
  v_grant constant text := private.grant_to_caller(p_widget.workspace_id, 'widget', p_widget.id);
  v_view public.dashboard_views;
begin
  select * into v_view
  from public.dashboard_views v
  where v.workspace_id = p_widget.workspace_id and v.id = p_widget.view_id and v.deleted_at is null;
  return case
    when not found then 'none'
    when v_grant = 'none' and v_view.owner_id is distinct from (select auth.uid()) then 'none'
    else c_levels[greatest(
      array_position(c_levels, private.access_to_view(v_view)), array_position(c_levels, v_grant))]
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.active_theme(p_workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_active constant record := private.active_theme_id(p_workspace_id);
begin
  return private.find_theme(p_workspace_id, v_active.theme_id) || jsonb_build_object('source', v_active.source);
end;
$function$;

CREATE OR REPLACE FUNCTION private.active_theme_id(p_workspace_id text, OUT theme_id text, OUT source text)
 RETURNS record
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  select coalesce(p.active_theme_id::text, p.active_built_in_theme), 'person' into theme_id, source
  from public.preferences p
  where p.workspace_id = p_workspace_id and p.user_id = (select auth.uid());
  if theme_id is not null then
    return;
  end if;

  select coalesce(d.theme_id::text, d.built_in_theme), 'workspace' into theme_id, source
  from public.default_themes d
  where d.workspace_id = p_workspace_id
    and exists (
      select from public.workspace_members m
      where m.workspace_id = d.workspace_id and m.user_id = (select auth.uid()) and m.status = 'active');
  if theme_id is null then
    theme_id := 'default';
    source := 'built_in';
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.active_view(p_workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_active record;
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  v_active := private.active_view_id(p_workspace_id);
  return jsonb_build_object('source', v_active.source)
    || case when v_active.view_id is null then private.initial_view() else private.stored_view(v_active.view_id) end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.active_view_id(p_workspace_id text, OUT view_id uuid, OUT source text)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
begin
  select c.view_id, c.source into view_id, source
  from (
    select p.active_dashboard_view as view_id, 'active' as source, 1 as place
    from public.preferences p
    where p.workspace_id = p_workspace_id and p.user_id = v_user_id
    union all
    select p.default_dashboard_view, 'default', 2
    from public.preferences p
    where p.workspace_id = p_workspace_id and p.user_id = v_user_id
    union all
    (
      select v.id, 'own', 3
      from public.dashboard_views v
      where v.workspace_id = p_workspace_id and v.owner_id = v_user_id and v.deleted_at is null
      order by v.updated_at desc, v.id
      limit 1
    )
    union all
    select d.view_id, 'role', 4
    from public.workspace_members m
    join public.role_default_views d on d.workspace_id = m.workspace_id and d.role_key = m.role_key
    where m.workspace_id = p_workspace_id and m.user_id = v_user_id
  ) as c
  where c.view_id is not null and private.sees_view(p_workspace_id, c.view_id)
  order by c.place
  limit 1;
  source := coalesce(source, 'built_in');
end;
$function$;

CREATE OR REPLACE FUNCTION private.apply_layout(p_view_id uuid, p_layout jsonb, p_expected_version bigint, p_label text, p_path text DEFAULT ''::text, p_restores boolean DEFAULT false)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view public.dashboard_views := private.require_view(p_view_id, 'edit');
  v_label constant text := private.clean_text(p_label);
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_withheld uuid[];
  v_layout jsonb;
  v_base jsonb;
  v_theirs jsonb;
  v_settings jsonb;
  v_changes jsonb;
  v_written jsonb;
begin
  perform private.refuse_problem(coalesce(
    private.layout_problem(p_layout, p_path),
    case when p_label is not null then private.line_problem('label', to_jsonb(p_label), 1, 100) end
  ));

  v_view := private.lock_view(p_view_id);
  -- Asked again: whoever waited may have lost the access meanwhile.
  v_view := private.require_view(p_view_id, 'edit');
  if (p_expected_version between 1 and v_view.version) is not true then
    perform private.raise_invalid_input('expected_version',
      'The view has no such version.', 'Give the version that was read with the layout.');
  end if;
  v_withheld := private.withheld_widgets(v_view);
  v_layout := private.view_layout(v_view);
  v_theirs := private.without_widgets(v_layout, 'id', v_withheld);
  v_base := case
    when p_expected_version = v_view.version then v_theirs
    else private.without_widgets(private.kept_layout(v_view, p_expected_version), 'id', v_withheld)
  end;

  v_settings := jsonb_build_object(
    'rowHeight', private.merged_value(v_base -> 'rowHeight', v_theirs -> 'rowHeight', p_layout -> 'rowHeight'),
    'gap', private.merged_value(v_base -> 'gap', v_theirs -> 'gap', p_layout -> 'gap'));
  select jsonb_object_agg(o.outcome, o.widgets) into v_changes
  from (
    select m.outcome,
      jsonb_agg(case
        when m.outcome = 'conflict' then jsonb_build_object(
          'path', v_prefix || 'widgets.' || m.place, 'instanceId', m.instance_id,
          'base', m.base, 'theirs', m.theirs, 'mine', m.mine)
        else jsonb_build_object(
          'instance_id', m.instance_id,
          'place', m.place,
          'document', private.with_component_version(m.mine, m.theirs),
          'id', case when p_restores then m.mine -> 'id' end,
          'is_other_component', (m.mine ->> 'widgetId') is distinct from (m.theirs ->> 'widgetId')
            or m.mine ? 'componentVersion'
              and m.mine -> 'componentVersion' is distinct from m.theirs -> 'componentVersion')
      end order by m.place) as widgets
    from private.merged_widgets(v_base, v_theirs, p_layout) m
    where m.outcome <> 'keep'
    group by m.outcome
  ) as o;

  perform private.refuse_conflicts(v_view.version, v_changes -> 'conflict');
  perform private.refuse_conflicts(v_view.version, (
    select jsonb_agg(jsonb_build_object('path', v_prefix || s.key,
      'base', v_base -> s.key, 'theirs', v_theirs -> s.key, 'mine', p_layout -> s.key))
    from jsonb_each(v_settings) as s
    where s.value = 'null'
  ));
  if v_withheld <> '{}' and exists (
    select from jsonb_to_recordset(v_changes -> 'make') as m (instance_id uuid)
    join jsonb_to_recordset(v_layout -> 'widgets') as w (id uuid, "instanceId" uuid) on w."instanceId" = m.instance_id
    where w.id = any (v_withheld))
  then
    perform private.raise_invalid_input(v_prefix || 'widgets',
      'A widget of this instanceId is in the view and not for you.', 'Give your widget an instanceId of its own.');
  end if;
  v_written := coalesce(v_changes -> 'make', '[]') || coalesce(v_changes -> 'change', '[]');
  perform private.refuse_components(v_view.workspace_id, v_prefix, v_written, not p_restores);

  if v_changes is not null and not private.has_begun_version(v_view.workspace_id, v_view.id) then
    perform private.keep_view_version(v_view, v_layout);
    update public.dashboard_views v
    set version = v.version + 1
    where v.workspace_id = v_view.workspace_id and v.id = v_view.id;
  end if;
  update public.dashboard_views v
  set row_height = (v_settings -> 'rowHeight')::numeric, gap = (v_settings -> 'gap')::numeric
  where v.workspace_id = v_view.workspace_id
    and v.id = v_view.id
    and (v.row_height, v.gap) <> ((v_settings -> 'rowHeight')::numeric, (v_settings -> 'gap')::numeric);
  begin
    perform private.write_widgets(v_view, v_changes);
  exception when sqlstate 'PGRST' then
    -- What the table refuses it names by its column; here the path inside the layout is wanted.
    perform private.refuse_configs(v_view.workspace_id, v_prefix, v_written);
    raise;
  end;
  if v_label is not null then
    perform private.label_view_version(v_view, v_label);
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.begin_view_version(p_workspace_id text, p_view_id uuid, p_were public.widgets[] DEFAULT '{}'::public.widgets[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_view public.dashboard_views;
begin
  if private.has_begun_version(p_workspace_id, p_view_id) then
    return;
  end if;
  -- Of two who change widgets of one view at the same moment, the second waits, and keeps what the first has made.
  select * into v_view
  from public.dashboard_views
  where workspace_id = p_workspace_id and id = p_view_id
  for no key update;
  -- A view that is being removed takes its widgets along.
  if found then
    perform private.keep_view_version(v_view, private.layout_before(v_view, p_were));
    update public.dashboard_views
    set version = v_view.version + 1
    where workspace_id = p_workspace_id and id = p_view_id;
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.compare_view_versions(p_view_id uuid, p_from bigint, p_to bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
  v_from constant jsonb := private.require_layout(v_view, p_from, 'from_version');
  v_to constant jsonb := private.require_layout(v_view, coalesce(p_to, v_view.version), 'to_version');
begin
  return (
    with compared as (
      -- Without a base of its own, whatever is not the same is to be made, changed or removed.
      select m.instance_id, m.outcome, m.theirs as was, m.mine as is,
        m.theirs -> 'position' is distinct from m.mine -> 'position' as has_moved,
        m.theirs - '{position,id,version,lastUpdated}'::text[]
          is distinct from m.mine - '{position,id,version,lastUpdated}'::text[] as has_changed
      from private.merged_widgets(v_from, v_from, v_to) m
    )
    select jsonb_build_object(
      'from', p_from,
      'to', coalesce(p_to, v_view.version),
      'added', coalesce(jsonb_agg(c.is order by c.instance_id) filter (where c.outcome = 'make'), '[]'),
      'removed', coalesce(jsonb_agg(c.was order by c.instance_id) filter (where c.outcome = 'remove'), '[]'),
      'moved', coalesce(
        jsonb_agg(jsonb_build_object('instanceId', c.instance_id, 'from', c.was -> 'position', 'to', c.is -> 'position')
          order by c.instance_id) filter (where c.outcome = 'change' and c.has_moved), '[]'),
      'changed', coalesce(
        jsonb_agg(jsonb_build_object('instanceId', c.instance_id, 'from', c.was, 'to', c.is)
          order by c.instance_id) filter (where c.outcome = 'change' and c.has_changed), '[]'),
      'settings', (
        select coalesce(jsonb_object_agg(s.key, jsonb_build_object('from', v_from -> s.key, 'to', v_to -> s.key)), '{}')
        from unnest('{rowHeight,gap}'::text[]) as s (key)
        where v_from -> s.key <> v_to -> s.key
      )
    )
    from compared c
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.component_document(p_component public.built_in_components, p_type public.component_types)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'id', p_component.key,
    'type', p_component.type,
    'kind', 'built_in',
    'version', null,
    'titleKey', p_component.title_key,
    'descriptionKey', p_component.description_key,
    'title', null,
    'description', null,
    'icon', p_component.icon,
    'allowedRoles', p_component.allowed_roles,
    'sizeConfig', p_component.size_config,
    'defaultConfig', p_component.default_config,
    'configSchema', p_component.config_schema,
    'dataSchema', p_type.data_schema
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.component_document(p_version public.component_versions, p_type public.component_types)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'id', p_version.component_key,
    'type', p_type.key,
    'kind', 'custom',
    'version', p_version.version,
    'titleKey', null,
    'descriptionKey', null,
    'title', p_version.title,
    'description', p_version.description,
    'icon', p_version.icon,
    'allowedRoles', p_version.allowed_roles,
    'sizeConfig', p_version.size_config,
    'defaultConfig', p_version.default_config,
    'configSchema', p_version.config_schema,
    'dataSchema', coalesce(p_version.data_schema, p_type.data_schema)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.component_in_use(p_workspace_id text, p_key text)
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select count(*) from public.widgets w where w.workspace_id = p_workspace_id and w.custom_component = p_key);
end;
$function$;

CREATE OR REPLACE FUNCTION private.component_not_found()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.raise_error('not_found',
    'There is no such component, or it is not for your role.', 'key', 'Read the available components again.');
end;
$function$;

CREATE OR REPLACE FUNCTION private.component_problem(p_document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  c_roles constant jsonb := '{"type": "array", "minItems": 1, "maxItems": 20, "items": {"type": "string"}}';
  c_size constant jsonb := '{
    "type": "object",
    "properties": {
      "minWidth": {"type": "integer", "minimum": 1, "maximum": 4},
      "maxWidth": {"type": "integer", "minimum": 1, "maximum": 4},
      "defaultWidth": {"type": "integer", "minimum": 1, "maximum": 4},
      "minHeight": {"type": "integer", "minimum": 1, "maximum": 2000}
    },
    "required": ["minWidth", "maxWidth", "defaultWidth", "minHeight"],
    "additionalProperties": false
  }';
  v_roles constant jsonb := p_document -> 'allowedRoles';
  v_size constant jsonb := p_document -> 'sizeConfig';
begin
  return coalesce(
    private.keys_problem('', p_document,
      '{id,type,version,title,description,icon,allowedRoles,sizeConfig,defaultConfig,configSchema}', '{dataSchema}'),
    private.text_problem('id', p_document -> 'id', '^[a-z0-9-]{1,50}$',
      'Give at most 50 small letters, digits and "-".'),
    case when not exists (
        select from public.component_types t where to_jsonb(t.key) = p_document -> 'type')
    then
      private.document_problem('type', 'There is no such type of components.', 'Give one of component_types.')
    end,
    private.text_problem('version', p_document -> 'version',
      '^(?:0|[1-9][0-9]{0,8})(?:[.](?:0|[1-9][0-9]{0,8})){2}$', 'Give three numbers such as 1.0.0.'),
    private.line_problem('title', p_document -> 'title', 1, 100),
    private.line_problem('description', p_document -> 'description', 0, 200),
    private.text_problem('icon', p_document -> 'icon', '^[A-Za-z][A-Za-z0-9-]{0,49}$',
      'Give the name of an icon such as LineChart.'),
    private.value_problem('allowedRoles', v_roles, c_roles),
    (
      select private.document_problem('allowedRoles.' || (r.n - 1),
        'This is not the key of a role, or is named twice.', 'Give keys of roles such as "member", each once.')
      from jsonb_array_elements_text(v_roles) with ordinality as r (key, n)
      where r.key !~ '^[a-z][a-z0-9_-]{0,49}$'
        or (v_roles - (r.n - 1)::integer) ? r.key
      order by r.n
      limit 1
    ),
    private.value_problem('sizeConfig', v_size, c_size),
    case when (v_size -> 'defaultWidth')::numeric
        not between (v_size -> 'minWidth')::numeric and (v_size -> 'maxWidth')::numeric
    then
      private.document_problem('sizeConfig.defaultWidth',
        'The usual width must lie between the least and the largest.', 'Give minWidth <= defaultWidth <= maxWidth.')
    end,
    private.schema_problem('configSchema', p_document -> 'configSchema'),
    private.config_problem('defaultConfig', p_document -> 'defaultConfig', p_document -> 'configSchema'),
    case when p_document ? 'dataSchema' then private.schema_problem('dataSchema', p_document -> 'dataSchema') end
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.component_refusals(p_workspace_id text, p_widgets jsonb, p_lost jsonb)
 RETURNS TABLE(component_key text, component_version text, refusal jsonb)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return query
    select n.key, n.version, coalesce(
      (
        select private.import_refusal(l.value ->> 'code', 'Its component was not brought.')
        from jsonb_array_elements(p_lost) as l
        where l.value ->> 'id' = n.key and l.value ->> 'version' = coalesce(n.version, l.value ->> 'version')
        limit 1
      ),
      case
        when c.is_built_in is null then
          private.import_refusal('not_found', 'There is no such component in this workspace.')
        when not private.may_use_component(p_workspace_id, c.allowed_roles) then
          private.import_refusal('permission_denied', 'This component is not for your role.')
      end)
    from (
      select distinct w.value ->> 'widgetId' as key, w.value ->> 'componentVersion' as version
      from jsonb_array_elements(p_widgets) as w
    ) as n
    cross join lateral private.component_version_of(p_workspace_id, n.key, n.version) as c;
end;
$function$;

CREATE OR REPLACE FUNCTION private.component_version_of(p_workspace_id text, p_key text, p_version text, OUT is_built_in boolean, OUT version text, OUT config_schema jsonb, OUT default_config jsonb, OUT allowed_roles text[])
 RETURNS record
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if p_version is null then
    select true, b.config_schema, b.default_config, b.allowed_roles
    into is_built_in, config_schema, default_config, allowed_roles
    from public.built_in_components b
    where b.key = p_key;
    if found then
      return;
    end if;
  end if;

  if (select auth.uid()) is not null and not exists (
    select from public.workspace_members m
    where m.workspace_id = p_workspace_id and m.user_id = (select auth.uid()) and m.status = 'active')
  then
    return;
  end if;
  select false, v.version, v.config_schema, v.default_config, latest.allowed_roles
  into is_built_in, version, config_schema, default_config, allowed_roles
  from (
    select l.version, l.allowed_roles
    from public.component_versions l
    where l.workspace_id = p_workspace_id and l.component_key = p_key
    order by private.version_order(l.version) desc
    limit 1
  ) as latest
  join public.component_versions v
    on v.workspace_id = p_workspace_id
    and v.component_key = p_key
    and v.version = coalesce(p_version, latest.version);
end;
$function$;

CREATE OR REPLACE FUNCTION private.config_problem(p_path text, p_config jsonb, p_schema jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  v_text constant text := p_config::text;
begin
  if jsonb_typeof(p_config) is distinct from 'object' then
    return private.document_problem(p_path, 'This must be a JSON object.', 'Give {} for the usual configuration.');
  end if;
  if octet_length(v_text) > 16384 then
    return private.document_problem(p_path, 'This must not be larger than 16 KiB.', 'Keep large things elsewhere.');
  end if;
  -- Where a schema leaves keys open, nothing below them is walked. A quote inside of a text would be escaped.
  if strpos(v_text, '"__proto__":') > 0 or jsonb_path_exists(p_config, '$.**{16}') then
    return private.document_problem(p_path, 'This holds a key that is not permitted, or is nested too deeply.',
      'Leave out __proto__, and nest at most 15 levels.');
  end if;
  -- A number that is none to JavaScript has more digits than that.
  if octet_length(v_text) > 308
    and jsonb_path_exists(p_config, '$.** ? (@ > 1.7976931348623157e308 || @ < -1.7976931348623157e308)')
  then
    return private.document_problem(p_path, 'This holds a number that is too large.', 'Give a smaller one.');
  end if;
  return private.value_problem(p_path, p_config, p_schema);
end;
$function$;

CREATE OR REPLACE FUNCTION private.create_view(p_workspace_id text, p_name text, p_description text, p_layout jsonb, p_visibility text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view public.dashboard_views;
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  perform private.require_permission(p_workspace_id, 'dashboards.write');
  insert into public.dashboard_views (workspace_id, name, description, visibility)
  values (p_workspace_id, p_name, coalesce(p_description, ''), p_visibility)
  returning * into v_view;
  if p_layout is not null then
    perform private.apply_layout(v_view.id, p_layout, v_view.version, null, 'layout');
  end if;
  return private.stored_view(v_view.id);
end;
$function$;

CREATE OR REPLACE FUNCTION private.decided_view_access(p_permissions text[], p_is_owner boolean, p_visibility text, p_share text, p_grant text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  c_levels constant text[] := '{none,view,edit,manage}';
  v_reads constant boolean := 'dashboards.read' = any (p_permissions);
  v_writes constant boolean := v_reads and 'dashboards.write' = any (p_permissions);
  v_shared constant boolean := p_visibility = 'workspace';
  v_by_role constant integer := case
    when v_writes and (p_is_owner or v_shared and 'grants.write' = any (p_permissions)) then 4
    when v_writes and (v_shared or p_share = 'edit') then 3
    when v_reads and (p_is_owner or v_shared or p_share is not null) then 2
    else 1
  end;
begin
  return case
    when p_grant = 'none' and not (p_is_owner and v_reads) then 'none'
    when p_grant = 'none' then c_levels[v_by_role]
    else c_levels[greatest(v_by_role, array_position(c_levels, p_grant))]
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.delete_component(p_workspace_id text, p_key text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_widgets bigint;
begin
  perform private.require_permission(p_workspace_id, 'components.write');
  -- Under the lock nobody can begin to use it.
  perform from public.components c where c.workspace_id = p_workspace_id and c.key = p_key for update;
  if not found then
    perform private.component_not_found();
  end if;
  v_widgets := private.component_in_use(p_workspace_id, p_key);
  if v_widgets > 0 then
    perform private.raise_error('conflict',
      'There are widgets that show this component.', v_widgets::text,
      'Remove them from their dashboards first; `details` is how many there are.');
  end if;

  delete from public.components c where c.workspace_id = p_workspace_id and c.key = p_key;
end;
$function$;

CREATE OR REPLACE FUNCTION private.delete_my_account()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
  v_held jsonb;
begin
  perform private.wait_for_account_deletions();

  -- First, since whoever saves a layout has its widgets when they come to the person who made the view.
  perform private.lock_widgets(array(select v.id from public.dashboard_views v where v.created_by = v_user_id));

  -- Whoever writes a row that names the person holds a weaker lock on this one.
  perform from public.profiles where id = v_user_id for update;
  if not found then
    perform private.raise_error('not_signed_in',
      'This session belongs to no account.', null, 'Sign in and try again.');
  end if;

  -- First the memberships and then their workspaces, as every change of a member does; in the order of the ids, so
  -- that two who share several workspaces wait for each other and never in a circle.
  perform from public.workspace_members where user_id = v_user_id order by workspace_id for update;
  perform from public.workspaces
  where id in (select workspace_id from public.workspace_members where user_id = v_user_id)
  order by id
  for update;

  v_held := (
    select jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name) order by w.name, w.id)
    from public.workspace_members m
    join public.workspaces w on w.id = m.workspace_id
    where m.user_id = v_user_id and private.is_last_admin(m.workspace_id, v_user_id)
  );
  if v_held is not null then
    perform private.raise_error('last_admin',
      'You are the last admin of a workspace with other people in it.', v_held::text,
      'Make somebody else an admin of each of these workspaces, or delete them.');
  end if;

  -- An address that was never confirmed may be anybody's, and so may its invitations.
  delete from public.workspace_invitations i
  using auth.users u
  where u.id = v_user_id and u.email_confirmed_at is not null and i.email = lower(u.email);

  -- A sign-in with another provider that was never finished; nothing refers to the account there.
  delete from auth.flow_state where user_id = v_user_id;
  delete from auth.users where id = v_user_id;

  -- Last, since the deletion is audited too.
  perform private.scrub_audit_of(v_user_id);
  perform private.remove_orphaned_avatars();
end;
$function$;

CREATE OR REPLACE FUNCTION private.delete_view(p_view_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'manage');
begin
  update public.dashboard_views
  set deleted_at = now()
  where workspace_id = v_view.workspace_id and id = v_view.id and deleted_at is null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.delete_workspace(p_workspace_id text, p_name text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(p_workspace_id, 'workspace.delete');

  -- First the members and then their workspace, as every change of a member does.
  perform from public.workspace_members where workspace_id = p_workspace_id order by user_id for update;
  perform private.lock_widgets(array(
    select v.id from public.dashboard_views v where v.workspace_id = p_workspace_id));
  delete from public.workspaces where id = p_workspace_id and name = p_name;
  if not found then
    perform private.raise_invalid_input('name',
      'This is not the name of the workspace.', 'Type the name exactly as it is shown.');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.duplicate_view(p_view_id uuid, p_name text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
  v_copy public.dashboard_views;
begin
  perform private.require_permission(v_view.workspace_id, 'dashboards.write');
  insert into public.dashboard_views (workspace_id, name, description, row_height, gap, visibility)
  values (v_view.workspace_id, coalesce(p_name, left(v_view.name, 43) || ' (copy)'), v_view.description,
    v_view.row_height, v_view.gap, 'personal')
  returning * into v_copy;
  insert into public.widgets (
    workspace_id, view_id, instance_id, component_key, component_version, x, y, width, height, visible, config,
    updated_at
  )
  select w.workspace_id, v_copy.id, w.instance_id, w.component_key, w.component_version,
    w.x, w.y, w.width, w.height, w.visible, w.config, w.updated_at
  from public.widgets w
  where w.workspace_id = v_view.workspace_id
    and w.view_id = v_view.id
    and w.id <> all (private.withheld_widgets(v_view))
    and exists (
      select from private.component_version_of(w.workspace_id, w.component_key, w.component_version) as c
      where private.may_use_component(w.workspace_id, c.allowed_roles));
  return private.stored_view(v_copy.id);
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_dashboard(p_workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
  v_preferences public.preferences;
  v_exported jsonb;
  v_views jsonb;
  v_themes jsonb;
  v_document jsonb;
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  select * into v_preferences
  from public.preferences p
  where p.workspace_id = p_workspace_id and p.user_id = v_user_id;
  v_exported := private.preferences_document(v_preferences);

  select coalesce(jsonb_agg(private.exported_view(v) order by v.created_at, v.id), '[]') into v_views
  from public.dashboard_views v
  where v.workspace_id = p_workspace_id and v.owner_id = v_user_id and v.deleted_at is null;
  v_themes := private.exported_themes(p_workspace_id, v_exported ->> 'active_theme_id');

  -- A view of somebody else, or a theme that the caller may not see any more, is nothing that they take along.
  if not v_views @> jsonb_build_array(jsonb_build_object('id', v_exported -> 'active_dashboard_view')) then
    v_exported := v_exported || '{"active_dashboard_view": null}';
  end if;
  if v_preferences.active_built_in_theme is null
    and not v_themes @> jsonb_build_array(jsonb_build_object('id', v_exported -> 'active_theme_id'))
  then
    v_exported := v_exported || '{"active_theme_id": null}';
  end if;

  v_document := private.export_document('dashboard', p_workspace_id, v_views)
    || jsonb_build_object('themes', v_themes, 'preferences', v_exported);
  perform private.refuse_large_export(v_document);
  return v_document;
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_document(p_kind text, p_workspace_id text, p_views jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'format', 'b-dashboard',
    'version', 1,
    'kind', p_kind,
    'exportedAt', private.moment_text(now()),
    'components', private.exported_components(p_workspace_id, p_views),
    'themes', '[]'::jsonb,
    'views', p_views
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_my_data()
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
begin
  if not exists (select from public.profiles where id = v_user_id) then
    perform private.raise_error('not_signed_in',
      'This session belongs to no account.', null, 'Sign in and try again.');
  end if;

  return jsonb_build_object(
    'version', 1,
    'exportedAt', now(),
    'account', private.export_account(v_user_id),
    'identities', private.export_identities(v_user_id),
    'sessions', private.export_sessions(v_user_id),
    'profile', private.export_profile(v_user_id),
    'memberships', private.export_memberships(v_user_id),
    'preferences', private.export_preferences(v_user_id),
    'themes', private.export_themes(v_user_id),
    'views', private.export_views(v_user_id),
    'workspacesCreated', private.export_workspaces_created(v_user_id),
    'files', private.export_files(v_user_id),
    'invitations', private.export_invitations(v_user_id),
    'audit', private.export_audit(v_user_id)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_problem(p_document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return coalesce(
    -- First, since a document of another version may have other keys.
    case when jsonb_typeof(p_document) = 'object' and p_document ? 'version' then
      private.whole_number_problem('version', p_document -> 'version', 1, 1)
    end,
    private.keys_problem('', p_document, '{format,version,kind,exportedAt,components,themes,views}', '{preferences}'),
    private.text_problem('format', p_document -> 'format', '^b-dashboard$', 'Give "b-dashboard".'),
    private.text_problem('kind', p_document -> 'kind', '^(?:view|dashboard)$', 'Give "view" or "dashboard".'),
    private.moment_problem('exportedAt', p_document -> 'exportedAt'),
    private.exported_lists_problem(p_document),
    private.exported_parts_problem('components', p_document -> 'components'),
    private.exported_parts_problem('themes', p_document -> 'themes'),
    private.exported_parts_problem('views', p_document -> 'views'),
    private.exported_kind_problem(p_document),
    case when p_document ? 'preferences' then private.exported_preferences_problem(p_document) end
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_view(p_view_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
  v_document constant jsonb := private.export_document(
    'view', v_view.workspace_id, jsonb_build_array(private.exported_view(v_view)));
begin
  perform private.refuse_large_export(v_document);
  return v_document;
end;
$function$;

CREATE OR REPLACE FUNCTION private.export_views(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  -- A view that the person shared is the workspace's; that they made it is theirs.
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'workspaceId', v.workspace_id,
      'id', v.id,
      'visibility', v.visibility,
      'document', case when v.visibility = 'personal' and v.owner_id = p_user_id
        then jsonb_build_object('name', v.name, 'description', v.description, 'layout', private.view_layout(v))
      end,
      'createdAt', v.created_at,
      'deletedAt', v.deleted_at
    ) order by v.created_at, v.id), '[]')
    from public.dashboard_views v
    where v.created_by = p_user_id
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.exported_component(p_version public.component_versions)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'id', p_version.component_key,
    'type', (
      select c.type
      from public.components c
      where c.workspace_id = p_version.workspace_id and c.key = p_version.component_key),
    'version', p_version.version,
    'title', p_version.title,
    'description', p_version.description,
    'icon', p_version.icon,
    'allowedRoles', p_version.allowed_roles,
    'sizeConfig', p_version.size_config,
    'defaultConfig', p_version.default_config,
    'configSchema', p_version.config_schema
  ) || case when p_version.data_schema is null
    then '{}' else jsonb_build_object('dataSchema', p_version.data_schema) end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.exported_components(p_workspace_id text, p_views jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select coalesce(
      jsonb_agg(private.exported_component(v) order by v.component_key, private.version_order(v.version)), '[]')
    from public.component_versions v
    where v.workspace_id = p_workspace_id
      and (v.component_key, v.version) in (
        select w.widget ->> 'widgetId', w.widget ->> 'componentVersion'
        from jsonb_path_query(p_views, '$[*].layout.widgets[*]') as w (widget)
        where w.widget ? 'componentVersion')
      and (v.workspace_id, v.component_key) in (select c.workspace_id, c.key from private.visible_components() c)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.exported_kind_problem(p_document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  v_is_view constant boolean := p_document -> 'kind' = '"view"';
  v_defaults constant bigint[] := array(
    select e.n - 1
    from jsonb_array_elements(p_document -> 'views') with ordinality as e (view, n)
    where e.view -> 'isDefault' = 'true'
    order by e.n);
begin
  return case
    when v_is_view and jsonb_array_length(p_document -> 'views') <> 1 then
      private.document_problem('views', 'The export of a view holds one view.', 'Give one, or the kind dashboard.')
    when v_is_view and p_document -> 'themes' <> '[]' then
      private.document_problem('themes', 'The export of a view holds no themes.', 'Give [], or the kind dashboard.')
    when v_is_view and p_document ? 'preferences' then
      private.document_problem('preferences', 'The export of a view holds no preferences.',
        'Leave them out, or give the kind dashboard.')
    when cardinality(v_defaults) > 1 then
      private.document_problem(format('views.%s.isDefault', v_defaults[2]), 'Another view is the default already.',
        'Choose one of them.')
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.exported_lists_problem(p_document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  -- A view of 200 widgets with configurations of 16 KiB is 3.3 MB: whatever is stored can be exported, view by view.
  c_largest constant integer := 4194304;
  c_longest constant integer := 200;
  v_key text;
begin
  if octet_length(p_document::text) > c_largest then
    return private.document_problem('', 'The document is larger than 4 MiB.', 'Export and import views one by one.');
  end if;
  select k into v_key
  from unnest('{components,themes,views}'::text[]) with ordinality as l (k, n)
  where case jsonb_typeof(p_document -> k)
    when 'array' then jsonb_array_length(p_document -> k) > c_longest
    else true
  end
  order by n
  limit 1;
  if found then
    return private.document_problem(v_key, 'This must be a list of at most 200.', 'Give [] for none, or export less.');
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.exported_part_problem(p_list text, p_part jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return case
    when p_list = 'components' then private.problem_below(p_path, private.component_problem(p_part))
    else coalesce(
      case p_list
        when 'themes' then private.problem_below(p_path, private.theme_problem(p_part))
        else private.view_problem(p_part, p_path)
      end,
      case when not p_part ? 'id' then
        private.document_problem(p_path || '.id', 'This is missing.', 'Give any id that is unique in the document.')
      end)
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.exported_parts_problem(p_list text, p_parts jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_problem jsonb;
begin
  select p.problem into v_problem
  from jsonb_array_elements(p_parts) with ordinality as e (part, n)
  cross join lateral private.exported_part_problem(p_list, e.part, p_list || '.' || e.n - 1) as p (problem)
  where p.problem is not null
  order by e.n
  limit 1;
  if found then
    return v_problem;
  end if;

  select private.document_problem(p_list || '.' || d.n - 1 || '.id',
    'Another one in the list is called the same.', 'Give each an id of its own, and each version of a component once.')
  into v_problem
  from (
    select e.n,
      row_number() over (
        partition by e.part ->> 'id', case p_list when 'components' then e.part ->> 'version' end order by e.n) as nth
    from jsonb_array_elements(p_parts) with ordinality as e (part, n)
  ) as d
  where d.nth = 2
  order by d.n
  limit 1;
  return v_problem;
end;
$function$;

CREATE OR REPLACE FUNCTION private.exported_preferences_problem(p_document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  v_preferences constant jsonb := p_document -> 'preferences';
  v_extras constant jsonb := v_preferences -> 'extras';
begin
  return coalesce(
    private.keys_problem('preferences', v_preferences,
      '{locale,theme_mode,active_theme_id,sidebar_collapsed,active_dashboard_view,extras}'),
    case when jsonb_typeof(v_preferences -> 'locale') <> 'null' then
      private.text_problem('preferences.locale', v_preferences -> 'locale', '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$',
        'Give a tag such as "en", "de" or "pt-BR", or null.')
    end,
    private.text_problem('preferences.theme_mode', v_preferences -> 'theme_mode', '^(light|dark|system)$',
      'Give "light", "dark" or "system".'),
    private.flag_problem('preferences.sidebar_collapsed', v_preferences -> 'sidebar_collapsed'),
    case
      when jsonb_typeof(v_extras) <> 'object' then
        private.document_problem('preferences.extras', 'This must be a JSON object.', 'Give {} for none.')
      when octet_length(v_extras::text) > 16384
        or exists (select from jsonb_object_keys(v_extras) as k where k !~ '^[a-z0-9_.-]{1,50}:[a-z0-9_.-]{1,100}$')
      then
        private.document_problem('preferences.extras', 'This is too large, or has a key without a namespace.',
          'Give at most 16 KiB, with keys such as app:density.')
    end,
    private.exported_reference_problem('preferences.active_theme_id', v_preferences -> 'active_theme_id',
      p_document -> 'themes', '^[a-z][a-z0-9-]{0,49}$'),
    private.exported_reference_problem('preferences.active_dashboard_view', v_preferences -> 'active_dashboard_view',
      p_document -> 'views', null)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.exported_reference_problem(p_path text, p_id jsonb, p_parts jsonb, p_pattern text)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  c_uuid constant text := '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
  v_id constant text := p_id #>> '{}';
begin
  if jsonb_typeof(p_id) = 'null'
    or jsonb_typeof(p_id) = 'string' and (
      exists (select from jsonb_array_elements(p_parts) as e (part) where e.part -> 'id' = p_id)
      or v_id ~ p_pattern and v_id !~ c_uuid)
  then
    return null;
  end if;
  return private.document_problem(p_path, 'The document holds nothing of this id.',
    'Give the id of a part of the document, or null.');
end;
$function$;

CREATE OR REPLACE FUNCTION private.exported_themes(p_workspace_id text, p_active_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  if not 'themes.read' = any (private.permissions_in(p_workspace_id)) then
    return '[]';
  end if;
  return (
    select coalesce(
      jsonb_agg(
        private.theme_document(t.id::text, t.name, t.version, t.colors, t.radius, t.metadata)
        order by t.created_at, t.id),
      '[]')
    from public.themes t
    where t.workspace_id = p_workspace_id
      and (t.owner_id = (select auth.uid()) or t.visibility = 'workspace' and t.id::text = p_active_id)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.exported_view(p_view public.dashboard_views)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_layout constant jsonb := private.without_withheld(private.view_layout(p_view), p_view);
begin
  return jsonb_build_object(
    'id', p_view.id,
    'name', p_view.name,
    'description', p_view.description,
    'isDefault', exists (
      select from public.preferences p
      where p.workspace_id = p_view.workspace_id
        and p.user_id = (select auth.uid())
        and p.default_dashboard_view = p_view.id),
    'createdAt', private.moment_text(p_view.created_at),
    'updatedAt', private.moment_text(p_view.updated_at),
    'layout', v_layout || jsonb_build_object('widgets', (
      select coalesce(jsonb_agg(w.widget - '{id,version}'::text[] order by w.place), '[]')
      from jsonb_array_elements(v_layout -> 'widgets') with ordinality as w (widget, place)
    ))
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.find_component(p_workspace_id text, p_key text, p_version text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_component jsonb;
begin
  if p_version is null then
    select private.component_document(b, t) into v_component
    from public.built_in_components b
    join public.component_types t on t.key = b.type
    where b.key = p_key and private.may_use_component(p_workspace_id, b.allowed_roles);
  end if;
  if v_component is null then
    -- The policies leave out what is not for the caller.
    select private.component_document(v, t) into v_component
    from public.component_versions v
    join public.components c on c.workspace_id = v.workspace_id and c.key = v.component_key
    join public.component_types t on t.key = c.type
    where v.workspace_id = p_workspace_id
      and v.component_key = p_key
      and v.version = coalesce(p_version, v.version)
    order by private.version_order(v.version) desc
    limit 1;
  end if;

  if v_component is null then
    perform private.component_not_found();
  end if;
  return v_component;
end;
$function$;

CREATE OR REPLACE FUNCTION private.flag_problem(p_path text, p_value jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  if jsonb_typeof(p_value) <> 'boolean' then
    return private.document_problem(p_path, 'This must be true or false.', 'Leave it out.');
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.get_view(p_view_id uuid, p_workspace_id text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view public.dashboard_views;
  v_access text := 'none';
begin
  select * into v_view
  from public.dashboard_views v
  where v.id = p_view_id and v.deleted_at is null and v.workspace_id = coalesce(p_workspace_id, v.workspace_id);
  if found then
    v_access := private.access_to_view(v_view);
  end if;
  if v_access = 'none' then
    perform private.view_not_found();
  end if;
  return private.view_document(v_view, v_access);
end;
$function$;

CREATE OR REPLACE FUNCTION private.get_view_version(p_view_id uuid, p_version bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return private.require_layout(private.require_view(p_view_id, 'view'), p_version, 'version');
end;
$function$;

CREATE OR REPLACE FUNCTION private.grant_to_caller(p_workspace_id text, p_resource_type text, p_resource_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  -- Most things have no grants, and to know that takes one look into an index.
  if not exists (
    select from public.resource_grants g
    where g.workspace_id = p_workspace_id and g.resource_type = p_resource_type and g.resource_id = p_resource_id)
  then
    return null;
  end if;
  return (
    select g.access
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    join public.workspaces w on w.id = m.workspace_id
    join public.resource_grants g
      on g.workspace_id = m.workspace_id and (g.user_id = m.user_id or g.role_key = m.role_key)
    where m.workspace_id = p_workspace_id
      and m.user_id = (select auth.uid())
      and m.status = 'active'
      and g.resource_type = p_resource_type
      and g.resource_id = p_resource_id
      and case g.access
        when 'none' then not 'grants.write' = any (r.permissions)
        else w.plan_type = 'premium'
      end
    order by g.user_id is null
    limit 1
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.has_begun_version(p_workspace_id text, p_view_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return exists (
    select from public.dashboard_views v
    join private.view_versions h on h.workspace_id = v.workspace_id and h.view_id = v.id and h.version = v.version
    where v.workspace_id = p_workspace_id
      and v.id = p_view_id
      and h.transaction_id = pg_current_xact_id()
      and h.saved_at = now()
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_component(p_workspace_id text, p_component jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_cleaned constant jsonb := p_component || jsonb_build_object(
    'title', private.clean_text(p_component ->> 'title'),
    'description', private.clean_text(p_component ->> 'description'));
  v_error text;
begin
  -- Without the permission to see all components, one that is not for the caller's role is like one that is not there.
  if exists (
    select from public.component_versions v
    where v.workspace_id = p_workspace_id
      and v.component_key = p_component ->> 'id'
      and v.version = p_component ->> 'version'
      and private.exported_component(v) = v_cleaned
      and (v.workspace_id, v.component_key) in (select c.workspace_id, c.key from private.visible_components() c))
  then
    return '{"outcome": "used"}';
  end if;
  perform private.publish_component(p_workspace_id, p_component);
  return '{"outcome": "published"}';
exception
  when sqlstate 'PGRST' then
    get stacked diagnostics v_error = message_text;
    return private.import_refusal(v_error::jsonb ->> 'code', v_error::jsonb ->> 'message');
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_components(p_workspace_id text, p_components jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_component record;
  v_result jsonb;
  v_brought jsonb := '[]';
  v_not_brought jsonb := '[]';
  v_lost jsonb := '[]';
begin
  for v_component in
    select c.value as document, 'components.' || c.place - 1 as path, c.value ->> 'id' as key,
      c.value ->> 'version' as version
    from jsonb_array_elements(p_components) with ordinality as c (value, place)
    -- A version can only follow on lower ones.
    order by key, private.version_order(c.value ->> 'version')
  loop
    if exists (select from public.built_in_components b where b.key = v_component.key) then
      perform private.raise_invalid_input(v_component.path || '.id',
        'There is a built-in component of this id.', 'Leave it out: every workspace has it.');
    end if;
    v_result := private.import_component(p_workspace_id, v_component.document);
    if v_result ? 'outcome' then
      v_brought := v_brought
        || (jsonb_build_object('id', v_component.key, 'version', v_component.version) || v_result);
    else
      v_not_brought := v_not_brought || (jsonb_build_object('path', v_component.path) || v_result);
      v_lost := v_lost || jsonb_build_object(
        'id', v_component.key, 'version', v_component.version, 'code', v_result -> 'code');
    end if;
  end loop;
  return jsonb_build_object('brought', v_brought, 'not_brought', v_not_brought, 'lost', v_lost);
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_dashboard(p_workspace_id text, p_document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  perform private.require_permission(p_workspace_id, 'dashboards.write');
  perform private.refuse_problem(coalesce(
    private.export_problem(p_document),
    case when p_document -> 'kind' <> '"dashboard"' then
      private.document_problem('kind', 'This is not the export of a dashboard.', 'Give it to import_view.')
    end));
  return private.import_document(p_workspace_id, p_document, 'views', 'personal');
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_document(p_workspace_id text, p_document jsonb, p_list_path text, p_visibility text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_components jsonb;
  v_themes jsonb;
  v_views jsonb;
  v_preferences jsonb;
  v_default uuid;
begin
  v_components := private.import_components(p_workspace_id, p_document -> 'components');
  v_themes := private.import_themes(p_workspace_id, p_document -> 'themes');
  v_views := private.import_views(
    p_workspace_id, p_document -> 'views', p_list_path, p_visibility, v_components -> 'lost');
  v_preferences := private.import_preferences(
    p_workspace_id, p_document, v_views -> 'brought', v_themes -> 'brought');

  select (v_views -> 'brought' -> (v.place - 1)::integer ->> 'id')::uuid into v_default
  from jsonb_array_elements(p_document -> 'views') with ordinality as v (value, place)
  where v.value -> 'isDefault' = 'true';
  if v_default is not null
    and (
      p_document -> 'kind' = '"dashboard"'
      or not exists (
        select from public.preferences p
        where p.workspace_id = p_workspace_id
          and p.user_id = (select auth.uid())
          and p.default_dashboard_view is not null)
    )
  then
    perform private.set_default_view(p_workspace_id, v_default);
  end if;

  return jsonb_build_object(
    'views', v_views -> 'brought',
    'themes', v_themes -> 'brought',
    'components', v_components -> 'brought',
    'preferences', v_preferences -> 'applied',
    'notBrought', (v_components -> 'not_brought') || (v_themes -> 'not_brought') || (v_views -> 'not_brought')
      || (v_preferences -> 'not_brought')
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_preference(p_workspace_id text, p_key text, p_value jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_error text;
begin
  perform private.patch_preferences(p_workspace_id, jsonb_build_object(p_key, p_value));
  return null;
exception
  when sqlstate 'PGRST' then
    get stacked diagnostics v_error = message_text;
    return private.import_refusal(v_error::jsonb ->> 'code', v_error::jsonb ->> 'message');
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_preferences(p_workspace_id text, p_document jsonb, p_views jsonb, p_themes jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_key text;
  v_value jsonb;
  v_refusal jsonb;
  v_applied jsonb := '{}';
  v_not_brought jsonb := '[]';
begin
  -- What was not chosen there is left as it is here.
  for v_key, v_value in
    select p.key, p.value
    from jsonb_each(p_document -> 'preferences') as p
    where p.value not in ('null', '{}')
    order by p.key
  loop
    v_refusal := null;
    if v_key = 'active_dashboard_view' then
      v_value := (select v.value -> 'id' from jsonb_array_elements(p_views) as v where v.value -> 'from' = v_value);
    elsif v_key = 'active_theme_id'
      and p_document -> 'themes' @> jsonb_build_array(jsonb_build_object('id', v_value))
    then
      v_value := (select t.value -> 'id' from jsonb_array_elements(p_themes) as t where t.value -> 'from' = v_value);
      v_refusal := case when v_value is null then private.import_refusal('not_found', 'The theme was not brought.') end;
    elsif v_key = 'active_theme_id'
      and not exists (select from public.built_in_themes b where to_jsonb(b.key) = v_value)
    then
      v_refusal := private.import_refusal('not_found', 'There is no such built-in theme.');
    end if;

    v_refusal := coalesce(v_refusal, private.import_preference(p_workspace_id, v_key, v_value));
    if v_refusal is null then
      v_applied := v_applied || jsonb_build_object(v_key, v_value);
    else
      v_not_brought := v_not_brought || (jsonb_build_object('path', 'preferences.' || v_key) || v_refusal);
    end if;
  end loop;
  return jsonb_build_object('applied', v_applied, 'not_brought', v_not_brought);
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_refusal(p_code text, p_message text)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object('code', p_code, 'message', p_message);
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_theme(p_workspace_id text, p_theme jsonb)
 RETURNS uuid
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_id uuid;
begin
  insert into public.themes (workspace_id, name, version, colors, radius, metadata, visibility)
  values (p_workspace_id, p_theme ->> 'name', p_theme ->> 'version', p_theme -> 'colors', p_theme -> 'radius',
    p_theme -> 'metadata', 'personal')
  returning id into v_id;
  return v_id;
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_themes(p_workspace_id text, p_themes jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_may_write constant boolean := '{themes.read,themes.write}' <@ private.permissions_in(p_workspace_id);
begin
  return jsonb_build_object(
    'brought', case when v_may_write then (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'from', t.value -> 'id',
            'id', private.import_theme(p_workspace_id, t.value),
            'name', private.clean_text(t.value ->> 'name'))
          order by t.place),
        '[]')
      from jsonb_array_elements(p_themes) with ordinality as t (value, place)
    ) else '[]' end,
    'not_brought', case when v_may_write then '[]' else (
      select coalesce(
        jsonb_agg(
          jsonb_build_object('path', 'themes.' || t.place - 1)
            || private.import_refusal(
              'permission_denied', 'Your role in this workspace does not permit to make themes.')
          order by t.place),
        '[]')
      from jsonb_array_elements(p_themes) with ordinality as t (value, place)
    ) end
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_view(p_workspace_id text, p_document jsonb, p_visibility text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_is_export constant boolean := coalesce(jsonb_typeof(p_document) <> 'object' or p_document ? 'format', true);
  -- What get_view and active_view add to a view may come back as it is.
  v_view constant jsonb := case when not v_is_export then
    p_document - '{isActive,visibility,access,ownerId,version,source}'::text[] end;
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  perform private.require_permission(p_workspace_id, 'dashboards.write');
  if not v_is_export then
    perform private.refuse_problem(private.view_problem(v_view));
    return private.import_document(p_workspace_id,
      jsonb_build_object('components', '[]'::jsonb, 'themes', '[]'::jsonb, 'views', jsonb_build_array(v_view)),
      null, p_visibility);
  end if;

  perform private.refuse_problem(coalesce(
    private.export_problem(p_document),
    case when p_document -> 'kind' <> '"view"' then
      private.document_problem('kind', 'This is not the export of a view.', 'Give it to import_dashboard.')
    end));
  return private.import_document(p_workspace_id, p_document, 'views', p_visibility);
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_view_part(p_workspace_id text, p_view jsonb, p_path text, p_visibility text, p_lost jsonb, OUT id uuid, OUT not_brought jsonb)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_layout constant jsonb := p_view -> 'layout';
  v_path constant text := concat_ws('.', nullif(p_path, ''), 'layout') || '.';
  v_view public.dashboard_views;
  v_widgets jsonb;
begin
  select
    jsonb_agg(
      jsonb_build_object(
        'place', w.place - 1, 'instance_id', w.widget -> 'instanceId', 'document', w.widget)
      order by w.place) filter (where r.refusal is null),
    coalesce(
      jsonb_agg(jsonb_build_object('path', v_path || 'widgets.' || w.place - 1) || r.refusal order by w.place)
        filter (where r.refusal is not null),
      '[]')
  into v_widgets, not_brought
  from jsonb_array_elements(v_layout -> 'widgets') with ordinality as w (widget, place)
  join private.component_refusals(p_workspace_id, v_layout -> 'widgets', p_lost) as r
    on r.component_key = w.widget ->> 'widgetId'
    and r.component_version is not distinct from w.widget ->> 'componentVersion';

  perform private.refuse_configs(p_workspace_id, v_path, coalesce(v_widgets, '[]'));
  insert into public.dashboard_views (workspace_id, name, description, row_height, gap, visibility)
  values (p_workspace_id, p_view ->> 'name', coalesce(p_view ->> 'description', ''),
    (v_layout -> 'rowHeight')::numeric, (v_layout -> 'gap')::numeric, p_visibility)
  returning * into v_view;
  perform private.write_widgets(v_view, jsonb_build_object('make', coalesce(v_widgets, '[]')));
  id := v_view.id;
end;
$function$;

CREATE OR REPLACE FUNCTION private.import_views(p_workspace_id text, p_views jsonb, p_list_path text, p_visibility text, p_lost jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_view record;
  v_made record;
  v_brought jsonb := '[]';
  v_not_brought jsonb := '[]';
begin
  for v_view in
    select v.value as document, p_list_path || '.' || v.place - 1 as path
    from jsonb_array_elements(p_views) with ordinality as v (value, place)
    order by v.place
  loop
    v_made := private.import_view_part(p_workspace_id, v_view.document, v_view.path, p_visibility, p_lost);
    v_brought := v_brought || jsonb_build_object(
      'from', v_view.document -> 'id', 'id', v_made.id, 'name', private.clean_text(v_view.document ->> 'name'));
    v_not_brought := v_not_brought || v_made.not_brought;
  end loop;
  return jsonb_build_object('brought', v_brought, 'not_brought', v_not_brought);
end;
$function$;

CREATE OR REPLACE FUNCTION private.initial_view()
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return '{
    "id": "00000000-0000-4000-8000-000000000100",
    "name": "Overview",
    "description": "What the front end shows a new user",
    "layout": {
      "version": 1,
      "gridColumns": 12,
      "rowHeight": 80,
      "gap": 16,
      "widgets": [
        {
          "instanceId": "00000000-0000-4000-8000-000000000001", "widgetId": "total-revenue",
          "position": {"x": 0, "y": 0, "width": 3, "height": 2}, "visible": true,
          "config": {"compareMode": "previousPeriod", "showTrend": true}, "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000002", "widgetId": "total-users",
          "position": {"x": 3, "y": 0, "width": 3, "height": 2}, "visible": true,
          "config": {"compareMode": "previousPeriod", "showTrend": true}, "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000003", "widgetId": "active-sessions",
          "position": {"x": 6, "y": 0, "width": 3, "height": 2}, "visible": true,
          "config": {"showTrend": true}, "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000004", "widgetId": "conversion-rate",
          "position": {"x": 9, "y": 0, "width": 3, "height": 2}, "visible": true,
          "config": {"showTrend": true, "format": "percentage"}, "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000005", "widgetId": "revenue-chart",
          "position": {"x": 0, "y": 2, "width": 6, "height": 4}, "visible": true,
          "config": {"dateRange": "30d", "showLegend": true, "smoothLine": true},
          "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000006", "widgetId": "sales-by-category",
          "position": {"x": 6, "y": 2, "width": 6, "height": 4}, "visible": true,
          "config": {"dateRange": "30d", "showLegend": true, "orientation": "vertical"},
          "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000007", "widgetId": "recent-orders",
          "position": {"x": 0, "y": 6, "width": 8, "height": 4}, "visible": true,
          "config": {"limit": 10, "showStatus": true, "sortBy": "date", "sortOrder": "desc"},
          "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000008", "widgetId": "top-products",
          "position": {"x": 8, "y": 6, "width": 4, "height": 4}, "visible": true,
          "config": {"limit": 5, "showThumbnail": true, "metric": "revenue"}, "lastUpdated": "2026-01-15T12:00:00.000Z"
        }
      ]
    },
    "isDefault": true,
    "isRoleDefault": false,
    "createdAt": "2026-01-15T12:00:00.000Z",
    "updatedAt": "2026-01-15T12:00:00.000Z"
  }'::jsonb;
end;
$function$;

CREATE OR REPLACE FUNCTION private.keep_view_version(p_view public.dashboard_views, p_layout jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update private.view_versions
  set layout = p_layout
  where workspace_id = p_view.workspace_id and view_id = p_view.id and version = p_view.version;
  insert into private.view_versions (workspace_id, view_id, version, saved_by)
  values (p_view.workspace_id, p_view.id, p_view.version + 1, (select auth.uid()));

  if not private.keeps_all_versions(p_view.workspace_id) then
    delete from private.view_versions
    where workspace_id = p_view.workspace_id and view_id = p_view.id and version = p_view.version + 1 - 50;
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.keeps_all_versions(p_workspace_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return exists (select from public.workspaces w where w.id = p_workspace_id and w.plan_type = 'premium');
end;
$function$;

CREATE OR REPLACE FUNCTION private.kept_layout(p_view public.dashboard_views, p_version bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  if p_version = p_view.version then
    return private.view_layout(p_view);
  end if;
  if p_version <= p_view.version - 50 and not private.keeps_all_versions(p_view.workspace_id) then
    return null;
  end if;
  return (
    select h.layout
    from private.view_versions h
    where h.workspace_id = p_view.workspace_id and h.view_id = p_view.id and h.version = p_version
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.label_view_version(p_view public.dashboard_views, p_label text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update private.view_versions h
  set label = p_label
  from public.dashboard_views v
  where v.workspace_id = p_view.workspace_id
    and v.id = p_view.id
    and h.workspace_id = v.workspace_id
    and h.view_id = v.id
    and h.version = v.version;
end;
$function$;

CREATE OR REPLACE FUNCTION private.last_widget_version(p_view public.dashboard_views, p_widget_id uuid)
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  if p_widget_id is null then
    return null;
  end if;
  return (
    select (b.widget ->> 'version')::bigint
    from private.view_versions h
    cross join jsonb_array_elements(h.layout -> 'widgets') as b (widget)
    where h.workspace_id = p_view.workspace_id and h.view_id = p_view.id and b.widget ->> 'id' = p_widget_id::text
    order by h.version desc
    limit 1
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.layout_before(p_view public.dashboard_views, p_were public.widgets[])
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids constant uuid[] := array(select w.id from unnest(p_were) as w);
begin
  return private.layout_document(p_view, (
    select jsonb_agg(private.widget_document(b.widget)
      order by (b.widget).y, (b.widget).x, (b.widget).instance_id)
    from (
      select w as widget
      from public.widgets w
      where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id and w.id <> all (v_ids)
      union all
      select w from unnest(p_were) as w
    ) as b
  ));
end;
$function$;

CREATE OR REPLACE FUNCTION private.layout_document(p_view public.dashboard_views, p_widgets jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'version', 1,
    'gridColumns', 12,
    'rowHeight', p_view.row_height,
    'gap', p_view.gap,
    'widgets', coalesce(p_widgets, '[]')
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.layout_problem(p_layout jsonb, p_path text DEFAULT ''::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_problem jsonb := coalesce(
    private.keys_problem(p_path, p_layout, '{version,gridColumns,rowHeight,gap,widgets}'),
    private.whole_number_problem(v_prefix || 'version', p_layout -> 'version', 1, 1),
    private.whole_number_problem(v_prefix || 'gridColumns', p_layout -> 'gridColumns', 12, 12),
    private.size_problem(v_prefix || 'rowHeight', p_layout -> 'rowHeight', false),
    private.size_problem(v_prefix || 'gap', p_layout -> 'gap', true),
    case
      when jsonb_typeof(p_layout -> 'widgets') is distinct from 'array' then
        private.document_problem(v_prefix || 'widgets', 'This must be a list of widgets.', 'Give [] for none.')
      when jsonb_array_length(p_layout -> 'widgets') > 200 then
        private.document_problem(v_prefix || 'widgets', 'A view has at most 200 widgets.', 'Make several views.')
    end
  );
begin
  if v_problem is not null then
    return v_problem;
  end if;

  select p.problem into v_problem
  from jsonb_array_elements(p_layout -> 'widgets') with ordinality as w (widget, place)
  cross join lateral private.widget_problem(v_prefix || 'widgets.' || w.place - 1, w.widget) as p (problem)
  where p.problem is not null
  order by w.place
  limit 1;
  if found then
    return v_problem;
  end if;

  select private.document_problem(v_prefix || 'widgets.' || d.place - 1 || '.instanceId',
    'Another widget of the layout has this instanceId already.', 'Give each widget an instanceId of its own.')
  into v_problem
  from (
    select w.place, row_number() over (partition by lower(w.widget ->> 'instanceId') order by w.place) as nth
    from jsonb_array_elements(p_layout -> 'widgets') with ordinality as w (widget, place)
  ) as d
  where d.nth = 2
  order by d.place
  limit 1;
  return v_problem;
end;
$function$;

CREATE OR REPLACE FUNCTION private.line_problem(p_path text, p_value jsonb, p_min integer, p_max integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  v_line constant text := case when jsonb_typeof(p_value) = 'string' then private.clean_text(p_value #>> '{}') end;
begin
  if (char_length(v_line) between p_min and p_max) is not true then
    return private.document_problem(p_path,
      format('This must be a text of %s to %s visible characters.', p_min, p_max), 'Shorten it, or give one.');
  end if;
  -- Where a tag, a comment or a declaration would begin (HTML, 13.2.5.6, tag open state): a front end that forgets to
  -- escape a name once must not run what a colleague wrote.
  if v_line ~ '<[A-Za-z/!?]' then
    return private.document_problem(p_path, 'This must not hold HTML.', 'Put a space after "<", or leave it out.');
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.list_view_versions(p_view_id uuid, p_before bigint, p_per_page integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
  v_oldest constant bigint := case
    when private.keeps_all_versions(v_view.workspace_id) then 1 else v_view.version - 49
  end;
begin
  if (p_per_page between 1 and 100) is not true then
    perform private.raise_invalid_input('per_page',
      'A page has 1 to 100 versions.', 'Give a whole number from 1 to 100.');
  end if;
  return (
    select coalesce(jsonb_agg(
      jsonb_build_object(
        'version', h.version,
        'label', h.label,
        'savedAt', private.moment_text(h.saved_at),
        'savedBy', case when h.saved_by is not null then jsonb_build_object(
          'id', h.saved_by, 'name', (select p.name from public.profiles p where p.id = h.saved_by)) end,
        'isCurrent', h.version = v_view.version
      )
      order by h.version desc
    ), '[]')
    from (
      select *
      from private.view_versions x
      where x.workspace_id = v_view.workspace_id
        and x.view_id = v_view.id
        and x.version >= v_oldest
        and x.version < coalesce(p_before, v_view.version + 1)
      order by x.version desc
      limit p_per_page
    ) as h
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.list_views(p_workspace_id text, p_deleted boolean)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  return (
    select coalesce(jsonb_agg(
      private.view_summary(
        v, a.access, v.id = p.default_dashboard_view, v.id = p.active_dashboard_view, r.role_key)
        || jsonb_build_object('widgetCount', c.widgets)
        || case when v.deleted_at is null
          then '{}' else jsonb_build_object('deletedAt', private.moment_text(v.deleted_at)) end
      order by v.name collate "und-x-icu", v.id
    ), '[]')
    from private.views_of_caller(p_workspace_id, p_deleted) a
    join public.dashboard_views v on v.workspace_id = a.workspace_id and v.id = a.id
    left join public.preferences p on p.workspace_id = v.workspace_id and p.user_id = v_user_id
    left join lateral (
      select d.role_key
      from public.role_default_views d
      left join public.workspace_members m
        on m.workspace_id = d.workspace_id and m.user_id = v_user_id and m.role_key = d.role_key
      where d.workspace_id = v.workspace_id and d.view_id = v.id
      order by m.user_id is null, d.role_key
      limit 1
    ) r on true
    cross join lateral (
      select count(*) as widgets from public.widgets w where w.workspace_id = v.workspace_id and w.view_id = v.id
    ) c
    -- Also said of the views themselves, which are found by their key then.
    where v.workspace_id = p_workspace_id
      and a.access <> 'none'
      and (not p_deleted or a.access = 'manage')
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.lock_view(p_view_id uuid)
 RETURNS public.dashboard_views
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_view public.dashboard_views;
begin
  -- Those who save wait for each other here, and get their turn in the order in which they came.
  perform pg_advisory_xact_lock(hashtextextended('private.lock_view ' || p_view_id, 0));
  -- Widgets before their view, as every change of widgets locks them; and all at once or none, since a statement that
  -- changes many comes to them in an order of its own: who waits for one while holding others can be waited for.
  for v_try in 1..1000 loop
    begin
      perform from public.widgets w
      where (w.workspace_id, w.view_id) in (
        select v.workspace_id, v.id from public.dashboard_views v where v.id = p_view_id)
      for update nowait;
      exit;
    exception when lock_not_available then
      if v_try = 1000 then
        perform private.raise_error('conflict',
          'Somebody else is changing the widgets of this view.', 'view_id', 'Try again in a moment.');
      end if;
      perform pg_sleep(0.005);
    end;
  end loop;
  select * into v_view from public.dashboard_views v where v.id = p_view_id for no key update;
  if not found or v_view.deleted_at is not null then
    perform private.view_not_found();
  end if;
  return v_view;
end;
$function$;

CREATE OR REPLACE FUNCTION private.lock_widgets(p_view_ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- Waiting, and not by trying again as lock_view does: who removes views may hold what the other waits for, which only
  -- a lock that is waited for lets the database see.
  perform from public.widgets w
  where (w.workspace_id, w.view_id) in (
    select v.workspace_id, v.id from public.dashboard_views v where v.id = any (p_view_ids))
  order by w.id
  for update;
end;
$function$;

CREATE OR REPLACE FUNCTION private.may_use_component(p_workspace_id text, p_allowed_roles text[])
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return exists (
    select from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    where m.workspace_id = p_workspace_id
      and m.user_id = (select auth.uid())
      and m.status = 'active'
      and private.role_may_use(r.key, r.permissions, p_allowed_roles)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.merged_value(p_base jsonb, p_theirs jsonb, p_mine jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return case
    when p_mine = p_theirs or p_mine = p_base then p_theirs
    when p_theirs = p_base then p_mine
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.merged_widgets(p_base jsonb, p_theirs jsonb, p_mine jsonb)
 RETURNS TABLE(instance_id uuid, place bigint, outcome text, base jsonb, theirs jsonb, mine jsonb)
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  return query
    with b as (
      select (w.value ->> 'instanceId')::uuid as id, w.value as widget
      from jsonb_array_elements(p_base -> 'widgets') as w
    ),
    t as (
      select (w.value ->> 'instanceId')::uuid as id, w.value as widget
      from jsonb_array_elements(p_theirs -> 'widgets') as w
    ),
    m as (
      select (w.value ->> 'instanceId')::uuid as id, w.value as widget, w.ordinality - 1 as place
      from jsonb_array_elements(p_mine -> 'widgets') with ordinality as w
    )
    select id, m.place,
      case
        when private.widget_is_same(m.widget, t.widget) then 'keep'
        when private.widget_is_same(m.widget, b.widget) then 'keep'
        when not private.widget_is_same(t.widget, b.widget) then 'conflict'
        when m.widget is null then 'remove'
        when t.widget is null then 'make'
        else 'change'
      end,
      b.widget, t.widget, m.widget
    from t full join b using (id) full join m using (id);
end;
$function$;

CREATE OR REPLACE FUNCTION private.moment_problem(p_path text, p_value jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  c_hint constant text := 'Give a moment such as 2026-01-31T12:00:00Z.';
begin
  return coalesce(
    private.text_problem(p_path, p_value,
      '^(?!000[01]|9999)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])'
        'T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$',
      c_hint),
    case when not pg_input_is_valid(p_value #>> '{}', 'timestamptz') then
      private.document_problem(p_path, 'There is no such day.', c_hint)
    end
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.moment_text(p_moment timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return to_char(p_moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
end;
$function$;

CREATE OR REPLACE FUNCTION private.my_access(p_workspace_id text, p_resource_type text, p_resource_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view public.dashboard_views;
  v_widget public.widgets;
begin
  perform private.require_workspace_id(p_workspace_id);
  if p_resource_type is null or p_resource_type not in ('dashboard', 'widget') then
    perform private.raise_invalid_input('resource_type',
      'There is no access to this kind of thing.', 'Give "dashboard" or "widget".');
  end if;

  if p_resource_type = 'widget' then
    select * into v_widget from public.widgets w where w.workspace_id = p_workspace_id and w.id = p_resource_id;
    return case when found then private.access_to_widget(v_widget) else 'none' end;
  end if;
  select * into v_view
  from public.dashboard_views v
  where v.workspace_id = p_workspace_id and v.id = p_resource_id and v.deleted_at is null;
  return case when found then private.access_to_view(v_view) else 'none' end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.own_preferences(p_workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_preferences public.preferences;
begin
  select * into v_preferences
  from public.preferences p
  where p.workspace_id = p_workspace_id and p.user_id = (select auth.uid());
  return private.preferences_document(v_preferences);
end;
$function$;

CREATE OR REPLACE FUNCTION private.patch_preferences(p_workspace_id text, p_patch jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
  v_theme constant text := p_patch ->> 'active_theme_id';
  v_theme_id constant uuid := case when pg_input_is_valid(v_theme, 'uuid') then v_theme::uuid end;
  v_view constant text := p_patch ->> 'active_dashboard_view';
  v_view_id constant uuid := case when pg_input_is_valid(v_view, 'uuid') then v_view::uuid end;
  v_row public.preferences;
begin
  perform private.require_membership(p_workspace_id);
  perform private.require_preferences_patch(p_patch);

  if v_theme is not null then
    perform private.require_permission(p_workspace_id, 'themes.read');
    if not exists (
        select from public.themes
        where workspace_id = p_workspace_id
          and id = v_theme_id
          and (visibility = 'workspace' or owner_id = v_user_id))
      and not exists (select from public.built_in_themes where key = v_theme)
    then
      perform private.raise_invalid_input('active_theme_id',
        'There is no such theme, or it is not for you.', 'Give the id of a theme that list_themes gives.');
    end if;
  end if;

  if v_view_id is not null and not private.sees_view(p_workspace_id, v_view_id) then
    perform private.raise_invalid_input('active_dashboard_view',
      'There is no such view, or it is not for you.', 'Give the id of a view that list_views gives.');
  end if;

  -- Under the lock of the row, so that of two patches at the same moment neither is lost.
  insert into public.preferences (workspace_id, user_id)
  values (p_workspace_id, v_user_id)
  on conflict (workspace_id, user_id) do nothing;
  select * into v_row
  from public.preferences
  where workspace_id = p_workspace_id and user_id = v_user_id
  for update;

  if p_patch ? 'locale' then
    v_row.locale := p_patch ->> 'locale';
  end if;
  if p_patch ? 'theme_mode' then
    v_row.theme_mode := coalesce(p_patch ->> 'theme_mode', 'system');
  end if;
  if p_patch ? 'active_theme_id' then
    v_row.active_theme_id := v_theme_id;
    v_row.active_built_in_theme := case when v_theme_id is null then v_theme end;
  end if;
  if p_patch ? 'sidebar_collapsed' then
    v_row.sidebar_collapsed := p_patch -> 'sidebar_collapsed' = 'true';
  end if;
  if p_patch ? 'active_dashboard_view' then
    v_row.active_dashboard_view := v_view_id;
  end if;
  if p_patch ? 'extras' then
    v_row.extras := case jsonb_typeof(p_patch -> 'extras')
      when 'object' then private.patched_extras(v_row.extras, p_patch -> 'extras')
      else '{}'
    end;
    if octet_length(v_row.extras::text) > 16384 then
      perform private.raise_invalid_input('extras',
        'The extras must not be larger than 16 KiB.', 'Remove some with null, or keep large things elsewhere.');
    end if;
  end if;

  update public.preferences
  set locale = v_row.locale,
    theme_mode = v_row.theme_mode,
    active_theme_id = v_row.active_theme_id,
    active_built_in_theme = v_row.active_built_in_theme,
    sidebar_collapsed = v_row.sidebar_collapsed,
    active_dashboard_view = v_row.active_dashboard_view,
    extras = v_row.extras
  where workspace_id = p_workspace_id and user_id = v_user_id;

  return private.preferences_document(v_row);
end;
$function$;

CREATE OR REPLACE FUNCTION private.position_problem(p_prefix text, p_position jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return coalesce(
    private.whole_number_problem(p_prefix || 'x', p_position -> 'x', 0, 11),
    private.whole_number_problem(p_prefix || 'y', p_position -> 'y', 0, 10000),
    private.whole_number_problem(p_prefix || 'width', p_position -> 'width', 1, 12),
    private.whole_number_problem(p_prefix || 'height', p_position -> 'height', 1, 10000),
    case when (p_position -> 'x')::numeric + (p_position -> 'width')::numeric > 12 then
      private.document_problem(p_prefix || 'width', 'The widget reaches beyond the grid, which has 12 columns.',
        'Make it narrower, or move it to the left.')
    end
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.problem_below(p_path text, p_problem jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return jsonb_set(p_problem, '{path}', to_jsonb(concat_ws('.', p_path, nullif(p_problem ->> 'path', ''))));
end;
$function$;

CREATE OR REPLACE FUNCTION private.publish_component(p_workspace_id text, p_document jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_key constant text := p_document ->> 'id';
  v_version constant text := p_document ->> 'version';
  v_caller constant uuid := (select auth.uid());
begin
  perform private.require_permission(p_workspace_id, 'components.write');
  perform private.require_premium(p_workspace_id, 'custom_components');
  perform private.refuse_problem(private.component_problem(p_document));
  if exists (select from public.built_in_components b where b.key = v_key) then
    perform private.raise_invalid_input('id', 'There is a built-in component of this id.', 'Give another one.');
  end if;

  perform private.lock_workspace(p_workspace_id);
  perform private.require_room_for_component(p_workspace_id, v_key, p_document ->> 'type', v_version);

  insert into public.components (workspace_id, key, type, created_by)
  values (p_workspace_id, v_key, p_document ->> 'type', v_caller)
  on conflict (workspace_id, key) do nothing;
  insert into public.component_versions (
    workspace_id, component_key, version, title, description, icon, allowed_roles, size_config, default_config,
    config_schema, data_schema, published_by
  )
  values (
    p_workspace_id, v_key, v_version, private.clean_text(p_document ->> 'title'),
    private.clean_text(p_document ->> 'description'), p_document ->> 'icon',
    array(select jsonb_array_elements_text(p_document -> 'allowedRoles')), p_document -> 'sizeConfig',
    p_document -> 'defaultConfig', p_document -> 'configSchema', p_document -> 'dataSchema', v_caller
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.refuse_components(p_workspace_id text, p_path text, p_widgets jsonb, p_checks_role boolean)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_widget record;
  v_component record;
begin
  for v_widget in
    select r.document, p_path || 'widgets.' || r.place as path
    from jsonb_to_recordset(p_widgets) as r (place bigint, document jsonb, is_other_component boolean)
    where r.is_other_component
    order by r.place
  loop
    v_component := private.component_version_of(
      p_workspace_id, v_widget.document ->> 'widgetId', v_widget.document ->> 'componentVersion');
    if v_component.is_built_in is null then
      perform private.raise_invalid_input(
        v_widget.path || case when v_widget.document ? 'componentVersion' then '.componentVersion' else '.widgetId' end,
        'There is no such component in this workspace.', 'Give the id of one that available_components gives.');
    end if;
    if p_checks_role and not private.may_use_component(p_workspace_id, v_component.allowed_roles) then
      perform private.raise_error('permission_denied',
        'This component is not for your role.', v_widget.path || '.widgetId',
        'Choose one that available_components gives.');
    end if;
  end loop;
end;
$function$;

CREATE OR REPLACE FUNCTION private.refuse_configs(p_workspace_id text, p_path text, p_widgets jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.refuse_problem((
    select private.config_problem(p_path || 'widgets.' || r.place || '.config', r.document -> 'config', c.config_schema)
    from jsonb_to_recordset(p_widgets) as r (place bigint, document jsonb)
    cross join lateral private.component_version_of(
      p_workspace_id, r.document ->> 'widgetId', r.document ->> 'componentVersion') as c
    where private.config_problem('', r.document -> 'config', c.config_schema) is not null
    order by r.place
    limit 1
  ));
end;
$function$;

CREATE OR REPLACE FUNCTION private.refuse_conflicts(p_version bigint, p_conflicts jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if p_conflicts is null then
    return;
  end if;
  perform private.raise_error('conflict',
    'Somebody else changed the same part of this view since it was read.',
    jsonb_build_object('version', p_version, 'conflicts', p_conflicts)::text,
    'Decide for each conflict and save again with the version in `details` as expected_version; `base` is what you '
      'began from (null for nothing), `theirs` what is there, `mine` what you would have.');
end;
$function$;

CREATE OR REPLACE FUNCTION private.refuse_large_export(p_document jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_problem constant jsonb := private.exported_lists_problem(p_document);
begin
  if v_problem is not null then
    perform private.raise_error('conflict',
      'This is more than one export can hold: 4 MiB, and 200 views, themes or components.', v_problem ->> 'path',
      'Export the views one by one.');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.refuse_stale_widget(p_old public.widgets, p_new public.widgets)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_base jsonb;
begin
  -- The rows are arguments, which anybody could make up.
  if (select auth.uid()) is not null and private.access_to_widget(p_old) = 'none' then
    perform private.view_not_found();
  end if;
  -- Versions of a widget only rise, so the search is over at the first one that is not higher: a number that never was
  -- would else be looked for in a history of any length.
  if p_new.version between 1 and p_old.version then
    select b.widget into v_base
    from private.view_versions h
    cross join jsonb_array_elements(h.layout -> 'widgets') as b (widget)
    where h.workspace_id = p_old.workspace_id
      and h.view_id = p_old.view_id
      and b.widget -> 'id' = to_jsonb(p_old.id)
      and b.widget -> 'version' <= to_jsonb(p_new.version)
    order by h.version desc
    limit 1;
    if v_base -> 'version' <> to_jsonb(p_new.version) then
      v_base := null;
    end if;
  end if;
  perform private.raise_error('conflict',
    'The widget was changed since it was read.',
    jsonb_build_object(
      'version', p_old.version,
      'conflicts', jsonb_build_array(jsonb_build_object(
        'path', '',
        'instanceId', p_old.instance_id,
        'base', v_base,
        'theirs', private.widget_document(p_old),
        'mine', private.widget_document(p_new)
      ))
    )::text,
    'Put your change into what is there, and name the version in `details`.');
end;
$function$;

CREATE OR REPLACE FUNCTION private.remove_deleted_views()
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_removed bigint;
begin
  perform private.lock_widgets(array(
    select v.id from public.dashboard_views v where v.deleted_at < now() - interval '30 days'));
  delete from public.dashboard_views where deleted_at < now() - interval '30 days';
  get diagnostics v_removed = row_count;
  return v_removed;
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_access(p_workspace_id text, p_resource_type text, p_resource_id uuid, p_levels text[])
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  -- To take everything away is a manager's.
  c_levels constant text[] := '{view,edit,manage,none}';
  v_access constant text := private.my_access(p_workspace_id, p_resource_type, p_resource_id);
  v_held constant integer := case v_access when 'none' then 0 else array_position(c_levels, v_access) end;
  v_needed constant integer := (
    select least(max(array_position(c_levels, l.level)), 3) from unnest(p_levels) as l (level));
begin
  if v_held < v_needed then
    perform private.raise_error('permission_denied',
      'Nobody gives or takes more access to a thing than they have.', c_levels[v_needed],
      'Ask the owner of the view, or who manages it.');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_layout(p_view public.dashboard_views, p_version bigint, p_field text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_layout constant jsonb := private.kept_layout(p_view, p_version);
begin
  if v_layout is null then
    perform private.raise_error('not_found',
      'The view has no such version, or it is not kept any more.', p_field, 'Read the list of versions again.');
  end if;
  return private.without_withheld(v_layout, p_view);
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_room_for_component(p_workspace_id text, p_key text, p_type text, p_version text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  c_most_components constant integer := 200;
  c_most_versions constant integer := 100;
  v_type text;
  v_latest text;
  v_versions bigint;
begin
  select c.type into v_type
  from public.components c
  where c.workspace_id = p_workspace_id and c.key = p_key;
  if not found then
    if (select count(*) from public.components c where c.workspace_id = p_workspace_id) >= c_most_components then
      perform private.raise_error('conflict',
        'The workspace has as many components as a workspace can have.', c_most_components::text,
        'Delete one that is not used; `details` is the limit.');
    end if;
    return;
  end if;
  if v_type <> p_type then
    perform private.raise_error('conflict',
      'A component keeps its type: those who use it count on what it shows.', 'type',
      'Publish it under another id.');
  end if;

  select (array_agg(v.version order by private.version_order(v.version) desc))[1], count(*) into v_latest, v_versions
  from public.component_versions v
  where v.workspace_id = p_workspace_id and v.component_key = p_key;
  if private.version_order(p_version) <= private.version_order(v_latest) then
    perform private.raise_error('conflict',
      'There is this version already, or a higher one.', v_latest,
      'Give a higher version; `details` is the latest one.');
  end if;
  if v_versions >= c_most_versions then
    perform private.raise_error('conflict',
      'The component has as many versions as a component can have.', c_most_versions::text,
      'Publish it under another id; `details` is the limit.');
  end if;
end;
$function$;

CREATE OR REPLACE FUNCTION private.require_view(p_view_id uuid, p_access text, p_is_deleted boolean DEFAULT false)
 RETURNS public.dashboard_views
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  c_levels constant text[] := '{none,view,edit,manage}';
  v_view public.dashboard_views;
  v_access text;
begin
  select * into v_view from public.dashboard_views v where v.id = p_view_id;
  v_access := case when found then private.access_to_view(v_view) else 'none' end;
  if v_access = 'none' or (v_view.deleted_at is not null) <> p_is_deleted then
    perform private.view_not_found();
  end if;
  if array_position(c_levels, v_access) < array_position(c_levels, p_access) then
    perform private.raise_error('permission_denied',
      'You may look at this view and not do this with it.', p_access,
      'Ask its owner or an administrator, or make a copy of it.');
  end if;
  return v_view;
end;
$function$;

CREATE OR REPLACE FUNCTION private.restore_view(p_view_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'manage', true);
begin
  update public.dashboard_views
  set deleted_at = null
  where workspace_id = v_view.workspace_id and id = v_view.id;
  return private.stored_view(v_view.id);
end;
$function$;

CREATE OR REPLACE FUNCTION private.restore_view_version(p_view_id uuid, p_version bigint, p_expected_version bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'edit');
  v_layout constant jsonb := private.require_layout(v_view, p_version, 'version');
  v_gone jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object(
    'path', 'widgets.' || w.ordinality - 1,
    'instanceId', w.value -> 'instanceId',
    'code', 'not_found',
    'message', 'The component is not there any more.') order by w.ordinality), '[]')
  into v_gone
  from jsonb_array_elements(v_layout -> 'widgets') with ordinality as w
  cross join lateral private.component_version_of(
    v_view.workspace_id, w.value ->> 'widgetId', w.value ->> 'componentVersion') as c
  where c.is_built_in is null;

  perform private.apply_layout(
    p_view_id,
    private.without_widgets(v_layout, 'instanceId', array(
      select (g.value ->> 'instanceId')::uuid from jsonb_array_elements(v_gone) as g)),
    coalesce(p_expected_version, v_view.version),
    format('Restored from version %s', p_version),
    p_restores => true);
  return private.stored_view(p_view_id) || jsonb_build_object('notRestored', v_gone);
end;
$function$;

CREATE OR REPLACE FUNCTION private.role_may_use(p_role_key text, p_permissions text[], p_allowed_roles text[])
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return 'components.read' = any (p_permissions) and (
    p_role_key = any ('{admin}' || p_allowed_roles)
    or p_allowed_roles && case
      when 'dashboards.write' = any (p_permissions) then '{member,manager,analyst}'::text[]
      else '{viewer}'
    end
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.save_layout(p_view_id uuid, p_layout jsonb, p_expected_version bigint, p_label text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.apply_layout(p_view_id, p_layout, p_expected_version, p_label);
  return private.stored_view(p_view_id);
end;
$function$;

CREATE OR REPLACE FUNCTION private.save_view(p_view_id uuid, p_document jsonb, p_expected_version bigint, p_label text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'edit');
begin
  -- What is added to a view where one is read may come back as it is.
  perform private.refuse_problem(private.view_problem(
    case jsonb_typeof(p_document)
      when 'object' then p_document - '{isActive,visibility,access,ownerId,version,source,notRestored}'::text[]
      else p_document
    end));
  perform private.apply_layout(p_view_id, p_document -> 'layout', p_expected_version, p_label, 'layout');
  update public.dashboard_views
  set name = p_document ->> 'name', description = coalesce(p_document ->> 'description', '')
  where workspace_id = v_view.workspace_id
    and id = v_view.id
    and (name, description) is distinct from (p_document ->> 'name', coalesce(p_document ->> 'description', ''));
  return private.stored_view(p_view_id);
end;
$function$;

CREATE OR REPLACE FUNCTION private.scalar_problem(p_path text, p_value jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  if jsonb_typeof(p_value) in ('array', 'object') then
    return private.document_problem(p_path, 'This must be a text, a number, true, false or null.', 'Give one of them.');
  end if;
  return private.value_problem(p_path, p_value, '{"maxLength": 200}');
end;
$function$;

CREATE OR REPLACE FUNCTION private.scalars_problem(p_path text, p_values jsonb, p_min integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  v_problem jsonb;
begin
  if jsonb_typeof(p_values) is distinct from 'array' or jsonb_array_length(p_values) not between p_min and 100 then
    return private.document_problem(p_path, format('This must be a list of %s to 100 values.', p_min),
      'Give fewer, or one.');
  end if;
  select p.problem into v_problem
  from jsonb_array_elements(p_values) with ordinality as a (value, n)
  cross join lateral private.scalar_problem(p_path || '.' || (a.n - 1), a.value) as p (problem)
  where p.problem is not null
  order by a.n
  limit 1;
  if v_problem is null
    and jsonb_array_length(p_values) > (select count(distinct a.value) from jsonb_array_elements(p_values) as a)
  then
    v_problem := private.document_problem(p_path, 'There is a value twice.', 'Give each value once.');
  end if;
  return v_problem;
end;
$function$;

CREATE OR REPLACE FUNCTION private.schema_part_problem(p_path text, p_schema jsonb, p_depth integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  -- As in types/json-schema.ts: no name that every object of JavaScript has, such as __proto__.
  c_name constant text := '^(?!(?:constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|prototype|'
    'toLocaleString|toString|valueOf)$)[A-Za-z][A-Za-z0-9_-]{0,49}$';
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_problem jsonb;
  v_key text;
  v_schema jsonb;
begin
  if p_depth > 8 then
    return private.document_problem(p_path, 'This schema is nested too deeply.', 'Nest at most 8 schemas.');
  end if;
  v_problem := private.schema_words_problem(p_path, p_schema);
  if v_problem is not null then
    return v_problem;
  end if;

  if p_schema ? 'properties' then
    if (select count(*) from jsonb_object_keys(p_schema -> 'properties')) > 100 then
      return private.document_problem(v_prefix || 'properties', 'There are too many properties.', 'Give at most 100.');
    end if;
    for v_key, v_schema in select o.key, o.value from jsonb_each(p_schema -> 'properties') as o loop
      if v_key !~ c_name then
        return private.document_problem(v_prefix || 'properties', 'This is not the name of a property.',
          'Begin with a letter, and give at most 50 letters, digits, "-" and "_".');
      end if;
      v_problem := private.schema_part_problem(v_prefix || 'properties.' || v_key, v_schema, p_depth + 1);
      if v_problem is not null then
        return v_problem;
      end if;
    end loop;
  end if;
  return case when p_schema ? 'items' then
    private.schema_part_problem(v_prefix || 'items', p_schema -> 'items', p_depth + 1)
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.schema_problem(p_path text, p_schema jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  if jsonb_typeof(p_schema) is distinct from 'object' then
    return private.document_problem(p_path, 'This must be a JSON object.',
      'Give a JSON Schema such as {"type": "object"}.');
  end if;
  if octet_length(p_schema::text) > 16384 then
    return private.document_problem(p_path, 'This must not be larger than 16 KiB.',
      'Describe less, or leave some keys open.');
  end if;
  if p_schema -> 'type' is distinct from '"object"' then
    return private.document_problem(case when p_path = '' then 'type' else p_path || '.type' end,
      'This schema must describe an object.', 'Give "type": "object".');
  end if;
  return private.schema_part_problem(p_path, p_schema, 1);
end;
$function$;

CREATE OR REPLACE FUNCTION private.schema_words_problem(p_path text, p_schema jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  c_words constant jsonb := '{
    "type": "object",
    "properties": {
      "title": {"type": "string", "maxLength": 100},
      "description": {"type": "string", "maxLength": 500},
      "minimum": {"type": "number"},
      "maximum": {"type": "number"},
      "minLength": {"type": "integer", "minimum": 0, "maximum": 16384},
      "maxLength": {"type": "integer", "minimum": 0, "maximum": 16384},
      "minItems": {"type": "integer", "minimum": 0, "maximum": 16384},
      "maxItems": {"type": "integer", "minimum": 0, "maximum": 16384},
      "additionalProperties": {"type": "boolean"},
      "required": {"type": "array", "maxItems": 100, "items": {"type": "string"}},
      "properties": {"type": "object"},
      "items": {"type": "object"},
      "type": {}, "enum": {}, "const": {}, "default": {}
    },
    "additionalProperties": false
  }';
  c_types constant jsonb := '["string", "number", "integer", "boolean", "null", "array", "object"]';
  v_type constant jsonb := p_schema -> 'type';
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_required constant jsonb := p_schema -> 'required';
begin
  return coalesce(
    private.value_problem(p_path, p_schema, c_words),
    case when p_schema ? 'type' and not case jsonb_typeof(v_type)
        when 'string' then c_types @> v_type
        when 'array' then v_type <> '[]' and c_types @> v_type and jsonb_array_length(v_type)
          = (select count(distinct t.value) from jsonb_array_elements(v_type) as t)
        else false
      end
    then
      private.document_problem(v_prefix || 'type', 'This is not a type.', 'Give some of ' || c_types::text || '.')
    end,
    case when p_schema ? 'enum' then private.scalars_problem(v_prefix || 'enum', p_schema -> 'enum', 1) end,
    case when p_schema ? 'const' then private.scalar_problem(v_prefix || 'const', p_schema -> 'const') end,
    case jsonb_typeof(p_schema -> 'default')
      when 'object' then
        private.document_problem(v_prefix || 'default', 'This must be a value or a list of values.', 'Leave it out.')
      when 'array' then private.scalars_problem(v_prefix || 'default', p_schema -> 'default', 0)
      else private.scalar_problem(v_prefix || 'default', p_schema -> 'default')
    end,
    case when v_required is not null and (
        not coalesce(p_schema -> 'properties', '{}') ?& array(select jsonb_array_elements_text(v_required))
        or jsonb_array_length(v_required) > (select count(distinct r.value) from jsonb_array_elements(v_required) as r)
      )
    then
      private.document_problem(v_prefix || 'required',
        'A property is required that is not described, or twice.', 'Describe it in properties, and name it once.')
    end
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.sees_resource(p_workspace_id text, p_resource_type text, p_resource_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  -- Without an account it is an administrator of the database, who sees everything.
  if (select auth.uid()) is not null then
    return private.my_access(p_workspace_id, p_resource_type, p_resource_id) <> 'none';
  end if;
  return case p_resource_type
    when 'dashboard' then exists (
      select from public.dashboard_views v where v.workspace_id = p_workspace_id and v.id = p_resource_id)
    else exists (
      select from public.widgets w where w.workspace_id = p_workspace_id and w.id = p_resource_id)
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.sees_view(p_workspace_id text, p_view_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view public.dashboard_views;
begin
  select * into v_view
  from public.dashboard_views v
  where v.workspace_id = p_workspace_id and v.id = p_view_id and v.deleted_at is null;
  return found and private.access_to_view(v_view) <> 'none';
end;
$function$;

CREATE OR REPLACE FUNCTION private.set_default_view(p_workspace_id text, p_view_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  if p_view_id is not null and not private.sees_view(p_workspace_id, p_view_id) then
    perform private.view_not_found();
  end if;
  insert into public.preferences (workspace_id, user_id, default_dashboard_view)
  values (p_workspace_id, (select auth.uid()), p_view_id)
  on conflict (workspace_id, user_id) do update set default_dashboard_view = excluded.default_dashboard_view;
end;
$function$;

CREATE OR REPLACE FUNCTION private.set_role_default_view(p_workspace_id text, p_role_key text, p_view_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_view public.dashboard_views;
begin
  perform private.require_permission(p_workspace_id, 'workspace.update');
  perform private.require_role(p_workspace_id, p_role_key, 'role_key');
  if p_view_id is null then
    delete from public.role_default_views where workspace_id = p_workspace_id and role_key = p_role_key;
    return;
  end if;

  v_view := private.require_view(p_view_id, 'view');
  if v_view.workspace_id <> p_workspace_id or v_view.visibility <> 'workspace' then
    perform private.raise_invalid_input('view_id',
      'What a role sees first is a view that is shared with its workspace.',
      'Share the view with the workspace first.');
  end if;
  insert into public.role_default_views (workspace_id, role_key, view_id)
  values (p_workspace_id, p_role_key, p_view_id)
  on conflict (workspace_id, role_key) do update set view_id = excluded.view_id;
end;
$function$;

CREATE OR REPLACE FUNCTION private.size_problem(p_path text, p_value jsonb, p_may_be_zero boolean)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  c_smallest constant numeric := 2.5e-324;
  v_number constant numeric := case when jsonb_typeof(p_value) = 'number' then p_value::numeric end;
begin
  -- What is smaller than c_smallest is 0 to JavaScript.
  if (v_number between 0 and 10000 and (v_number > c_smallest or p_may_be_zero)) is not true then
    return private.document_problem(p_path, 'This is not a number of pixels that a grid can have.',
      'Give a number such as 16, at most 10000.');
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.stored_view(p_view_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select private.view_document(v, private.access_to_view(v)) from public.dashboard_views v where v.id = p_view_id);
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_dashboard_view_shares_validate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if new.access is null or new.access not in ('view', 'edit') then
    perform private.raise_invalid_input('access', 'This is not how a view is shared.', 'Give "view" or "edit".');
  end if;
  if num_nonnulls(new.user_id, new.role_key) <> 1 then
    perform private.raise_invalid_input('user_id',
      'A share is for one person or for one role.', 'Give either user_id or role_key.');
  end if;
  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_dashboard_views_begin_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if not private.has_begun_version(old.workspace_id, old.id) then
    perform private.keep_view_version(old, private.view_layout(old));
    new.version := old.version + 1;
  end if;
  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_dashboard_views_check_visibility()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if (select auth.uid()) is not null and private.access_to_view(old) <> 'manage' then
    perform private.raise_error('permission_denied',
      'Only who manages a view decides who sees it.', 'manage', 'Ask its owner or an administrator.');
  end if;
  if new.visibility = 'personal' then
    if old.owner_id is null or old.owner_id is distinct from (select auth.uid()) then
      perform private.raise_error('conflict',
        'Only its owner can make a view personal.', 'visibility', 'Make a copy of it.');
    end if;
    if exists (
      select from public.role_default_views d where d.workspace_id = old.workspace_id and d.view_id = old.id)
    then
      perform private.raise_error('conflict',
        'The view is what a role sees first.', 'visibility', 'Give the role another default first.');
    end if;
  end if;
  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_dashboard_views_drop_grants()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  -- A workspace that is being deleted takes all of its grants along, without a look into the history of each view.
  if not exists (select from public.workspaces w where w.id = old.workspace_id) then
    return old;
  end if;
  delete from public.resource_grants g
  where g.workspace_id = old.workspace_id
    and (tg_op = 'DELETE' or g.access <> 'none')
    and (
      g.resource_type = 'dashboard' and g.resource_id = old.id
      or g.resource_type = 'widget' and g.resource_id in (
        select w.id from public.widgets w where w.workspace_id = old.workspace_id and w.view_id = old.id
        union
        select (b.widget ->> 'id')::uuid
        from private.view_versions h cross join jsonb_array_elements(h.layout -> 'widgets') as b (widget)
        where h.workspace_id = old.workspace_id and h.view_id = old.id
      )
    );
  return old;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_dashboard_views_first_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  insert into private.view_versions (workspace_id, view_id, version, saved_by)
  values (new.workspace_id, new.id, new.version, (select auth.uid()));
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_dashboard_views_validate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.refuse_problem(coalesce(
    private.line_problem('name', to_jsonb(new.name), 1, 50),
    private.line_problem('description', to_jsonb(new.description), 0, 200)));
  new.name := private.clean_text(new.name);
  new.description := private.clean_text(new.description);
  if (new.row_height > 0 and new.row_height <= 10000) is not true then
    perform private.raise_invalid_input('row_height',
      'The height of a row must be more than 0 and at most 10000.', 'Give a number of pixels such as 80.');
  end if;
  if (new.gap between 0 and 10000) is not true then
    perform private.raise_invalid_input('gap', 'The gap must be between 0 and 10000.', 'Give a number such as 16.');
  end if;
  if new.visibility is null or new.visibility not in ('workspace', 'personal') then
    perform private.raise_invalid_input('visibility',
      'This is not a visibility of views.', 'Give "workspace" or "personal".');
  end if;

  if tg_op = 'INSERT' then
    new.owner_id := coalesce((select auth.uid()), new.owner_id);
    new.created_by := new.owner_id;
    if new.visibility = 'personal' and new.owner_id is null then
      perform private.raise_invalid_input('visibility',
        'A personal view belongs to a person.', 'Give "workspace", or make the view as that person.');
    end if;
  end if;
  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_dashboard_views_within_limit()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if tg_op = 'UPDATE' and new.deleted_at is not null then
    return new;
  end if;
  -- Two at the same moment may both find the last place; the limit is there against floods, not to be exact.
  if (select count(*) from public.dashboard_views
      where workspace_id = new.workspace_id and owner_id = new.owner_id and deleted_at is null) >= 200
  then
    perform private.raise_error('conflict',
      'Nobody has more than 200 views in a workspace.', 'workspace_id', 'Delete some that are not needed.');
  end if;
  if tg_op = 'INSERT' and (select count(*) from public.dashboard_views
      where workspace_id = new.workspace_id and owner_id = new.owner_id) >= 1000
  then
    perform private.raise_error('conflict',
      'You have deleted very many views in this workspace.', 'workspace_id',
      'Have some of them back in place of making others; deleted views go for good after 30 days.');
  end if;
  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_leave_views()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.lock_widgets(array(
    select v.id from public.dashboard_views v where v.workspace_id = old.workspace_id and v.owner_id = old.user_id));
  delete from public.dashboard_views
  where workspace_id = old.workspace_id and owner_id = old.user_id and visibility = 'personal';
  update public.dashboard_views
  set owner_id = null
  where workspace_id = old.workspace_id and owner_id = old.user_id;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_profiles_wait_to_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.wait_for_account_deletions();
  -- The views that the person made lose their maker, before the personal ones go.
  perform private.lock_widgets(array(select v.id from public.dashboard_views v where v.created_by = old.id));
  return old;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_resource_grants_validate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_caller constant uuid := (select auth.uid());
begin
  -- Before the values, and before the policy has its say, so that outsiders learn nothing from either.
  -- Without an account it is an administrator of the database.
  if v_caller is not null then
    perform private.require_permission(new.workspace_id, 'grants.write');
  end if;

  if new.resource_type is null or new.resource_type not in ('dashboard', 'widget') then
    perform private.raise_invalid_input('resource_type',
      'There are no grants on this kind of thing.', 'Give "dashboard" or "widget".');
  end if;
  if new.access is null or new.access not in ('none', 'view', 'edit', 'manage') then
    perform private.raise_invalid_input('access',
      'This is not a level of access.', 'Give "none", "view", "edit" or "manage".');
  end if;
  if tg_op = 'INSERT' and not private.sees_resource(new.workspace_id, new.resource_type, new.resource_id) then
    perform private.raise_invalid_input('resource_id',
      'There is no such dashboard or widget in the workspace, or it is not for you.',
      'Give the id of a view, or of the row of a widget.');
  end if;
  if num_nonnulls(new.user_id, new.role_key) <> 1 then
    perform private.raise_invalid_input('user_id',
      'A grant is for one person or for one role.', 'Give either user_id or role_key.');
  end if;

  perform private.require_premium(new.workspace_id, 'resource_grants');
  if v_caller is not null then
    perform private.require_held(new.workspace_id, private.permissions_to_grant(new.access));
    if tg_op = 'UPDATE' then
      perform private.require_held(new.workspace_id, private.permissions_to_grant(old.access));
    end if;
    perform private.require_access(new.workspace_id, new.resource_type, new.resource_id,
      array[new.access] || case tg_op when 'UPDATE' then array[old.access] end);
  end if;
  if new.access = 'none' and private.administers_access(new.workspace_id, new.user_id, new.role_key) then
    perform private.raise_error('conflict',
      'Access cannot be taken from those who hold grants.write, who could give it back to themselves.', 'access',
      'Give the person another role first, or take grants.write from the role.');
  end if;

  new.granted_by := v_caller;
  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_themes_within_limit()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  -- Two at the same moment may both find the last place; the limit is there against floods, not to be exact.
  if (select count(*) from public.themes
      where workspace_id = new.workspace_id and owner_id is not distinct from new.owner_id) > 200
  then
    perform private.raise_error('conflict',
      'Nobody has more than 200 themes in a workspace, and the workspace no more than 200 shared ones.', 'workspace_id',
      'Delete some that are not needed.');
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_widgets_begin_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  -- The policy, which refuses who may not edit the view, speaks later: without this question a stranger's attempt would
  -- wait for those who save the view, and make them wait.
  if not private.has_begun_version(new.workspace_id, new.view_id)
    and (
      (select auth.uid()) is null
      or private.my_access(new.workspace_id, 'dashboard', new.view_id) in ('edit', 'manage'))
  then
    perform private.begin_view_version(new.workspace_id, new.view_id);
  end if;
  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_widgets_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.begin_view_version(v.workspace_id, v.view_id, v.were)
  from (
    select o.workspace_id, o.view_id, array_agg(o::public.widgets) as were
    from changed_from o
    join changed_to n on n.workspace_id = o.workspace_id and n.id = o.id
    where n.version <> o.version
    group by o.workspace_id, o.view_id
    order by o.workspace_id, o.view_id
  ) as v;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_widgets_removed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.begin_view_version(v.workspace_id, v.view_id, v.were)
  from (
    select o.workspace_id, o.view_id, array_agg(o::public.widgets) as were
    from removed o
    group by o.workspace_id, o.view_id
    order by o.workspace_id, o.view_id
  ) as v;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_widgets_validate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_component record;
  v_is_other_component boolean := true;
begin
  -- Who may not edit the view is refused by the policy, and must learn nothing before that. One within the other, since
  -- an expression takes the right to every function in it, and the service has none to this one.
  if tg_op = 'INSERT' and current_user = 'authenticated' then
    if private.my_access(new.workspace_id, 'dashboard', new.view_id) not in ('edit', 'manage') then
      return new;
    end if;
  end if;

  if tg_op = 'UPDATE' then
    if new.version is distinct from old.version then
      perform private.refuse_stale_widget(old, new);
    end if;
    if new.component_key is distinct from old.component_key
      and new.component_version is not distinct from old.component_version
    then
      new.component_version := null;
    end if;
    v_is_other_component := (new.component_key, new.component_version)
      is distinct from (old.component_key, old.component_version);
    if (new.component_key, new.component_version, new.x, new.y, new.width, new.height, new.visible, new.config)
      is not distinct from
      (old.component_key, old.component_version, old.x, old.y, old.width, old.height, old.visible, old.config)
    then
      return new;
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
  else
    new.instance_id := coalesce(new.instance_id, gen_random_uuid());
  end if;

  perform private.refuse_problem(private.position_problem('',
    jsonb_build_object('x', new.x, 'y', new.y, 'width', new.width, 'height', new.height)));
  if new.visible is null then
    perform private.raise_invalid_input('visible', 'This must be true or false.', 'Give one of them.');
  end if;

  v_component := private.component_version_of(new.workspace_id, new.component_key, new.component_version);
  if v_component.is_built_in is null then
    perform private.raise_invalid_input(
      case when new.component_version is null then 'component_key' else 'component_version' end,
      'There is no such component in this workspace.', 'Give the id of one that available_components gives.');
  end if;
  if v_is_other_component and current_user = 'authenticated' then
    if not private.may_use_component(new.workspace_id, v_component.allowed_roles) then
      perform private.raise_error('permission_denied',
        'This component is not for your role.', 'component_key', 'Choose one that available_components gives.');
    end if;
  end if;
  if v_is_other_component or new.config is distinct from old.config then
    perform private.refuse_problem(private.config_problem('config', new.config, v_component.config_schema));
  end if;

  new.component_version := v_component.version;
  new.built_in_component := case when v_component.is_built_in then new.component_key end;
  new.custom_component := case when not v_component.is_built_in then new.component_key end;
  return new;
end;
$function$;

CREATE OR REPLACE FUNCTION private.tg_widgets_within_limit()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if exists (
    select from (select distinct n.workspace_id, n.view_id from inserted n) as v
    where (
      select count(*) from public.widgets w where w.workspace_id = v.workspace_id and w.view_id = v.view_id) > 200)
  then
    perform private.raise_invalid_input('view_id', 'A view has at most 200 widgets.', 'Make several views.');
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.value_problem(p_path text, p_value jsonb, p_schema jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  c_largest constant numeric := 1.7976931348623157e308;
  v_kind constant text := jsonb_typeof(p_value);
  v_type constant jsonb := p_schema -> 'type';
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_length integer;
  v_key text;
  v_member jsonb;
  v_schema jsonb;
  v_problem jsonb;
begin
  if not (case
    when v_type is null or v_type ? v_kind then true
    when v_kind = 'number' and v_type ? 'integer' then p_value::numeric % 1 = 0
    else false
  end)
  then
    return private.document_problem(p_path, 'This has the wrong type.', 'Its schema says: ' || v_type::text || '.');
  end if;
  -- An enum holds no lists, of which any part would count as contained.
  if p_schema ? 'enum' and (v_kind in ('array', 'object') or not p_schema -> 'enum' @> p_value) then
    return private.document_problem(p_path, 'This is not one of the possible values.',
      'Give one of ' || left((p_schema -> 'enum')::text, 300) || '.');
  end if;
  if p_schema ? 'const' and p_schema -> 'const' <> p_value then
    return private.document_problem(p_path, 'There is only one possible value here.',
      'Give ' || (p_schema -> 'const')::text || '.');
  end if;

  if v_kind = 'string' then
    v_length := char_length(p_value #>> '{}');
    if v_length < (p_schema -> 'minLength')::numeric or v_length > (p_schema -> 'maxLength')::numeric then
      return private.document_problem(p_path, 'This text is too short or too long.',
        format('Give %s to %s characters.',
          coalesce(p_schema ->> 'minLength', '0'), coalesce(p_schema ->> 'maxLength', 'any number of')));
    end if;

  elsif v_kind = 'number' then
    if abs(p_value::numeric) > c_largest
      or p_value::numeric < (p_schema -> 'minimum')::numeric or p_value::numeric > (p_schema -> 'maximum')::numeric
    then
      return private.document_problem(p_path, 'This number is too small or too large.',
        format('Give one from %s to %s.',
          coalesce(p_schema ->> 'minimum', 'any'), coalesce(p_schema ->> 'maximum', 'any')));
    end if;

  elsif v_kind = 'array' then
    v_length := jsonb_array_length(p_value);
    if v_length < (p_schema -> 'minItems')::numeric or v_length > (p_schema -> 'maxItems')::numeric then
      return private.document_problem(p_path, 'This list is too short or too long.',
        format('Give %s to %s entries.',
          coalesce(p_schema ->> 'minItems', '0'), coalesce(p_schema ->> 'maxItems', 'any number of')));
    end if;
    v_schema := p_schema -> 'items';
    if v_schema is not null then
      for v_length, v_member in
        select a.n - 1, a.value from jsonb_array_elements(p_value) with ordinality as a (value, n)
      loop
        v_problem := private.value_problem(v_prefix || v_length, v_member, v_schema);
        if v_problem is not null then
          return v_problem;
        end if;
      end loop;
    end if;

  elsif v_kind = 'object' then
    if p_schema ? 'required' then
      select r.key into v_key
      from jsonb_array_elements_text(p_schema -> 'required') as r (key)
      where not p_value ? r.key
      limit 1;
      if found then
        return private.document_problem(v_prefix || v_key, 'This is missing.', 'The schema requires it.');
      end if;
    end if;
    for v_key, v_member in select o.key, o.value from jsonb_each(p_value) as o loop
      v_schema := p_schema -> 'properties' -> v_key;
      if v_schema is not null then
        v_problem := private.value_problem(v_prefix || v_key, v_member, v_schema);
        if v_problem is not null then
          return v_problem;
        end if;
      elsif p_schema -> 'additionalProperties' = 'false' then
        return private.document_problem(
          case when v_key ~ '^[A-Za-z0-9_-]{1,50}$' then v_prefix || v_key else p_path end,
          'There is no such key here.', 'Leave out what the schema does not have.');
      end if;
    end loop;
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.version_order(p_version text)
 RETURNS bigint[]
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return string_to_array(p_version, '.')::bigint[];
end;
$function$;

CREATE OR REPLACE FUNCTION private.view_document(p_view public.dashboard_views, p_access text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
  v_role_key text;
  v_is_default boolean;
  v_is_active boolean;
begin
  select p.default_dashboard_view = p_view.id, p.active_dashboard_view = p_view.id, d.role_key
  into v_is_default, v_is_active, v_role_key
  from (select) as one
  left join public.preferences p on p.workspace_id = p_view.workspace_id and p.user_id = v_user_id
  left join public.role_default_views d on d.workspace_id = p_view.workspace_id and d.view_id = p_view.id
  left join public.workspace_members m
    on m.workspace_id = d.workspace_id and m.user_id = v_user_id and m.role_key = d.role_key
  order by m.user_id is null, d.role_key
  limit 1;

  return private.view_summary(p_view, p_access, v_is_default, v_is_active, v_role_key)
    || jsonb_build_object('layout', private.without_withheld(private.view_layout(p_view), p_view));
end;
$function$;

CREATE OR REPLACE FUNCTION private.view_layout(p_view public.dashboard_views)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.layout_document(p_view, (
    select jsonb_agg(private.widget_document(w) order by w.y, w.x, w.instance_id)
    from public.widgets w
    where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id
  ));
end;
$function$;

CREATE OR REPLACE FUNCTION private.view_not_found()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.raise_error('not_found',
    'There is no such view, or it is not for you.', 'view_id', 'Read the list of views again.');
end;
$function$;

CREATE OR REPLACE FUNCTION private.view_problem(p_view jsonb, p_path text DEFAULT ''::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
begin
  return coalesce(
    private.keys_problem(p_path, p_view, '{name,layout}',
      '{id,description,isDefault,isRoleDefault,roleId,createdAt,updatedAt}'),
    case when p_view ? 'id' then
      private.text_problem(v_prefix || 'id', p_view -> 'id', '^[A-Za-z0-9_-]{1,100}$',
        'Leave it out: a view gets its own.')
    end,
    private.line_problem(v_prefix || 'name', p_view -> 'name', 1, 50),
    case when p_view ? 'description' then
      private.line_problem(v_prefix || 'description', p_view -> 'description', 0, 200)
    end,
    private.flag_problem(v_prefix || 'isDefault', p_view -> 'isDefault'),
    private.flag_problem(v_prefix || 'isRoleDefault', p_view -> 'isRoleDefault'),
    case when p_view ? 'roleId' then
      private.text_problem(v_prefix || 'roleId', p_view -> 'roleId', '^[a-z][a-z0-9_-]{0,49}$',
        'Give the key of a role, or leave it out.')
    end,
    case when p_view ? 'createdAt' then private.moment_problem(v_prefix || 'createdAt', p_view -> 'createdAt') end,
    case when p_view ? 'updatedAt' then private.moment_problem(v_prefix || 'updatedAt', p_view -> 'updatedAt') end,
    private.layout_problem(p_view -> 'layout', v_prefix || 'layout')
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.view_summary(p_view public.dashboard_views, p_access text, p_is_default boolean, p_is_active boolean, p_role_key text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'id', p_view.id,
    'name', p_view.name,
    'description', p_view.description,
    'isDefault', coalesce(p_is_default, false),
    'isActive', coalesce(p_is_active, false),
    'isRoleDefault', p_role_key is not null,
    'visibility', p_view.visibility,
    'access', p_access,
    'ownerId', p_view.owner_id,
    'version', p_view.version,
    'createdAt', private.moment_text(p_view.created_at),
    'updatedAt', private.moment_text(p_view.updated_at)
  ) || case when p_role_key is null then '{}' else jsonb_build_object('roleId', p_role_key) end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.views_of_caller(p_workspace_id text DEFAULT NULL::text, p_is_deleted boolean DEFAULT false)
 RETURNS TABLE(workspace_id text, id uuid, access text)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_user_id constant uuid := (select auth.uid());
begin
  return query
    with caller as (
      select m.workspace_id, m.role_key, r.permissions
      from public.workspace_members m
      join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
      where m.user_id = v_user_id
        and m.status = 'active'
        and (p_workspace_id is null or m.workspace_id = p_workspace_id)
    ),
    granted as materialized (
      select g.workspace_id, g.resource_id, g.access from private.grants_of_caller('dashboard') g
    ),
    shared as materialized (
      select s.workspace_id, s.view_id, min(s.access) as access
      from caller c
      join public.dashboard_view_shares s
        on s.workspace_id = c.workspace_id and (s.user_id = v_user_id or s.role_key = c.role_key)
      group by s.workspace_id, s.view_id
    ),
    candidates as (
      select v.workspace_id, v.id
      from caller c join public.dashboard_views v on v.workspace_id = c.workspace_id and v.owner_id = v_user_id
      union
      select v.workspace_id, v.id
      from caller c join public.dashboard_views v on v.workspace_id = c.workspace_id and v.visibility = 'workspace'
      union
      select s.workspace_id, s.view_id from shared s
      union
      select g.workspace_id, g.resource_id from granted g
    )
    select v.workspace_id, v.id,
      private.decided_view_access(
        c.permissions, v.owner_id is not distinct from v_user_id, v.visibility, s.access, g.access)
    from candidates x
    join caller c on c.workspace_id = x.workspace_id
    join public.dashboard_views v on v.workspace_id = x.workspace_id and v.id = x.id
    left join shared s on s.workspace_id = x.workspace_id and s.view_id = x.id
    left join granted g on g.workspace_id = x.workspace_id and g.resource_id = x.id
    where (v.deleted_at is not null) = p_is_deleted;
end;
$function$;

CREATE OR REPLACE FUNCTION private.views_with(p_access text)
 RETURNS TABLE(workspace_id text, id uuid)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  c_levels constant text[] := '{none,view,edit,manage}';
begin
  return query
    select v.workspace_id, v.id
    from private.views_of_caller() v
    where array_position(c_levels, v.access) >= array_position(c_levels, p_access);
end;
$function$;

CREATE OR REPLACE FUNCTION private.visible_components()
 RETURNS TABLE(workspace_id text, key text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return query
    select c.workspace_id, c.key
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    join public.components c on c.workspace_id = m.workspace_id
    cross join lateral (
      select v.allowed_roles
      from public.component_versions v
      where v.workspace_id = c.workspace_id and v.component_key = c.key
      order by private.version_order(v.version) desc
      limit 1
    ) as latest
    where m.user_id = (select auth.uid())
      and m.status = 'active'
      and ('components.write' = any (r.permissions)
        or private.role_may_use(r.key, r.permissions, latest.allowed_roles));
end;
$function$;

CREATE OR REPLACE FUNCTION private.whole_number_problem(p_path text, p_value jsonb, p_min integer, p_max integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  v_number constant numeric := case when jsonb_typeof(p_value) = 'number' then p_value::numeric end;
begin
  if (v_number = trunc(v_number) and v_number between p_min and p_max) is not true then
    return private.document_problem(p_path,
      format('This must be a whole number from %s to %s.', p_min, p_max), 'Give such a number.');
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.widget_document(p_widget public.widgets)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return jsonb_build_object(
    'instanceId', p_widget.instance_id,
    'widgetId', p_widget.component_key,
    'position', jsonb_build_object(
      'x', p_widget.x, 'y', p_widget.y, 'width', p_widget.width, 'height', p_widget.height),
    'visible', p_widget.visible,
    'config', p_widget.config,
    'lastUpdated', private.moment_text(p_widget.updated_at),
    'id', p_widget.id,
    'version', p_widget.version
  ) || case when p_widget.component_version is null
    then '{}' else jsonb_build_object('componentVersion', p_widget.component_version) end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.widget_is_same(p_one jsonb, p_other jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
declare
  -- What the database keeps, and what is compared by itself: the instanceId for its letters' case, the version of the
  -- component because leaving it out leaves it alone.
  c_left_out constant text[] := '{id,version,lastUpdated,instanceId,componentVersion}';
begin
  return case
    when p_one is null or p_other is null then p_one is null and p_other is null
    else p_one - c_left_out = p_other - c_left_out
      and (
        not p_one ? 'componentVersion'
        or p_one -> 'componentVersion' is not distinct from p_other -> 'componentVersion')
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.widget_problem(p_path text, p_widget jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return coalesce(
    private.keys_problem(p_path, p_widget, '{instanceId,widgetId,position,visible,config}',
      '{lastUpdated,componentVersion,id,version}'),
    private.text_problem(p_path || '.instanceId', p_widget -> 'instanceId',
      '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', 'Give a uuid.'),
    private.text_problem(p_path || '.widgetId', p_widget -> 'widgetId', '^[a-z0-9-]{1,50}$',
      'Give the id of a component, of small letters, digits and "-".'),
    private.keys_problem(p_path || '.position', p_widget -> 'position', '{x,y,width,height}'),
    private.position_problem(p_path || '.position.', p_widget -> 'position'),
    case when jsonb_typeof(p_widget -> 'visible') <> 'boolean' then
      private.document_problem(p_path || '.visible', 'This must be true or false.', 'Give one of them.')
    end,
    private.config_problem(p_path || '.config', p_widget -> 'config', null),
    case when p_widget ? 'lastUpdated' then
      private.moment_problem(p_path || '.lastUpdated', p_widget -> 'lastUpdated')
    end,
    case when p_widget ? 'componentVersion' then
      private.text_problem(p_path || '.componentVersion', p_widget -> 'componentVersion',
        '^(?:0|[1-9][0-9]{0,8})(?:[.](?:0|[1-9][0-9]{0,8})){2}$', 'Give three numbers such as 1.0.0.')
    end,
    case when p_widget ? 'id' then
      private.text_problem(p_path || '.id', p_widget -> 'id',
        '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', 'Leave it out: a widget gets its own.')
    end,
    case when p_widget ? 'version' then
      private.whole_number_problem(p_path || '.version', p_widget -> 'version', 1, 2147483647)
    end
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.widgets_granted(p_access text)
 RETURNS TABLE(workspace_id text, id uuid)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  c_levels constant text[] := '{view,edit,manage}';
begin
  return query
    select g.workspace_id, g.resource_id
    from private.grants_of_caller('widget') g
    join public.widgets w on w.workspace_id = g.workspace_id and w.id = g.resource_id
    join public.dashboard_views v on v.workspace_id = w.workspace_id and v.id = w.view_id
    where array_position(c_levels, g.access) >= array_position(c_levels, p_access) and v.deleted_at is null;
end;
$function$;

CREATE OR REPLACE FUNCTION private.widgets_withheld()
 RETURNS TABLE(workspace_id text, id uuid)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return query
    select g.workspace_id, g.resource_id
    from private.grants_of_caller('widget') g
    join public.widgets w on w.workspace_id = g.workspace_id and w.id = g.resource_id
    join public.dashboard_views v on v.workspace_id = w.workspace_id and v.id = w.view_id
    where g.access = 'none' and v.owner_id is distinct from (select auth.uid());
end;
$function$;

CREATE OR REPLACE FUNCTION private.with_component_version(p_mine jsonb, p_theirs jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  return case
    when p_theirs ? 'componentVersion' and p_mine ->> 'widgetId' = p_theirs ->> 'widgetId'
      then jsonb_build_object('componentVersion', p_theirs -> 'componentVersion') || p_mine
    else p_mine
  end;
end;
$function$;

CREATE OR REPLACE FUNCTION private.withheld_widgets(p_view public.dashboard_views)
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  if p_view.owner_id is not distinct from (select auth.uid()) then
    return '{}';
  end if;
  return array(
    select g.resource_id
    from public.resource_grants g
    where g.workspace_id = p_view.workspace_id
      and g.resource_type = 'widget'
      and g.access = 'none'
      and private.grant_to_caller(g.workspace_id, 'widget', g.resource_id) = 'none'
    group by g.resource_id
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.without_widgets(p_layout jsonb, p_key text, p_ids uuid[])
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  if p_ids = '{}' then
    return p_layout;
  end if;
  return jsonb_set(p_layout, '{widgets}', coalesce(
    (
      select jsonb_agg(w.value order by w.ordinality)
      from jsonb_array_elements(p_layout -> 'widgets') with ordinality as w
      where (w.value ->> p_key)::uuid <> all (p_ids)
    ),
    '[]'
  ));
end;
$function$;

CREATE OR REPLACE FUNCTION private.without_withheld(p_layout jsonb, p_view public.dashboard_views)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.without_widgets(p_layout, 'id', private.withheld_widgets(p_view));
end;
$function$;

CREATE OR REPLACE FUNCTION private.workspaces_with(p_permission text)
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  v_user_id constant uuid := auth.uid();
begin
  return array(
    select m.workspace_id
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    where m.user_id = v_user_id
      and m.status = 'active'
      and p_permission = any (r.permissions)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION private.write_widgets(p_view public.dashboard_views, p_changes jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  delete from public.widgets w
  using jsonb_to_recordset(p_changes -> 'remove') as r (instance_id uuid)
  where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id and w.instance_id = r.instance_id;

  update public.widgets w
  set component_key = r.document ->> 'widgetId',
    component_version = r.document ->> 'componentVersion',
    x = (r.document #>> '{position,x}')::numeric,
    y = (r.document #>> '{position,y}')::numeric,
    width = (r.document #>> '{position,width}')::numeric,
    height = (r.document #>> '{position,height}')::numeric,
    visible = r.document -> 'visible' = 'true',
    config = r.document -> 'config'
  from jsonb_to_recordset(p_changes -> 'change') as r (instance_id uuid, document jsonb)
  where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id and w.instance_id = r.instance_id;

  insert into public.widgets (
    workspace_id, id, view_id, instance_id, component_key, component_version, x, y, width, height, visible, config,
    version, updated_at
  )
  select
    p_view.workspace_id,
    coalesce(r.id, gen_random_uuid()),
    p_view.id,
    r.instance_id,
    r.document ->> 'widgetId',
    r.document ->> 'componentVersion',
    (r.document #>> '{position,x}')::numeric,
    (r.document #>> '{position,y}')::numeric,
    (r.document #>> '{position,width}')::numeric,
    (r.document #>> '{position,height}')::numeric,
    r.document -> 'visible' = 'true',
    r.document -> 'config',
    coalesce(private.last_widget_version(p_view, r.id) + 1, 1),
    coalesce((r.document ->> 'lastUpdated')::timestamptz, now())
  from jsonb_to_recordset(p_changes -> 'make') as r (instance_id uuid, id uuid, document jsonb);
end;
$function$;

CREATE OR REPLACE FUNCTION public.activate_theme(workspace_id text, theme_id text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(workspace_id, 'themes.read');
  if theme_id is not null then
    perform private.find_theme(workspace_id, theme_id);
  end if;
  perform public.patch_preferences(workspace_id, jsonb_build_object('active_theme_id', theme_id));
  return public.active_theme(workspace_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.activate_view(workspace_id text, view_id uuid DEFAULT NULL::uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(workspace_id, 'dashboards.read');
  if view_id is not null and not private.sees_view(workspace_id, view_id) then
    perform private.view_not_found();
  end if;
  perform public.patch_preferences(workspace_id, jsonb_build_object('active_dashboard_view', view_id));
  return public.active_view(workspace_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.active_theme(workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(workspace_id, 'themes.read');
  return private.active_theme(workspace_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.active_view(workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.active_view(workspace_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.available_components(workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(workspace_id, 'components.read');
  return (
    select coalesce(
      jsonb_agg(l.document order by l.position, l.title collate "und-x-icu", l.document ->> 'id'), '[]')
    from (
      select private.component_document(b, t) as document, b.position, null::text as title
      from public.built_in_components b
      join public.component_types t on t.key = b.type
      where private.may_use_component(workspace_id, b.allowed_roles)
      union all
      select private.component_document(latest.version, t), null, (latest.version).title
      from public.components c
      join public.component_types t on t.key = c.type
      cross join lateral (
        select v as version
        from public.component_versions v
        where v.workspace_id = c.workspace_id and v.component_key = c.key
        order by private.version_order(v.version) desc
        limit 1
      ) as latest
      where c.workspace_id = available_components.workspace_id
        and private.may_use_component(c.workspace_id, (latest.version).allowed_roles)
    ) as l
  );
end;
$function$;

CREATE OR REPLACE FUNCTION public.compare_view_versions(view_id uuid, from_version bigint, to_version bigint DEFAULT NULL::bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.compare_view_versions(view_id, from_version, to_version);
end;
$function$;

CREATE OR REPLACE FUNCTION public.create_view(workspace_id text, name text, description text DEFAULT ''::text, layout jsonb DEFAULT NULL::jsonb, visibility text DEFAULT 'personal'::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.create_view(workspace_id, name, description, layout, visibility);
end;
$function$;

CREATE OR REPLACE FUNCTION public.delete_component(workspace_id text, key text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.delete_component(workspace_id, key);
end;
$function$;

CREATE OR REPLACE FUNCTION public.delete_view(view_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.delete_view(view_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.duplicate_view(view_id uuid, name text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.duplicate_view(view_id, name);
end;
$function$;

CREATE OR REPLACE FUNCTION public.export_dashboard(workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.export_dashboard(workspace_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.export_view(view_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.export_view(view_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.get_component(workspace_id text, key text, version text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  perform private.require_permission(workspace_id, 'components.read');
  return private.find_component(workspace_id, key, version);
end;
$function$;

CREATE OR REPLACE FUNCTION public.get_dashboard(workspace_id text, view_id uuid DEFAULT NULL::uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  -- The view is asked about where it is read; this is for the rest.
  perform private.require_permission(workspace_id, 'themes.read');
  return jsonb_build_object(
    'view', case
      when view_id is null then private.active_view(workspace_id)
      else private.get_view(view_id, workspace_id)
    end,
    'theme', private.active_theme(workspace_id),
    'preferences', private.own_preferences(workspace_id)
  );
end;
$function$;

CREATE OR REPLACE FUNCTION public.get_preferences(workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  perform private.require_membership(workspace_id);
  return private.own_preferences(workspace_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.get_view(view_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.get_view(view_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.get_view_version(view_id uuid, version bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.get_view_version(view_id, version);
end;
$function$;

CREATE OR REPLACE FUNCTION public.import_dashboard(workspace_id text, document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.import_dashboard(workspace_id, document);
end;
$function$;

CREATE OR REPLACE FUNCTION public.import_view(workspace_id text, document jsonb, visibility text DEFAULT 'personal'::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.import_view(workspace_id, document, visibility);
end;
$function$;

CREATE OR REPLACE FUNCTION public.list_deleted_views(workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.list_views(workspace_id, true);
end;
$function$;

CREATE OR REPLACE FUNCTION public.list_view_versions(view_id uuid, before bigint DEFAULT NULL::bigint, per_page integer DEFAULT 50)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.list_view_versions(view_id, before, per_page);
end;
$function$;

CREATE OR REPLACE FUNCTION public.list_views(workspace_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return private.list_views(workspace_id, false);
end;
$function$;

CREATE OR REPLACE FUNCTION public.publish_component(workspace_id text, document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.publish_component(workspace_id, document);
  return private.find_component(workspace_id, document ->> 'id', document ->> 'version');
end;
$function$;

CREATE OR REPLACE FUNCTION public.restore_view(view_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.restore_view(view_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.restore_view_version(view_id uuid, version bigint, expected_version bigint DEFAULT NULL::bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.restore_view_version(view_id, version, expected_version);
end;
$function$;

CREATE OR REPLACE FUNCTION public.save_layout(view_id uuid, layout jsonb, expected_version bigint, label text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.save_layout(view_id, layout, expected_version, label);
end;
$function$;

CREATE OR REPLACE FUNCTION public.save_view(view_id uuid, document jsonb, expected_version bigint, label text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return private.save_view(view_id, document, expected_version, label);
end;
$function$;

CREATE OR REPLACE FUNCTION public.set_default_theme(workspace_id text, theme_id text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.set_default_theme(workspace_id, theme_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.set_default_view(workspace_id text, view_id uuid DEFAULT NULL::uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.set_default_view(workspace_id, view_id);
end;
$function$;

CREATE OR REPLACE FUNCTION public.set_role_default_view(workspace_id text, role_key text, view_id uuid DEFAULT NULL::uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform private.set_role_default_view(workspace_id, role_key, view_id);
end;
$function$;

ALTER TABLE "private"."view_versions" ADD CONSTRAINT "view_versions_saved_by_fkey" FOREIGN KEY (saved_by) REFERENCES public.profiles(id) ON DELETE SET NULL;

ALTER TABLE "public"."built_in_components" ADD CONSTRAINT "built_in_components_type_fkey" FOREIGN KEY (type) REFERENCES public.component_types(key);

ALTER TABLE "public"."component_versions" ADD CONSTRAINT "component_versions_published_by_fkey" FOREIGN KEY (published_by) REFERENCES public.profiles(id) ON DELETE SET NULL;

ALTER TABLE "public"."components" ADD CONSTRAINT "components_created_by_fkey" FOREIGN KEY (created_by) REFERENCES public.profiles(id) ON DELETE SET NULL;

ALTER TABLE "public"."component_versions" ADD CONSTRAINT "component_versions_component_fkey" FOREIGN KEY (workspace_id, component_key) REFERENCES public.components(workspace_id, key) ON DELETE CASCADE;

ALTER TABLE "public"."components" ADD CONSTRAINT "components_type_fkey" FOREIGN KEY (type) REFERENCES public.component_types(key);

ALTER TABLE "public"."components" ADD CONSTRAINT "components_workspace_id_fkey" FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE "public"."dashboard_view_shares" ADD CONSTRAINT "dashboard_view_shares_role_fkey" FOREIGN KEY (workspace_id, role_key) REFERENCES public.workspace_roles(workspace_id, key) ON DELETE CASCADE;

ALTER TABLE "public"."dashboard_view_shares" ADD CONSTRAINT "dashboard_view_shares_user_fkey" FOREIGN KEY (workspace_id, user_id) REFERENCES public.workspace_members(workspace_id, user_id) ON DELETE CASCADE;

ALTER TABLE "public"."dashboard_views" ADD CONSTRAINT "dashboard_views_created_by_fkey" FOREIGN KEY (created_by) REFERENCES public.profiles(id) ON DELETE SET NULL;

ALTER TABLE "private"."view_versions" ADD CONSTRAINT "view_versions_view_fkey" FOREIGN KEY (workspace_id, view_id) REFERENCES public.dashboard_views(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE "public"."dashboard_view_shares" ADD CONSTRAINT "dashboard_view_shares_view_fkey" FOREIGN KEY (workspace_id, view_id) REFERENCES public.dashboard_views(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE "public"."dashboard_views" ADD CONSTRAINT "dashboard_views_workspace_id_fkey" FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

-- One row a member, checked in moments; and no view could be named before there were any.
UPDATE "public"."preferences" SET "active_dashboard_view" = NULL WHERE "active_dashboard_view" IS NOT NULL;

-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
ALTER TABLE "public"."preferences" ADD CONSTRAINT "preferences_active_view_fkey" FOREIGN KEY (workspace_id, active_dashboard_view) REFERENCES public.dashboard_views(workspace_id, id) ON DELETE SET NULL (active_dashboard_view);

-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
ALTER TABLE "public"."preferences" ADD CONSTRAINT "preferences_default_view_fkey" FOREIGN KEY (workspace_id, default_dashboard_view) REFERENCES public.dashboard_views(workspace_id, id) ON DELETE SET NULL (default_dashboard_view);

ALTER TABLE "public"."role_default_views" ADD CONSTRAINT "role_default_views_role_fkey" FOREIGN KEY (workspace_id, role_key) REFERENCES public.workspace_roles(workspace_id, key) ON DELETE CASCADE;

ALTER TABLE "public"."role_default_views" ADD CONSTRAINT "role_default_views_view_fkey" FOREIGN KEY (workspace_id, view_id) REFERENCES public.dashboard_views(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE "public"."widgets" ADD CONSTRAINT "widgets_built_in_component_fkey" FOREIGN KEY (built_in_component) REFERENCES public.built_in_components(key);

ALTER TABLE "public"."widgets" ADD CONSTRAINT "widgets_component_fkey" FOREIGN KEY (workspace_id, custom_component, component_version) REFERENCES public.component_versions(workspace_id, component_key, version);

ALTER TABLE "public"."widgets" ADD CONSTRAINT "widgets_view_fkey" FOREIGN KEY (workspace_id, view_id) REFERENCES public.dashboard_views(workspace_id, id) ON DELETE CASCADE;

CREATE INDEX view_versions_saved_by_idx ON private.view_versions USING btree (saved_by);

CREATE INDEX built_in_components_type_idx ON public.built_in_components USING btree (type);

CREATE INDEX component_versions_published_by_idx ON public.component_versions USING btree (published_by);

CREATE INDEX components_created_by_idx ON public.components USING btree (created_by);

CREATE INDEX components_type_idx ON public.components USING btree (type);

CREATE INDEX dashboard_view_shares_view_idx ON public.dashboard_view_shares USING btree (workspace_id, view_id);

CREATE INDEX dashboard_views_created_by_idx ON public.dashboard_views USING btree (created_by);

CREATE INDEX dashboard_views_deleted_idx ON public.dashboard_views USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);

CREATE INDEX dashboard_views_id_idx ON public.dashboard_views USING btree (id);

CREATE INDEX dashboard_views_owner_idx ON public.dashboard_views USING btree (workspace_id, owner_id);

CREATE INDEX dashboard_views_shared_idx ON public.dashboard_views USING btree (workspace_id) WHERE (visibility = 'workspace'::text);

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX preferences_active_view_idx ON public.preferences USING btree (workspace_id, active_dashboard_view);

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX preferences_default_view_idx ON public.preferences USING btree (workspace_id, default_dashboard_view);

CREATE INDEX role_default_views_view_idx ON public.role_default_views USING btree (workspace_id, view_id);

CREATE INDEX widgets_built_in_component_idx ON public.widgets USING btree (built_in_component);

CREATE INDEX widgets_component_idx ON public.widgets USING btree (workspace_id, custom_component, component_version);

CREATE TRIGGER component_versions_audit AFTER INSERT ON public.component_versions FOR EACH ROW EXECUTE FUNCTION private.tg_audit('component_key,version', 'size_config,default_config,config_schema,data_schema');

CREATE TRIGGER components_audit AFTER INSERT OR DELETE ON public.components FOR EACH ROW EXECUTE FUNCTION private.tg_audit('key');

CREATE TRIGGER dashboard_view_shares_audit AFTER INSERT OR DELETE OR UPDATE ON public.dashboard_view_shares FOR EACH ROW EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER dashboard_view_shares_set_updated_at BEFORE UPDATE ON public.dashboard_view_shares FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER dashboard_view_shares_validate BEFORE INSERT OR UPDATE ON public.dashboard_view_shares FOR EACH ROW EXECUTE FUNCTION private.tg_dashboard_view_shares_validate();

CREATE TRIGGER dashboard_views_audit_delete AFTER DELETE ON public.dashboard_views FOR EACH ROW WHEN ((old.visibility = 'workspace'::text)) EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER dashboard_views_audit_insert AFTER INSERT ON public.dashboard_views FOR EACH ROW WHEN ((new.visibility = 'workspace'::text)) EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER dashboard_views_audit_update AFTER UPDATE OF name, description, visibility, deleted_at ON public.dashboard_views FOR EACH ROW WHEN (((new.visibility = 'workspace'::text) AND (old.visibility = 'workspace'::text))) EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER dashboard_views_audit_visibility AFTER UPDATE OF name, description, visibility, deleted_at ON public.dashboard_views FOR EACH ROW WHEN ((new.visibility <> old.visibility)) EXECUTE FUNCTION private.tg_audit('id', 'name,description');

CREATE TRIGGER dashboard_views_check_visibility BEFORE UPDATE OF visibility ON public.dashboard_views FOR EACH ROW WHEN ((new.visibility IS DISTINCT FROM old.visibility)) EXECUTE FUNCTION private.tg_dashboard_views_check_visibility();

CREATE TRIGGER dashboard_views_drop_grants_personal AFTER UPDATE OF visibility ON public.dashboard_views FOR EACH ROW WHEN (((new.visibility = 'personal'::text) AND (old.visibility = 'workspace'::text))) EXECUTE FUNCTION private.tg_dashboard_views_drop_grants();

CREATE TRIGGER dashboard_views_drop_grants BEFORE DELETE ON public.dashboard_views FOR EACH ROW EXECUTE FUNCTION private.tg_dashboard_views_drop_grants();

CREATE TRIGGER dashboard_views_first_version AFTER INSERT ON public.dashboard_views FOR EACH ROW EXECUTE FUNCTION private.tg_dashboard_views_first_version();

CREATE TRIGGER dashboard_views_set_updated_at BEFORE UPDATE ON public.dashboard_views FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER dashboard_views_validate BEFORE INSERT OR UPDATE OF name, description, row_height, gap, visibility ON public.dashboard_views FOR EACH ROW EXECUTE FUNCTION private.tg_dashboard_views_validate();

CREATE TRIGGER dashboard_views_version BEFORE UPDATE OF row_height, gap ON public.dashboard_views FOR EACH ROW WHEN (((new.row_height IS DISTINCT FROM old.row_height) OR (new.gap IS DISTINCT FROM old.gap))) EXECUTE FUNCTION private.tg_dashboard_views_begin_version();

CREATE TRIGGER dashboard_views_within_limit BEFORE INSERT OR UPDATE OF deleted_at ON public.dashboard_views FOR EACH ROW EXECUTE FUNCTION private.tg_dashboard_views_within_limit();

CREATE TRIGGER role_default_views_audit AFTER INSERT OR DELETE OR UPDATE ON public.role_default_views FOR EACH ROW EXECUTE FUNCTION private.tg_audit('role_key');

CREATE TRIGGER role_default_views_set_updated_at BEFORE UPDATE ON public.role_default_views FOR EACH ROW EXECUTE FUNCTION private.tg_set_updated_at();

CREATE TRIGGER themes_audit_update AFTER UPDATE ON public.themes FOR EACH ROW WHEN (((new.visibility = 'workspace'::text) AND (old.visibility = 'workspace'::text))) EXECUTE FUNCTION private.tg_audit('id');

CREATE TRIGGER themes_audit_visibility AFTER UPDATE ON public.themes FOR EACH ROW WHEN ((new.visibility <> old.visibility)) EXECUTE FUNCTION private.tg_audit('id', 'name,version,colors,radius,metadata');

CREATE TRIGGER themes_within_limit_shared AFTER UPDATE OF visibility ON public.themes FOR EACH ROW WHEN ((new.visibility IS DISTINCT FROM old.visibility)) EXECUTE FUNCTION private.tg_themes_within_limit();

CREATE TRIGGER themes_within_limit AFTER INSERT ON public.themes FOR EACH ROW EXECUTE FUNCTION private.tg_themes_within_limit();

CREATE TRIGGER widgets_validate BEFORE INSERT OR UPDATE ON public.widgets FOR EACH ROW EXECUTE FUNCTION private.tg_widgets_validate();

CREATE TRIGGER widgets_version_delete AFTER DELETE ON public.widgets REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION private.tg_widgets_removed();

CREATE TRIGGER widgets_version_update AFTER UPDATE ON public.widgets REFERENCING OLD TABLE AS changed_from NEW TABLE AS changed_to FOR EACH STATEMENT EXECUTE FUNCTION private.tg_widgets_changed();

CREATE TRIGGER widgets_version BEFORE INSERT ON public.widgets FOR EACH ROW EXECUTE FUNCTION private.tg_widgets_begin_version();

CREATE TRIGGER widgets_within_limit AFTER INSERT ON public.widgets REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION private.tg_widgets_within_limit();

CREATE TRIGGER workspace_members_leave_views AFTER DELETE ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION private.tg_leave_views();

CREATE POLICY "view_versions_select" ON "private"."view_versions" FOR SELECT TO "authenticated" USING (false);

CREATE POLICY "built_in_components_select" ON "public"."built_in_components" FOR SELECT TO "authenticated" USING (true);

CREATE POLICY "component_types_select" ON "public"."component_types" FOR SELECT TO "authenticated" USING (true);

CREATE POLICY "component_versions_select" ON "public"."component_versions" FOR SELECT TO "authenticated" USING (((workspace_id = ANY (( SELECT private.active_workspaces() AS active_workspaces)::text[])) AND ((workspace_id, component_key) IN ( SELECT c.workspace_id,
    c.key
   FROM private.visible_components() c(workspace_id, key)))));

CREATE POLICY "components_select" ON "public"."components" FOR SELECT TO "authenticated" USING (((workspace_id = ANY (( SELECT private.active_workspaces() AS active_workspaces)::text[])) AND ((workspace_id, key) IN ( SELECT c.workspace_id,
    c.key
   FROM private.visible_components() c(workspace_id, key)))));

CREATE POLICY "dashboard_view_shares_delete" ON "public"."dashboard_view_shares" FOR DELETE TO "authenticated" USING (((workspace_id, view_id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('manage'::text) v(workspace_id, id))));

CREATE POLICY "dashboard_view_shares_insert" ON "public"."dashboard_view_shares" FOR INSERT TO "authenticated" WITH CHECK (((workspace_id, view_id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('manage'::text) v(workspace_id, id))));

CREATE POLICY "dashboard_view_shares_select" ON "public"."dashboard_view_shares" FOR SELECT TO "authenticated" USING ((((user_id = ( SELECT auth.uid() AS uid)) AND (workspace_id = ANY (( SELECT private.workspaces_with('dashboards.read'::text) AS workspaces_with)::text[]))) OR ((workspace_id, view_id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('manage'::text) v(workspace_id, id)))));

CREATE POLICY "dashboard_view_shares_update" ON "public"."dashboard_view_shares" FOR UPDATE TO "authenticated" USING (((workspace_id, view_id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('manage'::text) v(workspace_id, id)))) WITH CHECK (((workspace_id, view_id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('manage'::text) v(workspace_id, id))));

CREATE POLICY "dashboard_views_insert" ON "public"."dashboard_views" FOR INSERT TO "authenticated" WITH CHECK ((workspace_id = ANY (( SELECT private.workspaces_with('dashboards.write'::text) AS workspaces_with)::text[])));

CREATE POLICY "dashboard_views_select" ON "public"."dashboard_views" FOR SELECT TO "authenticated" USING (((workspace_id = ANY (( SELECT private.active_workspaces() AS active_workspaces)::text[])) AND (((deleted_at IS NULL) AND (owner_id = ( SELECT auth.uid() AS uid)) AND (workspace_id = ANY (( SELECT private.workspaces_with('dashboards.read'::text) AS workspaces_with)::text[]))) OR ((workspace_id, id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('view'::text) v(workspace_id, id))))));

CREATE POLICY "dashboard_views_update" ON "public"."dashboard_views" FOR UPDATE TO "authenticated" USING (((workspace_id, id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('edit'::text) v(workspace_id, id)))) WITH CHECK (((workspace_id, id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('edit'::text) v(workspace_id, id))));

CREATE POLICY "role_default_views_select" ON "public"."role_default_views" FOR SELECT TO "authenticated" USING ((workspace_id = ANY (( SELECT private.workspaces_with('dashboards.read'::text) AS workspaces_with)::text[])));

CREATE POLICY "widgets_delete" ON "public"."widgets" FOR DELETE TO "authenticated" USING (((((workspace_id, view_id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('edit'::text) v(workspace_id, id))) AND (NOT ((workspace_id, id) IN ( SELECT w.workspace_id,
    w.id
   FROM private.widgets_withheld() w(workspace_id, id))))) OR ((workspace_id, id) IN ( SELECT w.workspace_id,
    w.id
   FROM private.widgets_granted('manage'::text) w(workspace_id, id)))));

CREATE POLICY "widgets_insert" ON "public"."widgets" FOR INSERT TO "authenticated" WITH CHECK (((workspace_id, view_id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('edit'::text) v(workspace_id, id))));

CREATE POLICY "widgets_select" ON "public"."widgets" FOR SELECT TO "authenticated" USING (((workspace_id = ANY (( SELECT private.active_workspaces() AS active_workspaces)::text[])) AND ((((workspace_id, view_id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('view'::text) v(workspace_id, id))) AND (NOT ((workspace_id, id) IN ( SELECT w.workspace_id,
    w.id
   FROM private.widgets_withheld() w(workspace_id, id))))) OR ((workspace_id, id) IN ( SELECT w.workspace_id,
    w.id
   FROM private.widgets_granted('view'::text) w(workspace_id, id))))));

CREATE POLICY "widgets_update" ON "public"."widgets" FOR UPDATE TO "authenticated" USING (((((workspace_id, view_id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('edit'::text) v(workspace_id, id))) AND (NOT ((workspace_id, id) IN ( SELECT w.workspace_id,
    w.id
   FROM private.widgets_withheld() w(workspace_id, id))))) OR ((workspace_id, id) IN ( SELECT w.workspace_id,
    w.id
   FROM private.widgets_granted('edit'::text) w(workspace_id, id))))) WITH CHECK (((((workspace_id, view_id) IN ( SELECT v.workspace_id,
    v.id
   FROM private.views_with('edit'::text) v(workspace_id, id))) AND (NOT ((workspace_id, id) IN ( SELECT w.workspace_id,
    w.id
   FROM private.widgets_withheld() w(workspace_id, id))))) OR ((workspace_id, id) IN ( SELECT w.workspace_id,
    w.id
   FROM private.widgets_granted('edit'::text) w(workspace_id, id)))));

COMMENT ON COLUMN "private"."view_versions"."label" IS 'What the person who saved it called it; null for nothing.';

COMMENT ON COLUMN "private"."view_versions"."layout" IS 'The layout document as it was, its widgets with `id` and `version`; null for the present version.';

COMMENT ON COLUMN "private"."view_versions"."saved_by" IS 'Who began the version; null for the server or a deleted account.';

COMMENT ON COLUMN "private"."view_versions"."transaction_id" IS 'The transaction that began it: further changes in there belong to the same version. Together with saved_at, since transactions are counted anew in a restored database.';

COMMENT ON COLUMN "public"."built_in_components"."allowed_roles" IS 'Who may use it: see private.role_may_use.';

COMMENT ON COLUMN "public"."built_in_components"."config_schema" IS 'A JSON Schema of its configuration.';

COMMENT ON COLUMN "public"."built_in_components"."default_config" IS 'What it is configured with where nobody chose.';

COMMENT ON COLUMN "public"."built_in_components"."description_key" IS 'Under which the front end finds the description in each language.';

COMMENT ON COLUMN "public"."built_in_components"."key" IS 'What a layout names as widgetId.';

COMMENT ON COLUMN "public"."built_in_components"."position" IS 'Its place in a list.';

COMMENT ON COLUMN "public"."built_in_components"."size_config" IS '{minWidth, maxWidth, defaultWidth} in quarters of the grid, minHeight in pixels.';

COMMENT ON COLUMN "public"."built_in_components"."title_key" IS 'Under which the front end finds the title in each language.';

COMMENT ON COLUMN "public"."component_types"."data_schema" IS 'A JSON Schema of the data that a component of this kind shows, bounded in every direction.';

COMMENT ON COLUMN "public"."component_versions"."allowed_roles" IS 'Who may use it: see private.role_may_use. Those of the latest version count for all versions.';

COMMENT ON COLUMN "public"."component_versions"."config_schema" IS 'A JSON Schema of its configuration.';

COMMENT ON COLUMN "public"."component_versions"."data_schema" IS 'A JSON Schema of the data that it shows; null for that of its type.';

COMMENT ON COLUMN "public"."component_versions"."default_config" IS 'What it is configured with where nobody chose.';

COMMENT ON COLUMN "public"."component_versions"."description" IS 'One line of at most 200 characters.';

COMMENT ON COLUMN "public"."component_versions"."published_by" IS 'Null once that account is deleted.';

COMMENT ON COLUMN "public"."component_versions"."size_config" IS '{minWidth, maxWidth, defaultWidth} in quarters of the grid, minHeight in pixels.';

COMMENT ON COLUMN "public"."component_versions"."title" IS 'One visible line of 1 to 100 characters.';

COMMENT ON COLUMN "public"."component_versions"."version" IS 'x.y.z, higher than every version before it.';

COMMENT ON COLUMN "public"."components"."created_by" IS 'Who published it first; null once that account is deleted.';

COMMENT ON COLUMN "public"."components"."key" IS 'What a layout names as widgetId; never the key of a built-in component.';

COMMENT ON COLUMN "public"."dashboard_view_shares"."access" IS 'view, or edit, which counts for who holds dashboards.write.';

COMMENT ON COLUMN "public"."dashboard_view_shares"."role_key" IS 'The role it is for; null where it is for a person.';

COMMENT ON COLUMN "public"."dashboard_view_shares"."user_id" IS 'The member it is for; null where it is for a role.';

COMMENT ON COLUMN "public"."dashboard_views"."created_by" IS 'Who made it; null once that account is deleted.';

COMMENT ON COLUMN "public"."dashboard_views"."deleted_at" IS 'When it was deleted; null while it is not.';

COMMENT ON COLUMN "public"."dashboard_views"."description" IS 'One line of at most 200 characters, empty for none.';

COMMENT ON COLUMN "public"."dashboard_views"."gap" IS 'The space between widgets, in pixels.';

COMMENT ON COLUMN "public"."dashboard_views"."name" IS 'One visible line of 1 to 50 characters.';

COMMENT ON COLUMN "public"."dashboard_views"."owner_id" IS 'Who manages it. Null where that person left, which only a view shared with the workspace outlives. A trigger on members keeps it, in place of a reference, as for themes.';

COMMENT ON COLUMN "public"."dashboard_views"."row_height" IS 'The height of a row of the grid, in pixels.';

COMMENT ON COLUMN "public"."dashboard_views"."version" IS 'Counts the changes of the layout. See private.view_versions.';

COMMENT ON COLUMN "public"."dashboard_views"."visibility" IS 'personal: its owner''s and theirs with whom it is shared; workspace: everyone''s who has dashboards.read.';

COMMENT ON COLUMN "public"."preferences"."active_dashboard_view" IS 'The view that the person looks at; one that is deleted, or not for them any more, counts as none.';

COMMENT ON COLUMN "public"."preferences"."default_dashboard_view" IS 'The view that the person begins with where none is active. Set by set_default_view.';

COMMENT ON COLUMN "public"."role_default_views"."view_id" IS 'A view of the workspace that is shared with it.';

COMMENT ON COLUMN "public"."widgets"."built_in_component" IS 'component_key, where it is a built-in one. Kept by a trigger.';

COMMENT ON COLUMN "public"."widgets"."component_key" IS 'What it shows: `widgetId`, a component built in or of the workspace.';

COMMENT ON COLUMN "public"."widgets"."component_version" IS 'The version of a component of the workspace, the latest where none is given; null for a built-in component.';

COMMENT ON COLUMN "public"."widgets"."config" IS 'Valid for the schema of its component; at most 16 KiB as text.';

COMMENT ON COLUMN "public"."widgets"."custom_component" IS 'component_key, where it is one of the workspace. Kept by a trigger.';

COMMENT ON COLUMN "public"."widgets"."height" IS 'In rows.';

COMMENT ON COLUMN "public"."widgets"."instance_id" IS 'Its name in its view, which its makers may choose: `instanceId`.';

COMMENT ON COLUMN "public"."widgets"."version" IS 'Counts the changes. An update that names another than the present one is refused.';

COMMENT ON COLUMN "public"."widgets"."width" IS 'In columns; x + width is at most 12.';

COMMENT ON COLUMN "public"."widgets"."x" IS 'The column where it begins, 0 to 11.';

COMMENT ON COLUMN "public"."widgets"."y" IS 'The row where it begins, from 0.';

COMMENT ON FUNCTION "private"."access_to_view"(public.dashboard_views) IS 'The access of the caller to one view, deleted or not: none, view, edit or manage. For definer functions.';

COMMENT ON FUNCTION "private"."access_to_widget"(public.widgets) IS 'The access of the caller to one widget: none, view, edit or manage. For definer functions.';

COMMENT ON FUNCTION "private"."active_theme"(text) IS 'See public.active_theme; who calls it has checked the permission.';

COMMENT ON FUNCTION "private"."active_theme_id"(text) IS 'The theme that the caller sees in a workspace, and who chose it: the person, the workspace, or nobody (built_in). Definer: one question to each table in place of those of its policies; who calls it has checked the permission.';

COMMENT ON FUNCTION "private"."active_view"(text) IS 'See public.active_view. Definer: it reads shares and grants.';

COMMENT ON FUNCTION "private"."active_view_id"(text) IS 'The view that the caller sees in a workspace, null for the initial one, and why: active, default, own, role or built_in. For definer functions.';

COMMENT ON FUNCTION "private"."apply_layout"(uuid, jsonb, bigint, text, text, boolean) IS 'Saves a layout as public.save_layout says. p_path is where the layout stands inside a larger document; p_restores is for layouts from the history: their widgets get their ids back, and were for somebody''s role before. Definer: it writes past the policies of single widgets. Granted to nobody.';

COMMENT ON FUNCTION "private"."begin_view_version"(text, uuid, public.widgets[]) IS 'With the first change of a view''s layout in a transaction: keeps the layout as it was and counts the version. p_were is what the statement has changed or removed, as it was.';

COMMENT ON FUNCTION "private"."compare_view_versions"(uuid, bigint, bigint) IS 'See public.compare_view_versions. Definer: clients cannot read the history.';

COMMENT ON FUNCTION "private"."component_document"(public.built_in_components, public.component_types) IS 'A built-in component, with its type, as clients read it.';

COMMENT ON FUNCTION "private"."component_document"(public.component_versions, public.component_types) IS 'A version of a workspace''s own component, with its type, as clients read it.';

COMMENT ON FUNCTION "private"."component_in_use"(text, text) IS 'How many widgets show a component of the workspace.';

COMMENT ON FUNCTION "private"."component_not_found"() IS 'The one answer for a component that is not there or not theirs: not_found.';

COMMENT ON FUNCTION "private"."component_problem"(jsonb) IS 'What is wrong with a component that somebody would publish, as {path, message, hint}, the first thing found; null for a valid one.';

COMMENT ON FUNCTION "private"."component_refusals"(text, jsonb, jsonb) IS 'Each component that widgets name, with why they cannot be brought, or null. p_lost are the components {id, version, code} of the document that were not: their names may mean something else in this workspace. For definer functions.';

COMMENT ON FUNCTION "private"."component_version_of"(text, text, text) IS 'What a configuration is checked against: a built-in component, which has no version, or a version of a workspace''s own, the latest where none is named; all null where there is no such thing, or the caller is not in the workspace. The allowed roles are those of the latest version. Definer: a layout may hold what its reader may not see.';

COMMENT ON FUNCTION "private"."config_problem"(text, jsonb, jsonb) IS 'What is wrong with the configuration of a component according to its schema, as {path, message, hint} with the path below the given one; null where nothing is. Any object of at most 16 KiB will do where there is no schema.';

COMMENT ON FUNCTION "private"."create_view"(text, text, text, jsonb, text) IS 'See public.create_view. Definer: a whole layout is written past the policies of single widgets.';

COMMENT ON FUNCTION "private"."decided_view_access"(text[], boolean, text, text, text) IS 'The access to a view (none, view, edit, manage) of somebody with these permissions, who owns it or not, given its visibility, the better of the shares that concern them and the grant that counts for them, both null for none.';

COMMENT ON FUNCTION "private"."delete_component"(text, text) IS 'Deletes a component. Definer: no role deletes from the table, so that none is deleted while it is used.';

COMMENT ON FUNCTION "private"."delete_view"(uuid) IS 'See public.delete_view. Definer: no role may write deleted_at.';

COMMENT ON FUNCTION "private"."duplicate_view"(uuid, text) IS 'See public.duplicate_view. Definer: a whole layout is written past the policies of single widgets.';

COMMENT ON FUNCTION "private"."export_dashboard"(text) IS 'See public.export_dashboard. Definer: one check stands for those of every row.';

COMMENT ON FUNCTION "private"."export_document"(text, text, jsonb) IS 'Views with the components that they need. For definer functions.';

COMMENT ON FUNCTION "private"."export_problem"(jsonb) IS 'What is wrong with an export, as {path, message, hint}, the first thing found; null for a valid one.';

COMMENT ON FUNCTION "private"."export_view"(uuid) IS 'See public.export_view. Definer: one check stands for those of every row.';

COMMENT ON FUNCTION "private"."export_views"(uuid) IS 'The views that the person made, deleted ones for as long as they are kept: their personal ones whole, the shared ones by id.';

COMMENT ON FUNCTION "private"."exported_component"(public.component_versions) IS 'A version of a component as the document that it was published from.';

COMMENT ON FUNCTION "private"."exported_components"(text, jsonb) IS 'The versions of components that the widgets of exported views show, as far as the caller may see them. For definer functions.';

COMMENT ON FUNCTION "private"."exported_kind_problem"(jsonb) IS 'What an export holds that its kind does not, or holds twice; null for nothing.';

COMMENT ON FUNCTION "private"."exported_lists_problem"(jsonb) IS 'What is wrong with the size of an export; null where nothing is.';

COMMENT ON FUNCTION "private"."exported_part_problem"(text, jsonb, text) IS 'What is wrong with a component, a theme or a view inside an export, the latter two with an id; null where nothing is.';

COMMENT ON FUNCTION "private"."exported_parts_problem"(text, jsonb) IS 'What is wrong with the components, themes or views of an export; null where nothing is.';

COMMENT ON FUNCTION "private"."exported_preferences_problem"(jsonb) IS 'What is wrong with the preferences of an export; null where nothing is.';

COMMENT ON FUNCTION "private"."exported_reference_problem"(text, jsonb, jsonb, text) IS 'What is wrong with a reference inside an export: it is null, the id of one of the parts, or something of the product whose key has a pattern (null where there is no such thing); null where nothing is wrong.';

COMMENT ON FUNCTION "private"."exported_themes"(text, text) IS 'The caller''s own themes, and the active one where it is the workspace''s; none without themes.read. For definer functions.';

COMMENT ON FUNCTION "private"."exported_view"(public.dashboard_views) IS 'A view as it stands in an export, without what is the workspace''s own: whom it is shared with, whose default it is, and the rows of its widgets. For definer functions that have found the caller''s access.';

COMMENT ON FUNCTION "private"."find_component"(text, text, text) IS 'A component that the caller may see, as get_component gives it; who calls it has checked the permission. Error: not_found (key).';

COMMENT ON FUNCTION "private"."flag_problem"(text, jsonb) IS 'What is wrong with a yes or no that may be left out; null where nothing is.';

COMMENT ON FUNCTION "private"."get_view"(uuid, text) IS 'See public.get_view; p_workspace_id is where the view has to be, null for anywhere. Definer: one check stands for those of every row.';

COMMENT ON FUNCTION "private"."get_view_version"(uuid, bigint) IS 'See public.get_view_version. Definer: clients cannot read the history.';

COMMENT ON FUNCTION "private"."grant_to_caller"(text, text, uuid) IS 'What grants_of_caller has for one resource; null for nothing. For definer functions that ask about one.';

COMMENT ON FUNCTION "private"."grants_of_caller"(text) IS 'The grants that count for the caller, one for a resource: none of a suspended member, nothing given on the free plan, nothing taken from who holds grants.write. For definer functions.';

COMMENT ON FUNCTION "private"."has_begun_version"(text, uuid) IS 'Whether the present version of a view was begun by this transaction, which then has the view locked.';

COMMENT ON FUNCTION "private"."import_component"(text, jsonb) IS 'Publishes a component, unless the same is there already: {outcome}, published or used, or why it cannot be brought. For definer functions.';

COMMENT ON FUNCTION "private"."import_components"(text, jsonb) IS 'Brings the components of an export: {brought, not_brought} for the report, and lost, which component_refusals takes. Error: invalid_input for the id of a built-in one. For definer functions.';

COMMENT ON FUNCTION "private"."import_dashboard"(text, jsonb) IS 'See public.import_dashboard. Definer: whole layouts are written past the policies of single widgets, and preferences by no role.';

COMMENT ON FUNCTION "private"."import_document"(text, jsonb, text, text) IS 'Brings a checked document and reports. The default of a dashboard becomes the caller''s; that of a single view only where they have none. For definer functions that have checked the permission.';

COMMENT ON FUNCTION "private"."import_preference"(text, text, jsonb) IS 'Sets one preference of the caller''s; null, or why it cannot be. For definer functions.';

COMMENT ON FUNCTION "private"."import_preferences"(text, jsonb, jsonb, jsonb) IS 'Sets the caller''s preferences from an export, with what its views and themes became: {applied, not_brought} for the report. For definer functions.';

COMMENT ON FUNCTION "private"."import_refusal"(text, text) IS 'Why a part of an import was left out: a registered code and a sentence.';

COMMENT ON FUNCTION "private"."import_theme"(text, jsonb) IS 'Makes a personal theme of the caller''s. For definer functions that have checked the permission and the document.';

COMMENT ON FUNCTION "private"."import_themes"(text, jsonb) IS 'Brings the themes of an export, each as a personal one, if the caller may make themes: {brought, not_brought} for the report. For definer functions.';

COMMENT ON FUNCTION "private"."import_view"(text, jsonb, text) IS 'See public.import_view. Definer: whole layouts are written past the policies of single widgets, and preferences by no role.';

COMMENT ON FUNCTION "private"."import_view_part"(text, jsonb, text, text, jsonb) IS 'Makes a view of the caller''s from a checked document that stands at a path, without the widgets whose component cannot be brought, which it lists. Errors: invalid_input for a configuration that its component does not take, conflict (200 views). For definer functions that have checked the permission.';

COMMENT ON FUNCTION "private"."import_views"(text, jsonb, text, text, jsonb) IS 'Brings the views of an export, each: {brought, not_brought} for the report. p_list_path is where the list stands, null for a view that is the whole document. For definer functions.';

COMMENT ON FUNCTION "private"."initial_view"() IS 'What a person sees for whom nobody has chosen anything, as a document.';

COMMENT ON FUNCTION "private"."keep_view_version"(public.dashboard_views, jsonb) IS 'Keeps the layout that a view has, whose row the caller has locked, and begins the next version. For definer functions, which set the version of the view then.';

COMMENT ON FUNCTION "private"."keeps_all_versions"(text) IS 'Whether a workspace has the whole history of its views (premium), and not the last 50 versions alone.';

COMMENT ON FUNCTION "private"."kept_layout"(public.dashboard_views, bigint) IS 'The layout that a view had in a version, none of its widgets left out; null where there is no such version, or it is not kept. For definer functions.';

COMMENT ON FUNCTION "private"."label_view_version"(public.dashboard_views, text) IS 'Labels the present version of a view. For definer functions, which have checked the label.';

COMMENT ON FUNCTION "private"."last_widget_version"(public.dashboard_views, uuid) IS 'The version with which a widget left its view; null for no widget, and one that is kept nowhere. A restored one counts on from there: whoever read it before would otherwise meet the same number again, and other content. For definer functions.';

COMMENT ON FUNCTION "private"."layout_before"(public.dashboard_views, public.widgets[]) IS 'The layout of a view as it was before some of its widgets were changed or removed, given those as they were. Volatile: it has to see what others have committed before the caller got the lock of the view.';

COMMENT ON FUNCTION "private"."layout_document"(public.dashboard_views, jsonb) IS 'A layout of these widgets, null for none, with the settings of a view.';

COMMENT ON FUNCTION "private"."layout_problem"(jsonb, text) IS 'What is wrong with a layout, as {path, message, hint}, the first thing found; null for a valid one. p_path is where the layout stands inside a larger document.';

COMMENT ON FUNCTION "private"."line_problem"(text, jsonb, integer, integer) IS 'What is wrong with a line that people read, counted after private.clean_text: its length, or markup in it; null where nothing is.';

COMMENT ON FUNCTION "private"."list_view_versions"(uuid, bigint, integer) IS 'See public.list_view_versions. Definer: clients cannot read the history, nor the names of people who have left.';

COMMENT ON FUNCTION "private"."list_views"(text, boolean) IS 'See public.list_views and public.list_deleted_views. Definer: it reads shares and grants.';

COMMENT ON FUNCTION "private"."lock_view"(uuid) IS 'Lets one transaction at a time write a layout, and gives the view as it is then. Errors: not_found for one that was deleted meanwhile, conflict where its widgets are locked for more than five seconds.';

COMMENT ON FUNCTION "private"."lock_widgets"(uuid[]) IS 'Locks the widgets of views. A change of widgets locks them and then their view, so whoever removes views calls this first, or each would wait for the other. For definer functions.';

COMMENT ON FUNCTION "private"."may_use_component"(text, text[]) IS 'Whether the caller''s role is one of the allowed ones in a workspace; never for outsiders and suspended members. Definer: it reads memberships, which the caller sees through policies only.';

COMMENT ON FUNCTION "private"."merged_value"(jsonb, jsonb, jsonb) IS 'One of three values, none of them null, by the same rule; null for a conflict.';

COMMENT ON FUNCTION "private"."merged_widgets"(jsonb, jsonb, jsonb) IS 'What is to be done with each widget of three layouts: keep theirs, make, change or remove it, or conflict. `place` is where it stands in mine, from 0; base, theirs and mine are null where it is not there.';

COMMENT ON FUNCTION "private"."moment_problem"(text, jsonb) IS 'What is wrong with a moment as JavaScript writes one (ISO 8601 with seconds and a zone), in a year that has four digits in every zone; null where nothing is.';

COMMENT ON FUNCTION "private"."moment_text"(timestamp with time zone) IS 'A moment as JavaScript writes one.';

COMMENT ON FUNCTION "private"."own_preferences"(text) IS 'See public.get_preferences; who calls it has checked that the caller is a member. Definer: the caller''s own row, without the questions of its policy.';

COMMENT ON FUNCTION "private"."position_problem"(text, jsonb) IS 'What is wrong with {x, y, width, height} in a grid of 12 columns; null where nothing is.';

COMMENT ON FUNCTION "private"."problem_below"(text, jsonb) IS 'A problem of a part as a problem of the whole, in which the part stands at a path; null for none.';

COMMENT ON FUNCTION "private"."publish_component"(text, jsonb) IS 'Publishes a version of a component. Definer: no role writes the tables, which hold only what is checked here.';

COMMENT ON FUNCTION "private"."refuse_components"(text, text, jsonb, boolean) IS 'Refuses the first of a list of {place, document, is_other_component} that is to become another component than it was, and whose component is unknown, or not for the caller (where that is asked). Errors: invalid_input and permission_denied with the path inside the layout.';

COMMENT ON FUNCTION "private"."refuse_configs"(text, text, jsonb) IS 'Refuses the first of a list of {place, document} whose component does not take the configuration. Error: invalid_input with the path inside the layout.';

COMMENT ON FUNCTION "private"."refuse_conflicts"(bigint, jsonb) IS 'Refuses a save in which both sides changed the same; nothing where p_conflicts is null. Error: conflict (`details` is JSON, editConflictsSchema of types/conflict.ts).';

COMMENT ON FUNCTION "private"."refuse_large_export"(jsonb) IS 'Refuses an export that no import would take. Error: conflict with the list that is too long in `details`, empty for the whole.';

COMMENT ON FUNCTION "private"."refuse_stale_widget"(public.widgets, public.widgets) IS 'Refuses a change of a widget that begins from an old version. Errors: conflict (`details` is JSON, editConflictsSchema of types/conflict.ts), not_found for a widget that is not for the caller. Definer: it reads the history.';

COMMENT ON FUNCTION "private"."remove_deleted_views"() IS 'Removes for good the views that were deleted more than 30 days ago, and says how many. For the scheduler.';

COMMENT ON FUNCTION "private"."require_access"(text, text, uuid, text[]) IS 'Refuses a caller who has less access to a dashboard or widget than some level; none takes manage. Error: permission_denied with the access that is missing in `details`. For definer functions.';

COMMENT ON FUNCTION "private"."require_layout"(public.dashboard_views, bigint, text) IS 'The layout that a view had in a version, without widgets that are withheld from the caller. Error: not_found with the given field. For definer functions.';

COMMENT ON FUNCTION "private"."require_room_for_component"(text, text, text, text) IS 'Refuses a version that is not the highest, another type, and one too many. Error: conflict.';

COMMENT ON FUNCTION "private"."require_view"(uuid, text, boolean) IS 'The view with an id, for a caller with at least an access to it; p_is_deleted asks for a deleted one. An id alone is enough: ids of views are made by the database and never chosen. Errors: not_found (view_id), permission_denied with the access that is missing in `details`. Definer: the functions that call it act on views past their policies.';

COMMENT ON FUNCTION "private"."restore_view"(uuid) IS 'See public.restore_view. Definer: no role may write deleted_at.';

COMMENT ON FUNCTION "private"."restore_view_version"(uuid, bigint, bigint) IS 'See public.restore_view_version. Definer: clients cannot read the history.';

COMMENT ON FUNCTION "private"."role_may_use"(text, text[], text[]) IS 'Whether a role with these permissions may use a component with these allowed roles.';

COMMENT ON FUNCTION "private"."save_layout"(uuid, jsonb, bigint, text) IS 'See public.save_layout. Definer: a whole layout is written past the policies of single widgets.';

COMMENT ON FUNCTION "private"."save_view"(uuid, jsonb, bigint, text) IS 'See public.save_view. Definer: a whole layout is written past the policies of single widgets.';

COMMENT ON FUNCTION "private"."scalar_problem"(text, jsonb) IS 'What is wrong with a value that a schema names; null where nothing is.';

COMMENT ON FUNCTION "private"."scalars_problem"(text, jsonb, integer) IS 'What is wrong with a list of values that a schema names, each once; null where nothing is.';

COMMENT ON FUNCTION "private"."schema_part_problem"(text, jsonb, integer) IS 'What is wrong with a schema at some depth of another; null where nothing is.';

COMMENT ON FUNCTION "private"."schema_problem"(text, jsonb) IS 'What is wrong with a schema that somebody wrote, as {path, message, hint}, the first thing found; null where nothing is.';

COMMENT ON FUNCTION "private"."schema_words_problem"(text, jsonb) IS 'What is wrong with the words of a schema, apart from the schemas inside of it; null where nothing is.';

COMMENT ON FUNCTION "private"."sees_resource"(text, text, uuid) IS 'Whether there is such a dashboard or widget and whoever acts may look at it. For definer functions.';

COMMENT ON FUNCTION "private"."sees_view"(text, uuid) IS 'Whether there is such a view in a workspace and the caller may look at it. Definer: it reads shares and grants.';

COMMENT ON FUNCTION "private"."set_default_view"(text, uuid) IS 'See public.set_default_view. Definer: no role writes preferences, which hold only what is checked.';

COMMENT ON FUNCTION "private"."set_role_default_view"(text, text, uuid) IS 'See public.set_role_default_view. Definer: no role writes the table, which holds only what is checked here.';

COMMENT ON FUNCTION "private"."size_problem"(text, jsonb, boolean) IS 'What is wrong with a size in pixels, at most 10,000; null where nothing is.';

COMMENT ON FUNCTION "private"."stored_view"(uuid) IS 'A view as a document, for a caller whose access has been checked. For definer functions.';

COMMENT ON FUNCTION "private"."tg_dashboard_view_shares_validate"() IS 'Before a share is made or changed: checks the values. Errors: invalid_input (access, user_id).';

COMMENT ON FUNCTION "private"."tg_dashboard_views_begin_version"() IS 'Before row height or gap change, which belong to the layout. Definer: nobody writes the history.';

COMMENT ON FUNCTION "private"."tg_dashboard_views_check_visibility"() IS 'Before the visibility changes: takes manage; personal takes the owner, and a view that is no role''s default. Errors: permission_denied, conflict (visibility). Definer: it reads shares, grants and the defaults of roles.';

COMMENT ON FUNCTION "private"."tg_dashboard_views_drop_grants"() IS 'Before a view is removed for good its grants go, and those of all widgets that it ever had; when its owner makes it personal, those go that open it, which the owner could not see. Definer: whose view it is need not hold grants.write.';

COMMENT ON FUNCTION "private"."tg_dashboard_views_first_version"() IS 'After a view is made: begins its history. Definer: nobody writes the history.';

COMMENT ON FUNCTION "private"."tg_dashboard_views_validate"() IS 'Before a view is made or changed: cleans and checks the values and sets owner and maker. Errors: invalid_input (name, description, row_height, gap, visibility).';

COMMENT ON FUNCTION "private"."tg_dashboard_views_within_limit"() IS 'Before a view is made or had back: a person has at most 200 in a workspace, and 1,000 with those that are deleted and can be had back. Error: conflict. Definer: the policies do not show deleted views.';

COMMENT ON FUNCTION "private"."tg_leave_views"() IS 'After a membership ends: the person''s personal views go, and those shared with the workspace are nobody''s. Definer: nobody else may.';

COMMENT ON FUNCTION "private"."tg_profiles_wait_to_delete"() IS 'Before delete, which Auth and Studio cause too: one account after the other, and none while its views are written.';

COMMENT ON FUNCTION "private"."tg_resource_grants_validate"() IS 'Before insert or update of access: who may, on which plan, and nobody gives or takes what they lack, by their role or in the thing itself: to whom a colleague shows what is theirs gets no further by a grant. Definer: who writes grants need not be able to read members and roles. Errors: not_found, permission_denied, invalid_input (resource_type, resource_id, access, user_id), payment_required, conflict.';

COMMENT ON FUNCTION "private"."tg_themes_within_limit"() IS 'After a theme is made or shared, when the policies have had their say: a person has at most 200, and a workspace 200 shared ones. Error: conflict. Definer: who may write themes need not be able to read them.';

COMMENT ON FUNCTION "private"."tg_widgets_begin_version"() IS 'Before a widget is made: gives the view a version of its own for this transaction, also where an upsert then finds the widget there. Definer: nobody writes the history.';

COMMENT ON FUNCTION "private"."tg_widgets_changed"() IS 'After widgets are changed: gives their views a version of their own for this transaction, and keeps what was before. Definer: nobody writes the history.';

COMMENT ON FUNCTION "private"."tg_widgets_removed"() IS 'After widgets are deleted: gives their views a version of their own for this transaction, and keeps what was before. Definer: nobody writes the history.';

COMMENT ON FUNCTION "private"."tg_widgets_validate"() IS 'Before a widget is made or changed: refuses a stale version, a place outside of the grid, an unknown component, one that is not for the caller, and a configuration that its schema does not take; counts the version. Errors: conflict, invalid_input (the column, or the path inside `config`), permission_denied (component_key). Who calls it as a definer has asked about the role.';

COMMENT ON FUNCTION "private"."tg_widgets_within_limit"() IS 'After widgets are made: a view has at most 200. Error: invalid_input (view_id). Definer: those count too that the caller does not see.';

COMMENT ON FUNCTION "private"."value_problem"(text, jsonb, jsonb) IS 'What is wrong with a value according to a schema that private.schema_problem finds nothing wrong with, as {path, message, hint}, the first thing found; null where nothing is. Numbers that a front end could not hold are refused.';

COMMENT ON FUNCTION "private"."version_order"(text) IS 'The numbers of a version x.y.z, to be compared: 1.10.0 follows 1.9.0.';

COMMENT ON FUNCTION "private"."view_document"(public.dashboard_views, text) IS 'A view as a document (types/view.ts), with what it is to the caller, and without widgets that a grant withholds from them. For definer functions, which give the caller''s access.';

COMMENT ON FUNCTION "private"."view_layout"(public.dashboard_views) IS 'The layout of a view as a document, the widgets in reading order, none left out. For definer functions.';

COMMENT ON FUNCTION "private"."view_not_found"() IS 'The one answer for a view that is not there, deleted, or not theirs: not_found.';

COMMENT ON FUNCTION "private"."view_problem"(jsonb, text) IS 'What is wrong with a view, as {path, message, hint}, the first thing found; null for a valid one. p_path is where the view stands inside a larger document.';

COMMENT ON FUNCTION "private"."view_summary"(public.dashboard_views, text, boolean, boolean, text) IS 'What get_view and list_views both tell of a view: its row and what it is to the caller, of whom nothing chosen is null. p_role_key is a role that sees it first, null for none.';

COMMENT ON FUNCTION "private"."views_of_caller"(text, boolean) IS 'Every view of one workspace or of all, deleted or not, that a role, a share or a grant could open to the caller, with the access that comes of it, which may be none. For definer functions.';

COMMENT ON FUNCTION "private"."views_with"(text) IS 'The views to which the caller has at least an access: view, edit or manage. Definer: it reads memberships, shares and grants, and the views whose policies call it.';

COMMENT ON FUNCTION "private"."visible_components"() IS 'The components of workspaces that the caller may see: those that their role may use, and all of them with components.write. Definer: the policies that call it are those of the tables that it reads.';

COMMENT ON FUNCTION "private"."whole_number_problem"(text, jsonb, integer, integer) IS 'What is wrong with a whole number inside a document; null where nothing is.';

COMMENT ON FUNCTION "private"."widget_document"(public.widgets) IS 'A widget as it stands in a layout document, with id and version of its row.';

COMMENT ON FUNCTION "private"."widget_is_same"(jsonb, jsonb) IS 'Whether two states of one widget are the same to a person, of which the first may leave out the version of its component to say the one that there is; null for a widget that is not there.';

COMMENT ON FUNCTION "private"."widget_problem"(text, jsonb) IS 'What is wrong with a widget of a layout, whatever its component; null where nothing is.';

COMMENT ON FUNCTION "private"."widgets_granted"(text) IS 'The widgets to which grants give the caller at least an access: view, edit or manage. Definer: the caller cannot read grants.';

COMMENT ON FUNCTION "private"."widgets_withheld"() IS 'The widgets that a grant takes from the caller, though they may see the view. Definer: the caller cannot read grants.';

COMMENT ON FUNCTION "private"."with_component_version"(jsonb, jsonb) IS 'A widget with the version of its component that it has already, where it names none.';

COMMENT ON FUNCTION "private"."withheld_widgets"(public.dashboard_views) IS 'The ids of the rows of widgets that a grant withholds from the caller in the workspace of a view; none from its owner. Those are included that the view has no more, which its history still shows. For definer functions.';

COMMENT ON FUNCTION "private"."without_widgets"(jsonb, text, uuid[]) IS 'A layout without some of its widgets, by their `id` or `instanceId`. What is withheld goes by the id of the row: the name of a removed widget may be given to another.';

COMMENT ON FUNCTION "private"."without_withheld"(jsonb, public.dashboard_views) IS 'A layout that a view has or had, without the widgets that a grant withholds from the caller. For definer functions.';

COMMENT ON FUNCTION "private"."write_widgets"(public.dashboard_views, jsonb) IS 'Does what has been decided about the widgets of a view: {remove, change, make}, each a list of {instance_id, document} of checked widgets. A widget that is made with an id is one that the view had before.';

COMMENT ON FUNCTION "public"."activate_theme"(text, text) IS 'Chooses a theme for the caller in a workspace, none for the workspace''s default, and returns it as active_theme does. Takes themes.read. Errors: not_found (workspace_id, theme_id), permission_denied.';

COMMENT ON FUNCTION "public"."activate_view"(text, uuid) IS 'Chooses the view that the caller looks at in a workspace, or none, and returns what they see then, as active_view does. Takes dashboards.read. Errors: not_found (workspace_id, view_id), permission_denied.';

COMMENT ON FUNCTION "public"."active_view"(text) IS 'The view that the caller sees in a workspace, as get_view gives it, with `source`: active, default, own (theirs that changed last), role (the default of their role) or built_in (the initial view, a document that is stored nowhere: create_view makes one of it). Takes dashboards.read. Errors: not_found, permission_denied.';

COMMENT ON FUNCTION "public"."available_components"(text) IS 'The components that the caller''s role may use in a workspace: the built-in ones, then the latest versions of the workspace''s own by title. Each has id, type, kind (built_in, custom), version, titleKey and descriptionKey or title and description, icon, allowedRoles, sizeConfig, defaultConfig, configSchema and dataSchema. Takes components.read. Errors: not_found, permission_denied.';

COMMENT ON FUNCTION "public"."compare_view_versions"(uuid, bigint, bigint) IS 'What changed from one version of a view''s layout to another, the present one where none is given: {from, to, added, removed, moved, changed, settings}. A widget that moved and changed is in both. Errors: not_found (view_id, from_version, to_version).';

COMMENT ON FUNCTION "public"."create_view"(text, text, text, jsonb, text) IS 'Makes a view with a layout, or empty, and returns it as get_view does. Takes dashboards.read and dashboards.write. Errors: not_found, permission_denied, conflict (200 views), invalid_input (name, description, visibility, or the path inside the layout).';

COMMENT ON FUNCTION "public"."delete_component"(text, text) IS 'Deletes a component of the workspace with all its versions, on either plan. Takes components.write. Errors: not_found (workspace_id, key), permission_denied, conflict (`details` is how many widgets show it).';

COMMENT ON FUNCTION "public"."delete_view"(uuid) IS 'Deletes a view; restore_view has it back for 30 days. Takes the access manage. Errors: not_found (view_id), permission_denied (manage).';

COMMENT ON FUNCTION "public"."duplicate_view"(uuid, text) IS 'Makes a personal copy of a view that the caller may see, without its history, its shares and widgets whose component is not for their role, and returns it as get_view does. Takes dashboards.write. Errors: not_found (view_id), permission_denied, conflict (200 views), invalid_input (name).';

COMMENT ON FUNCTION "public"."export_dashboard"(text) IS 'What the caller has arranged in a workspace, as a document (exportSchema of types/transfer.ts) that import_dashboard takes in any workspace: their own views with the components that these need, their own themes and the active one, and their preferences. Takes dashboards.read; themes take themes.read and are left out without it. Errors: not_found, permission_denied, conflict (larger than 4 MiB, or more than 200 of one kind).';

COMMENT ON FUNCTION "public"."export_my_data"() IS 'All personal data of the caller as one JSON document: version (1), exportedAt, account, identities, sessions, profile, memberships, preferences, themes, views, workspacesCreated, files, invitations {sent, received}, audit. Sections may be added; `version` changes when one changes its meaning. Errors: not_signed_in.';

COMMENT ON FUNCTION "public"."export_view"(uuid) IS 'A view that the caller may see, with the components that it needs, as a document (exportSchema of types/transfer.ts) that import_view takes in any workspace. Errors: not_found (view_id), conflict (larger than 4 MiB).';

COMMENT ON FUNCTION "public"."get_component"(text, text, text) IS 'A component that the caller''s role may use, in the form of available_components: a built-in one, or a version of the workspace''s own, the latest where none is named. With components.write all of the workspace''s own. Takes components.read. Errors: not_found (workspace_id, key), permission_denied.';

COMMENT ON FUNCTION "public"."get_dashboard"(text, uuid) IS 'A view with its layout (the one that the caller sees, as active_view gives it, where none is given), the theme as active_theme gives it and the preferences as get_preferences does. Takes dashboards.read and themes.read. Errors: not_found (workspace_id, view_id), permission_denied.';

COMMENT ON FUNCTION "public"."get_view"(uuid) IS 'A view with its layout (storedViewSchema of types/view.ts). Errors: not_found (view_id).';

COMMENT ON FUNCTION "public"."get_view_version"(uuid, bigint) IS 'The layout that a view had in a version. Errors: not_found (view_id, version).';

COMMENT ON FUNCTION "public"."import_dashboard"(text, jsonb) IS 'Brings what export_dashboard gives into a workspace, as the caller''s own, and reports as import_view does: copies of views and themes with ids of their own, and the preferences. All or nothing. Takes dashboards.read and dashboards.write; themes take themes.read and themes.write; a component that is not there yet takes components.write and the premium plan. Errors: not_found (workspace_id), permission_denied, conflict (200 views), invalid_input (the path inside the document).';

COMMENT ON FUNCTION "public"."import_view"(text, jsonb, text) IS 'Makes a view from what export_view gives, or from a bare view (viewSchema of types/view.ts), and reports (importReportSchema of types/transfer.ts): what was made, and in notBrought what was left out and why, with its path and a registered code. All or nothing. Takes dashboards.read and dashboards.write; a component that is not there yet takes components.write and the premium plan. Errors: not_found (workspace_id), permission_denied, conflict (200 views), invalid_input (the path inside the document, or visibility).';

COMMENT ON FUNCTION "public"."list_deleted_views"(text) IS 'The deleted views that the caller can have back with restore_view, as list_views gives them, with deletedAt. Takes dashboards.read. Errors: not_found, permission_denied.';

COMMENT ON FUNCTION "public"."list_view_versions"(uuid, bigint, integer) IS 'The versions of a view''s layout, latest first: [{version, label, savedAt, savedBy {id, name}, isCurrent}], at most per_page (50, up to 100) of those before a version. Errors: not_found (view_id), invalid_input (per_page).';

COMMENT ON FUNCTION "public"."list_views"(text) IS 'The views of a workspace that the caller may see, by name (listedViewSchema of types/view.ts): what get_view gives without the layout, and widgetCount. Takes dashboards.read. Errors: not_found, permission_denied.';

COMMENT ON FUNCTION "public"."my_access"(text, text, uuid) IS 'What the caller may do with one dashboard or widget by role, ownership, shares and grants together: none, view, edit or manage. It is none for what does not exist and in a workspace that one is not in. Error: invalid_input (workspace_id, resource_type).';

COMMENT ON FUNCTION "public"."publish_component"(text, jsonb) IS 'Publishes a component (types/component.ts), or a higher version of one, and returns it as get_component does. A version never changes; the allowed roles of the latest one count. Takes components.write and the premium plan. Errors: not_found, permission_denied, payment_required, invalid_input (the path inside the document), conflict (`details` is the latest version, type, or the limit of 200 components and 100 versions of each).';

COMMENT ON FUNCTION "public"."restore_view"(uuid) IS 'Has a deleted view back, as it was, and returns it as get_view does. Takes the access manage. Errors: not_found (view_id), permission_denied (manage), conflict (200 views).';

COMMENT ON FUNCTION "public"."restore_view_version"(uuid, bigint, bigint) IS 'Gives a view the layout of an earlier version, as a version of its own, and returns it as get_view does, with notRestored: the widgets whose component is gone, each with path, instanceId, code and message. With expected_version, what others changed since is kept as save_layout does. Takes the access edit. Errors: not_found (view_id, version), permission_denied (edit), conflict, invalid_input (expected_version).';

COMMENT ON FUNCTION "public"."save_layout"(uuid, jsonb, bigint, text) IS 'Writes the whole layout of a view, as changes to the version that was read, and returns the view as get_view does. What others changed meanwhile stays, unless it is the same widget. Takes the access edit. Errors: not_found (view_id), permission_denied (edit, or the path of a widget whose component is not for the caller), invalid_input (the path inside the layout, expected_version or label), conflict (`details` is JSON, editConflictsSchema of types/conflict.ts).';

COMMENT ON FUNCTION "public"."save_view"(uuid, jsonb, bigint, text) IS 'As save_layout, for a whole view: its name, description and layout. Whom it is shared with and whose default it is have calls of their own. Errors: those of save_layout, the path inside the document.';

COMMENT ON FUNCTION "public"."set_default_theme"(text, text) IS 'Sets the theme that members see who have chosen none: the uuid of a shared theme, the key of a built-in one, or none for the product''s default. Takes workspace.update. Errors: not_found (workspace_id, theme_id), permission_denied, invalid_input (theme_id).';

COMMENT ON FUNCTION "public"."set_default_view"(text, uuid) IS 'Chooses what the caller begins with in a workspace: a view that they may see, or none. Takes dashboards.read. Errors: not_found (workspace_id, view_id), permission_denied.';

COMMENT ON FUNCTION "public"."set_role_default_view"(text, text, uuid) IS 'Sets what people of a role see who have chosen nothing: a view that is shared with the workspace, or none for the product''s initial view. Takes workspace.update. Errors: not_found (workspace_id, view_id), permission_denied, invalid_input (role_key, view_id).';

COMMENT ON POLICY "view_versions_select" ON "private"."view_versions" IS 'Nobody: the functions that read it leave out what a grant withholds from the reader.';

COMMENT ON POLICY "built_in_components_select" ON "public"."built_in_components" IS 'The catalog is the same for everyone who is signed in.';

COMMENT ON POLICY "component_types_select" ON "public"."component_types" IS 'The catalog is the same for everyone who is signed in.';

COMMENT ON POLICY "component_versions_select" ON "public"."component_versions" IS 'Members whose role may use the component, and members with components.write.';

COMMENT ON POLICY "components_select" ON "public"."components" IS 'Members whose role may use the component, and members with components.write.';

COMMENT ON POLICY "dashboard_view_shares_delete" ON "public"."dashboard_view_shares" IS 'Who manages the view.';

COMMENT ON POLICY "dashboard_view_shares_insert" ON "public"."dashboard_view_shares" IS 'Who manages the view.';

COMMENT ON POLICY "dashboard_view_shares_select" ON "public"."dashboard_view_shares" IS 'Who manages the view, and the person it is for.';

COMMENT ON POLICY "dashboard_view_shares_update" ON "public"."dashboard_view_shares" IS 'Who manages the view.';

COMMENT ON POLICY "dashboard_views_insert" ON "public"."dashboard_views" IS 'Members with dashboards.write.';

COMMENT ON POLICY "dashboard_views_select" ON "public"."dashboard_views" IS 'Whoever has at least the access view (90_view_access.sql).';

COMMENT ON POLICY "dashboard_views_update" ON "public"."dashboard_views" IS 'Whoever has at least the access edit.';

COMMENT ON POLICY "role_default_views_select" ON "public"."role_default_views" IS 'Members with dashboards.read.';

COMMENT ON POLICY "widgets_delete" ON "public"."widgets" IS 'Who may edit the view, but for widgets that a grant withholds; and whom a grant lets manage the widget.';

COMMENT ON POLICY "widgets_insert" ON "public"."widgets" IS 'Who may edit the view.';

COMMENT ON POLICY "widgets_select" ON "public"."widgets" IS 'Who may look at the view, but for widgets that a grant withholds; and whom a grant gives the widget.';

COMMENT ON POLICY "widgets_update" ON "public"."widgets" IS 'Who may edit the view, but for widgets that a grant withholds; and whom a grant lets edit the widget.';

COMMENT ON TABLE "private"."view_versions" IS 'The layouts that views had. Read with list_view_versions, get_view_version and compare_view_versions.';

COMMENT ON TABLE "public"."built_in_components" IS 'The components that come with the product. The rows come with the schema.';

COMMENT ON TABLE "public"."component_types" IS 'The kinds of components. The rows come with the schema.';

COMMENT ON TABLE "public"."component_versions" IS 'What was published of each component: columns hold the parts of the document (types/component.ts). A row never changes.';

COMMENT ON TABLE "public"."components" IS 'The components that workspaces have of their own. Made and deleted with publish_component and delete_component; when a workspace goes back to the free plan they stay and can be used, and none can be published.';

COMMENT ON TABLE "public"."dashboard_view_shares" IS 'Views that are shared with one person or one role. They go with the view, the member or the role.';

COMMENT ON TABLE "public"."dashboard_views" IS 'The views of workspaces: what people arrange on their screen. get_view gives one as a document (types/view.ts).';

COMMENT ON TABLE "public"."role_default_views" IS 'What people of each role see first. See set_role_default_view.';

COMMENT ON TABLE "public"."widgets" IS 'The widgets of views. In the documents of the front end (types/layout.ts) a widget is {instanceId, widgetId, position, visible, config, lastUpdated}.';

COMMENT ON TRIGGER "component_versions_audit" ON "public"."component_versions" IS 'Into the audit log, without the documents, which the version itself keeps. Versions go with their component only.';

COMMENT ON TRIGGER "components_audit" ON "public"."components" IS 'Into the audit log.';

COMMENT ON TRIGGER "dashboard_view_shares_audit" ON "public"."dashboard_view_shares" IS 'Into the audit log.';

COMMENT ON TRIGGER "dashboard_view_shares_set_updated_at" ON "public"."dashboard_view_shares" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "dashboard_view_shares_validate" ON "public"."dashboard_view_shares" IS 'Refuses bad values with a field.';

COMMENT ON TRIGGER "dashboard_views_audit_delete" ON "public"."dashboard_views" IS 'Shared views, into the audit log.';

COMMENT ON TRIGGER "dashboard_views_audit_insert" ON "public"."dashboard_views" IS 'Shared views, into the audit log.';

COMMENT ON TRIGGER "dashboard_views_audit_update" ON "public"."dashboard_views" IS 'Shared views, into the audit log. Layouts have a history of their own (private.view_versions).';

COMMENT ON TRIGGER "dashboard_views_audit_visibility" ON "public"."dashboard_views" IS 'Sharing a view and taking it back, into the audit log, without the texts, of which one side is personal.';

COMMENT ON TRIGGER "dashboard_views_check_visibility" ON "public"."dashboard_views" IS 'Refuses who does not manage the view.';

COMMENT ON TRIGGER "dashboard_views_drop_grants" ON "public"."dashboard_views" IS 'Grants go with what they are for.';

COMMENT ON TRIGGER "dashboard_views_drop_grants_personal" ON "public"."dashboard_views" IS 'What is personal again is open to nobody by a grant from before.';

COMMENT ON TRIGGER "dashboard_views_first_version" ON "public"."dashboard_views" IS 'Begins the history.';

COMMENT ON TRIGGER "dashboard_views_set_updated_at" ON "public"."dashboard_views" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "dashboard_views_validate" ON "public"."dashboard_views" IS 'Refuses bad values with a code and a field, and notes whose the view is.';

COMMENT ON TRIGGER "dashboard_views_version" ON "public"."dashboard_views" IS 'Keeps the layout as it was before.';

COMMENT ON TRIGGER "dashboard_views_within_limit" ON "public"."dashboard_views" IS 'At most 200 views a person.';

COMMENT ON TRIGGER "role_default_views_audit" ON "public"."role_default_views" IS 'Into the audit log.';

COMMENT ON TRIGGER "role_default_views_set_updated_at" ON "public"."role_default_views" IS 'Keeps updated_at.';

COMMENT ON TRIGGER "themes_audit_update" ON "public"."themes" IS 'Shared themes, into the audit log.';

COMMENT ON TRIGGER "themes_audit_visibility" ON "public"."themes" IS 'Sharing a theme, into the audit log, without the document, which was personal before.';

COMMENT ON TRIGGER "themes_within_limit" ON "public"."themes" IS 'At most 200 a person, and 200 shared.';

COMMENT ON TRIGGER "themes_within_limit_shared" ON "public"."themes" IS 'At most 200 shared.';

COMMENT ON TRIGGER "widgets_validate" ON "public"."widgets" IS 'Refuses what is wrong with a code and a path.';

COMMENT ON TRIGGER "widgets_version" ON "public"."widgets" IS 'Keeps the layout as it was before.';

COMMENT ON TRIGGER "widgets_version_delete" ON "public"."widgets" IS 'Keeps the layout as it was before.';

COMMENT ON TRIGGER "widgets_version_update" ON "public"."widgets" IS 'Keeps the layout as it was before.';

COMMENT ON TRIGGER "widgets_within_limit" ON "public"."widgets" IS 'At most 200 widgets a view.';

COMMENT ON TRIGGER "workspace_members_leave_views" ON "public"."workspace_members" IS 'Personal views go with their owner; shared ones stay.';

REVOKE ALL ON FUNCTION "private"."access_to_view"(public.dashboard_views) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."access_to_view"(public.dashboard_views) TO "postgres";

REVOKE ALL ON FUNCTION "private"."access_to_widget"(public.widgets) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."access_to_widget"(public.widgets) TO "postgres";

REVOKE ALL ON FUNCTION "private"."active_theme"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."active_theme"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."active_view"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."active_view"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."active_view_id"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."active_view_id"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."apply_layout"(uuid, jsonb, bigint, text, text, boolean) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."apply_layout"(uuid, jsonb, bigint, text, text, boolean) TO "postgres";

REVOKE ALL ON FUNCTION "private"."begin_view_version"(text, uuid, public.widgets[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."begin_view_version"(text, uuid, public.widgets[]) TO "postgres";

REVOKE ALL ON FUNCTION "private"."compare_view_versions"(uuid, bigint, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."compare_view_versions"(uuid, bigint, bigint) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."component_document"(public.built_in_components, public.component_types) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."component_document"(public.built_in_components, public.component_types) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."component_document"(public.component_versions, public.component_types) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."component_document"(public.component_versions, public.component_types) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."component_in_use"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."component_in_use"(text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."component_not_found"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."component_not_found"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."component_problem"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."component_problem"(jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."component_refusals"(text, jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."component_refusals"(text, jsonb, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."component_version_of"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."component_version_of"(text, text, text) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."config_problem"(text, jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."config_problem"(text, jsonb, jsonb) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."create_view"(text, text, text, jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."create_view"(text, text, text, jsonb, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."decided_view_access"(text[], boolean, text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."decided_view_access"(text[], boolean, text, text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."delete_component"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."delete_component"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."delete_view"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."delete_view"(uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."duplicate_view"(uuid, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."duplicate_view"(uuid, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."export_dashboard"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_dashboard"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."export_document"(text, text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_document"(text, text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_problem"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_problem"(jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."export_view"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_view"(uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."export_views"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."export_views"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."exported_component"(public.component_versions) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."exported_component"(public.component_versions) TO "postgres";

REVOKE ALL ON FUNCTION "private"."exported_components"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."exported_components"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."exported_kind_problem"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."exported_kind_problem"(jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."exported_lists_problem"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."exported_lists_problem"(jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."exported_part_problem"(text, jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."exported_part_problem"(text, jsonb, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."exported_parts_problem"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."exported_parts_problem"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."exported_preferences_problem"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."exported_preferences_problem"(jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."exported_reference_problem"(text, jsonb, jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."exported_reference_problem"(text, jsonb, jsonb, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."exported_themes"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."exported_themes"(text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."exported_view"(public.dashboard_views) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."exported_view"(public.dashboard_views) TO "postgres";

REVOKE ALL ON FUNCTION "private"."find_component"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."find_component"(text, text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."flag_problem"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."flag_problem"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."get_view"(uuid, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."get_view"(uuid, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."get_view_version"(uuid, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."get_view_version"(uuid, bigint) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."grant_to_caller"(text, text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."grant_to_caller"(text, text, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."has_begun_version"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."has_begun_version"(text, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."import_component"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_component"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."import_components"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_components"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."import_dashboard"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_dashboard"(text, jsonb) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."import_document"(text, jsonb, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_document"(text, jsonb, text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."import_preference"(text, text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_preference"(text, text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."import_preferences"(text, jsonb, jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_preferences"(text, jsonb, jsonb, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."import_refusal"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_refusal"(text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."import_theme"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_theme"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."import_themes"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_themes"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."import_view"(text, jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_view"(text, jsonb, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."import_view_part"(text, jsonb, text, text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_view_part"(text, jsonb, text, text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."import_views"(text, jsonb, text, text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."import_views"(text, jsonb, text, text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."initial_view"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."initial_view"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."keep_view_version"(public.dashboard_views, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."keep_view_version"(public.dashboard_views, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."keeps_all_versions"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."keeps_all_versions"(text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."kept_layout"(public.dashboard_views, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."kept_layout"(public.dashboard_views, bigint) TO "postgres";

REVOKE ALL ON FUNCTION "private"."label_view_version"(public.dashboard_views, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."label_view_version"(public.dashboard_views, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."last_widget_version"(public.dashboard_views, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."last_widget_version"(public.dashboard_views, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."layout_before"(public.dashboard_views, public.widgets[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."layout_before"(public.dashboard_views, public.widgets[]) TO "postgres";

REVOKE ALL ON FUNCTION "private"."layout_document"(public.dashboard_views, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."layout_document"(public.dashboard_views, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."layout_problem"(jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."layout_problem"(jsonb, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."list_view_versions"(uuid, bigint, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."list_view_versions"(uuid, bigint, integer) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."list_views"(text, boolean) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."list_views"(text, boolean) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."lock_view"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."lock_view"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."lock_widgets"(uuid[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."lock_widgets"(uuid[]) TO "postgres";

REVOKE ALL ON FUNCTION "private"."may_use_component"(text, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."may_use_component"(text, text[]) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."merged_value"(jsonb, jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."merged_value"(jsonb, jsonb, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."merged_widgets"(jsonb, jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."merged_widgets"(jsonb, jsonb, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."moment_problem"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."moment_problem"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."moment_text"(timestamp with time zone) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."moment_text"(timestamp with time zone) TO "postgres";

REVOKE ALL ON FUNCTION "private"."own_preferences"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."own_preferences"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."position_problem"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."position_problem"(text, jsonb) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."problem_below"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."problem_below"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."publish_component"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."publish_component"(text, jsonb) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."refuse_components"(text, text, jsonb, boolean) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."refuse_components"(text, text, jsonb, boolean) TO "postgres";

REVOKE ALL ON FUNCTION "private"."refuse_configs"(text, text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."refuse_configs"(text, text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."refuse_conflicts"(bigint, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."refuse_conflicts"(bigint, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."refuse_large_export"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."refuse_large_export"(jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."refuse_stale_widget"(public.widgets, public.widgets) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."refuse_stale_widget"(public.widgets, public.widgets) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."remove_deleted_views"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."remove_deleted_views"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_access"(text, text, uuid, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_access"(text, text, uuid, text[]) TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_layout"(public.dashboard_views, bigint, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_layout"(public.dashboard_views, bigint, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_room_for_component"(text, text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_room_for_component"(text, text, text, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."require_view"(uuid, text, boolean) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."require_view"(uuid, text, boolean) TO "postgres";

REVOKE ALL ON FUNCTION "private"."restore_view"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."restore_view"(uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."restore_view_version"(uuid, bigint, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."restore_view_version"(uuid, bigint, bigint) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."role_may_use"(text, text[], text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."role_may_use"(text, text[], text[]) TO "postgres";

REVOKE ALL ON FUNCTION "private"."save_layout"(uuid, jsonb, bigint, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."save_layout"(uuid, jsonb, bigint, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."save_view"(uuid, jsonb, bigint, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."save_view"(uuid, jsonb, bigint, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."scalar_problem"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."scalar_problem"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."scalars_problem"(text, jsonb, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."scalars_problem"(text, jsonb, integer) TO "postgres";

REVOKE ALL ON FUNCTION "private"."schema_part_problem"(text, jsonb, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."schema_part_problem"(text, jsonb, integer) TO "postgres";

REVOKE ALL ON FUNCTION "private"."schema_problem"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."schema_problem"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."schema_words_problem"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."schema_words_problem"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."sees_resource"(text, text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."sees_resource"(text, text, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."sees_view"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."sees_view"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."set_default_view"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."set_default_view"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."set_role_default_view"(text, text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."set_role_default_view"(text, text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."size_problem"(text, jsonb, boolean) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."size_problem"(text, jsonb, boolean) TO "postgres";

REVOKE ALL ON FUNCTION "private"."stored_view"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."stored_view"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_dashboard_view_shares_validate"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_dashboard_view_shares_validate"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_dashboard_views_begin_version"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_dashboard_views_begin_version"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_dashboard_views_check_visibility"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_dashboard_views_check_visibility"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_dashboard_views_drop_grants"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_dashboard_views_drop_grants"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_dashboard_views_first_version"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_dashboard_views_first_version"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_dashboard_views_validate"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_dashboard_views_validate"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_dashboard_views_within_limit"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_dashboard_views_within_limit"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_leave_views"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_leave_views"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_themes_within_limit"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_themes_within_limit"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_widgets_begin_version"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_widgets_begin_version"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_widgets_changed"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_widgets_changed"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_widgets_removed"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_widgets_removed"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_widgets_validate"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_widgets_validate"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."tg_widgets_within_limit"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."tg_widgets_within_limit"() TO "postgres";

REVOKE ALL ON FUNCTION "private"."value_problem"(text, jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."value_problem"(text, jsonb, jsonb) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."version_order"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."version_order"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."view_document"(public.dashboard_views, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."view_document"(public.dashboard_views, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."view_layout"(public.dashboard_views) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."view_layout"(public.dashboard_views) TO "postgres";

REVOKE ALL ON FUNCTION "private"."view_not_found"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."view_not_found"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."view_problem"(jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."view_problem"(jsonb, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."view_summary"(public.dashboard_views, text, boolean, boolean, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."view_summary"(public.dashboard_views, text, boolean, boolean, text) TO "postgres";

REVOKE ALL ON FUNCTION "private"."views_of_caller"(text, boolean) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."views_of_caller"(text, boolean) TO "postgres";

REVOKE ALL ON FUNCTION "private"."views_with"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."views_with"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."visible_components"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."visible_components"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."whole_number_problem"(text, jsonb, integer, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."whole_number_problem"(text, jsonb, integer, integer) TO "authenticated", "postgres", "service_role";

REVOKE ALL ON FUNCTION "private"."widget_document"(public.widgets) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."widget_document"(public.widgets) TO "postgres";

REVOKE ALL ON FUNCTION "private"."widget_is_same"(jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."widget_is_same"(jsonb, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."widget_problem"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."widget_problem"(text, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."widgets_granted"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."widgets_granted"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."widgets_withheld"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."widgets_withheld"() TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "private"."with_component_version"(jsonb, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."with_component_version"(jsonb, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "private"."withheld_widgets"(public.dashboard_views) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."withheld_widgets"(public.dashboard_views) TO "postgres";

REVOKE ALL ON FUNCTION "private"."without_widgets"(jsonb, text, uuid[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."without_widgets"(jsonb, text, uuid[]) TO "postgres";

REVOKE ALL ON FUNCTION "private"."without_withheld"(jsonb, public.dashboard_views) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."without_withheld"(jsonb, public.dashboard_views) TO "postgres";

REVOKE ALL ON FUNCTION "private"."write_widgets"(public.dashboard_views, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "private"."write_widgets"(public.dashboard_views, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "public"."activate_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."activate_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."activate_view"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."activate_view"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."active_view"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."active_view"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."available_components"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."available_components"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."compare_view_versions"(uuid, bigint, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."compare_view_versions"(uuid, bigint, bigint) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."create_view"(text, text, text, jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_view"(text, text, text, jsonb, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."delete_component"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delete_component"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."delete_view"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delete_view"(uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."duplicate_view"(uuid, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."duplicate_view"(uuid, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."export_dashboard"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."export_dashboard"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."export_view"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."export_view"(uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."get_component"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."get_component"(text, text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."get_dashboard"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."get_dashboard"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."get_view"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."get_view"(uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."get_view_version"(uuid, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."get_view_version"(uuid, bigint) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."import_dashboard"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."import_dashboard"(text, jsonb) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."import_view"(text, jsonb, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."import_view"(text, jsonb, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."list_deleted_views"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."list_deleted_views"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."list_view_versions"(uuid, bigint, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."list_view_versions"(uuid, bigint, integer) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."list_views"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."list_views"(text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."publish_component"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."publish_component"(text, jsonb) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."restore_view"(uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."restore_view"(uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."restore_view_version"(uuid, bigint, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."restore_view_version"(uuid, bigint, bigint) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."save_layout"(uuid, jsonb, bigint, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."save_layout"(uuid, jsonb, bigint, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."save_view"(uuid, jsonb, bigint, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."save_view"(uuid, jsonb, bigint, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."set_default_theme"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."set_default_theme"(text, text) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."set_default_view"(text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."set_default_view"(text, uuid) TO "authenticated", "postgres";

REVOKE ALL ON FUNCTION "public"."set_role_default_view"(text, text, uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."set_role_default_view"(text, text, uuid) TO "authenticated", "postgres";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "private"."view_versions" TO "postgres";

GRANT SELECT ON TABLE "public"."built_in_components" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."built_in_components" TO "postgres";

GRANT SELECT ON TABLE "public"."built_in_components" TO "service_role";

GRANT SELECT ON TABLE "public"."component_types" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."component_types" TO "postgres";

GRANT SELECT ON TABLE "public"."component_types" TO "service_role";

GRANT SELECT ON TABLE "public"."component_versions" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."component_versions" TO "postgres";

GRANT SELECT ON TABLE "public"."component_versions" TO "service_role";

GRANT SELECT ON TABLE "public"."components" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."components" TO "postgres";

GRANT SELECT ON TABLE "public"."components" TO "service_role";

GRANT INSERT ("access"), UPDATE ("access") ON TABLE "public"."dashboard_view_shares" TO "authenticated";

GRANT INSERT ("role_key") ON TABLE "public"."dashboard_view_shares" TO "authenticated";

GRANT INSERT ("user_id") ON TABLE "public"."dashboard_view_shares" TO "authenticated";

GRANT INSERT ("view_id") ON TABLE "public"."dashboard_view_shares" TO "authenticated";

GRANT INSERT ("workspace_id") ON TABLE "public"."dashboard_view_shares" TO "authenticated";

GRANT DELETE, SELECT ON TABLE "public"."dashboard_view_shares" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."dashboard_view_shares" TO "postgres";

GRANT INSERT ("access"), UPDATE ("access") ON TABLE "public"."dashboard_view_shares" TO "service_role";

GRANT INSERT ("role_key") ON TABLE "public"."dashboard_view_shares" TO "service_role";

GRANT INSERT ("user_id") ON TABLE "public"."dashboard_view_shares" TO "service_role";

GRANT INSERT ("view_id") ON TABLE "public"."dashboard_view_shares" TO "service_role";

GRANT INSERT ("workspace_id") ON TABLE "public"."dashboard_view_shares" TO "service_role";

GRANT DELETE, SELECT ON TABLE "public"."dashboard_view_shares" TO "service_role";

GRANT INSERT ("description"), UPDATE ("description") ON TABLE "public"."dashboard_views" TO "authenticated";

GRANT INSERT ("gap"), UPDATE ("gap") ON TABLE "public"."dashboard_views" TO "authenticated";

GRANT INSERT ("name"), UPDATE ("name") ON TABLE "public"."dashboard_views" TO "authenticated";

GRANT INSERT ("row_height"), UPDATE ("row_height") ON TABLE "public"."dashboard_views" TO "authenticated";

GRANT INSERT ("visibility"), UPDATE ("visibility") ON TABLE "public"."dashboard_views" TO "authenticated";

GRANT INSERT ("workspace_id") ON TABLE "public"."dashboard_views" TO "authenticated";

GRANT SELECT ON TABLE "public"."dashboard_views" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."dashboard_views" TO "postgres";

GRANT INSERT ("description"), UPDATE ("description") ON TABLE "public"."dashboard_views" TO "service_role";

GRANT INSERT ("gap"), UPDATE ("gap") ON TABLE "public"."dashboard_views" TO "service_role";

GRANT INSERT ("name"), UPDATE ("name") ON TABLE "public"."dashboard_views" TO "service_role";

GRANT INSERT ("row_height"), UPDATE ("row_height") ON TABLE "public"."dashboard_views" TO "service_role";

GRANT INSERT ("visibility"), UPDATE ("visibility") ON TABLE "public"."dashboard_views" TO "service_role";

GRANT INSERT ("workspace_id") ON TABLE "public"."dashboard_views" TO "service_role";

GRANT SELECT ON TABLE "public"."dashboard_views" TO "service_role";

GRANT SELECT ON TABLE "public"."role_default_views" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."role_default_views" TO "postgres";

GRANT SELECT ON TABLE "public"."role_default_views" TO "service_role";

GRANT INSERT ("component_key"), UPDATE ("component_key") ON TABLE "public"."widgets" TO "authenticated";

GRANT INSERT ("component_version"), UPDATE ("component_version") ON TABLE "public"."widgets" TO "authenticated";

GRANT INSERT ("config"), UPDATE ("config") ON TABLE "public"."widgets" TO "authenticated";

GRANT INSERT ("height"), UPDATE ("height") ON TABLE "public"."widgets" TO "authenticated";

GRANT INSERT ("instance_id") ON TABLE "public"."widgets" TO "authenticated";

GRANT UPDATE ("version") ON TABLE "public"."widgets" TO "authenticated";

GRANT INSERT ("view_id") ON TABLE "public"."widgets" TO "authenticated";

GRANT INSERT ("visible"), UPDATE ("visible") ON TABLE "public"."widgets" TO "authenticated";

GRANT INSERT ("width"), UPDATE ("width") ON TABLE "public"."widgets" TO "authenticated";

GRANT INSERT ("workspace_id") ON TABLE "public"."widgets" TO "authenticated";

GRANT INSERT ("x"), UPDATE ("x") ON TABLE "public"."widgets" TO "authenticated";

GRANT INSERT ("y"), UPDATE ("y") ON TABLE "public"."widgets" TO "authenticated";

GRANT DELETE, SELECT ON TABLE "public"."widgets" TO "authenticated";

GRANT DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE "public"."widgets" TO "postgres";

GRANT INSERT ("component_key"), UPDATE ("component_key") ON TABLE "public"."widgets" TO "service_role";

GRANT INSERT ("component_version"), UPDATE ("component_version") ON TABLE "public"."widgets" TO "service_role";

GRANT INSERT ("config"), UPDATE ("config") ON TABLE "public"."widgets" TO "service_role";

GRANT INSERT ("height"), UPDATE ("height") ON TABLE "public"."widgets" TO "service_role";

GRANT INSERT ("instance_id") ON TABLE "public"."widgets" TO "service_role";

GRANT UPDATE ("version") ON TABLE "public"."widgets" TO "service_role";

GRANT INSERT ("view_id") ON TABLE "public"."widgets" TO "service_role";

GRANT INSERT ("visible"), UPDATE ("visible") ON TABLE "public"."widgets" TO "service_role";

GRANT INSERT ("width"), UPDATE ("width") ON TABLE "public"."widgets" TO "service_role";

GRANT INSERT ("workspace_id") ON TABLE "public"."widgets" TO "service_role";

GRANT INSERT ("x"), UPDATE ("x") ON TABLE "public"."widgets" TO "service_role";

GRANT INSERT ("y"), UPDATE ("y") ON TABLE "public"."widgets" TO "service_role";

GRANT DELETE, SELECT ON TABLE "public"."widgets" TO "service_role";

ALTER TABLE "public"."built_in_components" ADD CONSTRAINT "built_in_components_config_schema_valid" CHECK ((private.schema_problem(''::text, config_schema) IS NULL));

ALTER TABLE "public"."built_in_components" ADD CONSTRAINT "built_in_components_default_config_valid" CHECK ((private.config_problem(''::text, default_config, config_schema) IS NULL));

ALTER TABLE "public"."component_types" ADD CONSTRAINT "component_types_data_schema_valid" CHECK ((private.schema_problem(''::text, data_schema) IS NULL));

CREATE INDEX component_versions_order_idx ON public.component_versions USING btree (workspace_id, component_key, private.version_order(version));

-- Rows of sql/86_component_types.data.sql
-- What each kind of component shows. types/component-data.ts says the same in zod, and a test makes these schemas from
-- it.

merge into public.component_types as t
using (
  values
    (
      'stats',
      '{
        "type": "object",
        "properties": {
          "value": {"type": ["number", "null"]},
          "previousValue": {"type": ["number", "null"]},
          "trend": {"type": "string", "enum": ["up", "down", "flat"]},
          "history": {"type": "array", "maxItems": 100, "items": {"type": "number"}},
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["value"],
        "additionalProperties": false
      }'::jsonb
    ),
    (
      'chart-line',
      '{
        "type": "object",
        "properties": {
          "labels": {"type": "array", "maxItems": 1000, "items": {"type": "string", "maxLength": 100}},
          "series": {
            "type": "array",
            "maxItems": 20,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "values": {"type": "array", "maxItems": 1000, "items": {"type": ["number", "null"]}}
              },
              "required": ["key", "label", "values"],
              "additionalProperties": false
            }
          },
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["labels", "series"],
        "additionalProperties": false
      }'
    ),
    (
      'chart-bar',
      '{
        "type": "object",
        "properties": {
          "labels": {"type": "array", "maxItems": 200, "items": {"type": "string", "maxLength": 100}},
          "series": {
            "type": "array",
            "maxItems": 20,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "values": {"type": "array", "maxItems": 200, "items": {"type": ["number", "null"]}}
              },
              "required": ["key", "label", "values"],
              "additionalProperties": false
            }
          },
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["labels", "series"],
        "additionalProperties": false
      }'
    ),
    (
      'chart-pie',
      '{
        "type": "object",
        "properties": {
          "slices": {
            "type": "array",
            "maxItems": 50,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "value": {"type": "number", "minimum": 0}
              },
              "required": ["key", "label", "value"],
              "additionalProperties": false
            }
          },
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["slices"],
        "additionalProperties": false
      }'
    ),
    (
      'table',
      '{
        "type": "object",
        "properties": {
          "columns": {
            "type": "array",
            "maxItems": 50,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "type": {
                  "type": "string",
                  "enum": ["text", "number", "currency", "percentage", "moment", "status", "boolean"]
                }
              },
              "required": ["key", "label", "type"],
              "additionalProperties": false
            }
          },
          "rows": {
            "type": "array",
            "maxItems": 500,
            "items": {
              "type": "array",
              "maxItems": 50,
              "items": {"type": ["string", "number", "boolean", "null"], "maxLength": 500}
            }
          },
          "total": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["columns", "rows"],
        "additionalProperties": false
      }'
    ),
    (
      'list',
      '{
        "type": "object",
        "properties": {
          "items": {
            "type": "array",
            "maxItems": 200,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "title": {"type": "string", "minLength": 1, "maxLength": 200},
                "description": {"type": "string", "maxLength": 500},
                "value": {"type": "number"},
                "thumbnailUrl": {"type": "string", "description": "An https URL.", "maxLength": 2000}
              },
              "required": ["key", "title"],
              "additionalProperties": false
            }
          },
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["items"],
        "additionalProperties": false
      }'
    ),
    (
      'calendar',
      '{
        "type": "object",
        "properties": {
          "events": {
            "type": "array",
            "maxItems": 500,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "title": {"type": "string", "minLength": 1, "maxLength": 200},
                "start": {
                  "type": "string",
                  "description": "A moment or a day, such as 2026-01-31T12:00:00Z or 2026-01-31.",
                  "maxLength": 40
                },
                "end": {
                  "type": "string",
                  "description": "A moment or a day, such as 2026-01-31T12:00:00Z or 2026-01-31.",
                  "maxLength": 40
                },
                "isAllDay": {"type": "boolean"},
                "category": {"type": "string", "maxLength": 50}
              },
              "required": ["key", "title", "start"],
              "additionalProperties": false
            }
          }
        },
        "required": ["events"],
        "additionalProperties": false
      }'
    ),
    (
      'activity-feed',
      '{
        "type": "object",
        "properties": {
          "entries": {
            "type": "array",
            "maxItems": 200,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "type": {"type": "string", "minLength": 1, "maxLength": 50},
                "text": {"type": "string", "minLength": 1, "maxLength": 500},
                "actor": {"type": "string", "maxLength": 200},
                "at": {
                  "type": "string",
                  "description": "A moment or a day, such as 2026-01-31T12:00:00Z or 2026-01-31.",
                  "maxLength": 40
                }
              },
              "required": ["key", "type", "text", "at"],
              "additionalProperties": false
            }
          }
        },
        "required": ["entries"],
        "additionalProperties": false
      }'
    ),
    (
      'quick-actions',
      '{
        "type": "object",
        "properties": {
          "actions": {
            "type": "array",
            "maxItems": 50,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "icon": {"type": "string", "maxLength": 50},
                "isEnabled": {"type": "boolean"}
              },
              "required": ["key", "label"],
              "additionalProperties": false
            }
          }
        },
        "required": ["actions"],
        "additionalProperties": false
      }'
    )
) as s (key, data_schema)
on t.key = s.key
when matched and t.data_schema is distinct from s.data_schema then
  update set data_schema = s.data_schema
when not matched then
  insert (key, data_schema) values (s.key, s.data_schema)
when not matched by source then
  delete;

-- Rows of sql/87_built_in_components.data.sql
-- The front end's registry, in its order, with the schema of each configuration: types/component-config.ts says the
-- same in zod, and a test makes these schemas from it.

merge into public.built_in_components as t
using (
  values
    (
      'total-revenue', 1, 'stats',
      'dashboard.widgets.totalRevenue.title', 'dashboard.widgets.totalRevenue.description', 'DollarSign',
      '{admin,manager,analyst}'::text[],
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 120}'::jsonb,
      '{"compareMode": "previousPeriod", "showTrend": true}'::jsonb,
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "compareMode": {"type": "string", "enum": ["none", "previousPeriod", "previousYear"]},
          "showTrend": {"type": "boolean"},
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]}
        },
        "additionalProperties": false
      }'::jsonb
    ),
    (
      'total-users', 2, 'stats',
      'dashboard.widgets.totalUsers.title', 'dashboard.widgets.totalUsers.description', 'Users',
      '{admin,manager}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 120}',
      '{"compareMode": "previousPeriod", "showTrend": true}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "compareMode": {"type": "string", "enum": ["none", "previousPeriod", "previousYear"]},
          "showTrend": {"type": "boolean"},
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'active-sessions', 3, 'stats',
      'dashboard.widgets.activeSessions.title', 'dashboard.widgets.activeSessions.description', 'Activity',
      '{admin,manager,analyst}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 120}',
      '{"showTrend": true}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "compareMode": {"type": "string", "enum": ["none", "previousPeriod", "previousYear"]},
          "showTrend": {"type": "boolean"},
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'conversion-rate', 4, 'stats',
      'dashboard.widgets.conversionRate.title', 'dashboard.widgets.conversionRate.description', 'TrendingUp',
      '{admin,manager,analyst}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 120}',
      '{"showTrend": true, "format": "percentage"}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "compareMode": {"type": "string", "enum": ["none", "previousPeriod", "previousYear"]},
          "showTrend": {"type": "boolean"},
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'revenue-chart', 5, 'chart-line',
      'dashboard.widgets.revenueChart.title', 'dashboard.widgets.revenueChart.description', 'LineChart',
      '{admin,manager,analyst}',
      '{"minWidth": 2, "maxWidth": 4, "defaultWidth": 2, "minHeight": 300}',
      '{"dateRange": "30d", "showLegend": true, "smoothLine": true}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "compareMode": {"type": "string", "enum": ["none", "previousPeriod", "previousYear"]},
          "metric": {"type": "string", "enum": ["revenue", "orders", "profit"]},
          "showLegend": {"type": "boolean"},
          "smoothLine": {"type": "boolean"}
        },
        "additionalProperties": false
      }'
    ),
    (
      'sales-by-category', 6, 'chart-bar',
      'dashboard.widgets.salesByCategory.title', 'dashboard.widgets.salesByCategory.description', 'BarChart3',
      '{admin,manager,analyst}',
      '{"minWidth": 2, "maxWidth": 4, "defaultWidth": 2, "minHeight": 300}',
      '{"dateRange": "30d", "showLegend": true, "orientation": "vertical"}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "metric": {"type": "string", "enum": ["revenue", "orders", "units"]},
          "limit": {"type": "integer", "minimum": 1, "maximum": 20},
          "showLegend": {"type": "boolean"},
          "orientation": {"type": "string", "enum": ["vertical", "horizontal"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'traffic-sources', 7, 'chart-pie',
      'dashboard.widgets.trafficSources.title', 'dashboard.widgets.trafficSources.description', 'PieChart',
      '{admin,manager,analyst}',
      '{"minWidth": 2, "maxWidth": 3, "defaultWidth": 2, "minHeight": 300}',
      '{"showLabels": true, "showLegend": true}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "metric": {"type": "string", "enum": ["visits", "users", "conversions"]},
          "limit": {"type": "integer", "minimum": 2, "maximum": 12},
          "showLabels": {"type": "boolean"},
          "showLegend": {"type": "boolean"}
        },
        "additionalProperties": false
      }'
    ),
    (
      'recent-orders', 8, 'table',
      'dashboard.widgets.recentOrders.title', 'dashboard.widgets.recentOrders.description', 'Table',
      '{admin,manager,analyst,viewer}',
      '{"minWidth": 2, "maxWidth": 4, "defaultWidth": 3, "minHeight": 350}',
      '{"limit": 10, "showStatus": true, "sortBy": "date", "sortOrder": "desc"}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "limit": {"type": "integer", "minimum": 1, "maximum": 100},
          "showStatus": {"type": "boolean"},
          "sortBy": {"type": "string", "enum": ["date", "customer", "amount", "status"]},
          "sortOrder": {"type": "string", "enum": ["asc", "desc"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'top-products', 9, 'list',
      'dashboard.widgets.topProducts.title', 'dashboard.widgets.topProducts.description', 'List',
      '{admin,manager,analyst}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 300}',
      '{"limit": 5, "showThumbnail": true, "metric": "revenue"}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "limit": {"type": "integer", "minimum": 1, "maximum": 50},
          "metric": {"type": "string", "enum": ["revenue", "orders", "units"]},
          "showThumbnail": {"type": "boolean"},
          "sortOrder": {"type": "string", "enum": ["asc", "desc"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'activity-feed', 10, 'activity-feed',
      'dashboard.widgets.activityFeed.title', 'dashboard.widgets.activityFeed.description', 'Activity',
      '{admin,manager}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 300}',
      '{"limit": 10, "filterTypes": ["all"]}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "limit": {"type": "integer", "minimum": 1, "maximum": 100},
          "filterTypes": {
            "type": "array",
            "maxItems": 10,
            "items": {
              "type": "string",
              "enum": ["all", "orders", "users", "payments", "reports", "comments", "system"]
            }
          }
        },
        "additionalProperties": false
      }'
    ),
    (
      'quick-actions', 11, 'quick-actions',
      'dashboard.widgets.quickActions.title', 'dashboard.widgets.quickActions.description', 'Zap',
      '{admin,manager}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 200}',
      '{"actions": ["newOrder", "addUser", "generateReport", "settings"]}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "actions": {
            "type": "array",
            "maxItems": 12,
            "items": {
              "type": "string",
              "enum": [
                "newOrder", "newProduct", "addUser", "inviteMember", "generateReport", "exportData", "settings"
              ]
            }
          }
        },
        "additionalProperties": false
      }'
    )
) as s (
  key, position, type, title_key, description_key, icon, allowed_roles, size_config, default_config, config_schema
)
on t.key = s.key
when matched and (
    t.position, t.type, t.title_key, t.description_key, t.icon,
    t.allowed_roles, t.size_config, t.default_config, t.config_schema
  ) is distinct from (
    s.position, s.type, s.title_key, s.description_key, s.icon,
    s.allowed_roles, s.size_config, s.default_config, s.config_schema
  )
then
  update set
    position = s.position,
    type = s.type,
    title_key = s.title_key,
    description_key = s.description_key,
    icon = s.icon,
    allowed_roles = s.allowed_roles,
    size_config = s.size_config,
    default_config = s.default_config,
    config_schema = s.config_schema
when not matched then
  insert (
    key, position, type, title_key, description_key, icon, allowed_roles, size_config, default_config, config_schema
  )
  values (
    s.key, s.position, s.type, s.title_key, s.description_key, s.icon, s.allowed_roles, s.size_config,
    s.default_config, s.config_schema
  )
when not matched by source then
  delete;

-- Rows of sql/98_view_functions.data.sql
-- Removes deleted views for good, every night.

create extension if not exists pg_cron with schema pg_catalog;

select cron.schedule('remove-deleted-views', '17 3 * * *', 'select private.remove_deleted_views()');
