/*
 * Which key of the project a request carries, and where. What a key may do is for the services' tests.
 */
import { describe, expect, inject, it } from 'vitest'
import { checkApiKey } from '../../../local/services/shared/index.ts'

const keys = inject('keys')
const { publishableKey, secretKey, anonKey, serviceRoleKey } = keys

const given = (headers: Record<string, string>, query = '') => {
  const found = checkApiKey(keys, new Request(`http://localhost/rest/v1/x${query}`, { headers }))
  return found instanceof Response ? found.status : found
}

describe.each([
  ['publishable', publishableKey, 'publishable'],
  ['secret', secretKey, 'secret'],
  ['legacy anon', anonKey, 'publishable'],
  ['legacy service_role', serviceRoleKey, 'secret'],
])('the %s key', (_, key, type) => {
  it('counts as a header, as a parameter and as a bearer token alone', () => {
    expect(given({ apikey: key })).toBe(type)
    expect(given({}, `?apikey=${key}`)).toBe(type)
    expect(given({ authorization: `Bearer ${key}` })).toBe(type)
  })

  it('counts before the bearer token beside it', () => {
    expect(given({ apikey: key, authorization: `Bearer ${publishableKey}` })).toBe(type)
    expect(given({ apikey: 'other', authorization: `Bearer ${key}` })).toBe(401)
  })
})

it('another token is no key, and another opaque key is a wrong one', async () => {
  const messageOf = async (headers: Record<string, string>) => {
    const found = checkApiKey(keys, new Request('http://localhost/', { headers }))
    return found instanceof Response && ((await found.json()) as { message: string }).message
  }
  expect(await messageOf({ authorization: 'Bearer one.two.three' })).toBe('No API key found in request')
  expect(await messageOf({ authorization: 'Bearer sb_secret_other' })).toBe('Invalid API key')
})
