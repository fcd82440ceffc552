// What JSONata has inside and does not describe: as much of it as the limits of a mapping need. The tests of mappings
// fail where a later version has it otherwise.

/** A part of an expression. It is read at each evaluation, so what is changed in it before counts. */
export interface Node {
  type: string
  value?: unknown
  /** Whether a step gives names to what it finds. */
  tuple?: boolean
  /** `{key: value}` behind a step. */
  group?: { lhs: [Node, Node][] }
  /** `[…]` behind a step. */
  stages?: unknown
  [property: string]: unknown
}

/** What a function that is built in is called with as `this`. */
export interface Focus {
  environment: {
    base: {
      timestamp: Date
      /** @throws D1012 once the time is over, and D1011 for what calls too deep */
      guardrails(): void
    }
    /** The value of a name, and of a row of a path that names its parts: `@`. */
    lookup(name: string): unknown
  }
  /** What stands left of the call. */
  input: unknown
  /** A list that counts as its only item where it has one, and takes no more than the limit. */
  createSequence(): unknown[]
}

export type Implementation = (this: Focus, ...given: never[]) => unknown

export interface BuiltIn {
  _jsonata_function: true
  implementation: Implementation
  /** What it takes; `validate` gives the arguments as they are taken, and throws for others. */
  signature?: { validate(given: unknown[], context: unknown): unknown[] }
}

export const builtIn = (implementation: Implementation): BuiltIn => ({
  _jsonata_function: true,
  implementation,
})

/** A call of a function that has no name, so that no mapping can call it or put another in its place. */
export const callOf = (implementation: Implementation, given: Node[] = []): Node => ({
  type: 'function',
  procedure: { type: 'value', value: builtIn(implementation) },
  arguments: given,
})

/** Has nobody write to a value, nor to any part of it. */
export function freeze(part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  Object.freeze(part)
  Object.values(part).forEach(freeze)
}

/** All parts of an expression. */
export function nodesOf(part: unknown): Node[] {
  if (typeof part !== 'object' || part === null) return []
  // Each part says for all below it which of them ask for a parent (`%`): these are found where they stand.
  const inside = Object.entries(part).flatMap(([key, value]) =>
    key === 'seekingParent' ? [] : nodesOf(value),
  )
  return 'type' in part && typeof part.type === 'string' ? [part as Node, ...inside] : inside
}

/** The keys and values of all objects and groups among some parts. */
export const pairsIn = (nodes: Node[]): [key: Node, value: Node][] =>
  nodes.flatMap(({ type, value, lhs, group }) => [
    ...(type === 'unary' && value === '{' ? (lhs as [Node, Node][]) : []),
    ...(group?.lhs ?? []),
  ])

/** The names of the functions that are the same in every expression. `now` and `millis` are not. */
export const builtInNames =
  'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad ' +
  'match contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round ' +
  'abs sqrt power random boolean not map zip filter single reduce sift keys lookup append exists spread merge ' +
  'reverse each error assert type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl ' +
  'decodeUrlComponent decodeUrl eval toMillis fromMillis clone'
