-- What people and workspaces say about being counted: a person that they are not, anywhere; a workspace that its
-- readers may see use by person, from the day on which it says so.

create table private.analytics_choices (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  opted_out_at timestamptz not null default now(),
  opted_in_at timestamptz
);

alter table private.analytics_choices enable row level security;

create policy analytics_choices_select on private.analytics_choices
  for select to authenticated using (false);

comment on table private.analytics_choices is
  'The people who said that they are not counted. Written by set_analytics_choice.';
comment on column private.analytics_choices.opted_in_at is
  'When they said that they are counted again, and from when on they are; null while they are not.';
comment on policy analytics_choices_select on private.analytics_choices is 'Nobody: analytics_choice tells one''s own.';

create table private.analytics_policies (
  workspace_id text primary key references public.workspaces (id) on delete cascade,
  by_person_since date
);

alter table private.analytics_policies enable row level security;

create policy analytics_policies_select on private.analytics_policies
  for select to authenticated using (false);

comment on table private.analytics_policies is
  'What workspaces say about use by person. Written by set_analytics_policy; analytics_choice tells every member.';
comment on policy analytics_policies_select on private.analytics_policies is 'Nobody: functions tell.';
comment on column private.analytics_policies.by_person_since is
  'The day from which use is told by person; null for not at all. What was before stays untold.';

create trigger analytics_policies_audit after insert or update on private.analytics_policies
  for each row execute function private.tg_audit('workspace_id');

create function private.counted_since(p_user_id uuid) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    (select coalesce(c.opted_in_at, 'infinity') from private.analytics_choices c where c.user_id = p_user_id),
    '-infinity');
end;
$$;

comment on function private.counted_since(uuid) is
  'From when on a person is counted: -infinity where they have never said otherwise, infinity for who is not. For '
  'definer functions.';
