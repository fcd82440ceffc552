import { z } from 'zod'
import { validationFailed } from '../errors.ts'
import { emailSchema, metadataSchema } from '../input.ts'

/** What an administrator may say of a user. An empty text stands for absent, as clients send it. */
export const userSchema = z.object({
  id: z.uuid({ error: 'ID must conform to the uuid v4 format' }).nullish(),
  aud: z.string().nullish(),
  role: z.string().max(255).nullish(),
  email: emailSchema.or(z.literal('')).nullish(),
  phone: z
    .string()
    .transform((phone) => phone.replace(/^\+/, '').replaceAll(' ', ''))
    .refine((phone) => phone === '' || /^[1-9]\d{1,14}$/.test(phone), {
      error: 'Invalid phone number format (E.164 required)',
    })
    .nullish(),
  password: z.string().nullish(),
  password_hash: z.string().nullish(),
  email_confirm: z.boolean().nullish(),
  phone_confirm: z.boolean().nullish(),
  user_metadata: metadataSchema.nullish(),
  app_metadata: metadataSchema.nullish(),
  ban_duration: z.string().nullish(),
})

export type UserInput = z.output<typeof userSchema>

const millisecondsPerUnit: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** The end of a ban in Go's notation (`24h`, `1h30m`); null for `none`, undefined where nothing is said. */
export function bannedUntil(duration: string | null | undefined): Date | null | undefined {
  if (!duration) return undefined
  if (duration === 'none') return null
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)]
  if (parts.map(([part]) => part).join('') !== duration)
    throw validationFailed(`invalid format for ban duration: time: invalid duration "${duration}"`)
  const milliseconds = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (millisecondsPerUnit[unit ?? ''] ?? 0),
    0,
  )
  return new Date(Date.now() + milliseconds)
}
