import type { Client } from '../client.ts'
import { element } from '../element.ts'

/** Roles of one's own: a part of premium to try, and to see what becomes of it without premium. */
export async function ownRoles(
  supabase: Client,
  workspace_id: string,
  { isPremium, attempt }: { isPremium: boolean; attempt(work: () => Promise<void>): void },
): Promise<HTMLElement> {
  const { data: roles } = await supabase
    .from('workspace_roles')
    .select('key, name')
    .match({ workspace_id, is_built_in: false })
    .throwOnError()
  const add = async () => {
    const key = `guests-${crypto.randomUUID().slice(0, 8)}`
    const role = { workspace_id, key, name: 'Guests', permissions: ['themes.read' as const] }
    await supabase.from('workspace_roles').insert(role).throwOnError()
  }
  return element(
    'div',
    {},
    element(
      'ul',
      { className: 'own-roles' },
      ...roles.map(({ name }) => element('li', {}, isPremium ? name : `${name} (read-only)`)),
    ),
    element('button', { onclick: () => attempt(add) }, 'Make a role'),
  )
}
