/**
 * Replaces `env(NAME)` by the variable's value, as the Supabase CLI does; where the variable is not set the text
 * stays, which is how the CLI marks a secret that was not given.
 */
export function resolveEnvironment(value: unknown): unknown {
  if (typeof value === 'string') {
    const [, name] = /^env\((\w+)\)$/.exec(value) ?? []
    return (name && process.env[name]) || value
  }
  if (Array.isArray(value)) return value.map(resolveEnvironment)
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolveEnvironment(entry)]))
  return value
}
