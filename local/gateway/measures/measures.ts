import { addDuration, type Durations } from './durations.ts'

/** What the gateway measures of itself. */
export interface Measures {
  count(request: Request, response: Response, milliseconds: number): void
  /** Those of this process. */
  own: Durations
  /** Those of every process of the gateway. */
  all(): Promise<Durations[]>
}

const services = new Set(['rest', 'auth', 'storage', 'realtime', 'functions'])
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The measures of one process. No label is of a client's choice: there are as many as services, methods and classes. */
export function createMeasures(): Measures {
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
