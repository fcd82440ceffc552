import { isCallable, isFlag, kept, reserved } from './callables.ts'
import { DataNotValidError } from './data-not-valid.ts'

// How large what a mapping works with is. A text that is doubled thirty times, or an object that holds the same one
// twice thirty times, takes a few steps and little memory until something walks through it.
//
// On the same walk it is found whether there is a function in it, or what would pass for one (callables.ts).

/** What a mapping may make, and the longest text on the way there. */
export const mostBytes = 262_144
/** What a step may give to the next: an answer of 1 MiB counts for less, whatever is in it. */
export const mostBytesOfStep = 6 * 1_048_576
/** What all steps may make together: a list keeps a thousand texts alive, each of them short enough. */
const mostBytesInAll = 64 * 1_048_576
/** An answer of 1 MiB has no more; a list that a mapping makes longer has holes, which are walked through as well. */
const mostItems = 524_288
/** Lists right in lists: JSONata copies all of it at each level. */
const mostLevels = 10

/**
 * How large a value is as JSON, roughly, counted no further than needed: parts that it holds twice count twice.
 *
 * @throws {DataNotValidError} for a list or an object that holds a function, or has a flag for a key
 */
export type SizeOf = (value: unknown, most: number) => number

export interface Sizes {
  sizeOf: SizeOf
  /** @throws {DataNotValidError} for what is larger than a step may make, or all steps together */
  requireStep(made: unknown): void
  /** Counts what a step makes beyond the size of it, such as a text. @throws {DataNotValidError} */
  charge(bytes: number): void
  /** Measures again what was measured, as something of it changes. */
  forget(): void
}

interface Measured {
  size: number
  /** How many lists stand right in one another at its top. */
  levels: number
}

/** Of one mapping: what was measured is not walked through again until it is forgotten. */
export function createSizes(): Sizes {
  let known = new WeakMap<object, Measured>()
  const charged = new WeakSet<object>()
  let inAll = 0

  function measure(value: unknown, most: number): Measured {
    let size = 0
    let levels = 0
    const rest: [value: unknown, levels: number][] = [[value, 0]]
    while (rest.length > 0 && size <= most) {
      const [next, above] = rest.pop() as [unknown, number]
      if (typeof next === 'string') size += next.length + 2
      else if (isCallable(next)) {
        if (next !== value) throw kept()
        size += 8
      } else if (typeof next !== 'object' || next === null) size += 8
      else {
        const before = known.get(next)
        if (before) {
          size += before.size
          levels = Math.max(levels, above + before.levels)
        } else if (Array.isArray(next)) {
          if (next.length > mostItems) throw tooMuch()
          size += 2 + next.length
          levels = Math.max(levels, above + 1)
          if (size <= most)
            for (const each of next)
              if (typeof each === 'number') size += 8
              else rest.push([each, above + 1])
        } else
          for (const key of Object.keys(next)) {
            if (isFlag(key)) throw reserved()
            size += key.length + 4
            rest.push([(next as Record<string, unknown>)[key], 0])
          }
      }
    }
    return { size, levels }
  }

  function remembered(value: unknown, most: number): Measured {
    const measured = measure(value, most)
    if (measured.size <= most && typeof value === 'object' && value !== null) known.set(value, measured)
    return measured
  }

  function charge(bytes: number) {
    inAll += bytes
    if (inAll > mostBytesInAll) throw tooMuch()
  }

  return {
    sizeOf: (value, most) => remembered(value, most).size,
    charge,
    requireStep(made) {
      // Most steps make a number or a short text, and this runs after each.
      if (typeof made === 'string') {
        if (made.length > mostBytes) throw tooMuch()
        return
      }
      if (typeof made !== 'object' || made === null || known.has(made)) return
      const { size, levels } = remembered(made, mostBytesOfStep)
      if (size > mostBytesOfStep) throw tooMuch()
      if (levels > mostLevels)
        throw new DataNotValidError(
          `A mapping works with at most ${mostLevels} lists in one another.`,
          'mapping',
        )
      if (charged.has(made)) return
      charged.add(made)
      charge(size)
    },
    forget() {
      known = new WeakMap()
    },
  }
}

const tooMuch = () => new DataNotValidError('The mapping makes more on its way than it may.', 'mapping')
