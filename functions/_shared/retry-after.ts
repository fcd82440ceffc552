const mostSeconds = 999_999

/**
 * What a `Retry-After` asks for, of seconds, with a fraction or without, or of a date: whole seconds, and null for what
 * is past or neither.
 */
export function secondsOf(header: unknown): number | null {
  if (typeof header !== 'string' || header.length > 40) return null
  const seconds = /^\d+(\.\d+)?$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1_000
  return seconds > 0 ? Math.min(Math.ceil(seconds), mostSeconds) : null
}
