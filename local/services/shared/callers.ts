import type { ProjectKeys } from '../../config/index.ts'
import { errorResponse, jsonResponse } from './json-response.ts'
import { createTokenVerifier, TokenError, type VerifiedToken } from './jwt.ts'

/** Which of the project's two keys a request carries. */
export type ApiKeyType = 'publishable' | 'secret'

/** Who a request is from. */
export interface Credentials extends VerifiedToken {
  apiKey: ApiKeyType
}

/** Finds out who a request is from; a refusal is the response to give. */
export type Authenticate = (request: Request) => Promise<Credentials | Response>

const anonymous: Credentials = { apiKey: 'publishable', role: 'anon', claims: { role: 'anon' } }
const service: Credentials = { apiKey: 'secret', role: 'service_role', claims: { role: 'service_role' } }

/**
 * Checks keys as Supabase's gateway does: the `apikey` header, the `apikey` parameter or the bearer token
 * carries an opaque key, and a bearer token that is not a key is a user's access token.
 */
export function createAuthentication(keys: ProjectKeys): Authenticate {
  const verify = createTokenVerifier(keys.jwtSigningKey)

  return async (request) => {
    const apiKey = checkApiKey(keys, request)
    if (apiKey instanceof Response) return apiKey
    const bearer = bearerToken(request)
    if (!bearer || isOpaqueKey(bearer)) return apiKey === 'secret' ? service : anonymous
    try {
      const { role, claims } = await verify(bearer)
      return { apiKey, role, claims }
    } catch (error) {
      if (error instanceof TokenError) return refusedToken(error)
      throw error
    }
  }
}

/** Which key a request carries, whatever token comes with it; a refusal is the response to give. */
export function checkApiKey(keys: ProjectKeys, request: Request): ApiKeyType | Response {
  const bearer = bearerToken(request)
  const key = request.headers.get('apikey') ?? queryKey(request) ?? (isOpaqueKey(bearer) ? bearer : undefined)
  if (!key) return missingKey()
  if (key === keys.publishableKey) return 'publishable'
  if (key !== keys.secretKey) return invalidKey()
  return isBrowser(request) ? secretKeyInBrowser() : 'secret'
}

/** The token of an `Authorization: Bearer …` header. */
export function bearerToken(request: Request): string | undefined {
  const header = request.headers.get('authorization')
  return header && /^bearer /i.test(header) ? header.slice('bearer '.length).trim() : undefined
}

function queryKey(request: Request): string | undefined {
  if (!request.url.includes('apikey=')) return undefined
  return new URL(request.url).searchParams.get('apikey') ?? undefined
}

/** Whether a bearer token is one of the project's keys, which say nothing of a person. */
export function isOpaqueKey(token: string | undefined): boolean {
  return token?.startsWith('sb_') ?? false
}

function isBrowser(request: Request): boolean {
  return /^\s*Mozilla\//i.test(request.headers.get('user-agent') ?? '')
}

function missingKey(): Response {
  return jsonResponse(401, {
    message: 'No API key found in request',
    hint: 'No `apikey` request header or url param was found.',
  })
}

function invalidKey(): Response {
  return jsonResponse(401, { message: 'Invalid API key', hint: 'Double check your Supabase `apikey`.' })
}

function secretKeyInBrowser(): Response {
  return jsonResponse(401, {
    message: 'Forbidden use of secret API key in browser',
    hint: 'Secret API keys can only be used in a protected environment and should never be used in a browser.',
  })
}

function refusedToken(error: TokenError): Response {
  return errorResponse(
    401,
    { code: error.code, message: error.message, details: error.details },
    {
      'WWW-Authenticate': `Bearer error="invalid_token", error_description=${JSON.stringify(error.message)}`,
    },
  )
}
