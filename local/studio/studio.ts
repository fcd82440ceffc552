import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { messageOf, StackError } from '../stack/index.ts'
import { ownPageOnly } from './access.ts'
import { createPageCode } from './page-code.ts'
import type { Queries } from './queries.ts'

export interface StudioOptions {
  port: number
  /** Whoever opens Studio has the rights of the role in it. */
  databaseUrl: string
  /** Where the page's code is kept once it is built; shared by several stacks. */
  directory: string
}

/** A running Studio: a page on which administrators see and change every row, and run SQL. */
export interface Studio {
  stop(): Promise<void>
}

/** Serves Studio on a local port. What it needs beyond that is loaded when somebody opens it. */
export async function startStudio({ port, databaseUrl, directory }: StudioOptions): Promise<Studio> {
  const page = readFileSync(join(import.meta.dirname, 'page.html'), 'utf8')
  const code = createPageCode(directory)
  let loading: Promise<Queries> | undefined
  const queries = () => {
    loading ??= import('./queries.ts').then(({ createQueries }) => createQueries(databaseUrl))
    return loading
  }
  const app = new Hono()
    .use(ownPageOnly(port))
    .get('/', (c) => c.html(page))
    .get('/page.js', async (c) => c.body(new Uint8Array(await code.script()), 200, type('text/javascript')))
    .get('/page.css', async (c) => c.body(new Uint8Array(await code.styles()), 200, type('text/css')))
    .post('/query', async (c) => c.json(await (await queries()).answer(await c.req.json(), c.req.raw.signal)))
    .onError((error, c) => {
      console.error('Studio:', error)
      return c.text(`Studio failed: ${messageOf(error)}`, 500)
    })
  const server = serve({ hostname: '127.0.0.1', port, fetch: app.fetch }) as Server
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new StackError(`Studio did not start: ${messageOf(error)}.`)
  }
  return {
    async stop() {
      server.close()
      server.closeAllConnections()
      await (await loading)?.close()
    },
  }
}

function type(mediaType: string) {
  return { 'Content-Type': `${mediaType}; charset=utf-8` }
}
