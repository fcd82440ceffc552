import * as fc from 'fast-check'
import type {
  Condition,
  Field,
  JsonStep,
  Operation,
  OrderTerm,
  Placed,
  RowRange,
  SelectItem,
} from '../../../../local/services/data-api/request/index.ts'
import type { PrintedParts } from './print.ts'

const text = fc
  .string({ unit: 'binary', maxLength: 12 })
  .map((value) => value.replaceAll('\0', '').toWellFormed())
const troublesome = fc.constantFrom(
  'order',
  'and',
  'not',
  'a.or',
  '__proto__',
  'constructor',
  '*',
  'count',
  '"',
  '->>',
  ')',
  ' ',
  '',
)
const name = fc.oneof(text, troublesome)
const identifier = fc.stringMatching(/^[a-z_$][a-z0-9_$]{0,6}$/)

const keyStep: fc.Arbitrary<JsonStep> = fc.record({ key: name, asText: fc.boolean() })
const indexStep: fc.Arbitrary<JsonStep> = fc.record({ key: fc.integer(), asText: fc.boolean() })
const keyedField: fc.Arbitrary<Field> = fc.record({ name, path: fc.array(keyStep, { maxLength: 3 }) })
const field: fc.Arbitrary<Field> = fc.record({
  name,
  path: fc.array(fc.oneof(keyStep, indexStep), { maxLength: 3 }),
})

const aggregate = fc.record(
  { name: fc.constantFrom('avg', 'count', 'max', 'min', 'sum'), cast: identifier },
  { requiredKeys: ['name'] },
)

const { items } = fc.letrec<{ item: SelectItem; items: SelectItem[] }>((tie) => ({
  items: fc.array(tie('item'), { maxLength: 4, depthIdentifier: 'select' }),
  item: fc.oneof(
    { depthIdentifier: 'select', maxDepth: 4 },
    fc.constant<SelectItem>({ kind: 'all' }),
    fc.record(
      { kind: fc.constant('field'), field: keyedField, alias: name, cast: identifier, aggregate },
      { requiredKeys: ['kind', 'field'] },
    ),
    fc.record({ kind: fc.constant('count'), alias: name, cast: identifier }, { requiredKeys: ['kind'] }),
    fc.record(
      {
        kind: fc.constant('relation'),
        isSpread: fc.constant(false),
        alias: name,
        join: fc.constantFrom('inner', 'left'),
        relation: relation(),
        select: tie('items'),
      },
      { requiredKeys: ['kind', 'isSpread', 'relation', 'select'] },
    ),
    fc.record(
      {
        kind: fc.constant('relation'),
        isSpread: fc.constant(true),
        join: fc.constantFrom('inner', 'left'),
        relation: relation(),
        select: tie('items'),
      },
      { requiredKeys: ['kind', 'isSpread', 'relation', 'select'] },
    ),
  ) as fc.Arbitrary<SelectItem>,
}))

function relation() {
  return fc.record(
    { name: name.filter((value) => value !== 'count'), hint: name },
    { requiredKeys: ['name'] },
  )
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ operator: fc.constantFrom('eq', 'neq', 'gte', 'like', 'cs', 'sl', 'isdistinct'), value: text }),
  fc.record({
    operator: fc.constantFrom('eq', 'lt', 'ilike', 'match'),
    quantifier: fc.constantFrom('all', 'any'),
    value: text,
  }),
  fc.record({
    operator: fc.constant('in'),
    values: fc.array(name, { maxLength: 3 }).filter((values) => values.length !== 1 || values[0] !== ''),
  }),
  fc.record({ operator: fc.constant('is'), value: fc.constantFrom('null', 'not_null', 'true', 'unknown') }),
  fc.record(
    { operator: fc.constantFrom('fts', 'wfts'), language: identifier, value: text },
    { requiredKeys: ['operator', 'value'] },
  ),
) as fc.Arbitrary<Operation>

const filter = fc.record({ kind: fc.constant('filter'), isNegated: fc.boolean(), field, operation })

const { logic } = fc.letrec<{ condition: Condition; logic: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthIdentifier: 'logic', maxDepth: 4 },
    filter,
    tie('logic'),
  ) as fc.Arbitrary<Condition>,
  logic: fc.record({
    kind: fc.constant('logic'),
    isNegated: fc.boolean(),
    operator: fc.constantFrom('and', 'or'),
    conditions: fc.array(tie('condition'), { minLength: 1, maxLength: 3, depthIdentifier: 'logic' }),
  }) as fc.Arbitrary<Condition>,
}))

const term = fc.record(
  {
    field: keyedField,
    relation: fc.record({ name }),
    direction: fc.constantFrom('asc', 'desc'),
    nulls: fc.constantFrom('first', 'last'),
  },
  { requiredKeys: ['field'] },
) as fc.Arbitrary<OrderTerm>

const range: fc.Arbitrary<RowRange> = fc.record({ offset: fc.nat(), limit: fc.option(fc.nat()) })

function placed<Value>(value: fc.Arbitrary<Value>, minLength = 0): fc.Arbitrary<Placed<Value>> {
  const path = fc.array(
    name.filter((step) => step !== 'not'),
    { minLength, maxLength: 2 },
  )
  return fc.record({ path, value })
}

function ofDifferentPlaces<Value>(value: fc.Arbitrary<Placed<Value>>): fc.Arbitrary<Placed<Value>[]> {
  return fc.uniqueArray(value, { maxLength: 3, selector: ({ path }) => JSON.stringify(path) })
}

/** Parts of a request that mean something, with any name and value. */
export const requestParts: fc.Arbitrary<PrintedParts> = fc.record({
  select: items,
  conditions: fc.array(placed(fc.oneof(filter as fc.Arbitrary<Condition>, logic)), { maxLength: 4 }),
  order: ofDifferentPlaces(placed(fc.array(term, { minLength: 1, maxLength: 3 }))),
  ranges: ofDifferentPlaces(placed(range, 1)),
  columns: fc.array(name, { minLength: 1, maxLength: 3 }),
})

const word = fc.constantFrom(
  ...'( ) , . : :: -> ->> ! * " \\ { } [ ] - + & ; = % %00 %FF %22 not and or in is eq any all count() ... null'.split(
    ' ',
  ),
  ...'select order limit offset columns on_conflict a b.c inner left sum() asc nullsfirst 0 -1 é 字 __proto__ \t'.split(
    ' ',
  ),
)

/** Words of the grammar in any order, and characters of no grammar. */
export const almostGrammar = fc
  .array(
    fc.oneof(
      { arbitrary: word, weight: 4 },
      { arbitrary: fc.string({ unit: 'binary', maxLength: 3 }), weight: 1 },
    ),
    {
      maxLength: 30,
    },
  )
  .map((words) => words.join(''))
