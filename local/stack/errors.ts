/**
 * A fault that a person can act on. Its message is one clear sentence with the remedy in it; the command
 * line prints that sentence alone and exits with 1, without a stack trace.
 */
export class StackError extends Error {
  override name = 'StackError'
}

/** The text of anything that was thrown, for a sentence to a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The `code` of a Node or Postgres error, such as `ENOSPC` or `42P07`; undefined where there is none. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
