import { DataNotValidError } from './data-not-valid.ts'
import type { Focus, Node } from './jsonata-internals.ts'
import { labelsOf } from './names.ts'

// Groups (`rows{key: value}`): for each of its pairs JSONata puts the rows of a group together, one row after another,
// and lists among them end to end. Within a path that names its parts it does so for all groups at once, for each name
// by copying all that it has for each row, and without a look at the time or at what it makes.

/** Names of rows with names, and items of the lists under them: copied for each row of a group. */
const mostNamed = 10_000
const bytesOfItem = 8

interface Grouping {
  /** The names of the rows, that of the row itself included; none where rows are values. */
  labels: string[]
  charge(bytes: number): void
}

/** The keys of all groups of an expression, by which each row is looked at once before it is put with others. */
export function groupingKeys(nodes: Node[], charge: (bytes: number) => void): Map<Node, Grouping> {
  let named = 0
  const countNamed = (items: number) => {
    named += items
    if (named > mostNamed)
      throw new DataNotValidError(
        'A mapping groups only short lists by "{" within a path with "@", "#" or "%".',
        'mapping',
      )
  }
  return new Map(
    nodes.flatMap((node) => {
      const labels = labelsOf(node)
      const grouping =
        labels.length > 0
          ? { labels: ['@', ...labels], charge: countNamed }
          : { labels, charge: (items: number) => charge(items * bytesOfItem) }
      return (node.group?.lhs ?? []).map(([key]) => [key, grouping] as const)
    }),
  )
}

/** Counts a row that is grouped. @throws {DataNotValidError} */
export function countRow({ labels, charge }: Grouping, row: unknown, { lookup }: Focus['environment']): void {
  if (labels.length === 0) charge(itemsOf(row))
  for (const label of labels) charge(itemsOf(lookup(label)))
}

const itemsOf = (value: unknown): number => (Array.isArray(value) ? value.length : 1)
