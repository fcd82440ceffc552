-- Changing JSON documents part by part.

create function private.merge_patch(p_target jsonb, p_patch jsonb, p_depth integer default 1) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_deepest constant integer := 32;
  v_result jsonb := case when jsonb_typeof(p_target) = 'object' then p_target else '{}' end;
  v_member record;
begin
  if jsonb_typeof(p_patch) <> 'object' then
    return p_patch;
  end if;
  -- Each level is a call of this function, and the stack is not endless.
  if p_depth > c_deepest then
    perform private.raise_invalid_input('patch',
      'The patch is nested too deep.', format('Nest at most %s objects.', c_deepest));
  end if;

  for v_member in select m.key, m.value from jsonb_each(p_patch) as m loop
    v_result := case
      when v_member.value = 'null' then v_result - v_member.key
      else v_result || jsonb_build_object(
        v_member.key, private.merge_patch(v_result -> v_member.key, v_member.value, p_depth + 1))
    end;
  end loop;
  return v_result;
end;
$$;

comment on function private.merge_patch(jsonb, jsonb, integer) is
  'JSON merge patch (RFC 7396): members are replaced, null removes one, objects are merged, anything else is taken as '
  'it is. Error: invalid_input (patch) for more than 32 levels.';

grant execute on function private.merge_patch(jsonb, jsonb, integer) to authenticated;
