-- Listings: what workspaces offer to each other. A row holds what its author wrote and what became of it, and nothing
-- that leads to the workspace behind it: that stands in a table of private (32_publishers.sql).
--
-- Threats: a published listing that changes after its review (no role writes the table; what an author changes waits
-- beside it until an operator has seen it); numbers that somebody makes up, or that tell who is behind a listing
-- (54_numbers.sql says what counts, and what is told of it); a count that makes every reader write (there is none of
-- readers).

create sequence private.marketplace_publications;

create table public.marketplace_listings (
  id uuid primary key default gen_random_uuid(),
  kind text not null
    constraint marketplace_listings_kind_known check (kind in ('component', 'theme', 'view')),
  state text not null default 'draft'
    constraint marketplace_listings_state_known check (state in ('draft', 'in_review', 'published', 'withdrawn')),
  name text not null
    constraint marketplace_listings_name_length check (char_length(name) between 1 and 60),
  author text not null
    constraint marketplace_listings_author_length check (char_length(author) between 1 and 60),
  description text not null
    constraint marketplace_listings_description_length check (char_length(description) between 1 and 500),
  category text not null references public.marketplace_categories (key),
  tags text[] not null default '{}',
  licence text not null,
  pictures text[] not null default '{}',
  version text,
  content_hash text,
  addresses text[] not null default '{}',
  install_count integer not null default 0,
  rating_count integer not null default 0,
  rating_average numeric(2, 1),
  rating_rank integer not null default 30000,
  publication bigint
    constraint marketplace_listings_publication_unique unique,
  published_at timestamptz,
  taken_down_at timestamptz,
  takedown_reason text,
  revision bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint marketplace_listings_published_has_version check (
    state <> 'published' or (version is not null and content_hash is not null and publication is not null)
  ),
  constraint marketplace_listings_taken_down_is_withdrawn check (taken_down_at is null or state = 'withdrawn')
);

create index marketplace_listings_category_idx on public.marketplace_listings (category);
-- A page of any kind, category or both is put together from the beginnings of these.
create index marketplace_listings_popular_idx
  on public.marketplace_listings (kind, category, install_count, id) where state = 'published';
create index marketplace_listings_rated_idx
  on public.marketplace_listings (kind, category, rating_rank, id) where state = 'published';
create index marketplace_listings_newest_idx
  on public.marketplace_listings (kind, category, publication, id) where state = 'published';

alter table public.marketplace_listings enable row level security;

comment on table public.marketplace_listings is
  'Components, themes and view templates that workspaces offer. Everybody who is signed in sees published ones; one''s '
  'own workspace''s are seen with marketplace.publish whatever their state.';
comment on column public.marketplace_listings.state is
  'draft: being written. in_review: an operator is to look at it. published: for everybody. withdrawn: by its author, '
  'or taken down; what is installed goes on working.';
comment on column public.marketplace_listings.name is 'One visible line of 1 to 60 characters.';
comment on column public.marketplace_listings.author is
  'What the author calls themselves: a line of 1 to 60 characters.';
comment on column public.marketplace_listings.licence is 'One of private.listing_licences().';
comment on column public.marketplace_listings.pictures is 'Paths in the bucket marketplace.';
comment on column public.marketplace_listings.version is 'The latest one that was published.';
comment on column public.marketplace_listings.content_hash is 'That of its bundle.';
comment on column public.marketplace_listings.addresses is
  'What its latest version asks for outside; who installs it allows each.';
comment on column public.marketplace_listings.install_count is
  'How many have installed it, as private.told_number tells it once a day.';
comment on column public.marketplace_listings.rating_count is 'How many have rated it, told alike.';
comment on column public.marketplace_listings.rating_average is 'In half stars; null while fewer than three count.';
comment on column public.marketplace_listings.rating_rank is
  'The average rating in ten-thousandths, as if five had given three stars before: few do not outdo many.';
comment on column public.marketplace_listings.publication is 'Counts what was ever published, in that order.';
comment on column public.marketplace_listings.takedown_reason is 'As an operator says it, to everybody who has a copy.';
comment on column public.marketplace_listings.revision is 'Counts the changes that are told of.';

create trigger marketplace_listings_set_updated_at
  before update of state, name, author, description, category, tags, licence, pictures, version
  on public.marketplace_listings
  for each row execute function private.tg_set_updated_at();
