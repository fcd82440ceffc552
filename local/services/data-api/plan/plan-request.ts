import type { ApiRequest, Preferences } from '../request/request.ts'
import { RequestError } from '../request-error.ts'
import { findRelation } from '../schema/index.ts'
import type { PlanContext } from './context.ts'
import { knownRows } from './known-rows.ts'
import type { Plan } from './plan.ts'
import { planCall } from './plan-call.ts'
import { planMutation } from './plan-mutation.ts'
import { planRead } from './plan-read.ts'
import { chooseRepresentation } from './representation.ts'
import { isWhole } from './whole.ts'

/**
 * What a request wants of the database, with every name in it looked up.
 *
 * @throws RequestError where a name is unknown or ambiguous, or what is asked for cannot be had
 */
export function planRequest(context: PlanContext, request: ApiRequest): Plan {
  const { target, method } = request
  refuseInvalidPreferences(request.preferences)
  if (target.kind === 'root') throw new Error('The root has no rows')
  if (target.kind === 'function') return planCall(context, request, target.name)
  return method === 'GET' || method === 'HEAD'
    ? planReadOf(context, request, target.name)
    : planMutation(context, request, target.name)
}

function planReadOf(context: PlanContext, request: ApiRequest, name: string): Plan {
  const relation = findRelation(context.cache, { schema: request.schema, name })
  const read = planRead(
    context,
    request,
    {
      source: { kind: 'relation', name: { schema: relation.schema, name: relation.name } },
      rows: knownRows(context.cache, relation),
      alias: relation.name,
    },
    { conditionsOfRoot: true, ranges: true },
  )
  const representation = chooseRepresentation(context.cache, request.accept, {
    of: relation,
    isWhole: isWhole(request),
  })
  return {
    kind: 'read',
    read,
    representation:
      request.method === 'HEAD' ? { kind: 'none', contentType: representation.contentType } : representation,
    isSingle: representation.kind === 'object',
    isReadOnly: true,
    count: request.preferences.count,
    maxRows: context.maxRows,
  }
}

function refuseInvalidPreferences({ handling, invalid }: Preferences): void {
  if (handling !== 'strict' || invalid.length === 0) return
  throw new RequestError(400, 'PGRST122', 'Invalid preferences given with handling=strict', {
    details: `Invalid preferences: ${invalid.join(', ')}`,
  })
}
