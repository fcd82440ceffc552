-- What an author writes about a listing, as save_listing takes it (listingInputSchema of types/marketplace.ts).
--
-- Threats: a name that looks like nothing, like HTML or like two lines (it is a clean line); a name or an author that
-- passes for the product's own (looked at by what it looks like); a link to somebody's server (no address in any text);
-- documents of megabytes (sizes come first).

create function private.listing_licences() returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{MIT,Apache-2.0,CC0-1.0,CC-BY-4.0,CC-BY-SA-4.0,proprietary}';
end;
$$;

comment on function private.listing_licences() is
  'The licences of listings, by their SPDX identifiers; proprietary is to be used here and nothing else.';

create function private.listing_picture_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}[.]'
    '(?:png|jpg|jpeg|webp)$';
end;
$$;

comment on function private.listing_picture_pattern() is
  'The path of a picture in the bucket marketplace: the listing, and a uuid with an extension.';

create function private.listing_problem(p_listing jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_tags constant jsonb :=
    '{"type": "array", "maxItems": 10, "items": {"type": "string", "minLength": 1, "maxLength": 30}}';
  c_pictures constant jsonb :=
    '{"type": "array", "maxItems": 8, "items": {"type": "string", "minLength": 1, "maxLength": 100}}';
  c_own constant text := '%' || private.name_form('B-Dashboard') || '%';
begin
  return coalesce(
    private.size_problem('', p_listing, 16384,
      private.document_problem('document', 'This document is too large.', 'Give at most 16 KiB.')),
    private.keys_problem('', coalesce(p_listing, 'null'), '{kind,name,author,description,category,licence}',
      '{tags,pictures}'),
    private.text_problem('kind', p_listing -> 'kind', '^(?:component|theme|view)$',
      'Give "component", "theme" or "view".'),
    private.single_line_problem('name', p_listing -> 'name', 1, 60),
    private.single_line_problem('author', p_listing -> 'author', 1, 60),
    private.single_line_problem('description', p_listing -> 'description', 1, 500),
    case when not exists (
        select from public.marketplace_categories c where to_jsonb(c.key) = p_listing -> 'category')
    then
      private.document_problem('category', 'There is no such category.', 'Give a key of marketplace_categories.')
    end,
    case when not to_jsonb(private.listing_licences()) @> (p_listing -> 'licence')
      or jsonb_typeof(p_listing -> 'licence') <> 'string'
    then
      private.document_problem('licence', 'There is no such licence here.',
        format('Give one of %s.', array_to_string(private.listing_licences(), ', ')))
    end,
    case when p_listing ? 'tags' then coalesce(
      private.value_problem('tags', p_listing -> 'tags', c_tags),
      case when exists (
          select from jsonb_array_elements_text(p_listing -> 'tags') as t where t !~ '^[a-z0-9][a-z0-9-]*$')
        or (select count(distinct t) < count(*) from jsonb_array_elements_text(p_listing -> 'tags') as t)
      then
        private.document_problem('tags', 'A tag has small letters, digits and "-", and stands there once.',
          'Give tags such as "cash-flow".')
      end)
    end,
    case when p_listing ? 'pictures' then coalesce(
      private.value_problem('pictures', p_listing -> 'pictures', c_pictures),
      case when exists (
          select from jsonb_array_elements_text(p_listing -> 'pictures') as p
          where p !~ private.listing_picture_pattern())
        or (select count(distinct p) < count(*) from jsonb_array_elements_text(p_listing -> 'pictures') as p)
      then
        private.document_problem('pictures', 'This is not the path of a picture, or stands there twice.',
          'Upload it to the bucket "marketplace" as "<listing>/<uuid>.png", and give that path.')
      end)
    end,
    (
      select private.document_problem(k.key, 'This holds an address.',
        'Say it without: what a listing shows leads to nobody''s server.')
      from unnest('{name,author,description}'::text[]) with ordinality as k (key, n)
      where private.holds_address(p_listing -> k.key)
      order by k.n
      limit 1
    ),
    -- After the lengths, so that little is folded.
    case when private.name_form(p_listing ->> 'author') like c_own then
      private.document_problem('author', 'This looks like the product itself.', 'Give your own name.')
    end);
end;
$$;

comment on function private.listing_problem(jsonb) is
  'What is wrong with what an author writes about a listing, as {path, message, hint}; null for nothing.';

create function private.clean_listing(p_listing jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{"tags": [], "pictures": []}' || p_listing || jsonb_build_object(
    'name', private.clean_text(p_listing ->> 'name'),
    'author', private.clean_text(p_listing ->> 'author'),
    'description', private.clean_text(p_listing ->> 'description'));
end;
$$;

comment on function private.clean_listing(jsonb) is 'A checked document as it is kept.';
