import { RequestError } from '../request-error.ts'

/** `0-9/100`; `*` for no rows, and for a total that nobody asked for. */
export function contentRange(lower: number, rows: number, total: number | null): string {
  const range = rows > 0 && total !== 0 ? `${lower}-${lower + rows - 1}` : '*'
  return `${range}/${total ?? '*'}`
}

/** Of rows that are written, the range tells nothing but how many there are. */
export function countOnly(total: number | null): string {
  return contentRange(0, 0, total)
}

/**
 * 206 where there are more rows than are answered.
 *
 * @throws RequestError PGRST103 for an offset past the end
 */
export function rangeStatus(offset: number, rows: number, total: number | null): number {
  if (total === null) return 200
  if (offset > total)
    throw new RequestError(416, 'PGRST103', 'Requested range not satisfiable', {
      details: `An offset of ${offset} was requested, but there are only ${total} rows.`,
      headers: { 'Content-Range': countOnly(total) },
    })
  return rows < total ? 206 : 200
}
