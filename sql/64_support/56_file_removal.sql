-- Removing the files of tickets that are gone, with their workspace or by hand, and those that no message ever named.
-- As with pictures (25_files/60_avatar_removal.sql) no file is written down: what failed is asked for again.
--
-- A bucket has many more files than there are to be removed. Each run looks at the next so many (private.sweep_files),
-- and at those of workspaces that were deleted within the day, whose people expect them to be gone.

create function private.remove_orphaned_support_files() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_unnamed constant interval := '1 day';
  c_most constant integer := 1000;
  v_names constant text[] := private.sweep_files('support', c_most);
begin
  perform private.remove_files('support', array(
    select o.name
    from storage.objects o
    cross join lateral (
      select split_part(o.name, '/', 1) as workspace_id,
        case when pg_input_is_valid(split_part(o.name, '/', 2), 'uuid') then split_part(o.name, '/', 2)::uuid end as id
    ) as f
    where o.bucket_id = 'support'
      and o.name = any (v_names)
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
    union
    (
      select o.name
      from private.deleted_workspaces d
      -- "offset 0": by the index of prefixes, whose order is that of bytes: "0" comes after "/".
      cross join lateral (
        select x.bucket_id, x.name
        from storage.objects x
        where x.name ~>=~ (d.workspace_id || '/') and x.name ~<~ (d.workspace_id || '0')
        offset 0
      ) as o
      where d.deleted_at > now() - interval '1 day'
        and o.bucket_id = 'support'
        and not exists (select from public.workspaces w where w.id = d.workspace_id)
      limit c_most
    )));
end;
$$;

comment on function private.remove_orphaned_support_files() is
  'Asks the Storage API to remove files whose ticket is gone, or that no message named within a day: of the next 1,000 '
  'of all, and 1,000 of workspaces deleted within the day. Runs by schedule. Definer: it reads Vault. Warns, and asks '
  'for nothing, while the secrets are not set.';
