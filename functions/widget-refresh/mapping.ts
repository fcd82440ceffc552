import jsonata from 'jsonata'
import { asked, isCallable, isForFunctions, kept, valuesIn } from './callables.ts'
import { DataNotValidError } from './data-not-valid.ts'
import { wildcard } from './flat-lists.ts'
import { countRow, groupingKeys } from './grouping.ts'
import { guards, requireShortSignatures } from './guards.ts'
import { inTurn } from './in-turn.ts'
import { instead } from './instead.ts'
import {
  type BuiltIn,
  builtInNames,
  callOf,
  type Focus,
  freeze,
  type Implementation,
  type Node,
  nodesOf,
} from './jsonata-internals.ts'
import { bytesOfName, measureObjects, namingSteps, requireNoThen } from './names.ts'
import { requireTaken } from './open-arguments.ts'
import { limitOrderBy } from './order-by.ts'
import { parsed } from './parsed.ts'
import { createSizes, mostBytes, type Sizes } from './sizes.ts'
import { notAnObject, requireOwnClone, tellWrites } from './transforms.ts'

// What tenants write to make data of a foreign answer: JSONata, with an end to everything.
//
// Threats: a loop (time and depth are limited); a range or a text of a billion (sequences are limited, and after each
// step what it made, alone and together with what others made, one after another: in-turn.ts); a regular expression, of
// which a single one can run for minutes and nothing stops it (there are none, and of a signature only short ones:
// guards.ts); a mapping that evaluates a text (refused before it runs); a single step that takes for ever, which no
// time limit ends, since time is looked at between steps (what such a function is given is measured first: guards.ts;
// or another stands in for it, whose time goes with what it is given: instead.ts, order-by.ts); an answer that is small
// and prints large (it is measured before it is written down); what is done with functions but to call them
// (callables.ts); a wait for what never comes (a clock of its own).

const longest = 4_096

/** What JSONata calls before each step, and after it with what it made. It looks them up like names. */
const beforeStep = Symbol.for('jsonata.__evaluate_entry') as unknown as string
const afterStep = Symbol.for('jsonata.__evaluate_exit') as unknown as string

const noRegularExpressions = () =>
  new DataNotValidError('A mapping cannot use regular expressions.', 'mapping')

class NoRegularExpressions {
  constructor() {
    throw noRegularExpressions()
  }
}

const limits = {
  timeout: 250,
  // All groups of a list are evaluated at a time, and their depths add up.
  stack: 3_000,
  sequence: 100_000,
  RegexEngine: NoRegularExpressions as unknown as RegExpConstructor,
}

/**
 * Applies a mapping to an answer, with `$type` and `$query` to ask about.
 *
 * @throws {DataNotValidError} saying what is wrong with the mapping, never what the answer holds
 */
export async function mapped(
  mapping: string,
  input: unknown,
  about: { type: string; query: Record<string, unknown> },
): Promise<unknown> {
  try {
    const sizes = createSizes()
    const expression = await compiled(mapping, sizes)
    sizes.requireStep(input)
    sizes.requireStep(about.query)
    const output = await inTime(expression.evaluate(input, { type: about.type, query: about.query }))
    // Before it is written down, which can be some times as long.
    if (createSizes().sizeOf(output, mostBytes) > mostBytes) throw tooLong()
    if (output === undefined || isCallable(output)) return null
    // Sequences of JSONata are arrays with more to them; what is undefined goes.
    const text = JSON.stringify(output)
    if (bytesOf(text) > mostBytes) throw tooLong()
    return JSON.parse(text)
  } catch (error) {
    throw problem(error)
  }
}

/**
 * Reads a mapping and applies it to nothing.
 *
 * @throws {DataNotValidError} saying what is wrong with the mapping
 */
