-- What events of use may name: rows of a catalog. Whatever else a front end calls is refused, so that no event carries
-- content, and nobody's list of names grows without end.

create table private.event_names (
  kind text not null
    constraint event_names_kind_known check (kind in ('feature_used', 'error', 'timing')),
  name text not null
    constraint event_names_name_format check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  description text not null,
  primary key (kind, name)
);

alter table private.event_names enable row level security;

create policy event_names_select on private.event_names
  for select to authenticated using (false);

comment on table private.event_names is
  'The features, errors and timings that front ends tell of. The rows come with the schema; types/track.ts has them '
  'too.';
comment on policy event_names_select on private.event_names is 'Nobody: it is for the functions that ask.';
