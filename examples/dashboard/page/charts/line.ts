import { colorOf, shape } from './svg.ts'

export interface Room {
  /** The value at the upper edge. */
  top: number
  width: number
  height: number
}

/** A line over its area. A gap is where there is no value: both begin anew after it. */
export function areaAndLine(
  values: (number | null)[],
  { top, width, height }: Room,
  index = 0,
): SVGElement[] {
  const step = width / Math.max(1, values.length - 1)
  const at = (value: number, place: number) =>
    `${(place * step).toFixed(1)} ${(height - (value / top) * (height - 2)).toFixed(1)}`
  const pieces = piecesOf(values)
  const line = pieces.map((piece) => `M${piece.map(([value, place]) => at(value, place)).join('L')}`)
  const area = pieces.map((piece, which) => {
    const [first, last] = [piece[0]?.[1] ?? 0, piece.at(-1)?.[1] ?? 0]
    return `${line[which]}L${last * step} ${height}L${first * step} ${height}Z`
  })
  return [
    shape('path', { d: area.join(''), fill: colorOf(index), opacity: 0.12 }),
    shape('path', {
      d: line.join(''),
      fill: 'none',
      stroke: colorOf(index),
      'stroke-width': 2,
      'stroke-linejoin': 'round',
      'vector-effect': 'non-scaling-stroke',
    }),
  ]
}

/** The values that stand side by side, with their places. */
function piecesOf(values: (number | null)[]): [value: number, place: number][][] {
  const pieces: [number, number][][] = []
  for (const [place, value] of values.entries()) {
    if (value === null) continue
    const last = pieces.at(-1)
    if (last && last.at(-1)?.[1] === place - 1) last.push([value, place])
    else pieces.push([[value, place]])
  }
  return pieces
}
