-- The view document: the rules of types/view.ts, held by the database. A test demands the same verdict of both.

create function private.flag_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  if jsonb_typeof(p_value) <> 'boolean' then
    return private.document_problem(p_path, 'This must be true or false.', 'Leave it out.');
  end if;
  return null;
end;
$$;

comment on function private.flag_problem(text, jsonb) is
  'What is wrong with a yes or no that may be left out; null where nothing is.';

create function private.view_problem(p_view jsonb, p_path text default '') returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
begin
  return coalesce(
    private.keys_problem(p_path, p_view, '{name,layout}',
      '{id,description,isDefault,isRoleDefault,roleId,createdAt,updatedAt}'),
    case when p_view ? 'id' then
      private.text_problem(v_prefix || 'id', p_view -> 'id', '^[A-Za-z0-9_-]{1,100}$',
        'Leave it out: a view gets its own.')
    end,
    private.line_problem(v_prefix || 'name', p_view -> 'name', 1, 50),
    case when p_view ? 'description' then
      private.line_problem(v_prefix || 'description', p_view -> 'description', 0, 200)
    end,
    private.flag_problem(v_prefix || 'isDefault', p_view -> 'isDefault'),
    private.flag_problem(v_prefix || 'isRoleDefault', p_view -> 'isRoleDefault'),
    case when p_view ? 'roleId' then
      private.text_problem(v_prefix || 'roleId', p_view -> 'roleId', '^[a-z][a-z0-9_-]{0,49}$',
        'Give the key of a role, or leave it out.')
    end,
    case when p_view ? 'createdAt' then private.moment_problem(v_prefix || 'createdAt', p_view -> 'createdAt') end,
    case when p_view ? 'updatedAt' then private.moment_problem(v_prefix || 'updatedAt', p_view -> 'updatedAt') end,
    private.layout_problem(p_view -> 'layout', v_prefix || 'layout')
  );
end;
$$;

comment on function private.view_problem(jsonb, text) is
  'What is wrong with a view, as {path, message, hint}, the first thing found; null for a valid one. p_path is where '
  'the view stands inside a larger document.';
