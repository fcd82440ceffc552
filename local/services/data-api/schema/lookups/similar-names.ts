/*
 * Which of many names somebody who wrote another one may have meant. Names are likened as PostgREST does it: those that
 * have the most pieces of three letters (where none has, of two) in common are looked at, and of those the one counts
 * that the fewest changed letters lead to.
 */

export interface SimilarName {
  name: string
  /** From 0 to 1, where 1 is the same but for the case. */
  score: number
}

interface Entry {
  name: string
  lowered: string
}

type Pieces = ReadonlyMap<string, number>

const defaultMinimum = 0.33
const pieceLengths = [3, 2]
/** So many are compared letter by letter. */
const finalists = 50
/** Beyond this nobody mistyped a name. */
const longest = 300

/** Names in which similar ones are looked for, taken to pieces once. */
export class SimilarNames {
  readonly #entries = new Map<string, Entry>()
  readonly #indexes = new Map<number, ReadonlyMap<string, readonly (readonly [Entry, number])[]>>()

  constructor(names: readonly string[]) {
    for (const name of names) {
      const lowered = name.toLowerCase()
      if (name.length <= longest && !this.#entries.has(lowered)) this.#entries.set(lowered, { name, lowered })
    }
  }

  /** The best first. */
  to(name: string, minimum = defaultMinimum): SimilarName[] {
    if (name.length > longest) return []
    const lowered = name.toLowerCase()
    const same = this.#entries.get(lowered)
    if (same) return [{ name: same.name, score: 1 }]
    for (const length of pieceLengths) {
      const found = this.#nearest(lowered, length)
        .map((entry) => ({ name: entry.name, score: likeness(lowered, entry.lowered) }))
        .filter(({ score }) => score >= minimum)
      if (found.length > 0) return found.sort((one, other) => other.score - one.score)
    }
    return []
  }

  /** Those with the most pieces in common: by the cosine between the two vectors of pieces. */
  #nearest(lowered: string, length: number): Entry[] {
    const index = this.#index(length)
    const products = new Map<Entry, number>()
    for (const [piece, count] of piecesOf(lowered, length)) {
      for (const [entry, share] of index.get(piece) ?? [])
        products.set(entry, (products.get(entry) ?? 0) + share * count)
    }
    return [...products]
      .sort(([, one], [, other]) => other - one)
      .slice(0, finalists)
      .map(([entry]) => entry)
  }

  #index(length: number) {
    const known = this.#indexes.get(length)
    if (known) return known
    const index = new Map<string, (readonly [Entry, number])[]>()
    for (const entry of this.#entries.values()) {
      const pieces = piecesOf(entry.lowered, length)
      const norm = Math.hypot(...pieces.values())
      for (const [piece, count] of pieces) {
        const holders = index.get(piece) ?? []
        holders.push([entry, count / norm])
        index.set(piece, holders)
      }
    }
    this.#indexes.set(length, index)
    return index
  }
}

function piecesOf(lowered: string, length: number): Pieces {
  const padded = `-${lowered.replace(/[^\p{L}\p{N}, ]/gu, '')}-`.padEnd(length, '-')
  const pieces = new Map<string, number>()
  for (let start = 0; start + length <= padded.length; start++) {
    const piece = padded.slice(start, start + length)
    pieces.set(piece, (pieces.get(piece) ?? 0) + 1)
  }
  return pieces
}

/** 1 without the share of letters to change: Levenshtein's distance over the length of the longer one. */
function likeness(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const changed = Number(one[row - 1] !== other[column - 1])
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + changed,
        ),
      )
    }
    previous = current
  }
  return 1 - (previous[other.length] ?? 0) / Math.max(one.length, other.length, 1)
}

const known = new WeakMap<readonly string[], SimilarNames>()

/** For a list that stays the same: it is taken to pieces when somebody first mistypes. */
export function similarIn(names: readonly string[]): SimilarNames {
  const similar = known.get(names) ?? new SimilarNames(names)
  known.set(names, similar)
  return similar
}
