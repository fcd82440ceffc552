import { DataNotValidError } from './data-not-valid.ts'
import type { Node } from './jsonata-internals.ts'

// Paths that name their parts (`@$row`, `#$n`, `%`): JSONata keeps an object with all names for each row, and copies it
// at each step.
//
// Threats: rows times names, which nothing else measures; a function under the name `then`, which the language calls by
// itself where it waits for the object.

/** What one name of one row counts for, at each step. */
export const bytesOfName = 8

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
