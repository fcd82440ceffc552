import { readColumns } from './grammar/columns.ts'
import { readLogic } from './grammar/logic.ts'
import { readOperation } from './grammar/operations.ts'
import { readOrder } from './grammar/order.ts'
import { parse } from './grammar/parse.ts'
import { readLogicPlace, readPlace } from './grammar/places.ts'
import { readSelect } from './grammar/select.ts'
import { readRest } from './grammar/values.ts'
import { RangeReader } from './ranges.ts'
import type { ApiRequest, Condition, OrderTerm, Placed, QueryParameter, SelectItem } from './request.ts'

export type ReadParameters = Pick<
  ApiRequest,
  'columns' | 'conditions' | 'onConflict' | 'order' | 'parameters' | 'select'
> & { ranges: RangeReader }

/**
 * Sorts the parameters of the URL by what they say. A word at the end of a name says it of an embed: `a.b.order`.
 *
 * @param takesArguments a function is called by `GET`: what begins with no operator is an argument
 */
export function readParameters(query: readonly QueryParameter[], takesArguments: boolean): ReadParameters {
  const reader = new ParameterReader(takesArguments)
  for (const [name, value] of query) if (value !== undefined) reader.add(name, value)
  return reader
}

class ParameterReader implements ReadParameters {
  select: readonly SelectItem[] = []
  readonly parameters: (readonly [name: string, value: string])[] = []
  readonly conditions: Placed<Condition>[] = []
  readonly order: Placed<readonly OrderTerm[]>[] = []
  columns: readonly string[] | undefined
  onConflict: readonly string[] | undefined
  readonly ranges = new RangeReader()
  readonly #takesArguments: boolean
  #isSelected = false

  constructor(takesArguments: boolean) {
    this.#takesArguments = takesArguments
  }

  add(name: string, value: string): void {
    switch (name.slice(name.lastIndexOf('.') + 1)) {
      case 'order':
        this.#addOrder(name, value)
        break
      case 'limit':
        this.ranges.add(name, 'limit', value)
        break
      case 'offset':
        this.ranges.add(name, 'offset', value)
        break
      case 'and':
      case 'or':
        this.#addLogic(name, value)
        break
      default:
        this.#addNamed(name, value)
    }
  }

  #addNamed(name: string, value: string): void {
    if (name === 'select') this.#addSelect(value)
    else if (name === 'columns') this.columns ??= parse('columns parameter', value, readColumns)
    else if (name === 'on_conflict') this.onConflict ??= parse('on_conflict parameter', value, readColumns)
    else this.#addFilter(name, value)
  }

  #addSelect(value: string): void {
    if (this.#isSelected) return
    this.#isSelected = true
    this.select = parse('select parameter', value, readSelect)
  }

  /** The first of a place counts. */
  #addOrder(name: string, value: string): void {
    const { path } = parse('tree path', name, readPlace)
    const terms = parse('order', value, readOrder)
    if (!this.order.some((other) => isSamePath(other.path, path))) this.order.push({ path, value: terms })
  }

  /** The tree is read from its head, which the name ends with. */
  #addLogic(name: string, value: string): void {
    const { path, value: head } = parse('logic path', name, readLogicPlace)
    this.conditions.push({ path, value: parse('logic tree', head + value, readLogic, value) })
  }

  #addFilter(name: string, value: string): void {
    const { path, value: field } = parse('tree path', name, readPlace)
    const read = parse('filter', value, (cursor) =>
      this.#takesArguments
        ? cursor.optional((inner) => readOperation(inner, readRest))
        : readOperation(cursor, readRest),
    )
    if (read === null) this.parameters.push([field.name, value])
    else this.conditions.push({ path, value: { kind: 'filter', field, ...read } })
  }
}

function isSamePath(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, at) => name === other[at])
}
