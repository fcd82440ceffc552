import { type ComponentType, componentDataSchemas, type WidgetAnswer } from '../../../../types/index.ts'
import { element } from '../element.ts'
import { activity, list, number, pieChart, table } from './others.ts'
import { barChart, lineChart } from './series.ts'

/** How each type of component is drawn: its data is checked first, and what is not as it should be is not drawn. */
const drawn: Partial<Record<ComponentType, (data: unknown) => HTMLElement>> = {
  stats: (data) => number(componentDataSchemas.stats.parse(data)),
  'chart-line': (data) => lineChart(componentDataSchemas['chart-line'].parse(data)),
  'chart-bar': (data) => barChart(componentDataSchemas['chart-bar'].parse(data)),
  'chart-pie': (data) => pieChart(componentDataSchemas['chart-pie'].parse(data)),
  table: (data) => table(componentDataSchemas.table.parse(data)),
  list: (data) => list(componentDataSchemas.list.parse(data)),
  'activity-feed': (data) => activity(componentDataSchemas['activity-feed'].parse(data)),
}

/** What a widget shows: its data, that there is none yet, or why there is nothing newer. */
export function contentOf(type: ComponentType | undefined, answer: WidgetAnswer | undefined): HTMLElement {
  const draw = type && drawn[type]
  if (!draw || !answer) return element('p', { className: 'beside' }, '')
  const { data, meta } = answer
  const content = element(
    'div',
    { className: 'content' },
    data ? draw(data) : element('p', { className: 'beside' }, 'No data yet.'),
  )
  if (meta.error) content.append(element('p', { className: 'beside', role: 'note' }, meta.error.message))
  content.dataset.fetchedAt = meta.fetchedAt ?? ''
  return content
}
