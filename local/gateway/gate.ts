import type { ProjectKeys } from '../config/index.ts'
import { longestToken, type Peer, type Service, unsafeParameter } from '../services/shared/index.ts'
import { announcesMore, limitBody } from './body-limit.ts'
import { setClientAddress } from './client-address.ts'
import type { Refuse } from './refusals.ts'
import { type RequestLimits, RunningRequests } from './running-requests.ts'
import { createSubjects } from './subjects.ts'

/** A service, and what a request to it must keep to. */
export interface GuardedService {
  service: Service
  refuse: Refuse
  /** Bytes that a body may have; undefined where the service counts by itself. */
  bodyLimit(request: Request): number | undefined
}

/** Lets a request through to a service, or refuses it in the service's words. */
export type Gate = (guarded: GuardedService, request: Request, peer: Peer) => Promise<Response>

/** Fewer than a service has database connections. */
const usualLimits: RequestLimits = { running: 5, waiting: 64, patienceMilliseconds: 10_000 }
/** A server asks for as many people as there are, who were let through before. */
const waitingOfServer = 1_024

/** Everything that is cheap to see comes first; then a request waits for its turn among those of its subject. */
export function createGate(keys: ProjectKeys, limits = usualLimits): Gate {
  const subjectOf = createSubjects(keys)
  const ofPeople = new RunningRequests(limits)
  const ofServers = new RunningRequests({ ...limits, waiting: waitingOfServer })
  return async (guarded, request, peer) => {
    const { refuse, service } = guarded
    const refusal = refusalOf(guarded, request)
    if (refusal) return refusal
    setClientAddress(request.headers, peer.address)
    const limit = guarded.bodyLimit(request) ?? Number.POSITIVE_INFINITY
    const isTooLarge = () => refuse('payload_too_large', `A body may have ${limit} bytes.`)
    if (announcesMore(request, limit)) return isTooLarge()
    const { name, isServer } = await subjectOf(request, peer)
    const leave = await (isServer ? ofServers : ofPeople).enter(name, request)
    if (!leave) return refuse('too_many_requests', 'Too many requests at once. Try again in a moment.')
    try {
      // Within its turn, so that nobody has more bodies held here than they may have requests run.
      const limited = Number.isFinite(limit) ? await limitBody(request, limit) : request
      return limited ? await service.fetch(limited, peer) : isTooLarge()
    } finally {
      leave()
    }
  }
}

function refusalOf({ refuse }: GuardedService, request: Request): Response | undefined {
  for (const name of ['authorization', 'apikey'])
    if ((request.headers.get(name)?.length ?? 0) > longestToken)
      return refuse('token_too_long', `The header ${name} may have ${longestToken} characters.`)
  const url = decodedUrl(request.url)
  if (url === undefined) return refuse('malformed_url', 'The URL is not well encoded, or holds U+0000.')
  const name = unsafeParameter(request.url, url)
  return name === undefined
    ? undefined
    : refuse('unsafe_name', `"${name}" is no name that a request may use here.`)
}

/** Undefined where the encoding is broken, or hides a character that Postgres cannot hold. */
function decodedUrl(url: string): string | undefined {
  if (!url.includes('%')) return url
  try {
    const decoded = decodeURIComponent(url)
    return decoded.includes('\0') ? undefined : decoded
  } catch {
    return undefined
  }
}
