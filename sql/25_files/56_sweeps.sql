-- How far those got who look at all files of a bucket, a part at a time: there is no index by age, and none can be made
-- on the table of the platform.
--
-- Threat: files that Storage refuses to remove, which keep all others waiting (the next run goes on behind them).

create table private.file_sweeps (
  bucket_id text primary key,
  after text not null default ''
);

alter table private.file_sweeps enable row level security;

create policy file_sweeps_select on private.file_sweeps
  for select to authenticated using (false);

comment on policy file_sweeps_select on private.file_sweeps is 'Nobody: jobs read it.';

comment on table private.file_sweeps is 'Up to which file each bucket was looked at. Written by private.sweep_files.';
comment on column private.file_sweeps.after is 'The name of the last one; empty before the first.';

create function private.sweep_files(p_bucket_id text, p_most integer) returns text[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after text;
  v_names text[];
begin
  insert into private.file_sweeps (bucket_id) values (p_bucket_id) on conflict (bucket_id) do nothing;
  select s.after into v_after from private.file_sweeps s where s.bucket_id = p_bucket_id for update;
  v_names := array(
    select o.name
    from storage.objects o
    where o.bucket_id = p_bucket_id and o.name > v_after
    order by o.name
    limit p_most);
  update private.file_sweeps s
  set after = case when cardinality(v_names) < p_most then '' else v_names[p_most] end
  where s.bucket_id = p_bucket_id;
  return v_names;
end;
$$;

comment on function private.sweep_files(text, integer) is
  'The names of the next so many files of a bucket, in the order of names; after the last it begins anew. For definer '
  'functions.';
