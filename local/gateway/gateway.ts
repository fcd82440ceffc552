import { type Context, Hono } from 'hono'
import { createAuth } from '../services/auth/index.ts'
import { createDataApi } from '../services/data-api/index.ts'
import {
  errorResponse,
  jsonResponse,
  type Peer,
  type Service,
  type ServiceOptions,
  urlProblem,
} from '../services/shared/index.ts'
import { createStorage } from '../services/storage/index.ts'
import { allowCrossOrigin, isPreflight, preflightResponse } from './cors.ts'
import { notImplemented } from './unfinished-part.ts'

/** The whole HTTP API of a project, in one process. */
export interface Gateway {
  fetch(request: Request, peer?: Peer): Promise<Response>
  /** Gives back every database connection; requests under way must have ended. */
  close(): Promise<void>
}

/** Puts every service of the project behind one address, as Supabase's gateway does. */
export async function createGateway(options: ServiceOptions): Promise<Gateway> {
  const dataApi = await createDataApi(options)
  const auth = await createAuth(options)
  const storage = await createStorage(options)
  const services = [dataApi, auth, storage]
  const app = new Hono<{ Bindings: Peer }>()
    .all('/rest/v1/*', passTo(dataApi))
    .all('/auth/v1/*', passTo(auth))
    .all('/storage/v1/*', passTo(storage))
    .all('/functions/v1/*', () => notImplemented('Edge Functions'))
    .all('/realtime/v1/*', () => notImplemented('Realtime'))
    .get('/', () => jsonResponse(200, { status: 'ok' }))
    .get('/health', () => jsonResponse(200, { status: 'ok' }))
    .notFound((c) =>
      errorResponse(404, { code: 'not_found', message: `Nothing is served at ${c.req.path}.` }),
    )
    .onError((error) => {
      console.error('API gateway:', error)
      return errorResponse(500, { code: 'unexpected_failure', message: 'An unexpected error occurred.' })
    })

  return {
    async fetch(request, peer = { address: null }) {
      if (isPreflight(request)) return preflightResponse(request)
      const problem = urlProblem(request.url)
      if (problem) return allowCrossOrigin(refusedUrl(problem))
      return allowCrossOrigin(await app.fetch(request, peer))
    },
    async close() {
      await Promise.all(services.map((service) => service.close()))
    },
  }
}

function refusedUrl(problem: string): Response {
  return errorResponse(400, {
    code: 'invalid_url',
    message: `${problem}.`,
    hint: 'Encode every part of an address with encodeURIComponent.',
  })
}

function passTo(service: Service) {
  return (c: Context<{ Bindings: Peer }>) => service.fetch(c.req.raw, c.env)
}
