-- How a configuration for an earlier version of a component becomes one for the next: {rename, remove, defaults}, which
-- its author gives with the version. Only what stands at the top of a configuration has a name of its own.

create function private.config_mapping_problem(p_kind text, p_mapping jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_schema constant jsonb := '{
    "type": "object",
    "properties": {
      "rename": {"type": "object", "additionalProperties": true},
      "remove": {"type": "array", "maxItems": 50, "items": {"type": "string", "minLength": 1, "maxLength": 100}},
      "defaults": {"type": "object", "additionalProperties": true}
    },
    "additionalProperties": false
  }';
begin
  if p_kind <> 'component' then
    return private.document_problem('mapping', 'A component alone has configurations to be mapped.', 'Leave it out.');
  end if;
  return coalesce(
    private.size_problem('mapping', p_mapping, 16384,
      private.document_problem('mapping', 'This must not be larger than 16 KiB.', 'Map what was renamed alone.')),
    private.value_problem('mapping', p_mapping, c_schema),
    private.json_problem('mapping', p_mapping),
    case when exists (
        select from jsonb_each(coalesce(p_mapping -> 'rename', '{}')) as r
        where jsonb_typeof(r.value) <> 'string' or char_length(r.value #>> '{}') not between 1 and 100)
      or (select count(*) from jsonb_object_keys(coalesce(p_mapping -> 'rename', '{}'))) > 50
    then
      private.document_problem('mapping.rename', 'This must say for at most 50 keys what they are called now.',
        'Give an object such as {"max": "limit"}.')
    end);
end;
$$;

comment on function private.config_mapping_problem(text, jsonb) is
  'What is wrong with the mapping of a bundle of a kind; null where nothing is.';

create function private.mapped_configs(p_configs jsonb[], p_mappings jsonb[]) returns jsonb[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_configs jsonb[] := p_configs;
  v_mapping jsonb;
  v_rename jsonb;
  v_remove text[];
  v_defaults jsonb;
begin
  foreach v_mapping in array p_mappings loop
    v_rename := coalesce(v_mapping -> 'rename', '{}');
    v_remove := array(select jsonb_array_elements_text(coalesce(v_mapping -> 'remove', '[]')));
    v_defaults := coalesce(v_mapping -> 'defaults', '{}');
    v_configs := array(
      select v_defaults || coalesce(r.config, '{}') - v_remove
      from unnest(v_configs) with ordinality as c (config, n)
      cross join lateral (
        -- All keys at once, so that two can change places.
        select jsonb_object_agg(coalesce(v_rename ->> e.key, e.key), e.value order by e.key) as config
        from jsonb_each(c.config) as e
        where not (v_rename ? e.key and c.config ? (v_rename ->> e.key) and not v_rename ? (v_rename ->> e.key))
      ) as r
      order by c.n);
  end loop;
  return v_configs;
end;
$$;

comment on function private.mapped_configs(jsonb[], jsonb[]) is
  'Configurations as the mappings of several versions make them, one after the other: a key that one has under its '
  'later name already is left out. Many at once, since each by itself takes longer than what is done with it.';
