import { element } from '../element.ts'

interface Pair {
  value: number
  previous: number
}
interface Things {
  items: (Pair & { key: string; name: string })[]
  others: Pair
}

const names: Record<string, string> = {
  activePeople: 'Active people',
  viewsOpened: 'Opened views',
  refreshes: 'Refreshes',
  errors: 'Errors',
  shown: 'Widgets shown',
  cacheHits: 'Shown fresh',
  saves: 'Saves',
  aiCalls: 'AI calls',
  aiCredits: 'AI credits',
}
const format = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })

/** Numbers, each beside that of the period before. */
export function numbers(pairs: Record<string, Pair>): HTMLElement {
  return element(
    'dl',
    { className: 'numbers' },
    ...Object.entries(pairs).flatMap(([key, { value, previous }]) => [
      element('dt', {}, names[key] ?? key),
      element('dd', {}, element('strong', {}, format.format(value)), ` before ${format.format(previous)}`),
    ]),
  )
}

/** What was used most, and all the rest. */
export function things(title: string, { items, others }: Things): HTMLElement {
  const rows = [...items, { key: '', name: 'Others', ...others }]
  return element(
    'section',
    {},
    element('h3', {}, title),
    element(
      'ul',
      { className: 'things' },
      ...rows.map(({ name, value }) =>
        element('li', {}, element('span', {}, name.replaceAll('_', ' ')), format.format(value)),
      ),
    ),
  )
}
