import { RequestError } from '../request-error.ts'
import { decodePercents } from './query-string.ts'
import type { Method, Target } from './request.ts'

const methods: readonly string[] = [
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
] satisfies Method[]

/** `/name`, `/rpc/name` or `/`. */
export function readTarget(path: string): Target {
  const [, first = '', second, ...more] = path.split('/')
  if (first === '' && second === undefined) return { kind: 'root' }
  if (second === undefined) return { kind: 'relation', name: decodePercents(first) }
  if (decodePercents(first) === 'rpc' && more.length === 0)
    return { kind: 'function', name: decodePercents(second) }
  throw new RequestError(404, 'PGRST125', 'Invalid path specified in request URL')
}

/** A method that the target knows. */
export function readMethod(method: string, target: Target): Method {
  if (target.kind === 'function' && !['GET', 'HEAD', 'OPTIONS', 'POST'].includes(method))
    throw new RequestError(405, 'PGRST101', `Cannot use the ${method} method on RPC`)
  if (!isMethod(method) || (target.kind === 'root' && !['GET', 'HEAD', 'OPTIONS'].includes(method)))
    throw new RequestError(405, 'PGRST117', `Unsupported HTTP method: ${method}`)
  return method
}

function isMethod(method: string): method is Method {
  return methods.includes(method)
}
