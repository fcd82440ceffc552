import type { ApiRequest } from '../request/request.ts'
import { RequestError } from '../request-error.ts'
import { findRoutine, type Routine } from '../schema/index.ts'
import type { PlanContext } from './context.ts'
import { rowsOfRoutine } from './known-rows.ts'
import type { CallArguments, NamedArgument, Plan } from './plan.ts'
import { planRead } from './plan-read.ts'
import { chooseRepresentation } from './representation.ts'
import { resultColumnsOf } from './result-columns.ts'
import { isWhole } from './whole.ts'

/** A call, and the read of what it gives. */
export function planCall(context: PlanContext, request: ApiRequest, name: string): Plan {
  const { method, payload, preferences } = request
  const routine = routineOf(context, request, name)
  const rows = rowsOfRoutine(context.cache, routine)
  const alias = rows.name?.name ?? routine.name
  const read = planRead(
    context,
    request,
    { source: { kind: 'result' }, rows, alias },
    { conditionsOfRoot: true, ranges: true },
  )
  const representation = chooseRepresentation(context.cache, request.accept, {
    of: givesRows(routine) ? routine.result.rows : routine,
    isWhole: isWhole(request),
  })
  const maxAffected = preferences.handling === 'strict' ? preferences.maxAffected : undefined
  if (maxAffected !== undefined && !routine.result.isSet) throw affectsNoSet()
  return {
    kind: 'call',
    routine,
    arguments: argumentsOf(routine, request.parameters, payload),
    read,
    representation:
      method === 'HEAD' ? { kind: 'none', contentType: representation.contentType } : representation,
    result: resultColumnsOf(read),
    isSingle: representation.kind === 'object',
    isReadOnly: method !== 'POST' || routine.volatility !== 'volatile',
    count: preferences.count,
    maxRows: context.maxRows,
    maxAffected,
  }
}

/** The function that a request means, by the arguments that it gives. */
export function routineOf({ cache }: PlanContext, request: ApiRequest, name: string): Routine {
  const { schema, payload, parameters, method, contentType } = request
  const given = parameters.map(([key]) => key)
  const keys = payload.kind === 'json' ? payload.keys : given
  return findRoutine(cache, {
    schema,
    name,
    argumentNames: [...new Set(method === 'POST' ? keys : given)],
    contentType: method === 'POST' ? contentType.name : undefined,
  })
}

/** Whether a function gives rows with columns; everything else is a value. */
export function givesRows({ result }: Routine): boolean {
  return result.kind === 'composite'
}

function argumentsOf(
  routine: Routine,
  parameters: readonly (readonly [string, string])[],
  payload: ApiRequest['payload'],
): CallArguments {
  const [only, more] = routine.arguments
  if (only && !more && only.name === '' && payload.kind !== 'none')
    return { kind: 'body', type: only.type, text: only.type === 'bytea' ? asBytea(payload) : payload.text }
  if (payload.kind === 'json') {
    const keys = new Set(payload.keys)
    return {
      kind: 'document',
      text: payload.text,
      isArray: payload.isArray,
      names: routine.arguments
        .filter(({ name }) => keys.has(name))
        .map(({ name, castType, isVariadic }) => ({ name, type: castType, isVariadic })),
    }
  }
  const values = new Map<string, string[]>()
  for (const [name, value] of parameters) values.set(name, [...(values.get(name) ?? []), value])
  return {
    kind: 'named',
    values: routine.arguments.flatMap(({ name, castType, isVariadic }): readonly NamedArgument[] => {
      const given = values.get(name)
      if (!given) return []
      return [{ name, type: castType, isVariadic, value: isVariadic ? given : (given.at(-1) ?? '') }]
    }),
  }
}

function asBytea(payload: Exclude<ApiRequest['payload'], { kind: 'none' }>): string {
  const bytes = payload.kind === 'raw' ? payload.bytes : new TextEncoder().encode(payload.text)
  return `\\x${Buffer.from(bytes).toString('hex')}`
}

function affectsNoSet(): RequestError {
  return new RequestError(
    400,
    'PGRST128',
    'Function must return SETOF or TABLE when max-affected preference is used with handling=strict',
  )
}
