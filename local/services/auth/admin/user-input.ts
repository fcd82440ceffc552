import { z } from 'zod'
import { isUuid } from '../../shared/index.ts'
import { validationFailed } from '../errors.ts'
import { checkEmail, checkPhone, metadataSchema } from '../input.ts'
import type { Metadata } from '../users.ts'

/** What an administrator may say of a user. An empty text stands for absent, as clients send it. */
export const userSchema = z.object({
  id: z.string().nullish(),
  aud: z.string().nullish(),
  role: z.string().nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  password: z.string().nullish(),
  password_hash: z.string().nullish(),
  email_confirm: z.boolean().nullish(),
  phone_confirm: z.boolean().nullish(),
  user_metadata: metadataSchema,
  app_metadata: metadataSchema,
  ban_duration: z.string().nullish(),
})

/** The same, checked; null stands for absent. */
export interface UserInput {
  id: string | null
  aud: string | null
  role: string | null
  email: string | null
  phone: string | null
  password: string | null
  passwordHash: string | null
  emailConfirm: boolean
  phoneConfirm: boolean
  userMetadata: Metadata | null
  appMetadata: Metadata | null
  /** A ban that ends at once, null, takes an earlier one away; undefined leaves it. */
  bannedUntil: Date | null | undefined
}

/** @throws AuthError `validation_failed` */
export function checkUserInput(input: z.infer<typeof userSchema>): UserInput {
  if (input.id && (!isUuid(input.id) || /^[0-]+$/.test(input.id)))
    throw validationFailed(
      isUuid(input.id) ? 'ID cannot be a nil uuid' : 'ID must conform to the uuid v4 format',
    )
  if (input.role && input.role.length > 255) throw validationFailed('The role is too long')
  return {
    id: input.id || null,
    aud: input.aud || null,
    role: input.role?.trim() || null,
    email: input.email ? checkEmail(input.email) : null,
    phone: input.phone ? checkPhone(input.phone) : null,
    password: input.password ?? null,
    passwordHash: input.password_hash || null,
    emailConfirm: input.email_confirm ?? false,
    phoneConfirm: input.phone_confirm ?? false,
    userMetadata: input.user_metadata ?? null,
    appMetadata: input.app_metadata ?? null,
    bannedUntil: bannedUntil(input.ban_duration),
  }
}

const millisecondsPerUnit: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

const longestDuration = 64

/** The end of a ban in Go's notation (`24h`, `1h30m`); null for `none`, undefined where nothing is said. */
function bannedUntil(duration: string | null | undefined): Date | null | undefined {
  if (!duration) return undefined
  if (duration === 'none') return null
  const shown = duration.slice(0, longestDuration)
  const parts = [...shown.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)]
  if (parts.map(([part]) => part).join('') !== duration)
    throw validationFailed(`invalid format for ban duration: time: invalid duration "${shown}"`)
  const milliseconds = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (millisecondsPerUnit[unit ?? ''] ?? 0),
    0,
  )
  const end = new Date(Date.now() + milliseconds)
  if (Number.isNaN(end.getTime()))
    throw validationFailed(`invalid format for ban duration: time: invalid duration "${shown}"`)
  return end
}
