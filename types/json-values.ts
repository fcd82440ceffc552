import { isStorable } from './text.ts'

// What can be kept of any JSON, as private.json_problem says.

/**
 * Whether a value of JSON can be kept, and read as what it is: its texts are ones that Postgres stores, its numbers are
 * numbers, no key is `__proto__`, and no more objects and lists lie inside each other than that.
 */
export function isKeepable(value: unknown, levels = 10_000): boolean {
  if (typeof value === 'string') return isStorable(value)
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return value === null || typeof value === 'boolean'
  return (
    levels > 0 &&
    Object.entries(value).every(
      ([key, member]) => key !== '__proto__' && isStorable(key) && isKeepable(member, levels - 1),
    )
  )
}
