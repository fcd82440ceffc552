import { RequestError } from '../request-error.ts'

const writing = new Set(['DELETE', 'PATCH', 'POST', 'PUT'])

/** The schema that `Accept-Profile` or, of a write, `Content-Profile` asks for; otherwise the first. */
export function readProfile(
  { method, headers }: Request,
  schemas: readonly string[],
): { schema: string; isProfiled: boolean } {
  const profile = headers.get(writing.has(method) ? 'content-profile' : 'accept-profile')
  if (profile === null) return { schema: schemas[0] ?? 'public', isProfiled: schemas.length !== 1 }
  if (schemas.includes(profile)) return { schema: profile, isProfiled: true }
  throw new RequestError(406, 'PGRST106', `Invalid schema: ${profile}`, {
    hint: `Only the following schemas are exposed: ${schemas.join(', ')}`,
  })
}
