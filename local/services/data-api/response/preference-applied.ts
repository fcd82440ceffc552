import type { Plan } from '../plan/index.ts'
import type { ApiRequest, Preferences } from '../request/request.ts'

/** The preferences that counted, in the words of the request; null where there were none. */
export function preferenceApplied(
  plan: Plan,
  { method, preferences, onConflict }: ApiRequest,
  chosenEnd: Preferences['transaction'],
): string | null {
  const isWrite = plan.kind === 'mutation'
  const isInsert = isWrite && method === 'POST'
  const resolves =
    isInsert &&
    (onConflict !== undefined || (plan.mutation.kind === 'insert' && plan.mutation.conflict !== undefined))
  const applied = [
    resolves && named('resolution', preferences.resolution),
    (isInsert || method === 'PATCH') && named('missing', preferences.missing),
    isWrite && named('return', preferences.representation),
    named('count', preferences.count),
    named('tx', chosenEnd),
    named('handling', preferences.handling),
    named('timezone', preferences.timezone),
    plan.kind !== 'read' && plan.maxAffected !== undefined && named('max-affected', String(plan.maxAffected)),
  ].filter((preference) => typeof preference === 'string')
  return applied.length > 0 ? applied.join(', ') : null
}

function named(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${name}=${value}`
}
