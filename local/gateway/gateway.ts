import { Hono } from 'hono'
import { createAuth } from '../services/auth/index.ts'
import { createDataApi, unexpectedErrorResponse } from '../services/data-api/index.ts'
import type { Gateway, GatewayOptions, Peer } from '../services/shared/index.ts'
import { createAuthentication, errorResponse, jsonResponse } from '../services/shared/index.ts'
import { createStorage } from '../services/storage/index.ts'
import { allowCrossOrigin, isPreflight, preflightResponse } from './cors.ts'
import { notImplemented } from './unfinished-part.ts'

/** Puts every service of the project behind one address, as Supabase's gateway does. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const authenticate = createAuthentication(options.keys)
  const dataApi = await createDataApi(options, authenticate)
  const auth = await createAuth(options)
  const storage = await createStorage(options)
  const parts = [dataApi, auth, storage]

  const app = new Hono<{ Bindings: Peer }>()
    .all('/rest/v1/*', (c) => dataApi.fetch(c.req.raw, c.env))
    .all('/auth/v1/*', (c) => auth.fetch(c.req.raw, c.env))
    .all('/storage/v1/*', (c) => storage.fetch(c.req.raw, c.env))
    .all('/functions/v1/*', () => notImplemented('Edge Functions'))
    .all('/realtime/v1/*', () => notImplemented('Realtime'))
    .get('/', () => jsonResponse(200, { status: 'ok' }))
    .get('/health', () => jsonResponse(200, { status: 'ok' }))
    .notFound((c) =>
      errorResponse(404, { code: 'not_found', message: `Nothing is served at ${c.req.path}.` }),
    )
    .onError((error) => unexpectedErrorResponse(error))

  return {
    async fetch(request, peer = { address: null }) {
      if (isPreflight(request)) return preflightResponse(request)
      return allowCrossOrigin(await app.fetch(request, peer))
    },
    async close() {
      await Promise.all(parts.map((part) => part.close()))
    },
  }
}
