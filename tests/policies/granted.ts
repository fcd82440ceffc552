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

  // The audit log and the life of a workspace.
  'table public.audit_log': { authenticated: ['select'], service_role: ['select'] },
  'table private.deleted_workspaces': { service_role: ['select'] },
  'function public.delete_workspace(text,text)': { authenticated: ['execute'] },
  'function public.list_audit_log(text,timestamp with time zone,uuid,integer,uuid,text,text,timestamp with time zone,timestamp with time zone)':
    { authenticated: ['execute'] },
  'function public.transfer_workspace(text,uuid)': { authenticated: ['execute'] },
  'function public.update_workspace_settings(text,jsonb)': { authenticated: ['execute'] },
  'function private.delete_workspace(text,text)': { authenticated: ['execute'] },
  'function private.list_audit_log(text,timestamp with time zone,uuid,integer,uuid,text,text,timestamp with time zone,timestamp with time zone)':
    { authenticated: ['execute'] },
  'function private.merge_patch(jsonb,jsonb,integer)': { authenticated: ['execute'] },
  'function private.transfer_workspace(text,uuid)': { authenticated: ['execute'] },
}
