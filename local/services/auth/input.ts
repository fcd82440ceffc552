import { z } from 'zod'
import { AuthError, validationFailed } from './errors.ts'

/** An e-mail address, in lower case as it is stored. */
export const emailSchema = z
  .string()
  .refine((value) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) && value.length <= 255, {
    error: 'Unable to validate email address: invalid format',
  })
  .transform((value) => value.toLowerCase())

/** Metadata of a person: any JSON object. */
export const metadataSchema = z.record(z.string(), z.unknown())

/** What clients of the PKCE flow send along; null stands for absent. */
export const challengeSchema = {
  code_challenge: z.string().nullish(),
  code_challenge_method: z
    .string()
    .nullish()
    .transform((method) => method?.toLowerCase())
    .pipe(z.enum(['s256', 'plain']).optional()),
}

/**
 * The JSON body of a request, checked.
 *
 * @throws AuthError 400, `bad_json` or `validation_failed`
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const result = schema.safeParse(await parseJson(request))
  if (result.success) return result.data
  const [issue] = result.error.issues
  if (issue?.code === 'custom') throw validationFailed(issue.message)
  const field = issue?.path.join('.')
  throw validationFailed(field ? `${field}: ${issue?.message}` : (issue?.message ?? 'Invalid request'))
}

async function parseJson(request: Request): Promise<unknown> {
  const text = await request.text()
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new AuthError(400, 'bad_json', 'Could not parse request body as JSON')
  }
}
