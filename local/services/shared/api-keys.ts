import type { ProjectKeys } from '../../config/index.ts'
import { jsonResponse } from './json-response.ts'

/** What a key lets its bearer do; the legacy keys are of these two kinds as well. */
export type ApiKeyType = 'publishable' | 'secret'

/** Which key a request carries, whatever token comes with it; a refusal is the response to give. */
export function checkApiKey(keys: ProjectKeys, request: Request): ApiKeyType | Response {
  const bearer = bearerToken(request)
  const key = request.headers.get('apikey') ?? queryKey(request) ?? (isKey(keys, bearer) ? bearer : undefined)
  if (!key) return missingKey()
  if (key === keys.publishableKey || key === keys.anonKey) return 'publishable'
  if (key === keys.serviceRoleKey) return 'secret'
  if (key !== keys.secretKey) return invalidKey()
  return isBrowser(request) ? secretKeyInBrowser() : 'secret'
}

/** The token of an `Authorization: Bearer …` header. */
export function bearerToken(request: Request): string | undefined {
  const header = request.headers.get('authorization')
  return header && /^bearer /i.test(header) ? header.slice('bearer '.length).trim() : undefined
}

/** Whether a bearer token has the form of a key that is no access token at the same time. */
export function isOpaqueKey(token: string | undefined): boolean {
  return token?.startsWith('sb_') ?? false
}

function isKey({ anonKey, serviceRoleKey }: ProjectKeys, token: string | undefined): boolean {
  return isOpaqueKey(token) || token === anonKey || token === serviceRoleKey
}

function queryKey(request: Request): string | undefined {
  if (!request.url.includes('apikey=')) return undefined
  return new URL(request.url).searchParams.get('apikey') ?? undefined
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
