import type * as z from 'zod'
import type { componentDataSchemas } from '../../../../types/index.ts'
import { element } from '../element.ts'
import { axisLabel, formatted } from './format.ts'
import { areaAndLine } from './line.ts'
import { colorOf, drawing, shape } from './svg.ts'

type Series = z.infer<(typeof componentDataSchemas)['chart-line']>

const width = 600
const height = 200

/** Where the scale ends: the next round number that has room for everything. */
function topOf({ series }: Series): number {
  const highest = Math.max(1e-9, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const unit = 10 ** Math.floor(Math.log10(highest))
  return unit * ([1, 1.5, 2, 3, 4, 5, 6, 8].find((times) => times * unit >= highest) ?? 10)
}

export function lineChart(data: Series): HTMLElement {
  const top = topOf(data)
  const lines = data.series.flatMap(({ values }, index) => areaAndLine(values, { top, width, height }, index))
  const middle = data.labels[Math.floor((data.labels.length - 1) / 2)] ?? ''
  const ends = [data.labels[0] ?? '', middle, data.labels.at(-1) ?? '']
  return chart(data, top, lines, axisOf(data.labels.length > 3 ? ends : data.labels))
}

export function barChart(data: Series): HTMLElement {
  const top = topOf(data)
  const slot = width / Math.max(1, data.labels.length)
  const bar = (slot * 0.6) / Math.max(1, data.series.length)
  const bars = data.series.flatMap(({ values, label }, index) =>
    values.map((value, place) => {
      const size = Math.max(0, ((value ?? 0) / top) * height)
      const said = `${label}, ${data.labels[place] ?? ''}: ${formatted(value ?? null, data)}`
      return shape(
        'rect',
        {
          x: place * slot + slot * 0.2 + index * bar,
          y: height - size,
          width: bar,
          height: size,
          fill: colorOf(index),
        },
        shape('title', {}, said),
      )
    }),
  )
  const axis = axisOf(data.labels)
  axis.dataset.slots = ''
  return chart(data, top, bars, axis)
}

function axisOf(labels: string[]): HTMLElement {
  return element('p', { className: 'axis' }, ...labels.map((label) => element('span', {}, axisLabel(label))))
}

/** A drawing with lines at the top, in the middle and at zero, which the scale beside it names. */
function chart(data: Series, top: number, shapes: Node[], axis: HTMLElement): HTMLElement {
  const steps = [top, top / 2, 0]
  const lines = steps.map((_, place) => {
    const y = Math.min(height - 0.5, Math.max(0.5, (place * height) / 2))
    return shape('path', {
      d: `M0 ${y}H${width}`,
      stroke: 'var(--border)',
      'vector-effect': 'non-scaling-stroke',
    })
  })
  const title = data.series.map(({ label }) => label).join(', ')
  const legend = data.series.map(({ label }, index) => {
    const item = element('li', {}, label)
    item.style.setProperty('--color', colorOf(index))
    return item
  })
  return element(
    'div',
    { className: 'plot' },
    element(
      'p',
      { className: 'scale' },
      ...steps.map((step) => element('span', {}, step === 0 ? '0' : formatted(step, data))),
    ),
    drawing(title, width, height, ...lines, ...shapes),
    axis,
    ...(legend.length > 1 ? [element('ul', { className: 'legend' }, ...legend)] : []),
  )
}
