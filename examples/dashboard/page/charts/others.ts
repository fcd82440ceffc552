import type * as z from 'zod'
import type { componentDataSchemas } from '../../../../types/index.ts'
import { element } from '../element.ts'
import { formatted } from './format.ts'
import { colorOf, drawing, shape } from './svg.ts'

type Data<Type extends keyof typeof componentDataSchemas> = z.infer<(typeof componentDataSchemas)[Type]>

export function number(data: Data<'stats'>): HTMLElement {
  const { value, previousValue, trend } = data
  const arrow = { up: '↑', down: '↓', flat: '→' }
  return element(
    'div',
    {},
    element('strong', { className: 'number' }, formatted(value, data)),
    element(
      'p',
      { className: 'beside' },
      [trend && arrow[trend], previousValue != null && `before: ${formatted(previousValue, data)}`]
        .filter(Boolean)
        .join(' '),
    ),
  )
}

export function pieChart(data: Data<'chart-pie'>): HTMLElement {
  const total = data.slices.reduce((sum, { value }) => sum + value, 0) || 1
  const around = 2 * Math.PI * 40
  let before = 0
  const arcs = data.slices.map(({ value }, index) => {
    const size = (value / total) * around
    const arc = shape('circle', {
      cx: 60,
      cy: 60,
      r: 40,
      fill: 'none',
      stroke: colorOf(index),
      'stroke-width': 24,
      'stroke-dasharray': `${size} ${around - size}`,
      'stroke-dashoffset': -before,
      transform: 'rotate(-90 60 60)',
    })
    before += size
    return arc
  })
  const pie = drawing(data.slices.map(({ label }) => label).join(', '), 120, 120, ...arcs)
  pie.setAttribute('preserveAspectRatio', 'xMidYMid meet')
  const legend = data.slices.map(({ label, value }, index) => {
    const item = element('li', {}, `${label} `, element('b', {}, formatted(value, data)))
    item.style.setProperty('--color', colorOf(index))
    return item
  })
  return element('div', { className: 'pie' }, pie, element('ul', { className: 'legend' }, ...legend))
}

export function table({ columns, rows, currency }: Data<'table'>): HTMLElement {
  const head = element('tr', {}, ...columns.map(({ label }) => element('th', { scope: 'col' }, label)))
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      ...row.map((cell, place) =>
        element('td', {}, cellText(cell, columns[place]?.type ?? 'text', currency)),
      ),
    ),
  )
  return element(
    'div',
    { className: 'scrolling' },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)),
  )
}

function cellText(
  cell: string | number | boolean | null,
  type: string,
  currency: string | undefined,
): string {
  if (cell === null) return '–'
  if (typeof cell === 'number') return formatted(cell, { format: type, currency })
  if (type === 'moment' && !Number.isNaN(Date.parse(String(cell))))
    return new Date(String(cell)).toLocaleString()
  return String(cell)
}

export function list(data: Data<'list'>): HTMLElement {
  return element(
    'ol',
    { className: 'list scrolling' },
    ...data.items.map(({ title, value }) =>
      element(
        'li',
        {},
        element('span', {}, title),
        element('b', {}, value === undefined ? '' : formatted(value, data)),
      ),
    ),
  )
}

export function activity({ entries }: Data<'activity-feed'>): HTMLElement {
  return element(
    'ul',
    { className: 'list scrolling' },
    ...entries.map(({ text, actor, at }) =>
      element(
        'li',
        {},
        element('span', {}, actor ? `${actor}: ${text}` : text),
        element('time', { dateTime: at }, new Date(at).toLocaleString()),
      ),
    ),
  )
}
