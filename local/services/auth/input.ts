import { z } from 'zod'

/** An e-mail address, in lower case as it is stored. */
export const emailSchema = z
  .string()
  .refine((value) => value.length <= 255 && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value), {
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
