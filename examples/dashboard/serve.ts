import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdirSync, readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

export interface PageOptions {
  port: number
  apiUrl: string
  publishableKey: string
  /** Where the bundle goes. */
  directory: string
}

const here = import.meta.dirname

/** The bundles that this process has made, or makes, by where they lie. */
const bundles = new Map<string, Promise<unknown>>()

/** Serves the example page on a local port. It is bundled when somebody opens it first. */
export async function servePage({ port, apiUrl, publishableKey, directory }: PageOptions) {
  const script = async () => {
    mkdirSync(directory, { recursive: true })
    const bundling =
      bundles.get(directory) ?? promisify(execFile)(process.execPath, [join(here, 'build.ts'), directory])
    bundles.set(directory, bundling)
    // A mistake in the page is mended and tried again.
    await bundling.catch((error: unknown) => {
      bundles.delete(directory)
      throw error
    })
    return readFileSync(join(directory, 'page.js'), 'utf8')
  }
  const file = (name: string) => readFileSync(join(here, name), 'utf8')
  const style = () => globSync('style/*.css', { cwd: here }).sort().map(file).join('\n')
  const app = new Hono()
    .get('/', (c) => c.html(file('index.html')))
    .get('/style.css', (c) => c.body(style(), 200, { 'content-type': 'text/css; charset=utf-8' }))
    .get('/page.js', async (c) =>
      c.body(await script(), 200, { 'content-type': 'text/javascript; charset=utf-8' }),
    )
    .get('/project.json', (c) => c.json({ url: apiUrl, publishableKey }))
    .onError((error, c) => {
      console.error('The example page:', error)
      return c.text('The page could not be bundled; the log of the stack says why.', 500)
    })
  const server = serve({ hostname: '127.0.0.1', port, fetch: app.fetch }) as Server
  await once(server, 'listening')
  return {
    async stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
