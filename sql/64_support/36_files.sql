-- The files of tickets, in the private bucket `support`: <workspace>/<ticket>/<uuid>.<extension>.
--
-- Who may write to a ticket uploads into its folder, and who sees the ticket reads what lies there. Nobody replaces or
-- removes a file: it belongs to a message that stays. One that no message names goes after a day, and all go with their
-- ticket (56_file_removal.sql).
--
-- Threats: a file read by a link that somebody passed on (the bucket is private, and its paths lead nowhere; whoever
-- reads a ticket may sign a URL, though, which holds for as long as it says, also when they are gone); a file in the
-- folder of somebody else's ticket (the folder is looked up among the tickets that the caller may write to); a bucket
-- that somebody fills (a ticket has few files, each of a limited size: 25_files/20_buckets.sql).

create policy support_files_select on storage.objects
  for select to authenticated
  using (
    bucket_id = 'support'
    and exists (
      select
      from public.support_tickets t
      where t.workspace_id = (storage.foldername(objects.name))[1]
        and t.id = case
          when pg_input_is_valid((storage.foldername(objects.name))[2], 'uuid')
            then ((storage.foldername(objects.name))[2])::uuid
        end
    )
  );

create function private.may_attach(p_name text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ticket public.support_tickets;
begin
  if (octet_length(p_name) <= 255 and p_name ~ private.support_file_pattern()) is not true then
    return false;
  end if;
  select * into v_ticket
  from public.support_tickets t
  where t.workspace_id = split_part(p_name, '/', 1) and t.id = split_part(p_name, '/', 2)::uuid;
  return found and v_ticket.status <> 'closed' and private.may_write_ticket(v_ticket);
end;
$$;

comment on function private.may_attach(text) is
  'Whether the caller may upload a file of this name into the bucket support. Definer: it reads tickets, whose own '
  'policies would have to be passed first.';

grant execute on function private.may_attach(text) to authenticated;

create policy support_files_insert on storage.objects
  for insert to authenticated
  with check (bucket_id = 'support' and (select private.may_attach(name)));

create function private.attachments_of(p_ticket public.support_tickets, p_attachments jsonb, p_owner_id uuid)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_folder constant text := concat_ws('/', p_ticket.workspace_id, p_ticket.id, '');
  v_attachments jsonb;
  v_missing bigint;
begin
  select
    coalesce(
      jsonb_agg(
        jsonb_build_object(
          'path', o.name,
          'name', private.clean_text(a.value ->> 'name'),
          'type', o.metadata ->> 'mimetype',
          'size', (o.metadata ->> 'size')::bigint)
        order by a.place),
      '[]'),
    min(a.place) filter (where o.name is null) - 1
  into v_attachments, v_missing
  from jsonb_array_elements(p_attachments) with ordinality as a (value, place)
  left join storage.objects o on o.bucket_id = 'support'
    and o.name = a.value ->> 'path'
    and starts_with(o.name, v_folder)
    and (p_owner_id is null or o.owner_id = p_owner_id::text);
  if v_missing is not null then
    perform private.raise_invalid_input(format('attachments.%s.path', v_missing),
      'There is no such file of yours in this ticket.',
      'Upload it to the bucket "support" as "<workspace>/<ticket>/<uuid>.<extension>", and give that path.');
  end if;
  return v_attachments;
end;
$$;

comment on function private.attachments_of(public.support_tickets, jsonb, uuid) is
  'The files of a message, as it keeps them: those that are given, which have to lie in the folder of the ticket and, '
  'where an owner is given, to be theirs. Error: invalid_input with the path inside. For definer functions.';
