-- What each kind is found by, and how it is told of: the one place that knows all of them.

create function private.most_compared() returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 300;
end;
$$;

comment on function private.most_compared() is
  'How many equal matches of a kind are put into an order by when they changed. Where more match, all of them are '
  'things that the caller may see: which of them come is not said.';

create function private.search_scopes(p_kind text, p_asked private.search_asked) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_kind
    when 'views' then private.view_scopes(p_asked)
    when 'widgets' then private.widget_scopes(p_asked)
    when 'people' then private.person_scopes(p_asked)
    when 'components' then private.component_scopes(p_asked)
    when 'themes' then private.theme_scopes(p_asked)
    when 'conversations' then private.conversation_scopes(p_asked)
    when 'tickets' then private.ticket_scopes(p_asked)
    when 'listings' then private.listing_scopes(p_asked)
    when 'audit_entries' then private.audit_entry_scopes(p_asked)
  end;
end;
$$;

comment on function private.search_scopes(text, private.search_asked) is
  'Where the things of a kind lie that the caller sees: see private.search_scope. For definer functions.';

create function private.matching(p_kind text, p_asked private.search_asked, p_condition tsquery, p_seen text[])
returns table (id text, part integer, changed_at timestamptz)
language plpgsql stable rows 20
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_kind
    when 'views' then return query select * from private.matching_views(p_asked, p_condition, p_seen);
    when 'widgets' then return query select * from private.matching_widgets(p_asked, p_condition, p_seen);
    when 'people' then return query select * from private.matching_people(p_asked, p_condition, p_seen);
    when 'components' then return query select * from private.matching_components(p_asked, p_condition, p_seen);
    when 'themes' then return query select * from private.matching_themes(p_asked, p_condition, p_seen);
    when 'conversations' then return query select * from private.matching_conversations(p_asked, p_condition, p_seen);
    when 'tickets' then return query select * from private.matching_tickets(p_asked, p_condition, p_seen);
    when 'listings' then return query select * from private.matching_listings(p_asked, p_condition, p_seen);
    when 'audit_entries' then return query select * from private.matching_audit_entries(p_asked, p_condition, p_seen);
  end case;
end;
$$;

comment on function private.matching(text, private.search_asked, tsquery, text[]) is
  'The things of a kind that match and were not seen before, best first. For definer functions.';

create function private.found(
  p_kind text, p_asked private.search_asked, p_id text, p_part integer, p_changed_at timestamptz
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('kind', p_kind) || case p_kind
    when 'views' then private.found_view(p_asked, p_id::uuid)
    when 'widgets' then private.found_widget(p_asked, p_id::uuid)
    when 'people' then private.found_person(p_asked, p_id::uuid)
    when 'components' then private.found_component(p_asked, p_id)
    when 'themes' then private.found_theme(p_asked, p_id)
    when 'conversations' then private.found_conversation(p_asked, p_id::uuid, p_part)
    when 'tickets' then private.found_ticket(p_asked, p_id::uuid, p_part)
    when 'listings' then private.found_listing(p_asked, p_id::uuid)
    when 'audit_entries' then private.found_audit_entry(p_asked, p_id::uuid, p_changed_at)
  end;
end;
$$;

comment on function private.found(text, private.search_asked, text, integer, timestamptz) is
  'A thing as a search tells of it (foundSchema of types/search.ts). For definer functions.';

create function private.best_matches(p_kind text, p_asked private.search_asked)
returns table (id text, part integer, changed_at timestamptz, grade integer, place integer)
language plpgsql stable rows 20
set search_path = pg_catalog, pg_temp
as $$
declare
  v_scopes constant text[] := private.search_scopes(p_kind, p_asked);
  v_seen text[] := '{}';
  v_match record;
begin
  if v_scopes = '{}' then
    return;
  end if;
  for v_grade in 1..4 loop
    -- Of few letters, and of numbers, the next grade asks for the same.
    continue when p_asked.patterns[v_grade] = p_asked.patterns[v_grade - 1];
    for v_match in
      select *
      from private.matching(
        p_kind, p_asked, private.search_condition(v_scopes, p_asked.patterns[v_grade]), v_seen)
    loop
      exit when cardinality(v_seen) >= p_asked.most;
      v_seen := v_seen || v_match.id;
      id := v_match.id;
      part := v_match.part;
      changed_at := v_match.changed_at;
      grade := v_grade;
      place := cardinality(v_seen);
      return next;
    end loop;
    exit when cardinality(v_seen) >= p_asked.most;
  end loop;
end;
$$;

comment on function private.best_matches(text, private.search_asked) is
  'The best matches of a kind, grade by grade (private.searched_keys): a worse one is looked for where the better ones '
  'are too few. For definer functions.';
