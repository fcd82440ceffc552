import { DataNotValidError } from './data-not-valid.ts'
import { type Node, nodesOf } from './jsonata-internals.ts'

// Paths that name their parts (`@$row`, `#$n`, `%`): JSONata keeps an object with all names for each row, and copies it
// at each step.
//
// Threats: rows times names, which nothing else measures; a function under the name `then`, which the language calls by
// itself where it waits for the object; an object that passes for such rows by its key `tupleStream`, and is put
// together from itself thousands of times.

/** What one name of one row counts for, at each step: an object that is read by its keys takes so much for each. */
export const bytesOfName = 64

/** @throws {DataNotValidError} */
export function requireNoThen(nodes: Node[]) {
  if (nodes.some(({ focus, index }) => focus === 'then' || index === 'then'))
    throw new DataNotValidError('A path cannot call something $then.', 'mapping')
}

/** How many names the rows of a path can have. */
export function namesOf(node: Node): number {
  const steps = node.type === 'path' ? (node.steps as Node[]) : [node]
  return steps.filter((step) => step.tuple).length
}

/** The names under which the rows of a path hold values: those that it gives, and those of paths within it. */
export function labelsOf(node: Node): string[] {
  if (namesOf(node) === 0) return []
  return nodesOf(node).flatMap(({ focus, ancestor }) =>
    [focus, (ancestor as { label?: unknown } | undefined)?.label].filter(
      (label) => typeof label === 'string',
    ),
  )
}

/** The steps of paths that name parts, with how many names the rows of each can have. */
export function namingSteps(nodes: Node[]): Map<Node, number> {
  return new Map(
    nodes
      .filter(({ type }) => type === 'path')
      .flatMap((path) => {
        const names = namesOf(path)
        return names > 0 ? (path.steps as Node[]).map((step) => [step, names] as const) : []
      }),
  )
}

/**
 * Has the object of `{…}[…]` measured before it is chosen from: in a step of its own, where JSONata makes both one.
 */
export function measureObjects(nodes: Node[]): void {
  for (const node of nodes) {
    if (node.type !== 'unary' || node.value !== '{' || node.predicate === undefined) continue
    const { predicate, group, keepArray, ...object } = node
    const behind = Object.entries({ predicate, group, keepArray }).filter(([, part]) => part !== undefined)
    for (const key of Object.keys(node)) delete node[key]
    Object.assign(node, { type: 'block', expressions: [object] }, Object.fromEntries(behind))
  }
}
