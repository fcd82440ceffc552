import { Hono } from 'hono'
import { z } from 'zod'
import { messageOf } from '../../stack/index.ts'
import {
  BodyError,
  type Caller,
  createCallers,
  jsonResponse,
  readBody,
  type Service,
  type ServiceOptions,
  TokenError,
} from '../shared/index.ts'
import { xHeaders } from './headers.ts'
import { defaultLimits } from './limits.ts'
import type { HttpMessage, RealtimeLink } from './link.ts'

const batchSchema = z.object({
  messages: z
    .array(
      z.object({
        topic: z.string().min(1),
        event: z.string().min(1),
        payload: z.record(z.string(), z.unknown()),
        private: z.boolean().nullish(),
      }),
    )
    .min(1),
})

interface Env {
  Variables: { caller: Caller }
}

/** The HTTP half of Realtime below `/realtime/v1/api`, which passes messages on to the server. */
export function createRealtimeApi({ keys }: ServiceOptions, realtime: RealtimeLink): Service {
  const callers = createCallers(keys, 0)
  const send = async (request: Request, caller: Caller, messages: HttpMessage[]) => {
    if (messages.some(({ payload }) => payload.length > defaultLimits.payloadBytes))
      return unprocessable({ payload: ['Payload size exceeds tenant limit'] })
    const outcome = await realtime.broadcast({ caller, headers: xHeaders(request.headers), messages })
    return 'refused' in outcome
      ? jsonResponse(429, { error: outcome.refused })
      : new Response(null, { status: 202 })
  }
  const app = new Hono<Env>()
    .basePath('/realtime/v1/api')
    .use(async (c, next) => {
      const caller = await callers.identify(c.req.raw, { keyNeeded: true })
      if (caller instanceof Response) return caller
      c.set('caller', caller)
      return next()
    })
    .post('/broadcast', async (c) => {
      const { messages } = await readBody(c.req.raw, batchSchema)
      return send(
        c.req.raw,
        c.var.caller,
        messages.map(({ payload, private: isPrivate, ...message }) => ({
          ...message,
          private: isPrivate ?? false,
          encoding: 'json',
          payload: JSON.stringify(payload),
        })),
      )
    })
    .post('/broadcast/:topic/events/:event', async (c) => {
      const { topic, event } = c.req.param()
      const message = { topic, event, private: c.req.query('private') === 'true' }
      const type = (c.req.header('content-type') ?? 'application/json').split(';')[0]?.trim().toLowerCase()
      if (type === 'application/octet-stream') {
        const payload = Buffer.from(await c.req.arrayBuffer()).toString('base64')
        return send(c.req.raw, c.var.caller, [{ ...message, encoding: 'binary', payload }])
      }
      if (type !== 'application/json')
        return jsonResponse(415, {
          error: 'Unsupported Media Type. Use application/json or application/octet-stream',
        })
      const payload = JSON.stringify(await readBody(c.req.raw, z.json()))
      return send(c.req.raw, c.var.caller, [{ ...message, encoding: 'json', payload }])
    })
    .notFound(() => jsonResponse(404, { error: 'Not found' }))
    .onError((error) => {
      if (error instanceof TokenError) return jsonResponse(401, { message: 'Unauthorized' })
      if (error instanceof BodyError) return unprocessable({ messages: [error.message] })
      console.error(`Realtime: ${messageOf(error)}`)
      return jsonResponse(500, { error: 'Error broadcasting the message' })
    })
  return { fetch: async (request) => app.fetch(request), close: async () => undefined }
}

function unprocessable(errors: Record<string, string[]>): Response {
  return jsonResponse(422, { errors })
}
