import { join } from 'node:path'
import { inject } from 'vitest'
import { readProject } from '../../../local/config/index.ts'
import { createFunctions, type FunctionsLink } from '../../../local/services/functions/index.ts'
import { stackLocation } from '../../../local/stack/index.ts'
import { type FrontEnd, startFrontEnd } from '../http/front-end.ts'
import type { TestGatewayOptions } from '../http/gateway.ts'

/** The project with its functions, behind one gateway, as the stack serves them: each in a process of its own. */
export interface ServedProject extends FrontEnd {
  /** What functions printed: `name: line`. */
  lines: string[]
  /** Calls what follows `/functions/v1/`, with the token of somebody, or with none. */
  call(path: string, body: unknown, token?: string): Promise<{ status: number; body: unknown }>
}

const root = join(import.meta.dirname, '../../..')

/** @param variables what an operator sets, known once the address of the project is */
export async function serveProject(
  variables: (gatewayUrl: string) => Promise<Record<string, string>>,
  options: TestGatewayOptions = {},
): Promise<ServedProject> {
  const lines: string[] = []
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof createFunctions>>()
  const link: FunctionsLink = {
    enter: async (name) => (await promise).enter(name),
    leave: async (id, answered) => (await promise).leave(id, answered),
    ending: async (id) => (await promise).ending(id),
  }
  const frontEnd = await startFrontEnd({ ...options, functions: link })
  const { gateway } = frontEnd
  const functions = createFunctions({
    root,
    config: readProject(root),
    keys: inject('keys'),
    urls: { api: gateway.url, database: 'postgresql://127.0.0.1:9/postgres' },
    directory: join(stackLocation(root, 0).installations, 'deno'),
    variables: await variables(gateway.url),
    log: (name, line) => lines.push(`${name}: ${line}`),
  })
  resolve(functions)
  return {
    ...frontEnd,
    lines,
    async call(path, body, token) {
      const response = await fetch(`${gateway.url}/functions/v1/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      })
      const text = await response.text()
      return { status: response.status, body: text && JSON.parse(text) }
    },
    async [Symbol.asyncDispose]() {
      await functions.stop()
      await frontEnd[Symbol.asyncDispose]()
    },
  }
}
