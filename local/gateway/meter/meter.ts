import { addDuration, type Durations } from './durations.ts'

/** Counts how long requests took. */
export interface Meter {
  count(request: Request, response: Response, milliseconds: number): void
  /** What this process counted. */
  own: Durations
  /** What each process of the gateway counted. */
  all(): Promise<Durations[]>
}

const services = new Set(['rest', 'auth', 'storage', 'realtime', 'functions'])
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The meter of one process. No label is of a client's choice: there are as many as services, methods and classes. */
export function createMeter(): Meter {
  const own: Durations = {}
  return {
    own,
    all: async () => [own],
    count({ url, method }, { status }, milliseconds) {
      const [, name = ''] = /^https?:\/\/[^/]+\/([a-z]+)\/v1\//.exec(url) ?? []
      const service = services.has(name) ? name : 'other'
      const verb = methods.has(method) ? method : 'OTHER'
      const code = `${Math.floor(status / 100)}xx`
      addDuration(own, `service="${service}",method="${verb}",code="${code}"`, milliseconds / 1_000)
    },
  }
}
