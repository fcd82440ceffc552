import { basename, dirname } from 'node:path'
import { inject } from 'vitest'
import { verificationKeys } from '../../../local/config/index.ts'
import { type DenoProcess, startDeno } from '../../../tools/deno/index.ts'
import type { TestGateway } from '../http/gateway.ts'

/** A function in two processes of the hosted Deno, which answer in turn: nothing may rest on a process's memory. */
export interface FunctionUnderTest extends AsyncDisposable {
  name: string
  /** Where each process listens. */
  urls: string[]
  /** A request below the function, such as `/` or `/unsubscribe?token=…`, with the given headers and no others. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** A POST of JSON with the access token of somebody, or with none. */
  post(body: unknown, token?: string, path?: string): Promise<Response>
  /** Kills one of the processes, as a crash does, and starts another in its place. */
  crash(place: number): Promise<void>
  /** The lines of JSON that both processes logged so far. */
  log(): Record<string, unknown>[]
  /** All that both processes wrote, for what must not be in it. */
  output(): string
}

/** Variables of the platform for a function over a suite's gateway. */
export function platformVariables(gateway: TestGateway): Record<string, string> {
  return {
    SUPABASE_URL: gateway.url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: gateway.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: gateway.secretKey }),
    SUPABASE_JWKS: JSON.stringify({ keys: verificationKeys(inject('keys')) }),
  }
}

/**
 * Serves a function's `index.ts`.
 *
 * @param variables what stands in `functions/.env` beside the platform's own
 */
export async function serveFunction(
  gateway: TestGateway,
  entrypoint: string,
  variables: Record<string, string> = {},
): Promise<FunctionUnderTest> {
  const name = basename(dirname(entrypoint))
  const environment = { ...platformVariables(gateway), ...variables }
  const processes: DenoProcess[] = await Promise.all([
    startDeno(entrypoint, environment),
    startDeno(entrypoint, environment),
  ])
  let outputOfCrashed = ''
  const output = () => outputOfCrashed + processes.map((each) => each.output()).join('')
  let turn = 0
  const request: FunctionUnderTest['request'] = (path, init) => {
    const { url } = processes[turn++ % processes.length] as DenoProcess
    return fetch(`${url}/${name}${path}`, { redirect: 'manual', ...init })
  }
  return {
    name,
    get urls() {
      return processes.map(({ url }) => `${url}/${name}`)
    },
    request,
    post: (body, token, path = '/') =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      }),
    async crash(place) {
      const crashed = processes[place] as DenoProcess
      await crashed[Symbol.asyncDispose]()
      outputOfCrashed += crashed.output()
      processes[place] = await startDeno(entrypoint, environment)
    },
    output,
    log: () =>
      output()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((each) => each[Symbol.asyncDispose]()))
    },
  }
}
