import {
  type ComponentType,
  componentDataSchemas,
  componentTypes,
  type WidgetAnswer,
} from '../../../../types/index.ts'
import { element } from '../element.ts'
import { number } from './number.ts'
import { activity, list, pieChart, table } from './others.ts'
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

/** Data as its type draws it. */
export function drawingOf(type: ComponentType | undefined, data: unknown): HTMLElement {
  const draw = type && drawn[type]
  return draw ? draw(data) : element('p', { className: 'beside' }, 'This data has no drawing.')
}

/** The first type that has such data, for data whose widget is gone. */
export function typeOfData(data: unknown): ComponentType | undefined {
  return componentTypes.find((type) => componentDataSchemas[type].safeParse(data).success)
}

/** What a widget shows: its data, that there is none yet, or why there is nothing newer. */
export function contentOf(type: ComponentType | undefined, answer: WidgetAnswer | undefined): HTMLElement {
  if (!type || !drawn[type] || !answer) return element('p', { className: 'beside' }, '')
  const { data, meta } = answer
  const content = element(
    'div',
    { className: 'content' },
    data ? drawingOf(type, data) : element('p', { className: 'beside' }, 'No data yet.'),
  )
  if (meta.error) {
    const { details, message } = meta.error
    const text = details === undefined ? message : `${details}: ${message}`
    content.append(element('p', { className: 'beside', role: 'note' }, text))
  }
  content.dataset.fetchedAt = meta.fetchedAt ?? ''
  return content
}
