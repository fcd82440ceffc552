import { messageOf } from '../../stack/index.ts'
import { coalesce } from '../coalesce.ts'
import { tableExists, type Worker, type WorkerContext } from '../worker.ts'
import { type HttpRequest, performRequest } from './http-request.ts'

/** How many requests are under way at once. */
const concurrency = 50

/** Makes the requests of `net.http_request_queue` and writes their answers to `net._http_response`. */
export function createNetWorker({ query, log }: WorkerContext): Worker {
  const stopping = new AbortController()
  const underWay = new Set<Promise<void>>()

  const drain = coalesce(
    async () => {
      if (!(await tableExists(query, 'net.http_request_queue'))) return
      while (underWay.size < concurrency && !stopping.signal.aborted) {
        const requests = await take(concurrency - underWay.size)
        if (requests.length === 0) return
        for (const request of requests) start(request)
      }
    },
    (error) => log(`The queue of HTTP requests could not be read: ${messageOf(error)}.`),
  )

  function take(limit: number): Promise<HttpRequest[]> {
    return query<HttpRequest>(
      `delete from net.http_request_queue
       where id in (select id from net.http_request_queue order by id limit $1 for update skip locked)
       returning id, method, url, headers, body, timeout_milliseconds`,
      [limit],
    )
  }

  function start(request: HttpRequest): void {
    const answer = perform(request)
      .catch((error) => log(`The answer to the HTTP request ${request.id} was lost: ${messageOf(error)}.`))
      .then(() => {
        // A full house left requests waiting.
        const wasFull = underWay.size >= concurrency
        underWay.delete(answer)
        if (wasFull) drain()
      })
    underWay.add(answer)
  }

  async function perform(request: HttpRequest): Promise<void> {
    const outcome = await performRequest(request, stopping.signal)
    await query(
      `insert into net._http_response (id, status_code, content_type, headers, content, timed_out, error_msg)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        request.id,
        outcome.statusCode,
        outcome.contentType,
        outcome.headers,
        outcome.content,
        outcome.timedOut,
        outcome.errorMessage,
      ],
    )
  }

  return {
    channel: 'pg_net',
    notified: drain,
    connected: drain,
    async stop() {
      stopping.abort()
      await drain.stop()
      await Promise.all(underWay)
    },
  }
}
