-- Which workspace is behind a listing, and what is between it and the operators.

create table private.marketplace_publishers (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  listing_id uuid not null references public.marketplace_listings (id) on delete cascade,
  name_form text not null,
  author_form text not null,
  holds_names boolean not null default false,
  proposed jsonb,
  proposed_name_form text,
  proposed_author_form text,
  submitted_at timestamptz,
  review_note text,
  created_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, listing_id),
  constraint marketplace_publishers_listing_unique unique (listing_id)
);

create index marketplace_publishers_created_by_idx
  on private.marketplace_publishers (created_by, created_at, listing_id);
create index marketplace_publishers_queue_idx on private.marketplace_publishers (submitted_at, listing_id)
  where submitted_at is not null;
-- One name of a look, among those that were ever offered: an installed copy keeps it.
create unique index marketplace_publishers_name_idx on private.marketplace_publishers (name_form) where holds_names;
create index marketplace_publishers_author_idx on private.marketplace_publishers (author_form) where holds_names;
create index marketplace_publishers_proposed_name_idx on private.marketplace_publishers (proposed_name_form)
  where proposed_name_form is not null;
create index marketplace_publishers_proposed_author_idx on private.marketplace_publishers (proposed_author_form)
  where proposed_author_form is not null;

alter table private.marketplace_publishers enable row level security;

create policy marketplace_publishers_select on private.marketplace_publishers
  for select to authenticated using (false);

comment on table private.marketplace_publishers is 'Who is behind each listing: for nobody but its own workspace.';
comment on policy marketplace_publishers_select on private.marketplace_publishers is 'Nobody: functions decide.';
comment on column private.marketplace_publishers.name_form is 'private.name_form of the name, and what is held.';
comment on column private.marketplace_publishers.holds_names is
  'Whether nobody else may take a name that looks like this: from a submission on, of a draft until it is written '
  'anew.';
comment on column private.marketplace_publishers.proposed is
  'What the author would have a published listing say, until an operator has seen it; null for nothing.';
comment on column private.marketplace_publishers.proposed_name_form is
  'private.name_form of the name that an operator is looking at, which is held besides the present one.';
comment on column private.marketplace_publishers.submitted_at is 'Since when it waits for an operator; null if not.';
comment on column private.marketplace_publishers.review_note is 'What an operator said last.';

create trigger marketplace_publishers_audit_insert after insert on private.marketplace_publishers
  for each row execute function private.tg_audit(
    'listing_id', 'proposed,name_form,author_form,proposed_name_form,proposed_author_form,holds_names');
create trigger marketplace_publishers_audit_delete after delete on private.marketplace_publishers
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted(
    'listing_id', 'proposed,name_form,author_form,proposed_name_form,proposed_author_form');

create function private.tg_marketplace_publishers_drop_listings() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.marketplace_listings l using deleted d where l.id = d.listing_id;
  return null;
end;
$$;

comment on function private.tg_marketplace_publishers_drop_listings() is
  'After a workspace is gone: its listings go too, and installed copies stay. Definer: no role deletes listings.';

create trigger marketplace_publishers_drop_listings after delete on private.marketplace_publishers
  referencing old table as deleted
  for each statement execute function private.tg_marketplace_publishers_drop_listings();

create function private.listings_of_caller() returns uuid[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lacking constant text[] := private.workspaces_without('marketplace.publish');
begin
  return array(
    select p.listing_id
    from private.active_memberships a
    join private.marketplace_publishers p on p.workspace_id = a.workspace_id
    where a.workspace_id <> all (v_lacking));
end;
$$;

comment on function private.listings_of_caller() is
  'The listings of the workspaces in which the caller may publish, at most 100 each. Definer: nobody reads which '
  'workspace is behind a listing.';

-- Policies run as the caller.
grant execute on function private.listings_of_caller() to authenticated;

create policy marketplace_listings_select on public.marketplace_listings
  for select to authenticated
  using (
    (select private.reads_once())
    and (state = 'published' or id = any ((select private.listings_of_caller())::uuid[]))
  );

-- Written by functions alone.
grant select on public.marketplace_listings to authenticated, service_role;

create function private.export_marketplace_listings(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(p.created_at, p.listing_id), jsonb_build_object(
      'workspaceId', p.workspace_id,
      'id', l.id,
      'name', l.name,
      'author', l.author,
      'description', l.description,
      'createdAt', p.created_at
    )
    from private.marketplace_publishers p
    join public.marketplace_listings l on l.id = p.listing_id
    where p.created_by = p_user_id
      and (p.created_at, p.listing_id) > (v_after[1]::timestamptz, v_after[2]::uuid)
    order by p.created_at, p.listing_id;
  return v_rows;
end;
$$;

comment on function private.export_marketplace_listings(uuid, text) is 'The listings that the person began.';
