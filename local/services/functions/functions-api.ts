import type { ProjectConfig, ProjectKeys } from '../../config/index.ts'
import type { Service } from '../shared/index.ts'
import { endingResponse, idleTimeout, notFound, turnedOff } from './answers.ts'
import { forward } from './forward.ts'
import { platformLimits } from './limits.ts'
import type { FunctionsLink } from './link.ts'
import { createVerifyJwt } from './verify-jwt.ts'

export interface FunctionsApiOptions {
  config: ProjectConfig
  keys: ProjectKeys
  /** Milliseconds from a request to the head of its answer. Default: the platform's. */
  idleMilliseconds?: number
}

/** The functions of a project behind the gateway, each below `/functions/v1/<name>`. */
export function createFunctionsApi(options: FunctionsApiOptions, link: FunctionsLink): Service {
  const { config, keys, idleMilliseconds = platformLimits.idleMilliseconds } = options
  const functions = new Map(Object.entries(config.functions))
  const refusalOf = createVerifyJwt(keys)

  const answer = async (request: Request, name: string, path: string): Promise<Response> => {
    const place = await link.enter(name)
    if ('failed' in place) return endingResponse(place.failed)
    const idle = new AbortController()
    const timer = setTimeout(() => idle.abort(), idleMilliseconds)
    let isOver = false
    const done = (complete: boolean) => {
      if (!isOver) link.leave(place.process, complete)
      isOver = true
    }
    const signal = AbortSignal.any([request.signal, idle.signal])
    try {
      return await forward(request, { socketPath: place.socketPath, path, signal, done })
    } catch {
      const ending = signal.aborted ? undefined : await link.ending(place.process)
      done(false)
      return ending ? endingResponse(ending) : idleTimeout()
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async fetch(request) {
      if (!config.edge_runtime.enabled) return turnedOff()
      const { pathname, search } = new URL(request.url)
      const path = pathname.slice('/functions/v1'.length)
      const name = path.split('/')[1] ?? ''
      const settings = functions.get(name)
      if (!settings?.enabled) return notFound()
      const isVerified = settings.verify_jwt && request.method !== 'OPTIONS'
      const refusal = isVerified ? await refusalOf(request) : undefined
      return refusal ?? answer(request, name, `${path}${search}`)
    },
    close: async () => undefined,
  }
}
