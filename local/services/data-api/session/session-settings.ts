import type { Caller } from '../../shared/index.ts'
import { quoteName, type Statement } from '../statement/index.ts'
import type { RoleSettings } from './role-settings.ts'

/** What SQL sees of a request. */
export interface SessionRequest {
  caller: Caller
  method: string
  /** Below the prefix: `/projects`, `/rpc/add`. */
  path: string
  headers: Headers
  searchPath: readonly string[]
  timezone: string | undefined
}

const constant = [
  'search_path',
  'request.jwt.claims',
  'request.method',
  'request.path',
  'request.headers',
  'request.cookies',
]

/**
 * The one statement that makes a transaction the request's own: role, claims, request, and what `alter role … set …`
 * and `create function … set …` say. Everything lasts as long as the transaction.
 */
export function sessionStatement(
  request: SessionRequest,
  roleSettings: RoleSettings,
  routineSettings: readonly (readonly [name: string, value: string])[],
): Statement {
  // What only the connected role may set comes before it becomes another.
  const settings: (readonly [name: string, value: string])[] = [
    ...Object.entries(roleSettings),
    ...(request.timezone === undefined ? [] : [['timezone', request.timezone] as const]),
    ...routineSettings,
    ['role', request.caller.role],
  ]
  const names = [...constant, ...settings.map(([name]) => name)]
  return {
    sql: statementOf(names),
    parameters: [
      request.searchPath.map(quoteName).join(', '),
      JSON.stringify(request.caller.claims),
      request.method,
      request.path,
      headersJson(request.headers),
      cookiesJson(request.headers),
      ...settings.map(([, value]) => value),
    ],
  }
}

function statementOf(names: readonly string[]): string {
  const assignments = names.map(
    (name, index) => `set_config('${name.replaceAll("'", "''")}', $${index + 1}, true)`,
  )
  return `select ${assignments.join(', ')}`
}

/** Names arrive in lower case; cookies have a setting of their own. */
function headersJson(headers: Headers): string {
  const { cookie: _cookie, ...rest } = Object.fromEntries(headers)
  return JSON.stringify(rest)
}

function cookiesJson(headers: Headers): string {
  const cookie = headers.get('cookie')
  if (cookie === null) return '{}'
  const pairs = cookie.split(';').flatMap((text) => {
    const pair = text.trim()
    const separator = pair.indexOf('=')
    return separator > 0 ? [[pair.slice(0, separator).trim(), pair.slice(separator + 1).trim()]] : []
  })
  return JSON.stringify(Object.fromEntries(pairs))
}
