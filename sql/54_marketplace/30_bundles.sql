-- What was published, by its hash: it stays as long as a version or an installed copy has it, also when the workspace
-- that published it is gone. So what is installed can be rolled back whatever becomes of the listing.

create table private.marketplace_bundles (
  content_hash text primary key
    constraint marketplace_bundles_content_hash_format check (content_hash ~ '^[0-9a-f]{64}$'),
  bundle jsonb not null,
  created_at timestamptz not null default now()
);

alter table private.marketplace_bundles enable row level security;

create policy marketplace_bundles_select on private.marketplace_bundles
  for select to authenticated using (false);

comment on table private.marketplace_bundles is 'Bundles of listings and of installed copies. A row never changes.';
comment on policy marketplace_bundles_select on private.marketplace_bundles is
  'Nobody: functions give what is for all.';
comment on column private.marketplace_bundles.content_hash is 'private.content_hash of the bundle.';

create function private.keep_bundle(p_bundle jsonb, p_content_hash text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  loop
    -- Held, so that it is not taken for one that nobody has before a version or a copy names it.
    perform from private.marketplace_bundles b where b.content_hash = p_content_hash for key share;
    exit when found;
    insert into private.marketplace_bundles (content_hash, bundle) values (p_content_hash, p_bundle)
    on conflict (content_hash) do nothing;
    -- One that another has made meanwhile may be removed before it is held.
    exit when found;
  end loop;
end;
$$;

comment on function private.keep_bundle(jsonb, text) is 'Keeps a checked bundle by its hash. For definer functions.';
