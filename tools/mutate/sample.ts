import { createHash } from 'node:crypto'
import type { Mutation } from './mutation.ts'
import { subjectOf } from './subjects.ts'

/**
 * Mutations in the order in which they are tried: the subjects take turns, and within each the kinds, so that wherever
 * time ends each had its share. The seed decides which of a kind comes first.
 */
export function sample(mutations: Mutation[], seed: string): Mutation[] {
  const rank = (text: string) => createHash('sha256').update(`${seed} ${text}`).digest('hex')
  const ranked = mutations
    .map((mutation) => ({ mutation, rank: rank(JSON.stringify(mutation)) }))
    .sort((a, b) => a.rank.localeCompare(b.rank))
    .map(({ mutation }) => mutation)
  const subjects = [...Map.groupBy(ranked, ({ file }) => subjectOf(file)).values()]
  return inTurns(subjects.map((each) => inTurns([...Map.groupBy(each, ({ kind }) => kind).values()])))
}

/** The first of each list, then the second of each that has one, and so on. */
function inTurns<Item>(lists: Item[][]): Item[] {
  const longest = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, turn) =>
    lists.flatMap((list) => list.slice(turn, turn + 1)),
  ).flat()
}
