/**
 * Everything that is granted on the objects of `public` and `private`, as data: what is not written here fails the
 * guard, and what is written here and gone fails it too. Owners are left out.
 */
export const granted: Record<string, Record<string, string[]>> = {
  'schema private': { authenticated: ['usage'], service_role: ['usage'] },

  'table public.permissions': { authenticated: ['select'], service_role: ['select'] },
  'table public.profiles': {
    authenticated: ['select', 'update(avatar_path)', 'update(locale)', 'update(name)'],
    service_role: ['select', 'update'],
  },
  'table public.workspace_members': { authenticated: ['select'], service_role: ['select'] },
  'table public.workspace_roles': { authenticated: ['select'], service_role: ['select'] },
  'table public.workspaces': {
    authenticated: ['select', 'update(name)', 'update(settings)'],
    service_role: ['delete', 'insert', 'select', 'update'],
  },

  // For clients.
  'function public.create_workspace(text)': { authenticated: ['execute'] },

  // For policies, which run as the caller.
  'function private.people_in_reach()': { authenticated: ['execute'] },
  'function private.workspaces_with(text)': { authenticated: ['execute'] },

  // For the invoker functions and the validation triggers, which run as whoever calls or writes.
  'function private.clean_text(text)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.create_workspace(text)': { authenticated: ['execute'] },
  'function private.error_status(text)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.new_workspace_id()': { service_role: ['execute'] },
  'function private.raise_error(text,text,text,text)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.raise_invalid_input(text,text,text)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },

  // The account: session, export and deletion.
  'table public.plans': { authenticated: ['select'], service_role: ['select'] },
  'function public.delete_my_account()': { authenticated: ['execute'] },
  'function public.export_my_data()': { authenticated: ['execute'] },
  'function public.session_context()': { authenticated: ['execute'] },
  'function private.delete_my_account()': { authenticated: ['execute'] },
  'function private.export_my_data()': { authenticated: ['execute'] },
  'function private.session_context()': { authenticated: ['execute'] },
}
