import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Context, Hono } from 'hono'
import { createAuth } from '../services/auth/index.ts'
import { createDataApi } from '../services/data-api/index.ts'
import { createFunctionsApi, type FunctionsLink } from '../services/functions/index.ts'
import {
  createRealtimeApi,
  type RealtimeLink,
  refuseUpgrade,
  upgradeToWebSocket,
} from '../services/realtime/index.ts'
import { errorResponse, jsonResponse, type Peer, type ServiceOptions } from '../services/shared/index.ts'
import { createStorage, isUpload } from '../services/storage/index.ts'
import { allowCrossOrigin, isPreflight, preflightResponse } from './cors.ts'
import { createGate, type GuardedService } from './gate.ts'
import { createHealth } from './health.ts'
import { createMeter, createMetricsApi, type Meter, metricsPath } from './meter/index.ts'
import {
  refuseAsAuth,
  refuseAsDataApi,
  refuseAsFunctions,
  refuseAsRealtime,
  refuseAsStorage,
} from './refusals.ts'

/** The whole HTTP API of a project, in one process. */
export interface Gateway {
  fetch(request: Request, peer?: Peer): Promise<Response>
  /** Answers a request to speak another protocol on its connection. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Gives back every database connection; requests under way must have ended. */
  close(): Promise<void>
}

/** The services that are no part of this process. */
export interface GatewayLinks {
  realtime?: RealtimeLink | undefined
  functions?: FunctionsLink | undefined
  meter?: Meter | undefined
}

const mebibyte = 2 ** 20

/** Apart from those of the services, which a function calls in the name of whoever called it. */
const functionLimits = { running: 32, waiting: 256, patienceMilliseconds: 10_000 }

/** What a function answers is passed on as it is: who may read it is for the function to say. */
const isFunctionCall = ({ url }: Request) => new URL(url).pathname.startsWith('/functions/v1/')

const realtimeIsOff = { error: 'Realtime is turned off in supabase/config.toml.' }

/**
 * Puts every service of the project behind one address, as Supabase's gateway does.
 *
 * @param links what other processes do; no Realtime where the project has turned it off
 */
export async function createGateway(
  options: ServiceOptions,
  { realtime, functions, meter = createMeter() }: GatewayLinks = {},
): Promise<Gateway> {
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
  const realtimeApi: GuardedService | undefined = realtime && {
    service: createRealtimeApi(options, realtime),
    refuse: refuseAsRealtime,
    bodyLimit: () => mebibyte,
  }
  const functionsApi: GuardedService | undefined = functions && {
    service: createFunctionsApi(options, functions),
    refuse: refuseAsFunctions,
    bodyLimit: () => undefined,
  }
  const health = createHealth(options)
  const metrics = createMetricsApi(options.keys, meter)
  const gate = createGate(options.keys)
  const functionGate = createGate(options.keys, functionLimits)
  const passTo = (guarded: GuardedService) => (c: Context<{ Bindings: Peer }>) =>
    gate(guarded, c.req.raw, c.env)
  const app = new Hono<{ Bindings: Peer }>()
    .all('/rest/v1/*', passTo(dataApi))
    .all('/auth/v1/*', passTo(auth))
    .all('/storage/v1/*', passTo(storage))
    .all('/functions/v1/*', (c) =>
      functionsApi
        ? functionGate(functionsApi, c.req.raw, c.env)
        : jsonResponse(404, { code: 'NOT_FOUND', message: 'No functions are served.' }),
    )
    .all('/realtime/v1/api/*', realtimeApi ? passTo(realtimeApi) : () => jsonResponse(404, realtimeIsOff))
    .all('/realtime/v1/websocket', () =>
      realtime
        ? jsonResponse(426, { error: 'This address speaks WebSocket.' })
        : jsonResponse(404, realtimeIsOff),
    )
    .get('/', () => jsonResponse(200, { status: 'ok' }))
    .get('/health', () => health.check())
    .get(metricsPath, (c) => metrics(c.req.raw))
    .notFound((c) =>
      errorResponse(404, { code: 'not_found', message: `Nothing is served at ${c.req.path}.` }),
    )
    .onError((error, { req }) => {
      // Who leaves in the middle of a body has broken nothing.
      if (!req.raw.signal.aborted) console.error('API gateway:', error)
      return errorResponse(500, { code: 'unexpected_failure', message: 'An unexpected error occurred.' })
    })

  const answer = async (request: Request, peer: Peer): Promise<Response> => {
    if (isFunctionCall(request)) return app.fetch(request, peer)
    if (isPreflight(request)) return preflightResponse(request)
    return allowCrossOrigin(await app.fetch(request, peer))
  }
  return {
    async fetch(request, peer = { address: null }) {
      const began = performance.now()
      const response = await answer(request, peer)
      meter.count(request, response, performance.now() - began)
      return response
    },
    upgrade(request, socket, head) {
      // The HTTP server listens no more: a client that hangs up now is none of this process's trouble.
      socket.on('error', () => undefined)
      // Nothing else comes from an HTTP server without TLS.
      if (!(socket instanceof Socket)) socket.destroy()
      else if (realtime) upgradeToWebSocket(options.keys, realtime, request, socket, head)
      else refuseUpgrade(socket, 404, realtimeIsOff)
    },
    async close() {
      await Promise.all([dataApi, auth, storage].map(({ service }) => service.close()).concat(health.close()))
    },
  }
}
