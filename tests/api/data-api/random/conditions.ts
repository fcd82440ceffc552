import type { Relation, Row, Value } from './model.ts'
import type { Random } from './numbers.ts'

/** What a filter says of a row: null where SQL says unknown. */
type Truth = boolean | null

export interface Condition {
  /** As a parameter of its own, where it is one: `n` and `eq.1`, or `or` and `(…)`. */
  parameter: readonly [name: string, value: string]
  /** Inside of `or=(…)`. */
  inside: string
  holds(row: Row): Truth
}

/** Values inside of a list or a tree are quoted where they may hold what is syntax. */
function quoted(value: Value): string {
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value)
}

export function randomCondition(random: Random, relation: Relation, depth = 2): Condition {
  if (depth > 0 && random.once(4)) return randomTree(random, relation, depth)
  const column = random.one(relation.columns)
  const found = relation.rows
    .map((row) => row[column])
    .filter((value) => value !== null && value !== undefined)
  const values: (number | string)[] = [isText(column) ? 'x' : 1, ...found]
  const value = random.one(values)
  const chosen = random.list(random.below(3) + 1, () => random.one(values))
  // One empty text alone is no value at all, to PostgREST too.
  const list = chosen.every((each) => each === '') ? ['', 'x'] : chosen
  const [operator, plain, inTree, test] = random.one<
    readonly [string, string, string, (found: Value) => Truth]
  >([
    ['eq', String(value), quoted(value), known((found) => found === value)],
    ['neq', String(value), quoted(value), known((found) => found !== value)],
    ['isdistinct', String(value), quoted(value), (found) => found !== value],
    ['is', 'null', 'null', (found) => found === null],
    [
      'in',
      `(${list.map(quoted).join()})`,
      `(${list.map(quoted).join()})`,
      known((found) => list.some((each) => each === found)),
    ],
    ...(typeof value === 'number'
      ? ([
          ['gt', String(value), String(value), known((found) => Number(found) > value)],
          ['lte', String(value), String(value), known((found) => Number(found) <= value)],
          [
            'eq(any)',
            `{${list.join()}}`,
            `{${list.join()}}`,
            known((found) => list.some((each) => each === found)),
          ],
        ] as const)
      : []),
  ])
  const isNegated = random.once(4)
  const not = isNegated ? 'not.' : ''
  return {
    parameter: [column, `${not}${operator}.${plain}`],
    inside: `${column}.${not}${operator}.${inTree}`,
    holds: (row) => negatedIf(isNegated, test(row[column] ?? null)),
  }
}

function randomTree(random: Random, relation: Relation, depth: number): Condition {
  const conditions = random.list(random.below(2) + 1, () => randomCondition(random, relation, depth - 1))
  const isOr = random.once(2)
  const isNegated = random.once(3)
  const name = `${isNegated ? 'not.' : ''}${isOr ? 'or' : 'and'}`
  const list = `(${conditions.map(({ inside }) => inside).join()})`
  return {
    parameter: [name, list],
    inside: `${name}${list}`,
    holds: (row) => {
      const truths = conditions.map((condition) => condition.holds(row))
      const decisive = truths.includes(isOr)
      const all = decisive ? isOr : truths.includes(null) ? null : !isOr
      return negatedIf(isNegated, all)
    },
  }
}

export function isText(column: string): boolean {
  return column.endsWith('s')
}

function known(test: (found: Value) => boolean): (found: Value) => Truth {
  return (found) => (found === null ? null : test(found))
}

function negatedIf(isNegated: boolean, truth: Truth): Truth {
  return truth === null || !isNegated ? truth : !truth
}
