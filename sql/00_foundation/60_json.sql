-- Changing JSON documents part by part.

create function private.merge_patch(p_target jsonb, p_patch jsonb, p_depth integer default 1) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_deepest constant integer := 32;
  v_target constant jsonb := case when jsonb_typeof(p_target) = 'object' then p_target else '{}' end;
begin
  if jsonb_typeof(p_patch) <> 'object' then
    return p_patch;
  end if;
  -- Each level is a call of this function, and the stack is not endless.
  if p_depth > c_deepest then
    perform private.raise_invalid_input('patch',
      'The patch is nested too deep.', format('Nest at most %s objects.', c_deepest));
  end if;

  -- Put together at once: member by member it would be copied as often as it has members.
  return (
    select coalesce(jsonb_object_agg(m.key, m.value), '{}')
    from (
      select t.key, t.value from jsonb_each(v_target) as t where not p_patch ? t.key
      union all
      select p.key, case
          when jsonb_typeof(p.value) = 'object' then private.merge_patch(v_target -> p.key, p.value, p_depth + 1)
          else p.value
        end
      from jsonb_each(p_patch) as p
      where p.value <> 'null'
    ) as m
  );
end;
$$;

comment on function private.merge_patch(jsonb, jsonb, integer) is
  'JSON merge patch (RFC 7396): members are replaced, null removes one, objects are merged, anything else is taken as '
  'it is. Error: invalid_input (patch) for more than 32 levels.';

grant execute on function private.merge_patch(jsonb, jsonb, integer) to authenticated;
