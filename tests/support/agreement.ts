import fc from 'fast-check'
import type pg from 'pg'
import type { JsonSchema } from '../../types/json-schema.ts'

// Documents for the tests that demand the same verdict of zod and of the database: valid ones, and ones with a part
// changed, taken away or added.

export interface Mutation {
  kind: string
  place: number
  key: string
  value: unknown
}

/** A change somewhere in a document, to be made by `mutated`. */
export function mutationWith(values: fc.Arbitrary<unknown>, keys: string[] = []): fc.Arbitrary<Mutation> {
  return fc.record({
    kind: fc.constantFrom('set', 'set', 'remove', 'add'),
    place: fc.nat(),
    key: fc.constantFrom('__proto__', 'constructor', 'extra', 'toString', 'Type', 'title ', '', ...keys),
    value: values,
  })
}

/** A place in a document: an object or a list, and one of its keys. */
function placesIn(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => [
    [value, key] satisfies [object, string],
    ...placesIn(child),
  ])
}

/** A copy of a document with one change. */
export function mutated(document: unknown, change: Mutation): unknown {
  const copy: unknown = structuredClone(document)
  const places = placesIn(copy)
  const [target, key] = places[change.place % places.length] ?? [{}, '']
  if (change.kind === 'remove') {
    if (Array.isArray(target)) target.splice(Number(key), 1)
    else Reflect.deleteProperty(target, key)
    return copy
  }
  const name = change.kind === 'add' && !Array.isArray(target) ? change.key : key
  // A key such as __proto__ is a key like any other in JSON.
  Object.defineProperty(target, name, {
    value: change.value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
  return copy
}

/** Values that a schema of `types/json-schema.ts` takes. */
export function valuesOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom<unknown>(...schema.enum)
  const { minLength = 0, maxLength = 30, minItems = 0, maxItems = 5 } = schema
  const { minimum = -1_000, maximum = 1_000 } = schema
  const { properties = {}, required = [] } = schema
  const [type = 'object'] = [schema.type ?? []].flat()
  switch (type) {
    case 'string':
      // Characters of which some are two units of UTF-16.
      return fc
        .array(fc.constantFrom(...'ab <>\'"\\/{}', 'ß', '😀', '\u202e', '\n'), {
          minLength,
          maxLength: Math.max(minLength, Math.min(maxLength, 30)),
        })
        .map((characters) => characters.join(''))
    case 'integer':
      return fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 31 - 1) })
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valuesOf(schema.items ?? { type: 'boolean' }), {
        minLength: minItems,
        maxLength: Math.min(maxItems, minItems + 5),
      })
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, valuesOf(inner)])),
        { requiredKeys: required },
      )
  }
}

/** The database's verdicts on documents: what `problem`, an expression over `d.value` and `d.n`, is null for. */
export async function verdictsOf(
  client: pg.Client,
  problem: string,
  texts: string[],
  values: unknown[] = [],
): Promise<boolean[]> {
  const { rows } = await client.query<{ valid: boolean }>(
    `select coalesce(d.value is not null and p.problem is null, false) as valid
     from unnest($1::text[]) with ordinality as t (text, n)
     cross join lateral (
       select t.n::integer, case when pg_input_is_valid(t.text, 'jsonb') then t.text::jsonb end as value
     ) as d
     cross join lateral (select ${problem} as problem) as p
     order by t.n`,
    [texts, ...values],
  )
  return rows.map(({ valid }) => valid)
}
