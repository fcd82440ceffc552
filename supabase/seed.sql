-- Demo accounts and a demo workspace, for development only. `supabase db push` leaves them out, and a production
-- project must never have them: the passwords stand here for everyone to read.
--
-- Account: ada@example.com analytical-engine admin of Demo
-- Account: grace@example.com analytical-engine member of Demo
-- Account: alan@example.com analytical-engine viewer of Demo
-- Account: eve@example.com analytical-engine outsider, with a workspace of her own
--
-- Every statement may run again: what stands already is left as it is.

-- Auth expects empty strings, not null, where no token is pending.
insert into auth.users (
  instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
  created_at, updated_at, confirmation_token, recovery_token, email_change, email_change_token_new
)
select
  '00000000-0000-0000-0000-000000000000', p.id, 'authenticated', 'authenticated', p.email,
  extensions.crypt('analytical-engine', extensions.gen_salt('bf')), now(),
  '{"provider": "email", "providers": ["email"]}', jsonb_build_object('name', p.name, 'locale', 'en'),
  now(), now(), '', '', '', ''
from (
  values
    ('00000000-0000-4000-8000-00000000ada0'::uuid, 'ada@example.com', 'Ada Lovelace'),
    ('00000000-0000-4000-8000-00000000bee0', 'grace@example.com', 'Grace Hopper'),
    ('00000000-0000-4000-8000-00000000a1a0', 'alan@example.com', 'Alan Turing'),
    ('00000000-0000-4000-8000-00000000e0e0', 'eve@example.com', 'Eve Outsider')
) as p (id, email, name)
on conflict (id) do nothing;

insert into auth.identities (provider_id, user_id, provider, identity_data, last_sign_in_at, created_at, updated_at)
select
  u.id::text, u.id, 'email',
  jsonb_build_object('sub', u.id, 'email', u.email, 'email_verified', true, 'phone_verified', false),
  now(), now(), now()
from auth.users as u
where u.email in ('ada@example.com', 'grace@example.com', 'alan@example.com', 'eve@example.com')
on conflict (provider_id, provider) do nothing;

insert into public.workspaces (id, name, created_by)
values
  ('WK-DEM000001', 'Demo', '00000000-0000-4000-8000-00000000ada0'),
  ('WK-DEM000002', 'Elsewhere', '00000000-0000-4000-8000-00000000e0e0')
on conflict (id) do nothing;

insert into public.workspace_members (workspace_id, user_id, role_key)
values
  ('WK-DEM000001', '00000000-0000-4000-8000-00000000ada0', 'admin'),
  ('WK-DEM000001', '00000000-0000-4000-8000-00000000bee0', 'member'),
  ('WK-DEM000001', '00000000-0000-4000-8000-00000000a1a0', 'viewer'),
  ('WK-DEM000002', '00000000-0000-4000-8000-00000000e0e0', 'admin')
on conflict (workspace_id, user_id) do nothing;

-- What members and viewers of Demo see first: the initial view of the product, shared by Ada.
insert into public.dashboard_views (workspace_id, id, name, description, visibility, owner_id)
values (
  'WK-DEM000001', '00000000-0000-4000-8000-0000000da5b0', 'Overview', 'What everyone in Demo sees first', 'workspace',
  '00000000-0000-4000-8000-00000000ada0'
)
on conflict (workspace_id, id) do nothing;

insert into public.widgets (workspace_id, view_id, instance_id, component_key, x, y, width, height, config)
select
  'WK-DEM000001', '00000000-0000-4000-8000-0000000da5b0', w."instanceId", w."widgetId",
  (w.position -> 'x')::integer, (w.position -> 'y')::integer,
  (w.position -> 'width')::integer, (w.position -> 'height')::integer, w.config
from jsonb_to_recordset(private.initial_view() #> '{layout,widgets}')
  as w ("instanceId" uuid, "widgetId" text, position jsonb, config jsonb)
-- Not "on conflict", which would begin a version of the view for every widget that it then leaves out.
where not exists (select from public.widgets where view_id = '00000000-0000-4000-8000-0000000da5b0');

insert into public.role_default_views (workspace_id, role_key, view_id)
values
  ('WK-DEM000001', 'member', '00000000-0000-4000-8000-0000000da5b0'),
  ('WK-DEM000001', 'viewer', '00000000-0000-4000-8000-0000000da5b0')
on conflict (workspace_id, role_key) do nothing;
