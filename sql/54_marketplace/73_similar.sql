-- Listings of others that a listing could be taken for, for who reviews it. What looks the same is refused at once
-- (62_submit.sql); what is only similar may be meant well, such as a chart of somebody else's, so a person decides.

create function private.is_similar(p_form text, p_other text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- A letter of short names is much of them.
  v_most constant integer := case when char_length(p_form) < 4 then 0 when char_length(p_form) < 8 then 1 else 2 end;
begin
  return extensions.levenshtein_less_equal(left(p_form, 200), left(p_other, 200), v_most) <= v_most
    or (char_length(p_form) > 3 and strpos(p_other, p_form) > 0)
    or (char_length(p_other) > 3 and strpos(p_form, p_other) > 0);
end;
$$;

comment on function private.is_similar(text, text) is
  'Whether of two forms (private.name_form) one is the other with a letter or two changed, left out or added, or '
  'contains it.';

create function private.similar_listings(
  p_listing public.marketplace_listings, p_publisher private.marketplace_publishers
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 20;
  v_name constant text := private.name_form(coalesce(p_publisher.proposed ->> 'name', p_listing.name));
  v_author constant text := private.name_form(coalesce(p_publisher.proposed ->> 'author', p_listing.author));
begin
  return (
    select coalesce(
      jsonb_agg(
        jsonb_build_object('id', s.id, 'kind', s.kind, 'name', s.name, 'author', s.author, 'state', s.state,
          'installs', s.install_count, 'alike', to_jsonb(array_remove(array[
            case when s.has_name then 'name' end, case when s.has_author then 'author' end], null)))
        order by s.place),
      '[]')
    from (
      select l.*, f.has_name, f.has_author,
        row_number() over (order by f.has_name and f.has_author desc, l.install_count desc, l.id) as place
      from private.marketplace_publishers p
      cross join lateral (
        select private.is_similar(v_name, p.name_form) as has_name,
          private.is_similar(v_author, p.author_form) as has_author
        offset 0
      ) as f
      join public.marketplace_listings l on l.id = p.listing_id
      where p.holds_names
        and p.workspace_id <> p_publisher.workspace_id
        and (f.has_name or f.has_author)
      order by place
      limit c_most
    ) as s
  );
end;
$$;

comment on function private.similar_listings(public.marketplace_listings, private.marketplace_publishers) is
  'At most 20 listings of other workspaces whose name or author is similar to what a listing is to say, those in which '
  'both are, and those installed most, first. For definer functions.';
