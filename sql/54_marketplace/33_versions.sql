-- The versions of listings, each fixed by the hash of its bundle. A row's content never changes; its state does, once.

create table public.marketplace_versions (
  listing_id uuid not null references public.marketplace_listings (id) on delete cascade,
  version text not null
    constraint marketplace_versions_version_format check (version ~ private.version_pattern()),
  state text not null default 'in_review'
    constraint marketplace_versions_state_known check (state in ('in_review', 'published', 'refused', 'withdrawn')),
  content_hash text not null references private.marketplace_bundles (content_hash),
  size integer not null,
  addresses text[] not null default '{}',
  notes text not null default '',
  created_at timestamptz not null default now(),
  published_at timestamptz,
  primary key (listing_id, version)
);

create index marketplace_versions_content_hash_idx on public.marketplace_versions (content_hash);
create index marketplace_versions_order_idx
  on public.marketplace_versions (listing_id, private.version_order(version));

alter table public.marketplace_versions enable row level security;

create policy marketplace_versions_select on public.marketplace_versions
  for select to authenticated
  using (
    (select private.reads_once())
    and (
      -- What is published is seen without asking for one's own.
      (
        state = 'published'
        and (
          select true
          from public.marketplace_listings l
          where l.id = marketplace_versions.listing_id and l.state = 'published'
        )
      )
      or listing_id = any ((select private.listings_of_caller())::uuid[])
    )
  );

-- Written by functions alone.
grant select on public.marketplace_versions to authenticated, service_role;

comment on table public.marketplace_versions is
  'What was submitted of each listing. Bundles are read with get_listing_bundle.';
comment on column public.marketplace_versions.version is 'x.y.z, higher than every version before it.';
comment on column public.marketplace_versions.state is
  'in_review, then published or refused by an operator, or withdrawn with its listing.';
comment on column public.marketplace_versions.content_hash is
  'The SHA-256 of its bundle in the form of RFC 8785: what is installed is fixed by it.';
comment on column public.marketplace_versions.size is 'Bytes of the bundle in that form.';
comment on column public.marketplace_versions.addresses is 'What it asks for outside.';
comment on column public.marketplace_versions.notes is 'What its author says has changed.';

create function private.tg_marketplace_versions_keep() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if to_jsonb(new) - '{state,published_at}'::text[] <> to_jsonb(old) - '{state,published_at}'::text[] then
    perform private.raise_error('conflict',
      'A version of a listing never changes.', 'version', 'Submit another version.');
  end if;
  return new;
end;
$$;

comment on function private.tg_marketplace_versions_keep() is
  'Before a version is updated: refuses to change what was submitted, whoever does it. Error: conflict (version).';

create trigger marketplace_versions_keep before update on public.marketplace_versions
  for each row execute function private.tg_marketplace_versions_keep();
