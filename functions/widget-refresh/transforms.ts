import { DataNotValidError } from './data-not-valid.ts'
import type { Node } from './jsonata-internals.ts'

// `|pattern|update, delete|`, which writes to a copy of what it is given.
//
// Threat: what is written to a list beside its items, which nothing measures, and by which JSONata tells its own lists
// from others. An object is changed, and nothing else.

/**
 * A transform copies with `$clone` what it changes. With another one it would change the answer itself, which others
 * read, and what is measured while it does.
 */
export function requireOwnClone(nodes: Node[]) {
  const names = nodes.flatMap(({ type, lhs, arguments: given, focus, index }) => [
    focus,
    index,
    ...(type === 'bind' ? [(lhs as Node).value] : []),
    ...(type === 'lambda' ? (given as Node[]).map(({ value }) => value) : []),
  ])
  if (names.includes('clone'))
    throw new DataNotValidError('A mapping cannot call something else $clone.', 'mapping')
}

export const notAnObject = () =>
  new DataNotValidError('A transform changes objects, and no lists.', 'mapping')

/** Has each transform tell when it has written to something, before anything else comes: by a part without a value. */
export function tellWrites(nodes: Node[]): Node {
  const written: Node = { type: 'value' }
  for (const node of nodes)
    if (node.type === 'transform')
      node.delete = node.delete ? { type: 'block', expressions: [written, node.delete] } : written
  return written
}
