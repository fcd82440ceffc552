-- Who has which view on screen, as far as the server knows: a front end says so once a minute with watch_view. Presence
-- is what a client claims to others; nothing here trusts it.
--
-- Threats: watching what one may not see (it asks as get_view does); a view kept warm for ever (a claim counts for two
-- minutes); a row for every view that somebody ever opened (old ones go).

create table private.view_watchers (
  workspace_id text not null,
  view_id uuid not null,
  user_id uuid not null,
  watched_at timestamptz not null default now(),
  primary key (workspace_id, view_id, user_id),
  constraint view_watchers_view_fkey foreign key (workspace_id, view_id)
    references public.dashboard_views (workspace_id, id) on delete cascade,
  constraint view_watchers_member_fkey foreign key (workspace_id, user_id)
    references public.workspace_members (workspace_id, user_id) on delete cascade
);
create index view_watchers_member_idx on private.view_watchers (workspace_id, user_id);
create index view_watchers_watched_idx on private.view_watchers (watched_at);

alter table private.view_watchers enable row level security;

create policy view_watchers_select on private.view_watchers
  for select to authenticated using (false);

comment on table private.view_watchers is 'Who has a view on screen, written by watch_view.';
comment on policy view_watchers_select on private.view_watchers is 'Nobody: it is for the functions that ask.';
comment on column private.view_watchers.watched_at is 'When they last said so; two minutes later it no longer counts.';

create function private.view_is_watched_since() returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return now() - interval '2 minutes';
end;
$$;

comment on function private.view_is_watched_since() is
  'From when on a claim to watch a view counts: front ends renew it once a minute.';

create function private.remove_old_view_watchers() returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed bigint;
begin
  delete from private.view_watchers where watched_at < now() - interval '1 hour';
  get diagnostics v_removed = row_count;
  return v_removed;
end;
$$;

comment on function private.remove_old_view_watchers() is
  'Removes claims to watch a view that are more than an hour old, and says how many. For the scheduler.';
