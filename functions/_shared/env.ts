import * as z from 'zod'
import { type ReportTarget, reportTarget } from './error-reports.ts'

/** A function that cannot start: what its environment lacks, by name and never by value. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError'
}

/**
 * Reads the variables of a function.
 *
 * @throws {EnvironmentError} naming each variable that is missing or has the wrong form
 */
export function readVariables<Schema extends z.ZodObject>(
  schema: Schema,
  variables: Record<string, string | undefined> = Deno.env.toObject(),
): z.infer<Schema> {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const { data, error } = schema.safeParse(given)
  if (data) return data
  const names = [...new Set(error?.issues.map(({ path }) => String(path[0])))]
  throw new EnvironmentError(
    `Missing or malformed in the environment: ${names.join(', ')}. functions/.env.example explains each.`,
  )
}

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' })
    return z.NEVER
  }
})
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })
const list = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))

const dsn = z.string().transform((text, context) => {
  const target = reportTarget(text)
  if (target) return target
  context.addIssue({ code: 'custom', message: 'not a DSN' })
  return z.NEVER
})

const platformSchema = z.object({
  SUPABASE_URL: z.url(),
  SUPABASE_PUBLISHABLE_KEYS: json.pipe(z.looseObject({ default: z.string() })),
  SUPABASE_SECRET_KEYS: json.pipe(z.record(z.string(), z.string())),
  SUPABASE_JWKS: json.pipe(z.union([keySet, keySet.shape.keys.transform((keys) => ({ keys }))])),
  ALLOWED_ORIGINS: list,
  SENTRY_DSN: dsn.optional(),
})

/** What the platform tells every function, and what the operator sets for all of them. */
export interface Environment {
  url: string
  publishableKey: string
  /** Named keys, as the project has them. Only `secret-client.ts` makes a client with one. */
  secretKeys: Record<string, string>
  /** The public halves of the keys that sign access tokens. */
  jwks: z.infer<typeof keySet>
  allowedOrigins: string[]
  /** Where errors are reported to. */
  errorReports: ReportTarget | undefined
}

export function readEnvironment(variables?: Record<string, string | undefined>): Environment {
  const read = readVariables(platformSchema, variables)
  return {
    url: read.SUPABASE_URL,
    publishableKey: read.SUPABASE_PUBLISHABLE_KEYS.default,
    secretKeys: read.SUPABASE_SECRET_KEYS,
    jwks: read.SUPABASE_JWKS,
    allowedOrigins: read.ALLOWED_ORIGINS,
    errorReports: read.SENTRY_DSN,
  }
}
