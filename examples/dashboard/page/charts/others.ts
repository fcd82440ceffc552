import type * as z from 'zod'
import type { componentDataSchemas } from '../../../../types/index.ts'
import { element } from '../element.ts'
import { dateTime, formatted } from './format.ts'
import { colorOf, drawing, shape } from './svg.ts'

type Data<Type extends keyof typeof componentDataSchemas> = z.infer<(typeof componentDataSchemas)[Type]>

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
  const head = element(
    'tr',
    {},
    ...columns.map(({ label, type }) => typed(element('th', { scope: 'col' }, label), type)),
  )
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      ...row.map((cell, place) => {
        const type = columns[place]?.type ?? 'text'
        return typed(element('td', {}, element('span', {}, cellText(cell, type, currency))), type)
      }),
    ),
  )
  return element(
    'div',
    { className: 'scrolling' },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)),
  )
}

/** A cell that says what is in it, so that numbers stand below each other. */
function typed<Cell extends HTMLElement>(cell: Cell, type: string): Cell {
  cell.dataset.type = type
  return cell
}

function cellText(
  cell: string | number | boolean | null,
  type: string,
  currency: string | undefined,
): string {
  if (cell === null) return '–'
  if (typeof cell === 'number') return formatted(cell, { format: type, currency })
  if (type === 'moment' && !Number.isNaN(Date.parse(String(cell)))) return dateTime(String(cell))
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
        element('time', { dateTime: at }, dateTime(at)),
      ),
    ),
  )
}
