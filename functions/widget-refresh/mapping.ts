import jsonata from 'jsonata'
import { DataNotValidError } from './data-not-valid.ts'
import { guards } from './guards.ts'
import { createSizes, mostBytes } from './sizes.ts'

// What tenants write to make data of a foreign answer: JSONata, with an end to everything.
//
// Threats: a loop (time and depth are limited); a range or a text of a billion (sequences are limited, and after each
// step what it made); a regular expression, of which a single one can run for minutes and nothing stops it (there are
// none); a mapping that evaluates a text (refused before it runs); a single step that takes for ever, which no time
// limit ends, since time is looked at between steps (what such a function is given is measured first: guards.ts); an
// answer that is small and prints large (it is measured before it is written down).

const longest = 4_096

/** What JSONata calls after each step with what that made. It looks it up like a name, and is typed as one. */
const afterStep = Symbol.for('jsonata.__evaluate_exit') as unknown as string

class NoRegularExpressions {
  constructor() {
    throw new DataNotValidError('A mapping cannot use regular expressions.', 'mapping')
  }
}

const limits = {
  timeout: 250,
  stack: 100,
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
  const expression = await compiled(mapping)
  let output: unknown
  try {
    output = await expression.evaluate(input, { type: about.type, query: about.query })
  } catch (error) {
    throw problem(error)
  }
  if (createSizes().sizeOf(output, mostBytes) > mostBytes)
    throw new DataNotValidError('The mapping makes more than 256 KiB.', 'mapping')
  // Sequences of JSONata are arrays with more to them; functions and what is undefined go.
  return output === undefined ? null : JSON.parse(JSON.stringify(output) ?? 'null')
}

async function compiled(mapping: string): Promise<jsonata.Expression> {
  if (new TextEncoder().encode(mapping).length > longest)
    throw new DataNotValidError('A mapping has at most 4 KiB.', 'mapping')
  let expression: jsonata.Expression
  try {
    expression = jsonata(mapping, limits)
  } catch (error) {
    throw problem(error)
  }
  if (mentions(expression.ast(), 'eval'))
    throw new DataNotValidError('A mapping cannot evaluate text.', 'mapping')
  expression.registerFunction('eval', () => {
    throw new DataNotValidError('A mapping cannot evaluate text.', 'mapping')
  })
  expression.registerFunction('pad', (text?: string, width = 0, filling = ' ') => {
    if (Math.abs(width) > 1_000)
      throw new DataNotValidError('A mapping pads to at most 1,000 characters.', 'mapping')
    if (text === undefined) return undefined
    return width < 0 ? text.padStart(-width, filling) : text.padEnd(width, filling)
  })
  const { sizeOf, requireStep } = createSizes()
  for (const { name, guard, implementation, ...rest } of await builtIns)
    expression.assign(name, {
      ...rest,
      implementation: guarded(implementation, (given) => guard(given, sizeOf)),
    })
  expression.assign(afterStep, (_node: unknown, _input: unknown, _environment: unknown, made: unknown) =>
    requireStep(made),
  )
  return expression
}

type Implementation = (...given: unknown[]) => unknown

/** The functions that are guarded, as JSONata has them: the same for every mapping. */
const builtIns = Promise.all(
  Object.entries(guards).map(async ([name, guard]) => ({
    ...((await jsonata(`$${name}`).evaluate(null)) as { implementation: Implementation }),
    name,
    guard,
  })),
)

/** A function that asks first. JSONata reads how many arguments one takes, and how they are called, off itself. */
function guarded(implementation: Implementation, guard: (given: unknown[]) => void): Implementation {
  return new Proxy(implementation, {
    apply(target, self, given: unknown[]) {
      guard(given)
      return Reflect.apply(target, self, given)
    },
    get: (target, key) => (key === 'toString' ? () => String(target) : Reflect.get(target, key)),
  })
}

function problem(error: unknown): DataNotValidError {
  if (error instanceof DataNotValidError) return error
  const { code, position } = (error ?? {}) as { code?: unknown; position?: unknown }
  const where = typeof position === 'number' ? ` at ${position}` : ''
  // Its texts repeat what the mapping was given.
  return new DataNotValidError(
    typeof code === 'string' && /^[A-Z]\d{4}$/.test(code)
      ? `The mapping cannot be applied: JSONata says ${code}${where}.`
      : 'The mapping cannot be applied.',
    'mapping',
  )
}

/** Whether a variable or function of this name stands anywhere in an expression. */
function mentions(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((each) => mentions(each, name))
  if (typeof node !== 'object' || node === null) return false
  if ('type' in node && node.type === 'variable' && 'value' in node && node.value === name) return true
  return Object.values(node).some((each) => mentions(each, name))
}
