import { functionError } from '../errors.ts'

/**
 * Where Stripe sends somebody back to, with something said in the query.
 *
 * Threat: a page of ours that leads to somebody else's, whose address a mail or a link brought along.
 *
 * @throws {FunctionError} invalid_input, for what is no page of a front end of the project
 */
export function returnUrl(
  given: string,
  allowedOrigins: string[],
  query: Record<string, string> = {},
): string {
  const url = URL.parse(given)
  // `blob:https://app.example.com/…` has the origin of its page, and is none.
  const isPage = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (!url || !isPage || url.username || url.password || !allowedOrigins.includes(url.origin))
    throw functionError('invalid_input', 'Nobody can be sent back to this address.', {
      details: 'return_url',
      hint: 'Give a page of the front end, whose origin stands in ALLOWED_ORIGINS.',
    })
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}
