import type { z } from 'zod'
import { unsafeKey } from './unsafe-names.ts'

/** A body that is not what it should be: each service says so in its own words. */
export class BodyError extends Error {
  override name = 'BodyError'
  /** What is wrong; undefined where the body is no JSON at all. */
  readonly issue: z.core.$ZodIssue | undefined

  constructor(issue: z.core.$ZodIssue | undefined) {
    super(issue?.message ?? 'The body is no JSON')
    this.issue = issue
  }
}

/**
 * The JSON body of a request, checked.
 *
 * @throws BodyError
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const value: unknown = await request.json().catch((error: unknown) => {
    throw error instanceof SyntaxError ? new BodyError(undefined) : error
  })
  const unsafe = unsafeKey(value)
  if (unsafe) throw new BodyError({ code: 'custom', path: [], message: `must NOT have the key "${unsafe}"` })
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new BodyError(result.error.issues[0])
}
