/*
 * The project's own tables and functions, called as its OpenAPI document says, with values that fit and values that
 * do not, by a person, by nobody and with the secret key: whatever comes of it, no answer is the server's fault.
 */
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { openApiDocument } from '../../../local/services/data-api/open-api/index.ts'
import type { SwaggerParameter, SwaggerSchema } from '../../../local/services/data-api/open-api/swagger.ts'
import { openSession } from '../../support/database/session.ts'
import { signToken } from '../../support/http/data-api.ts'
import { startTestGateway, type TestGateway } from '../../support/http/gateway.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

type Document = ReturnType<typeof openApiDocument>

const callsOfAnOperation = Number(process.env.FUZZ_CALLS ?? 1)

let database: TestDatabase
let gateway: TestGateway

beforeAll(async () => {
  database = await createDatabase('migrated')
  // The document tells the secret key what it may touch itself; here it shall tell of what anybody may.
  await using session = await openSession(database.url('postgres'))
  await session.query(`
    grant select on all tables in schema public to service_role;
    grant execute on all functions in schema public to service_role;
  `)
  gateway = await startTestGateway(database)
})
afterAll(async () => {
  await gateway.close()
  await database.drop()
})

it('no call that is described, nor one close to it, is answered with 5xx', async () => {
  const described = await fetch(`${gateway.url}/rest/v1/`, { headers: { apikey: gateway.secretKey } })
  const document = (await described.json()) as Document
  expect(Object.keys(document.paths).length).toBeGreaterThan(100)
  const token = await signToken({ sub: crypto.randomUUID(), email: 'fuzz@example.com' })
  const callers: Record<string, string>[] = [
    { apikey: gateway.publishableKey },
    { apikey: gateway.publishableKey, authorization: `Bearer ${token}` },
    { apikey: gateway.secretKey },
  ]
  const before = Object.getOwnPropertyNames(Object.prototype)
  const failures: string[] = []
  for (const operation of operationsOf(document)) {
    const calls = fc.sample(fc.tuple(operation, fc.constantFrom(...callers)), {
      numRuns: callsOfAnOperation,
      seed: 15,
    })
    await Promise.all(
      calls.map(async ([{ path, method, body }, caller]) => {
        const headers = { ...caller, 'content-type': 'application/json', prefer: 'return=representation' }
        const response = await fetch(`${gateway.url}/rest/v1${path}`, { method, body, headers })
        const text = await response.text()
        if (response.status >= 500) failures.push(`${method} ${path} ${body}: ${response.status} ${text}`)
      }),
    )
  }
  expect(failures).toEqual([])
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
}, 120_000)

interface Call {
  method: string
  path: string
  body: string | null
}

function* operationsOf(document: Document): Generator<fc.Arbitrary<Call>> {
  for (const [path, item] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(item))
      yield callOf(document, path, method.toUpperCase(), operation)
}

function callOf(
  document: Document,
  path: string,
  method: string,
  { parameters = [] }: NonNullable<Document['paths'][string]['get']>,
): fc.Arbitrary<Call> {
  const described = parameters.map((parameter) =>
    isReference(parameter) ? document.parameters[nameOf(parameter.$ref)] : parameter,
  )
  const queries: fc.Arbitrary<[name: string, value: string, chance: number]>[] = []
  let body: fc.Arbitrary<string | null> = fc.constant(null)
  for (const parameter of described) {
    if (parameter === undefined || isReference(parameter)) continue
    const { name } = parameter
    if (parameter.in === 'body')
      body = bodyOf(document, parameter.schema ?? {}).map((value) => JSON.stringify(value))
    if (parameter.in !== 'query') continue
    const isFilter = parameter.format === undefined
    const value = isFilter ? filterOf(name) : schemaValue(parameter).map(String)
    queries.push(fc.tuple(fc.constant(name), value, fc.nat(3)))
  }
  const isCall = path.startsWith('/rpc/')
  return fc.tuple(fc.tuple(...queries), body).map(([parts, text]) => {
    const search = parts
      .filter(([, , chance]) => isCall || chance === 0)
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    return {
      method,
      path: `${path}?${search.join('&')}`,
      body: method === 'GET' || method === 'DELETE' ? null : text,
    }
  })
}

function isReference(parameter: SwaggerParameter): parameter is { $ref: string } {
  return '$ref' in parameter
}

/** What a reference leads to. */
function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1)
}

function filterOf(name: string): fc.Arbitrary<string> {
  if (name === 'limit' || name === 'offset') return fc.constantFrom('0', '1', '10', '-1', 'x', '99999999999')
  if (name === 'select')
    return fc.constantFrom('*', '', '*,nothing(*)', 'count()', '*,workspaces(*)', '(', 'id')
  if (name === 'order')
    return fc.constantFrom('id', 'created_at.desc.nullslast', 'workspaces(id)', 'nothing', 'id.up')
  if (name === 'on_conflict') return fc.constantFrom('id', 'workspace_id,id', 'nothing')
  const operator = fc.constantFrom(
    'eq.',
    'gt.',
    'not.is.',
    'in.',
    'like.',
    'cs.',
    'fts.',
    'match.',
    'eq(any).',
    'ov.',
    'sl.',
    '',
  )
  return fc
    .tuple(operator, fc.oneof(literal, fc.string({ maxLength: 4 })))
    .map((parts) => parts.join('').toWellFormed())
}

const literal = fc.constantFrom(
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '{}',
  '{1,2}',
  '[1,2)',
  '(a,b)',
  '()',
  crypto.randomUUID(),
  '"',
)

// Made once: it takes a while.
const json = fc.jsonValue({ maxDepth: 2 })
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.toWellFormed())
const junk = fc.oneof(literal, fc.string({ maxLength: 6 }), json)

function bodyOf(document: Document, schema: SwaggerSchema): fc.Arbitrary<unknown> {
  const whole = schema.$ref ? document.definitions[nameOf(schema.$ref)] : schema
  const properties = Object.entries(whole?.properties ?? {}).map(([name, property]) =>
    fc.tuple(fc.constant(name), schemaValue(property), fc.nat(5)),
  )
  const fitting = (properties.length === 0 ? fc.constant([]) : fc.tuple(...properties)).map((entries) =>
    Object.fromEntries(entries.flatMap(([name, value, chance]) => (chance === 0 ? [] : [[name, value]]))),
  )
  return fc.oneof({ arbitrary: fitting, weight: 9 }, { arbitrary: json, weight: 1 })
}

/** A value that mostly fits its type. */
function schemaValue({
  type,
  format = '',
  items,
  enum: labels,
}: Pick<SwaggerSchema, 'enum' | 'format' | 'items' | 'type'>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: fittingValueOf(), weight: 15 }, { arbitrary: junk, weight: 1 })

  function fittingValueOf(): fc.Arbitrary<unknown> {
    if (labels) return fc.constantFrom(...labels)
    if (type === 'integer') return fc.oneof(fc.integer({ min: -2, max: 20 }), fc.maxSafeInteger())
    if (type === 'number') return fc.double()
    if (type === 'boolean') return fc.boolean()
    if (type === 'array') return fc.array(items ? schemaValue(items) : fc.string(), { maxLength: 3 })
    if (type === undefined) return json
    if (format === 'uuid') return fc.uuid()
    if (format.startsWith('timestamp') || format === 'date')
      return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
    return text
  }
}
