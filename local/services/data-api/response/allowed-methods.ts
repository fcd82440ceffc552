import { type PlanContext, routineOf } from '../plan/index.ts'
import type { ApiRequest } from '../request/request.ts'
import { findRelation, type Relation } from '../schema/index.ts'

/** The answer to OPTIONS: what may be asked of the target. Nothing is run. */
export function allowedMethodsResponse(context: PlanContext, request: ApiRequest): Response {
  return new Response(null, { status: 200, headers: { Allow: methodsOf(context, request).join(',') } })
}

function methodsOf(context: PlanContext, request: ApiRequest): string[] {
  const { target, schema } = request
  switch (target.kind) {
    case 'root':
      return ['OPTIONS', 'GET', 'HEAD']
    case 'function':
      return routineOf(context, request, target.name).volatility === 'volatile'
        ? ['OPTIONS', 'POST']
        : ['OPTIONS', 'GET', 'HEAD', 'POST']
    case 'relation':
      return methodsOfRelation(findRelation(context.cache, { schema, name: target.name }))
  }
}

function methodsOfRelation({ isInsertable, isUpdatable, isDeletable, primaryKey }: Relation): string[] {
  return [
    ...['OPTIONS', 'GET', 'HEAD'],
    ...(isInsertable ? ['POST'] : []),
    ...(isInsertable && isUpdatable && primaryKey.length > 0 ? ['PUT'] : []),
    ...(isUpdatable ? ['PATCH'] : []),
    ...(isDeletable ? ['DELETE'] : []),
  ]
}
