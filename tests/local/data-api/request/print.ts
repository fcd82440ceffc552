import type {
  Condition,
  Field,
  Operation,
  OrderTerm,
  Placed,
  RowRange,
  SelectItem,
} from '../../../../local/services/data-api/request/index.ts'

export interface PrintedParts {
  select: readonly SelectItem[]
  conditions: readonly Placed<Condition>[]
  order: readonly Placed<readonly OrderTerm[]>[]
  ranges: readonly Placed<RowRange>[]
  columns: readonly string[]
}

/** The parameters that ask for these parts. */
export function printQuery({ select, conditions, order, ranges, columns }: PrintedParts): string {
  const parameters: [string, string][] = [
    ['select', printSelect(select)],
    ['columns', columns.map(quoted).join(',')],
    ...conditions.map(({ path, value }) => printCondition(path, value)),
    ...order.map(({ path, value }): [string, string] => [
      placed(path, 'order'),
      value.map(printTerm).join(','),
    ]),
    ...ranges.flatMap(({ path, value: { offset, limit } }): [string, string][] => [
      [placed(path, 'offset'), String(offset)],
      ...(limit === null ? [] : [[placed(path, 'limit'), String(limit)] as [string, string]]),
    ]),
  ]
  return parameters.map((parameter) => parameter.map(encodeURIComponent).join('=')).join('&')
}

function printSelect(items: readonly SelectItem[]): string {
  return items.map(printItem).join(',')
}

function printItem(item: SelectItem): string {
  if (item.kind === 'all') return '*'
  const alias = item.alias === undefined ? '' : `${quoted(item.alias)}:`
  if (item.kind === 'count') return `${alias}count()${printCast(item.cast)}`
  if (item.kind === 'field') {
    const { field, cast, aggregate } = item
    const aggregated = aggregate ? `.${aggregate.name}()${printCast(aggregate.cast)}` : ''
    return `${alias}${printField(field)}${printCast(cast)}${aggregated}`
  }
  const { relation, join, isSpread, select } = item
  const hint = relation.hint === undefined ? '' : `!${quoted(relation.hint)}`
  return `${isSpread ? '...' : alias}${quoted(relation.name)}${hint}${join ? `!${join}` : ''}(${printSelect(select)})`
}

function printCast(cast: string | undefined): string {
  return cast === undefined ? '' : `::${cast}`
}

function printField({ name, path }: Field): string {
  const steps = path.map(
    ({ key, asText }) => `${asText ? '->>' : '->'}${typeof key === 'string' ? quoted(key) : key}`,
  )
  return quoted(name) + steps.join('')
}

function printCondition(path: readonly string[], condition: Condition): [string, string] {
  if (condition.kind === 'filter') {
    const { field, isNegated, operation } = condition
    return [placed(path, printField(field)), negated(isNegated) + printOperation(operation, (value) => value)]
  }
  const { isNegated, operator, conditions } = condition
  return [placed(path, negated(isNegated) + operator), `(${conditions.map(printInner).join(',')})`]
}

function printInner(condition: Condition): string {
  if (condition.kind === 'filter') {
    const { field, isNegated, operation } = condition
    return `${printField(field)}.${negated(isNegated)}${printOperation(operation, quoted)}`
  }
  const { isNegated, operator, conditions } = condition
  return `${negated(isNegated)}${operator}(${conditions.map(printInner).join(',')})`
}

function printOperation(operation: Operation, print: (value: string) => string): string {
  const { operator } = operation
  if (operator === 'in') return `in.(${operation.values.map(quoted).join(',')})`
  if (operator === 'is') return `is.${operation.value}`
  if ('quantifier' in operation) return `${operator}(${operation.quantifier}).${print(operation.value)}`
  if ('language' in operation) return `${operator}(${operation.language}).${print(operation.value)}`
  return `${operator}.${print(operation.value)}`
}

function printTerm({ field, relation, direction, nulls }: OrderTerm): string {
  const by = relation ? `${quoted(relation.name)}(${printField(field)})` : printField(field)
  return [by, direction, nulls && `nulls${nulls}`].filter((part) => part !== undefined).join('.')
}

function negated(isNegated: boolean): string {
  return isNegated ? 'not.' : ''
}

function placed(path: readonly string[], last: string): string {
  return [...path.map(quoted), last].join('.')
}

function quoted(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
