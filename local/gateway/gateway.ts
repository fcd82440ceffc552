import { type Context, Hono } from 'hono'
import { createAuth } from '../services/auth/index.ts'
import { createDataApi } from '../services/data-api/index.ts'
import { errorResponse, jsonResponse, type Peer, type ServiceOptions } from '../services/shared/index.ts'
import { createStorage, isUpload } from '../services/storage/index.ts'
import { allowCrossOrigin, isPreflight, preflightResponse } from './cors.ts'
import { createGate, type GuardedService } from './gate.ts'
import { createHealth } from './health.ts'
import { refuseAsAuth, refuseAsDataApi, refuseAsStorage } from './refusals.ts'
import { notImplemented } from './unfinished-part.ts'

/** The whole HTTP API of a project, in one process. */
export interface Gateway {
  fetch(request: Request, peer?: Peer): Promise<Response>
  /** Gives back every database connection; requests under way must have ended. */
  close(): Promise<void>
}

const mebibyte = 2 ** 20

/** Puts every service of the project behind one address, as Supabase's gateway does. */
export async function createGateway(options: ServiceOptions): Promise<Gateway> {
  const dataApi: GuardedService = {
    service: await createDataApi(options),
    refuse: refuseAsDataApi,
    bodyLimit: () => 10 * mebibyte,
  }
  const auth: GuardedService = {
    service: await createAuth(options),
    refuse: refuseAsAuth,
    bodyLimit: () => mebibyte,
  }
  const storage: GuardedService = {
    service: await createStorage(options),
    refuse: refuseAsStorage,
    bodyLimit: (request) => (isUpload(request) ? undefined : mebibyte),
  }
  const health = createHealth(options)
  const gate = createGate(options.keys)
  const passTo = (guarded: GuardedService) => (c: Context<{ Bindings: Peer }>) =>
    gate(guarded, c.req.raw, c.env)
  const app = new Hono<{ Bindings: Peer }>()
    .all('/rest/v1/*', passTo(dataApi))
    .all('/auth/v1/*', passTo(auth))
    .all('/storage/v1/*', passTo(storage))
    .all('/functions/v1/*', () => notImplemented('Edge Functions'))
    .all('/realtime/v1/*', () => notImplemented('Realtime'))
    .get('/', () => jsonResponse(200, { status: 'ok' }))
    .get('/health', () => health.check())
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
      return allowCrossOrigin(await app.fetch(request, peer))
    },
    async close() {
      await Promise.all([dataApi, auth, storage].map(({ service }) => service.close()).concat(health.close()))
    },
  }
}
