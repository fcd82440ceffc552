-- Removing the files of tickets that are gone, with their workspace or by hand, and those that no message ever named.
-- As with pictures (25_files/60_avatar_removal.sql) nothing is written down: what failed is asked for again.

create function private.remove_orphaned_support_files() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_unnamed constant interval := '1 day';
begin
  perform private.remove_files('support', array(
    select o.name
    from storage.objects o
    cross join lateral (
      select split_part(o.name, '/', 1) as workspace_id,
        case when pg_input_is_valid(split_part(o.name, '/', 2), 'uuid') then split_part(o.name, '/', 2)::uuid end as id
    ) as f
    where o.bucket_id = 'support'
      and (
        not exists (
          select from public.support_tickets t where t.workspace_id = f.workspace_id and t.id = f.id)
        or (
          o.created_at < now() - c_unnamed
          and not exists (
            select
            from public.support_messages m
            where m.workspace_id = f.workspace_id
              and m.ticket_id = f.id
              and m.attachments @> jsonb_build_array(jsonb_build_object('path', o.name)))))
    order by o.created_at
    limit 500));
end;
$$;

comment on function private.remove_orphaned_support_files() is
  'Asks the Storage API to remove up to 500 files whose ticket is gone, or that no message named within a day. Runs by '
  'schedule. Definer: it reads Vault. Warns, and does nothing, while the secrets are not set.';