export async function requireMapping(mapping: string): Promise<void> {
  try {
    await compiled(mapping, createSizes())
  } catch (error) {
    throw problem(error)
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length

const tooLong = () => new DataNotValidError('The mapping makes more than 256 KiB.', 'mapping')

/** JSONata looks at the time between its steps. */
async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject({ code: 'D1012' }), 2 * limits.timeout)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

async function compiled(mapping: string, { sizeOf, requireStep, charge, forget }: Sizes) {
  if (bytesOf(mapping) > longest) throw new DataNotValidError('A mapping has at most 4 KiB.', 'mapping')
  const expression = parsed(mapping, limits)
  const nodes = nodesOf(expression.ast())
  if (nodes.some(({ type, value }) => type === 'variable' && value === 'eval'))
    throw new DataNotValidError('A mapping cannot evaluate text.', 'mapping')
  if (nodes.some(({ type }) => type === 'regex')) throw noRegularExpressions()
  requireShortSignatures(nodes)
  requireOwnClone(nodes)
  requireNoThen(nodes)
  // Before some of them are moved to others that `nodes` does not have.
  const values = valuesIn(nodes)
  const turns = inTurn(nodes)
  const naming = namingSteps(nodes)
  const grouping = groupingKeys(nodes, charge)
  limitOrderBy(nodes)
  measureObjects(nodes)
  for (const node of nodes) if (node.type === 'wildcard') Object.assign(node, callOf(wildcard))

  const requireMade = (made: unknown) => {
    requireStep(made)
    if (typeof made === 'string') charge(made.length)
  }
  for (const { name, implementation, ...rest } of await builtIns) {
    const guard = guards[name]
    const before = (given: unknown[], self: Focus) => {
      if (isCallable(given[0]) && !isForFunctions(name)) throw asked()
      guard?.(given, sizeOf)
      requireTaken(rest.signature, self, given)
    }
    expression.assign(name, { ...rest, implementation: guarded(implementation, before, requireMade) })
  }

  turns.begin((called) => expression.assign(beforeStep, called))
  const written = tellWrites(nodes)
  expression.assign(
    afterStep,
    (node: Node, input: unknown, environment: Focus['environment'], made: unknown) => {
      if (turns.has(node)) turns.end()
      if (isCallable(input)) throw asked()
      if (values.has(node) && isCallable(made)) throw kept()
      requireStep(made)
      if (node.value === '&' && typeof made === 'string') charge(made.length)
      const names = naming.size > 0 ? naming.get(node) : undefined
      if (names !== undefined) charge((Array.isArray(made) ? made.length : 1) * names * bytesOfName)
      const group = grouping.size > 0 ? grouping.get(node) : undefined
      if (group !== undefined) countRow(group, input, environment)
      // Into what may have been measured, and before anything else looks at it.
      if (node === written) {
        if (Array.isArray(input)) throw notAnObject()
        forget()
        requireStep(input)
      }
    },
  )
  return expression
}

// All mappings of a process share these, and what JSONata makes `$f ~> $g` of: none of it can be written to.
const { arguments: given, body } = await jsonata('$uppercase ~> $trim').evaluate(null)
freeze([given, body])

/** Those of JSONata, or what stands in for them: the same for every mapping. */
const builtIns = Promise.all(
  [...builtInNames.split(' '), 'now'].map(async (name) => {
    const found = (await jsonata(`$${name}`).evaluate(null)) as BuiltIn
    freeze(found.signature)
    return { ...found, implementation: instead[name] ?? found.implementation, name }
  }),
)

/**
 * A function that asks first, also for the time: what is called for each item of a list has no steps of its own.
 * JSONata reads how many arguments one takes, and how they are called, off itself.
 */
function guarded(
  implementation: Implementation,
  before: (given: unknown[], self: Focus) => void,
  after: (made: unknown) => void,
): Implementation {
  return new Proxy(implementation, {
    apply(target, self: Focus, given: unknown[]) {
      self.environment.base.guardrails()
      before(given, self)
      const made: unknown = Reflect.apply(target, self, given)
      const checked = (value: unknown) => {
        after(value)
        return value
      }
      return made instanceof Promise ? made.then(checked) : checked(made)
    },
    get: (target, key) => (key === 'toString' ? () => String(target) : Reflect.get(target, key)),
  })
}

/** The codes whose texts repeat parts of the mapping at most: those of other codes repeat what it was given. */
const codesOfMapping = /^(?:S\d{4}|T041[0-2]|T100[5-8]|T1010|T200[1-468]|T2010|T2013)$/
const longestParticulars = 200

function problem(error: unknown): DataNotValidError {
  if (error instanceof DataNotValidError) return error
  const { code, position, message } = (error ?? {}) as Record<'code' | 'position' | 'message', unknown>
  if (typeof code !== 'string' || !/^[A-Z]\d{4}$/.test(code))
    return new DataNotValidError('The mapping cannot be applied.', 'mapping')
  const where = typeof position === 'number' ? ` at ${position}` : ''
  return new DataNotValidError(
    `The mapping cannot be applied: JSONata says ${code}${where}.`,
    'mapping',
    typeof message === 'string' && codesOfMapping.test(code)
      ? message.slice(0, longestParticulars).toWellFormed()
      : undefined,
  )
}
