import type { BuiltIn, Focus } from './jsonata-internals.ts'

// A function of which arguments are left open (`$join(?, "-")`): JSONata calls it without a look at what it takes.

/** @throws what JSONata does for a call with such arguments */
export function requireTaken(signature: BuiltIn['signature'], self: Focus, given: unknown[]) {
  // JSONata has looked where it tells of its options.
  if (!signature || 'options' in self) return
  const asTaken = taken(signature, given)
  // What is taken as a list of one would be read as a list, as long as it says.
  if (given.some((each, n) => typeof each === 'object' && each !== asTaken[n] && each !== null))
    throw { code: 'T0410' }
}

/** Arguments as a signature takes them; those at the end that are not given need not be there. */
function taken(signature: NonNullable<BuiltIn['signature']>, given: unknown[]): unknown[] {
  try {
    return signature.validate(given, undefined)
  } catch (error) {
    if (given.length < 2 || given.at(-1) !== undefined) throw error
    return taken(signature, given.slice(0, -1))
  }
}
