import { DataNotValidError } from './data-not-valid.ts'
import { callOf, type Focus, type Node } from './jsonata-internals.ts'
import { compared } from './sorting.ts'

// `^(…)`, of which JSONata finds the terms again at each comparison, and sorts by copying: three thousand rows were all
// that it did in time. Here the terms of a row are found once, all of them, and then the rows are sorted.
//
// `rows^(a, >b).c` becomes what could be written as `( rows.$key(a, b); $ordered := $sorted(); $ordered.c )`. Within a
// path that names its parts (`@$row`, `#$n`, `%`) a row is more than its value: these stay as they are, and short.

interface Term {
  descending: boolean
  expression: Node
}
interface SortStep extends Node {
  type: 'sort'
  terms: Term[]
  position: number
}
interface Path extends Node {
  steps: Node[]
}

/** Terms of rows with names: some two thousand rows in one list, for which JSONata takes 20 MB. */
const mostNamedTerms = 40_000

/** Changes the parts of an expression. */
export function limitOrderBy(nodes: Node[]) {
  const term = atMost(
    mostNamedTerms,
    'A mapping orders only short lists by "^" within a path with "@", "#" or "%".',
  )
  for (const node of nodes) if (isPath(node)) rewrite(node, term)
}

const isPath = (node: Node): node is Path => node.type === 'path'
const isSort = (step: Node): step is SortStep => step.type === 'sort'

function rewrite(path: Path, count: (value: unknown) => unknown) {
  const at = path.steps.findIndex(isSort)
  const step = path.steps[at]
  if (step === undefined || !isSort(step)) return
  if (path.steps.slice(0, at + 1).some(({ tuple }) => tuple)) {
    for (const { terms } of path.steps.filter(isSort))
      for (const one of terms) one.expression = callOf(count, [one.expression])
    return
  }
  const { key, sorted } = ordering(step)
  const ordered = Symbol('ordered')
  const { steps, group, keepSingletonArray, keepArray, tuple, ...rest } = path
  const after: Path = {
    type: 'path',
    steps: [
      // A path that begins with a variable takes the value of it as a whole.
      { type: 'variable', value: ordered, ...(step.stages ? { predicate: step.stages } : {}) },
      ...steps.slice(at + 1),
    ],
    ...Object.fromEntries(
      Object.entries({ group, keepSingletonArray, keepArray, tuple }).filter(([, has]) => has !== undefined),
    ),
  }
  rewrite(after, count)
  for (const name of Object.keys(path)) delete path[name]
  Object.assign(path, rest, {
    type: 'block',
    keepArray,
    expressions: [
      {
        type: 'path',
        steps: [
          ...steps.slice(0, at),
          callOf(
            key,
            step.terms.map(({ expression }) => expression),
          ),
        ],
      },
      { type: 'bind', lhs: { type: 'variable', value: ordered }, rhs: callOf(sorted) },
      after,
    ],
  })
}

interface Row {
  item: unknown
  keys: unknown[]
}

/** Takes the rows one by one, and then gives them in order. */
function ordering({ terms, position }: SortStep) {
  /** By the frame of the block: the same part of an expression may be evaluated for several lists at a time. */
  const lists = new WeakMap<object, Row[]>()

  return {
    key(this: Focus, ...keys: unknown[]): undefined {
      const rows = lists.get(this.environment)
      if (rows) rows.push({ item: this.input, keys })
      else lists.set(this.environment, [{ item: this.input, keys }])
    },
    sorted(this: Focus): unknown {
      const rows = lists.get(this.environment) ?? []
      lists.delete(this.environment)
      let comparisons = 0
      rows.sort((left, right) => {
        // Texts may be long and the same for thousands of characters.
        if (comparisons++ % 100 === 0) this.environment.base.guardrails()
        return byTerms(left.keys, right.keys)
      })
      if (rows.length > 1) return rows.map(({ item }) => item)
      const sequence = this.createSequence()
      for (const { item } of rows) sequence.push(item)
      return sequence
    },
  }

  function byTerms(left: unknown[], right: unknown[]): number {
    for (const [n, { descending }] of terms.entries()) {
      const [a, b] = [left[n], right[n]]
      // What is missing comes last, in both directions.
      if (a === undefined && b === undefined) continue
      if (a === undefined) return 1
      if (b === undefined) return -1
      if (!isComparable(a) || !isComparable(b)) throw { code: 'T2008', position }
      if (typeof a !== typeof b) throw { code: 'T2007', position }
      const order = compared(a, b)
      if (order !== 0) return descending ? -order : order
    }
    return 0
  }
}

const isComparable = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number'

function atMost(most: number, message: string) {
  let all = 0
  return (value: unknown) => {
    all += 1
    if (all > most) throw new DataNotValidError(message, 'mapping')
    return value
  }
}
