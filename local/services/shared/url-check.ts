import { isInheritedName } from './inherited-names.ts'

/** Parameters of the Data API whose values are names, too. */
const namingParameters = new Set([
  'select',
  'columns',
  'order',
  'on_conflict',
  'and',
  'or',
  'not.and',
  'not.or',
])

/**
 * What is wrong with the address of a request, before anything looks at it: broken percent-encoding, a U+0000, which
 * no database or file system takes, or a name that JavaScript keeps for itself. Undefined where nothing is.
 */
export function urlProblem(url: string): string | undefined {
  const decoded = url.includes('%') ? decode(url) : url
  if (decoded === undefined) return 'The address has broken percent-encoding'
  if (decoded.includes('\0')) return 'The address has the character U+0000'
  // Nearly no address gets further; the parts are looked at one by one only where one may be such a name.
  if (!/__proto__|constructor|prototype/.test(decoded)) return undefined
  return namesOf(url).some(isInheritedName) ? 'The address has a name that is not permitted' : undefined
}

/** Every identifier that is used as a name: of a relation, of a parameter, or in a list of columns. */
function namesOf(url: string): string[] {
  const { pathname, searchParams } = new URL(url)
  const relation = /\/rest\/v1\/(.*)/.exec(decodeURIComponent(pathname))?.[1] ?? ''
  return [
    ...identifiers(relation),
    ...[...searchParams].flatMap(([name, value]) => [
      ...identifiers(name),
      ...(namingParameters.has(name) ? identifiers(value) : []),
    ]),
  ]
}

function identifiers(text: string): string[] {
  return text.split(/[^\w$]+/)
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
