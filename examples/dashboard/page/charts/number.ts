import type * as z from 'zod'
import type { componentDataSchemas } from '../../../../types/index.ts'
import { element } from '../element.ts'
import { formatted } from './format.ts'
import { areaAndLine } from './line.ts'
import { drawing } from './svg.ts'

type Stats = z.infer<(typeof componentDataSchemas)['stats']>

const arrows = { up: '↑', down: '↓', flat: '→' }
const size = { width: 200, height: 40 }

/** A number, how it changed, and how it came to it. */
export function number(data: Stats): HTMLElement {
  const { value, history = [] } = data
  const made = element(
    'div',
    { className: 'stats' },
    element('strong', { className: 'number' }, formatted(value, data)),
    ...change(data),
  )
  const top = Math.max(...history)
  if (history.length > 1 && top > 0)
    made.append(drawing('', size.width, size.height, ...areaAndLine(history, { top, ...size })))
  return made
}

function change({ value, previousValue, trend, ...format }: Stats): HTMLElement[] {
  if (value === null || previousValue == null) return []
  const percent = new Intl.NumberFormat(undefined, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  })
  const arrow = trend ? `${arrows[trend]} ` : ''
  // What grew from nothing grew by no percentage.
  const by = previousValue === 0 ? '' : percent.format((value - previousValue) / Math.abs(previousValue))
  return [
    element(
      'p',
      { className: 'beside' },
      element('span', { className: 'change' }, `${arrow}${by}`),
      ` from ${formatted(previousValue, format)}`,
    ),
  ]
}
