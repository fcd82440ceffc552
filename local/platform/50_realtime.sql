/*
 * Broadcasts from the database: rows of `realtime.messages`, which the Realtime server reads from the log.
 *
 * Policies on the table decide who may join a private channel: select to read, insert to write. The server
 * tries both as the client's role, with `realtime.topic` set.
 */

create table realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default now(),
  inserted_at timestamp not null default now(),
  id uuid not null default gen_random_uuid(),
  binary_payload bytea,
  primary key (id, inserted_at),
  constraint messages_payload_exclusive check (payload is null or binary_payload is null)
) partition by range (inserted_at);

create index messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private;

alter table realtime.messages owner to supabase_realtime_admin;
alter table realtime.messages enable row level security;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;
grant all on realtime.messages to postgres, dashboard_user;

-- What the Realtime server reads broadcasts from, every partition with it.
create publication supabase_realtime_messages_publication for table realtime.messages;

/*
 * Daily partitions
 */

-- Makes the partitions from yesterday to three days ahead and drops those that ended more than 72 hours ago.
-- For the scheduler, at its start and then hourly; says how many partitions were made and dropped.
create function realtime.maintain_message_partitions() returns table (made integer, dropped integer)
language plpgsql
set search_path = ''
as $$
declare
  v_today date := (now() at time zone 'UTC')::date;
  v_day date;
  v_partition text;
begin
  made := 0;
  dropped := 0;
  for v_offset in -1 .. 3 loop
    v_day := v_today + v_offset;
    v_partition := 'messages_' || to_char(v_day, 'YYYY_MM_DD');
    if to_regclass('realtime.' || v_partition) is null then
      execute format(
        'create table realtime.%I partition of realtime.messages for values from (%L) to (%L)',
        v_partition, v_day, v_day + 1
      );
      execute format('alter table realtime.%I owner to supabase_realtime_admin', v_partition);
      made := made + 1;
    end if;
  end loop;
  for v_partition in
    select c.relname
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'realtime.messages'::regclass
      and c.relname ~ '^messages_\d{4}_\d{2}_\d{2}$'
      and to_date(right(c.relname, 10), 'YYYY_MM_DD') + 1 < (now() at time zone 'UTC') - interval '72 hours'
  loop
    execute format('drop table realtime.%I', v_partition);
    dropped := dropped + 1;
  end loop;
  return next;
end
$$;

revoke execute on function realtime.maintain_message_partitions() from public;

select from realtime.maintain_message_partitions();
