import type { z } from 'zod'
import { invalidRequest } from '../storage/index.ts'

/**
 * The JSON body of a request, checked.
 *
 * @throws StorageError
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const value: unknown = await request.json().catch((error: unknown) => {
    throw error instanceof SyntaxError ? invalidRequest('Body is not valid JSON') : error
  })
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw invalidRequest(`body/${issue?.path.join('/') ?? ''} ${issue?.message ?? 'is invalid'}`)
}
