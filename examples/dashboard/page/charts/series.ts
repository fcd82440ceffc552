import type * as z from 'zod'
import type { componentDataSchemas } from '../../../../types/index.ts'
import { element } from '../element.ts'
import { colorOf, drawing, shape } from './svg.ts'

type Series = z.infer<(typeof componentDataSchemas)['chart-line']>

const width = 600
const height = 200

const highest = ({ series }: Series) =>
  Math.max(1e-9, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)))

export function lineChart(data: Series): HTMLElement {
  const top = highest(data)
  const step = width / Math.max(1, data.labels.length - 1)
  const lines = data.series.map(({ values }, index) =>
    shape('path', {
      d: pathOf(values, (value, place) => [place * step, height - (value / top) * (height - 10)]),
      fill: 'none',
      stroke: colorOf(index),
      'stroke-width': 2,
      'vector-effect': 'non-scaling-stroke',
    }),
  )
  return chart(data, lines)
}

/** A gap is where there is no value: the line begins anew after it. */
function pathOf(values: (number | null)[], at: (value: number, place: number) => [number, number]): string {
  return values
    .map((value, place) => {
      if (value === null) return ''
      const [x, y] = at(value, place)
      return `${place === 0 || values[place - 1] === null ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
}

export function barChart(data: Series): HTMLElement {
  const top = highest(data)
  const slot = width / Math.max(1, data.labels.length)
  const bar = (slot * 0.8) / Math.max(1, data.series.length)
  const bars = data.series.flatMap(({ values, label }, index) =>
    values.map((value, place) => {
      const size = ((value ?? 0) / top) * (height - 10)
      return shape(
        'rect',
        {
          x: place * slot + slot * 0.1 + index * bar,
          y: height - size,
          width: bar,
          height: Math.max(0, size),
          fill: colorOf(index),
        },
        shape('title', {}, `${label}, ${data.labels[place] ?? ''}: ${value ?? '–'}`),
      )
    }),
  )
  return chart(data, bars)
}

function chart({ labels, series }: Series, shapes: Node[]): HTMLElement {
  const title = series.map(({ label }) => label).join(', ')
  const shown = labels.length <= 8 ? labels : [labels[0] ?? '', labels.at(-1) ?? '']
  return element(
    'div',
    { className: 'plot' },
    drawing(title, width, height, ...shapes),
    element('p', { className: 'axis' }, ...shown.map((label) => element('span', {}, label))),
  )
}
