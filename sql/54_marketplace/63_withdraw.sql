-- Taking a listing back from the operators, and deleting one that was never published.

create function public.withdraw_listing(workspace_id text, listing_id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.withdraw_listing(workspace_id, listing_id);
end;
$$;

comment on function public.withdraw_listing(text, uuid) is
  'Takes a listing back, from review or from the marketplace, and returns it as save_listing does. Installed copies go '
  'on working, with a notice. submit_listing offers it again. Takes marketplace.publish. Errors: not_found '
  '(workspace_id, listing_id), permission_denied, conflict (state).';

grant execute on function public.withdraw_listing(text, uuid) to authenticated;

create function private.withdraw_listing(p_workspace_id text, p_listing_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_old record;
  v_new public.marketplace_listings;
begin
  v_old := private.own_listing(p_workspace_id, p_listing_id);
  if (v_old.listing).state not in ('in_review', 'published') then
    perform private.raise_error('conflict', 'This listing is not offered.', 'state',
      case
        when (v_old.listing).taken_down_at is not null then 'It was taken down; ask support.'
        when (v_old.listing).published_at is not null then 'It is withdrawn already; submit_listing offers it again.'
        else 'There is nothing to take back; a draft is deleted with delete_listing.'
      end);
  end if;
  update public.marketplace_versions v
  set state = 'withdrawn'
  where v.listing_id = p_listing_id and v.state = 'in_review';
  update private.marketplace_publishers p
  set submitted_at = null, proposed_name_form = null, proposed_author_form = null
  where p.listing_id = p_listing_id;
  update public.marketplace_listings l
  set state = case when l.published_at is null then 'draft' else 'withdrawn' end, revision = l.revision + 1
  where l.id = p_listing_id
  returning * into v_new;
  perform private.tell_of_listing(p_workspace_id, v_old.listing, v_new);
  return private.own_listing_document(p_listing_id);
end;
$$;

comment on function private.withdraw_listing(text, uuid) is
  'See public.withdraw_listing. Definer: no role writes listings.';

grant execute on function private.withdraw_listing(text, uuid) to authenticated;

create function public.delete_listing(workspace_id text, listing_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.delete_listing(workspace_id, listing_id);
end;
$$;

comment on function public.delete_listing(text, uuid) is
  'Deletes a listing that was never published. Takes marketplace.publish. Errors: not_found (workspace_id, '
  'listing_id), permission_denied, conflict (state).';

grant execute on function public.delete_listing(text, uuid) to authenticated;

create function private.delete_listing(p_workspace_id text, p_listing_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_old record;
begin
  v_old := private.own_listing(p_workspace_id, p_listing_id);
  if (v_old.listing).published_at is not null then
    perform private.raise_error('conflict',
      'A listing that was published stays, for those who have installed it.', 'state',
      case (v_old.listing).state
        when 'withdrawn' then 'It is offered to nobody already: leave it as it is.'
        else 'Withdraw it.'
      end);
  end if;
  -- The listing follows (32_publishers.sql).
  delete from private.marketplace_publishers p where p.listing_id = p_listing_id;
  perform private.tell_of_listing(p_workspace_id, v_old.listing, null);
end;
$$;

comment on function private.delete_listing(text, uuid) is
  'See public.delete_listing. Definer: no role writes listings.';

grant execute on function private.delete_listing(text, uuid) to authenticated;
