import type { RequestContext } from './request-context.ts'
import type { RoleSettings } from './session/role-settings.ts'
import type { TextStatement } from './session.ts'

const requestSettings = [
  'search_path',
  'role',
  'request.jwt.claims',
  'request.method',
  'request.path',
  'request.headers',
  'request.cookies',
]

/**
 * The one statement that makes a transaction the request's own: role, claims, request, and what
 * `alter role … set …` says of the role. Everything lasts as long as the transaction.
 */
export function sessionStatement(
  request: RequestContext,
  roleSettings: RoleSettings,
  extraSearchPath: readonly string[],
): TextStatement {
  const ofRole = Object.entries(roleSettings)
  const names = [...requestSettings, ...ofRole.map(([name]) => name)]
  const assignments = names.map(
    (name, index) => `set_config('${name.replaceAll("'", "''")}', $${index + 1}, true)`,
  )
  return {
    sql: `select ${assignments.join(', ')}`,
    parameters: [
      searchPath(request.schema, extraSearchPath),
      request.role,
      JSON.stringify(request.claims),
      request.method,
      request.path,
      headersJson(request.headers),
      cookiesJson(request.headers),
      ...ofRole.map(([, value]) => value),
    ],
  }
}

function searchPath(schema: string, extra: readonly string[]): string {
  return [...new Set([schema, ...extra])].map((name) => `"${name.replaceAll('"', '""')}"`).join(', ')
}

/** Names arrive in lower case; cookies have a setting of their own. */
function headersJson(headers: Headers): string {
  const { cookie: _cookie, ...rest } = Object.fromEntries(headers)
  return JSON.stringify(rest)
}

function cookiesJson(headers: Headers): string {
  const pairs = (headers.get('cookie') ?? '').split(';').flatMap((pair) => {
    const separator = pair.indexOf('=')
    return separator > 0 ? [[pair.slice(0, separator).trim(), pair.slice(separator + 1).trim()]] : []
  })
  return JSON.stringify(Object.fromEntries(pairs))
}
