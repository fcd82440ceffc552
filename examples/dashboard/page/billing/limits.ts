import type { Client } from '../client.ts'
import { element } from '../element.ts'

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })

/** How much of what the plan allows is used, and what is beyond it, which can be read and no longer changed. */
export async function limitList(supabase: Client, workspace_id: string): Promise<HTMLElement> {
  const [{ data }, { data: limits }] = await Promise.all([
    supabase.rpc('entitlements', { workspace_id }).throwOnError(),
    supabase.from('limits').select('key, name').throwOnError(),
  ])
  const names = new Map(limits.map(({ key, name }) => [key, capital(name)]))
  return element(
    'ul',
    { className: 'limits' },
    ...data.limits.flatMap(({ key, use, most, beyond }) => {
      // Of what the plan has none, nothing is used.
      if (use === null || !most) return []
      const name = names.get(key) ?? key
      const counted = `${number.format(use)} of ${number.format(most)}`
      return element(
        'li',
        {},
        element('span', {}, name),
        element('span', {}, beyond > 0 ? `${counted}, ${beyond} read-only` : counted),
        element('progress', { value: Math.min(use, most), max: most, ariaLabel: name }),
      )
    }),
  )
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
