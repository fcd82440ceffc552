import { z } from 'zod'
import { unexpectedFailure, validationFailed } from './errors.ts'

/** Bytes, which are ASCII. */
export const longestEmail = 255
/** Digits. */
export const longestPhone = 15

/** What browsers take for an address: no dot is needed, and nothing beyond ASCII is taken. */
const emailFormat = z.regexes.html5Email

/**
 * An e-mail address, in lower case as it is stored.
 *
 * @throws AuthError `validation_failed`
 */
export function checkEmail(email: string | null | undefined): string {
  if (!email) throw validationFailed('An email address is required')
  // Before the pattern is tried: the text may be as long as a body.
  if (Buffer.byteLength(email) > longestEmail) throw validationFailed('An email address is too long')
  if (!emailFormat.test(email)) throw validationFailed('Unable to validate email address: invalid format')
  return email.toLowerCase()
}

/** A phone number without its plus and spaces. @throws AuthError `validation_failed` */
export function checkPhone(phone: string): string {
  const number = phone.slice(0, 64).replace(/^\+/, '').replaceAll(' ', '')
  if (phone.length > 64 || number.length > longestPhone || !/^[1-9][0-9]+$/.test(number))
    throw validationFailed('Invalid phone number format (E.164 required)')
  return number
}

/** Metadata of a person: any JSON object, whose size metadata-room.ts bounds; null and absence are the same. */
export const metadataSchema = z.record(z.string(), z.unknown()).nullish()

/** What clients of the PKCE flow send along; null stands for absent. */
export const challengeSchema = {
  code_challenge: z.string().nullish(),
  code_challenge_method: z.string().nullish(),
}

/** A challenge that was checked. */
export interface Challenge {
  challenge: string
  method: 's256' | 'plain'
}

/**
 * The challenge of a client that wants a code instead of tokens in the address bar; undefined without one.
 *
 * @throws AuthError `validation_failed`; 500 for a method that nobody knows, as Supabase has it
 */
export function checkChallenge(input: {
  code_challenge?: string | null | undefined
  code_challenge_method?: string | null | undefined
}): Challenge | undefined {
  const { code_challenge: challenge, code_challenge_method: method } = input
  if (!challenge && !method) return undefined
  if (!challenge || !method)
    throw validationFailed('PKCE flow requires code_challenge_method and code_challenge')
  if (challenge.length < 43 || challenge.length > 128)
    throw validationFailed('code challenge has to be between 43 and 128 characters')
  if (!/^[a-zA-Z._~0-9-]+$/.test(challenge))
    throw validationFailed(
      'code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes',
    )
  const known = method.toLowerCase()
  if (known !== 's256' && known !== 'plain') throw unexpectedFailure()
  return { challenge, method: known }
}
