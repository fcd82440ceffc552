import { once } from 'node:events'
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { messageSchema, readable } from './message.ts'

/*
 * Stands in for Slack's incoming webhooks, so that a channel can be tried without a workspace of Slack: it takes what
 * Slack documents, answers in its words, and shows on its page what came.
 */

/** Slack, played on a port of this machine. */
export interface SlackStandIn {
  url: string
  /** What came, the oldest first, with the path that it came to. */
  messages: { path: string; text: string }[]
  stop(): Promise<void>
}

/** What functions are to know of it. */
export function slackVariables({ port }: { port: number }): Record<string, string> {
  return { SLACK_API_URL: `http://127.0.0.1:${port}` }
}

const mostKept = 100
const mostBytes = 100_000

export async function startSlackStandIn({ port }: { port: number }): Promise<SlackStandIn> {
  const messages: SlackStandIn['messages'] = []
  const app = new Hono()
    // A channel that is archived is called so.
    .post('/services/:team/:app/archived', (c) => c.text('channel_is_archived', 410))
    .post('/services/:team/:app/:secret', async (c) => {
      if (!c.req.header('content-type')?.startsWith('application/json')) return c.text('invalid_payload', 400)
      const body = await c.req.text()
      if (body.length > mostBytes) return c.text('invalid_payload', 400)
      const { success, data } = messageSchema.safeParse(jsonOf(body))
      if (!success) return c.text('invalid_payload', 400)
      messages.push({ path: c.req.path, text: readable(data.text) })
      messages.splice(0, messages.length - mostKept)
      return c.text('ok')
    })
    .get('/', (c) =>
      c.html(
        html`<!doctype html><title>Slack, played</title><h1>This is a stand-in for Slack.</h1>
          <ul>${messages.map(({ text }) => html`<li>${text}</li>`)}</ul>`,
      ),
    )
    .notFound((c) => c.text('no_service', 404))
  const server = serve({ hostname: '127.0.0.1', port, fetch: app.fetch }) as Server
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${port}`,
    messages,
    async stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
