import type { AiUsageReport } from '../../../../types/index.ts'
import type { Client } from '../client.ts'
import { element } from '../element.ts'

const credits = new Intl.NumberFormat(undefined, { maximumFractionDigits: 4 })

/** What agents cost this month: everybody's for who manages what is paid, else one's own. `read` updates it. */
export function costReport(supabase: Client, workspace_id: string, seesAll: boolean) {
  const place = element('div', {})
  const report = element(
    'details',
    { className: 'cost' },
    element('summary', {}, seesAll ? 'What agents cost this month' : 'What you spent this month'),
    place,
  )
  const read = async () => {
    // Months are those of UTC.
    const to_day = new Date().toISOString().slice(0, 10)
    const month = { workspace_id, from_day: `${to_day.slice(0, 8)}01`, to_day }
    const { data } = await (seesAll
      ? supabase.rpc('ai_usage_report', { ...month, by: 'agent' }).throwOnError()
      : supabase.rpc('my_ai_usage', { ...month, by: 'agent' }).throwOnError())
    place.replaceChildren(
      element('ul', {}, ...data.rows.map(line)),
      element('p', {}, `Together ${credits.format(data.credits)} credits`),
    )
  }
  return { report, read }
}

function line({ name, calls, credits: spent }: AiUsageReport['rows'][number]): HTMLElement {
  const called = calls === 1 ? 'one call' : `${calls} calls`
  return element('li', {}, `${name ?? 'Another agent'}: ${credits.format(spent)} credits, ${called}`)
}
