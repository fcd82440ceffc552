import { join } from 'node:path'
import { inject } from 'vitest'
import { servePage } from '../../../examples/dashboard/serve.ts'
import { freePorts } from '../../../local/stack/index.ts'
import type { TestGateway } from './gateway.ts'

/** The example page for a project, on a port of its own unless one is given; it is bundled once for all suites of this process. */
export async function startExamplePage(
  { url: apiUrl, publishableKey }: TestGateway,
  given?: number,
): Promise<{ url: string } & AsyncDisposable> {
  const [port = 0] = given ? [given] : await freePorts(1)
  const directory = join(inject('scratch'), `page-${process.pid}`)
  const { stop } = await servePage({ port, apiUrl, publishableKey, directory })
  return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: stop }
}
