import type { Plan } from '../plan/index.ts'
import { RequestError } from '../request-error.ts'

/**
 * Holds what a statement has done to what the request asked for: it is undone where it was something else.
 *
 * @throws RequestError PGRST115, PGRST116 or PGRST124
 */
export function requireAskedRows(plan: Plan, rows: number): void {
  if (plan.kind === 'mutation' && plan.isSingleUpsert) {
    if (rows !== 1)
      throw new RequestError(400, 'PGRST115', 'Payload values do not match URL in primary key column(s)')
    return
  }
  if (plan.isSingle && rows !== 1)
    throw new RequestError(406, 'PGRST116', 'Cannot coerce the result to a single JSON object', {
      details: `The result contains ${rows} rows`,
    })
  if (plan.kind !== 'read' && plan.maxAffected !== undefined && rows > plan.maxAffected)
    throw new RequestError(400, 'PGRST124', 'Query result exceeds max-affected preference constraint', {
      details: `The query affects ${rows} rows`,
    })
}
