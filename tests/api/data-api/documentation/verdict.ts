import type { Answer } from './page.ts'

/** What came back from a request. */
export interface Reply {
  status: number
  headers: Headers
  body: string
}

/**
 * `pass`, or how the reply differs from what the documentation says. A request that the server does not know how to
 * answer at all is `absent`.
 */
export function verdict(reply: Reply, { status = 200, json, text, headers = {} }: Answer): string {
  if (reply.status !== status) {
    const isAbsent = reply.status === 501 || (reply.status >= 400 && /PGRST107|PGRST127/.test(reply.body))
    return `${isAbsent ? 'absent' : 'differs'}: ${reply.status} ${shortened(reply.body)}`
  }
  if (json !== undefined && !holds(parsed(reply.body), json)) return `differs: ${shortened(reply.body)}`
  if (text !== undefined && !matches(reply.body, text)) return `differs: ${shortened(reply.body)}`
  for (const [name, expected] of Object.entries(headers)) {
    const value = reply.headers.get(name)
    const isRight = value === null ? expected === null : expected !== null && matches(value, expected)
    if (!isRight) return `differs: ${name}: ${value}`
  }
  return 'pass'
}

/** Whether a value is what is expected: of the outermost object the members that are named, the rest exactly. */
function holds(value: unknown, expected: unknown): boolean {
  if (!isObject(expected)) return same(value, expected)
  return isObject(value) && Object.entries(expected).every(([name, member]) => same(value[name], member))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Equal in whatever order the members stand. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.entries(value)
    .map(([name, member]) => [name, sorted(member)])
    .sort()
}

function matches(value: string, expected: string | RegExp): boolean {
  return typeof expected === 'string' ? value === expected : expected.test(value)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function shortened(body: string): string {
  const line = body.replace(/\s+/g, ' ')
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
