import type { Focus } from './jsonata-internals.ts'

// Lists of parts. JSONata makes these by putting lists together one by one, and copies what it has each time.

/** `$spread`: an object for each key. */
export function spread(this: Focus, given: unknown): unknown {
  if (!Array.isArray(given)) return isObject(given) ? within(this.createSequence(), pairsOf(given)) : given
  if (given.length === 0) return this.createSequence()
  const result: unknown[] = []
  const most = this.createSequence()
  const rest: unknown[] = [given]
  while (rest.length > 0) {
    const next = rest.pop()
    if (Array.isArray(next)) for (let n = next.length - 1; n >= 0; n -= 1) rest.push(next[n])
    else if (next !== undefined) within(most, isObject(next) ? pairsOf(next) : [next])
  }
  return result.concat(most)
}

/** `*`: what an object has, with the items of lists in place of lists. */
export function wildcard(this: Focus): unknown {
  const given =
    Array.isArray(this.input) && 'outerWrapper' in this.input && this.input.length > 0
      ? this.input[0]
      : this.input
  const result = this.createSequence()
  if (!isObject(given) || ('_jsonata_function' in given && given._jsonata_function === true)) return result
  const values = Object.values(given)
  within(result, values.flat(Number.POSITIVE_INFINITY))
  // With a list in it JSONata makes a plain one, of which a single item stays in it.
  return values.some(Array.isArray) ? [...result] : result
}

function pairsOf(object: object): object[] {
  // Without a prototype, as JSONata has them: a key may be `__proto__`.
  return Object.entries(object).map(([key, value]) => Object.assign(Object.create(null), { [key]: value }))
}

/** Onto a list that refuses to become too long. */
function within(sequence: unknown[], items: unknown[]): unknown[] {
  for (const item of items) sequence.push(item)
  return sequence
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !('_jsonata_lambda' in value && value._jsonata_lambda === true)
