-- How long people find what they were told: what they read for 90 days, and the latest 500 whatever they read.

create function private.expire_notifications(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_read constant interval := '90 days';
  c_most constant integer := 500;
  v_expired integer;
  v_surplus integer := 0;
begin
  with expired as materialized (
    select x.workspace_id, x.id
    from public.notifications x
    where x.read_at < now() - c_read
    limit p_batch
    for update skip locked
  )
  delete from public.notifications n
  using expired e
  where n.workspace_id = e.workspace_id and n.id = e.id;
  get diagnostics v_expired = row_count;

  if v_expired < p_batch then
    with surplus as materialized (
      select s.workspace_id, s.id
      from (
        select x.user_id from public.notifications x group by x.user_id having count(*) > c_most
      ) as p
      cross join lateral (
        select x.workspace_id, x.id
        from public.notifications x
        where x.user_id = p.user_id
        order by x.updated_at desc, x.id desc
        offset c_most
      ) as s
      limit p_batch - v_expired
    )
    delete from public.notifications n
    using surplus s
    where n.workspace_id = s.workspace_id and n.id = s.id;
    get diagnostics v_surplus = row_count;
  end if;
  return v_expired + v_surplus;
end;
$$;

comment on function private.expire_notifications(integer) is
  'Removes at most so many notifications that were read 90 days ago, or that are more than the latest 500 of a person, '
  'with their mails, and returns how many. Run by cron until nothing is left, with a commit after each batch.';
