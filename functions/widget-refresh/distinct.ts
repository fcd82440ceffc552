import type { Focus } from './jsonata-internals.ts'

/** `$distinct`: each value once, the first of it. JSONata compares each with all that it has. */
export function distinct(this: Focus, given: unknown): unknown {
  if (!Array.isArray(given) || given.length <= 1) return given
  const result: unknown[] = 'sequence' in given && given.sequence === true ? this.createSequence() : []
  const known = new Set<string>()
  for (const value of given) {
    const form = formOf(value, this.environment)
    if (known.has(form)) continue
    known.add(form)
    result.push(value)
  }
  return result
}

/** One text for values that are equal: keys count in any order. */
function formOf(value: unknown, environment: Focus['environment']): string {
  if (Array.isArray(value)) return `[${value.map((each) => formOf(each, environment))}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${formOf((value as Record<string, unknown>)[key], environment)}`)
  // On the way up, where each level copies all that is below it.
  environment.base.guardrails()
  return `{${pairs}}`
}
