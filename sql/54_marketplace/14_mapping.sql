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
  if private.is_larger_than(p_mapping, 16384) then
    return private.document_problem('mapping', 'This must not be larger than 16 KiB.', 'Map what was renamed alone.');
  end if;
  return coalesce(
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

create function private.mapped_config(p_config jsonb, p_mapping jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_config jsonb := p_config;
  v_rename record;
begin
  for v_rename in
    select r.key, r.value #>> '{}' as name
    from jsonb_each(p_mapping -> 'rename') as r
    where p_config ? r.key
    order by r.key
  loop
    v_config := (v_config - v_rename.key)
      || case when p_config ? v_rename.name then '{}'
        else jsonb_build_object(v_rename.name, p_config -> v_rename.key) end;
  end loop;
  if p_mapping ? 'remove' then
    v_config := v_config - array(select jsonb_array_elements_text(p_mapping -> 'remove'));
  end if;
  return coalesce(p_mapping -> 'defaults', '{}') || v_config;
end;
$$;

comment on function private.mapped_config(jsonb, jsonb) is
  'A configuration as a mapping makes it: a key that it has under its later name already is left out.';

create function private.mapped_config(p_config jsonb, p_mappings jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_config jsonb := p_config;
  v_mapping jsonb;
begin
  foreach v_mapping in array p_mappings loop
    v_config := private.mapped_config(v_config, v_mapping);
  end loop;
  return v_config;
end;
$$;

comment on function private.mapped_config(jsonb, jsonb[]) is
  'A configuration as the mappings of several versions make it, one after the other.';
