import { DataNotValidError } from './data-not-valid.ts'

// How large what a mapping works with is. A text that is doubled thirty times, or an object that holds the same one
// twice thirty times, takes a few steps and little memory until something walks through it.

/** What a mapping may make, and the longest text on the way there. */
export const mostBytes = 262_144
/** What a step may give to the next: an answer of 1 MiB counts for less, whatever is in it. */
const mostBytesOfStep = 6 * 1_048_576

/** How large a value is as JSON, roughly, counted no further than needed: parts that it holds twice count twice. */
export type SizeOf = (value: unknown, most: number) => number

export interface Sizes {
  sizeOf: SizeOf
  /** @throws {DataNotValidError} for what is larger than a step may make */
  requireStep(made: unknown): void
}

/** Of one mapping: what was measured is not walked through again, as nothing changes what it is given. */
export function createSizes(): Sizes {
  const known = new WeakMap<object, number>()

  function sizeOf(value: unknown, most: number): number {
    let size = 0
    const rest: unknown[] = [value]
    while (rest.length > 0 && size <= most) {
      const next = rest.pop()
      if (typeof next === 'string') size += next.length + 2
      else if (typeof next !== 'object' || next === null || isFunction(next)) size += 8
      else if (known.has(next)) size += known.get(next) ?? 0
      else if (Array.isArray(next)) {
        size += 2 + next.length
        if (size <= most) for (const each of next) rest.push(each)
      } else
        for (const key of Object.keys(next)) {
          size += key.length + 4
          rest.push((next as Record<string, unknown>)[key])
        }
    }
    if (size <= most && typeof value === 'object' && value !== null) known.set(value, size)
    return size
  }

  return {
    sizeOf,
    requireStep(made) {
      // Most steps make a number or a short text, and this runs after each.
      const isLarge =
        typeof made === 'string'
          ? made.length > mostBytes
          : typeof made === 'object' &&
            made !== null &&
            !known.has(made) &&
            sizeOf(made, mostBytesOfStep) > mostBytesOfStep
      if (isLarge) throw new DataNotValidError('The mapping makes more on its way than it may.', 'mapping')
    },
  }
}

/** As JSONata keeps functions. An answer is JSON, which holds none, so it cannot pass for one. */
function isFunction(value: object): boolean {
  const { implementation, environment } = value as {
    implementation?: unknown
    environment?: { lookup?: unknown } | null
  }
  return typeof implementation === 'function' || typeof environment?.lookup === 'function'
}
