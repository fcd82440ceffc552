// What a page says last. A browser ends the requests of a page that is closed, but for those that it is asked to keep
// alive, and these must begin at once: a client that first looks for its session begins too late.

/** The requests of a page to the project. */
export interface PageFetch {
  /** For `createClient`. */
  fetch: typeof fetch
  /**
   * Calls a function of the database without waiting for anything, in the name of whoever made the last request. False
   * where there was none yet, or where another such call has no answer yet.
   */
  leave(name: string, args: object): boolean
}

const dataApi = /^.+\/rest\/v1\//
const patience = 15_000
const namingHeaders = ['apikey', 'authorization']

/**
 * Fetches for a client, and remembers in whose name, for what a page says when it is closed.
 *
 * @example
 * const page = createPageFetch()
 * const client = createClient(url, publishableKey, { global: { fetch: page.fetch } })
 * const tracker = createTracker(client, workspace_id, { page })
 */
export function createPageFetch(): PageFetch {
  let last: { address: string; headers: Record<string, string> } | undefined
  let isLeaving = false
  return {
    fetch(input, init) {
      const address = input instanceof Request ? input.url : String(input)
      const [api] = dataApi.exec(address) ?? []
      if (api === undefined) return fetch(input, init)
      const given = new Headers(init?.headers)
      const headers = namingHeaders.flatMap((name) => {
        const value = given.get(name)
        return value === null ? [] : [[name, value]]
      })
      last = { address: api, headers: Object.fromEntries(headers) }
      return fetch(input, address === `${api}rpc/track` ? { ...init, keepalive: true } : init)
    },
    leave(name, args) {
      if (!last || isLeaving) return false
      isLeaving = true
      fetch(`${last.address}rpc/${name}`, {
        method: 'POST',
        headers: { ...last.headers, 'content-type': 'application/json' },
        body: JSON.stringify(args),
        keepalive: true,
        signal: AbortSignal.timeout(patience),
      })
        .catch(() => undefined)
        .finally(() => {
          isLeaving = false
        })
      return true
    },
  }
}
