import { DataNotValidError } from './data-not-valid.ts'
import { type Node, pairsIn } from './jsonata-internals.ts'

// A mapping calls functions, and does nothing else with them.
//
// Threats: a mapping that looks into a function, where its text, what it can reach and parts that all mappings of a
// process share stand, or changes it there, and so reads or breaks what other workspaces are shown; an answer that
// passes for a function; an object with a function as `toJSON` or `then`, which the language calls by itself, where
// nothing waits for it or for ever. So a function is never in a list or an object, nothing is asked of it, and what
// JSONata calls its functions by is no key.

/** As JSONata keeps functions, its own and those of a mapping, and as it hands them on. JSON holds none. */
export function isCallable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function'
  const { implementation, environment } = value as {
    implementation?: unknown
    environment?: { lookup?: unknown } | null
  }
  return typeof implementation === 'function' || typeof environment?.lookup === 'function'
}

/** Whether JSONata takes what has this key for something of its own: a function, or rows with names. */
export const isFlag = (key: string) => flags.includes(key)
const flags = ['_jsonata_lambda', '_jsonata_function', 'tupleStream']

/** Whether a function that is built in may be given another in the first place, about which it tells nothing else. */
export const isForFunctions = (name: string) => ['exists', 'type', 'boolean', 'not', 'string'].includes(name)

/** The parts of an expression whose values go into objects. */
export const valuesIn = (nodes: Node[]): Set<Node> => new Set(pairsIn(nodes).map(([, value]) => value))

export const kept = () =>
  new DataNotValidError('A mapping calls functions, and puts none in a list or an object.', 'mapping')

export const asked = () =>
  new DataNotValidError('A mapping calls functions, and asks nothing of them.', 'mapping')

export const reserved = () =>
  new DataNotValidError(`The keys ${flags.map((key) => `"${key}"`).join(', ')} are for JSONata.`, 'mapping')
