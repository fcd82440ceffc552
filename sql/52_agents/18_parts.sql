-- The parts of an answer, as the function that writes it may write them (answerPartSchema of types/ai.ts). The server
-- writes them and is trusted with their form; what is checked is what others rely on: numbers, sizes, and that nothing
-- in them points into another workspace.

create function private.parts_problem(p_parts jsonb, p_after integer) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_parts constant integer := 500;
  c_most_bytes constant integer := 262144;
  c_too_many constant jsonb := private.document_problem(
    'parts', 'This must be a list of at most 500 parts and 256 KiB.', 'Write less at once.');
  v_part record;
  v_problem jsonb;
  v_last integer := p_after;
begin
  v_problem := coalesce(
    private.size_problem('parts', p_parts, c_most_bytes, c_too_many),
    case when jsonb_typeof(p_parts) is distinct from 'array' or jsonb_array_length(p_parts) > c_most_parts
      then c_too_many end);
  if v_problem is not null then
    return v_problem;
  end if;
  for v_part in
    select e.value, 'parts.' || e.n - 1 as path from jsonb_array_elements(p_parts) with ordinality as e (value, n)
  loop
    v_problem := coalesce(
      case when jsonb_typeof(v_part.value) <> 'object' then
        private.document_problem(v_part.path, 'A part is an object.', 'Give one.') end,
      private.choice_problem(v_part.path || '.type', v_part.value -> 'type',
        '{text_delta,tool_call,tool_result,citation,patch,usage,error}'),
      private.whole_number_problem(v_part.path || '.sequence', v_part.value -> 'sequence', v_last + 1, 1000000),
      private.json_problem(v_part.path, v_part.value),
      case v_part.value ->> 'type'
        when 'text_delta' then private.text_block_problem(v_part.path || '.text', v_part.value -> 'text', 0, 65536)
        when 'citation' then coalesce(
          private.uuid_problem(v_part.path || '.widgetId', v_part.value -> 'widgetId'),
          private.text_problem(v_part.path || '.hash', v_part.value -> 'hash', '^[0-9a-f]{64}$', 'Give a hash.'))
        when 'patch' then coalesce(
          private.uuid_problem(v_part.path || '.proposalId', v_part.value -> 'proposalId'),
          private.uuid_problem(v_part.path || '.viewId', v_part.value -> 'viewId'),
          private.whole_number_problem(v_part.path || '.version', v_part.value -> 'version', 1, 2147483647),
          private.text_block_problem(v_part.path || '.summary', v_part.value -> 'summary', 0, 4096),
          case when jsonb_typeof(v_part.value -> 'changes') is distinct from 'array'
            or jsonb_array_length(v_part.value -> 'changes') > 200
          then private.document_problem(v_part.path || '.changes', 'This must be a list of at most 200 changes.',
            'Give a list.') end)
      end);
    if v_problem is not null then
      return v_problem;
    end if;
    v_last := (v_part.value -> 'sequence')::integer;
  end loop;
  return null;
end;
$$;

comment on function private.parts_problem(jsonb, integer) is
  'What is wrong with parts that follow a number; null where nothing is.';

create function private.merged_parts(p_parts jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    with numbered as (
      select e.value as part, e.n, e.value ->> 'type' = 'text_delta' as is_text,
        count(*) filter (where e.value ->> 'type' <> 'text_delta') over (order by e.n) as run
      from jsonb_array_elements(p_parts) with ordinality as e (value, n)
    ),
    merged as (
      select min(x.n) as place, jsonb_build_object(
        'type', 'text_delta', 'sequence', max((x.part -> 'sequence')::integer),
        'text', string_agg(x.part ->> 'text', '' order by x.n)) as part
      from numbered x
      where x.is_text
      group by x.run
      union all
      select x.n, x.part from numbered x where not x.is_text
    )
    select coalesce(jsonb_agg(m.part order by m.place), '[]') from merged m);
end;
$$;

comment on function private.merged_parts(jsonb) is
  'Parts with the pieces of a text that follow each other in one, under the number of the last.';
