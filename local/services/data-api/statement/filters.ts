import type { PlannedField } from '../plan/index.ts'
import type { Operation, PlainOperator } from '../request/request.ts'
import { type RowsInStatement, writeField } from './fields.ts'
import { quoteQualified } from './names.ts'
import type { Parameters } from './parameters.ts'

const operators: Record<PlainOperator, string> = {
  adj: '-|-',
  cd: '<@',
  cs: '@>',
  eq: '=',
  gt: '>',
  gte: '>=',
  ilike: 'ilike',
  imatch: '~*',
  isdistinct: 'is distinct from',
  like: 'like',
  lt: '<',
  lte: '<=',
  match: '~',
  neq: '<>',
  nxl: '&>',
  nxr: '&<',
  ov: '&&',
  sl: '<<',
  sr: '>>',
}

const textSearches = {
  fts: 'to_tsquery',
  phfts: 'phraseto_tsquery',
  plfts: 'plainto_tsquery',
  wfts: 'websearch_to_tsquery',
}

const truths = { false: 'false', not_null: 'not null', null: 'null', true: 'true', unknown: 'unknown' }

/** One comparison, however it is negated. */
export function writeFilter(
  rows: RowsInStatement,
  field: PlannedField,
  operation: Operation,
  parameters: Parameters,
): string {
  switch (operation.operator) {
    case 'is':
      return `${writeField(rows, field, parameters)} is ${truths[operation.value]}`
    case 'in':
      return `${writeField(rows, field, parameters)} = any (${writeList(field, operation.values, parameters)})`
    case 'fts':
    case 'phfts':
    case 'plfts':
    case 'wfts':
      return writeTextSearch(rows, field, operation, parameters)
  }
  const value = isPattern(operation.operator) ? operation.value.replaceAll('*', '%') : operation.value
  const subject = writeField(rows, field, parameters)
  const place = parameters.add(value)
  if ('quantifier' in operation)
    return `${subject} ${operators[operation.operator]} ${operation.quantifier} (${place})`
  const parser = field.path.length === 0 && !isPattern(operation.operator) ? field.parser : undefined
  const parsed = parser ? `${quoteQualified(parser)}(${place})` : place
  return `${subject} ${operators[operation.operator]} ${parsed}`
}

function isPattern(operator: PlainOperator): boolean {
  return operator === 'like' || operator === 'ilike'
}

/** One array in place of many values: the statement stays the same however many they are, none at all among them. */
function writeList(
  { parser, path }: PlannedField,
  values: readonly string[],
  parameters: Parameters,
): string {
  const array = parameters.addArray(values)
  return parser && path.length === 0 ? `select ${quoteQualified(parser)}(unnest(${array}::text[]))` : array
}

function writeTextSearch(
  rows: RowsInStatement,
  field: PlannedField,
  operation: Extract<Operation, { operator: keyof typeof textSearches }>,
  parameters: Parameters,
): string {
  const { operator, language, value } = operation
  const configuration = () => (language === undefined ? '' : `${parameters.add(language)}, `)
  const subject = field.isSearchable
    ? writeField(rows, field, parameters)
    : `to_tsvector(${configuration()}${writeField(rows, field, parameters)})`
  return `${subject} @@ ${textSearches[operator]}(${configuration()}${parameters.add(value)})`
}
