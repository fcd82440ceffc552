import type { Client } from '../client.ts'
import { element } from '../element.ts'

const words = (key: string) => key.replaceAll('_', ' ')

/** How much of what the plan allows is used, and what is beyond it, which can be read and no longer changed. */
export async function limitList(supabase: Client, workspace_id: string): Promise<HTMLElement> {
  const { data } = await supabase.rpc('entitlements', { workspace_id }).throwOnError()
  const counted = data.limits.filter(({ use, most }) => use !== null && most !== null)
  return element(
    'ul',
    { className: 'limits' },
    ...counted.map(({ key, use, most, beyond }) =>
      element(
        'li',
        {},
        `${words(key)}: ${use} of ${most}`,
        beyond > 0 ? `, ${beyond} of them read-only` : '',
      ),
    ),
  )
}
