import { once } from 'node:events'
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { html } from 'hono/html'

// What the stand-ins of chats have in common: a server of this machine, and a page that shows what came.

/** A chat, played on a port of this machine. */
export interface ChatStandIn {
  url: string
  /** What came, the oldest first, with the path that it came to. */
  messages: ChatMessage[]
  stop(): Promise<void>
}

interface ChatMessage {
  path: string
  /** As people see it. */
  text: string
}

/** Takes a message in. */
export type Keep = (message: ChatMessage) => void

export interface ChatOptions {
  port: number
  name: string
  /** What the chat takes and answers. */
  routes(keep: Keep): Hono
}

const mostKept = 100

/** Starts one; what its routes keep is listed on the page at `/`. */
export async function startChat({ port, name, routes }: ChatOptions): Promise<ChatStandIn> {
  const messages: ChatMessage[] = []
  const app = routes((message) => {
    messages.push(message)
    messages.splice(0, messages.length - mostKept)
  }).get('/', (c) =>
    c.html(
      html`<!doctype html><title>${name}, played</title><h1>This is a stand-in for ${name}.</h1>
        <ul>${messages.map(({ text }) => html`<li>${text}</li>`)}</ul>`,
    ),
  )
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
