import type { Argument, Relation, Routine } from '../schema/catalog.ts'
import { reference, referTo, rowFilterNames } from './parameters.ts'
import type { SwaggerOperation, SwaggerParameter, SwaggerPath } from './swagger.ts'
import { elementOf, parameterTypeOf, swaggerTypeOf } from './types.ts'

const json = 'application/json'
const objects = ['application/vnd.pgrst.object+json;nulls=stripped', 'application/vnd.pgrst.object+json']

/** What the document says of itself, and of every answer. */
export const rowMediaTypes = [json, ...objects, 'text/csv']

export const rootPath: SwaggerPath = {
  get: {
    tags: ['Introspection'],
    summary: 'OpenAPI description (this document)',
    produces: ['application/openapi+json', json],
    responses: { 200: { description: 'OK' } },
  },
}

export function relationPath(relation: Relation): SwaggerPath {
  const { name, comment, isInsertable, isUpdatable, isDeletable } = relation
  const filters = rowFilterNames(relation)
  const operation = (parameters: readonly string[], responses: SwaggerOperation['responses']) => ({
    tags: [name],
    ...summarized(comment),
    parameters: referTo(parameters),
    responses,
  })
  const read = ['select', 'order', 'range', 'rangeUnit', 'offset', 'limit', 'preferCount']
  const get = operation([...filters, ...read], {
    200: { description: 'OK', schema: { type: 'array', items: { $ref: reference('definitions', name) } } },
    206: { description: 'Partial Content' },
  })
  if (!isInsertable && !isUpdatable && !isDeletable) return { get }
  const noContent = { 204: { description: 'No Content' } }
  return {
    get,
    post: operation([`body.${name}`, 'select', 'preferPost'], { 201: { description: 'Created' } }),
    delete: operation([...filters, 'preferReturn'], noContent),
    patch: operation([...filters, `body.${name}`, 'preferReturn'], noContent),
  }
}

/** By `GET` only what changes nothing. */
export function routinePath(routine: Routine): SwaggerPath {
  const operation = (parameters: SwaggerParameter[]): SwaggerOperation => ({
    tags: [`(rpc) ${routine.name}`],
    ...summarized(routine.comment),
    parameters,
    produces: [json, ...objects],
    responses: { 200: { description: 'OK' } },
  })
  const named = routine.arguments.filter(({ name }) => name !== '')
  const post = operation([argumentsParameter(routine, named), ...referTo(['preferParams'])])
  if (routine.volatility === 'volatile') return { post }
  return { get: operation(named.map(argumentParameter)), post }
}

function argumentParameter({ name, type, isRequired, isVariadic }: Argument): SwaggerParameter {
  const parameter = { name, required: isRequired, in: 'query' } as const
  const element = elementOf(type)
  if (!isVariadic || element === undefined) return { ...parameter, ...parameterTypeOf(type) }
  return { ...parameter, type: 'array', items: parameterTypeOf(element), collectionFormat: 'multi' }
}

function argumentsParameter({ comment }: Routine, named: readonly Argument[]): SwaggerParameter {
  const required = named.filter(({ isRequired }) => isRequired).map(({ name }) => name)
  return {
    name: 'args',
    required: true,
    in: 'body',
    schema: {
      description: comment ?? undefined,
      ...(required.length > 0 && { required }),
      properties: Object.fromEntries(named.map(({ name, type }) => [name, swaggerTypeOf(type)])),
      type: 'object',
    },
  }
}

/** The first line of a comment sums up; what follows describes. */
export function summarized(comment: string | null): Pick<SwaggerOperation, 'description' | 'summary'> {
  if (comment === null) return {}
  const [summary = '', ...lines] = comment.split('\n')
  const description = lines.slice(lines.findIndex((line) => line !== '')).join('\n')
  return { summary, ...(description !== '' && { description }) }
}
