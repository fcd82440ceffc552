import autocannon from 'autocannon'
import { percentile } from './report.ts'

const connections = 16
const seconds = 5

/** How a server bore being asked for one thing all the time, by as many as ask at once. */
export interface Load {
  requestsPerSecond: number
  /** Milliseconds, one a response. */
  latencies: number[]
}

/** Asks without a pause, and measures after two seconds of it. Every answer must be a success. */
export async function load(url: string, headers: Record<string, string>): Promise<Load> {
  await autocannon({ url, headers, connections, duration: 2 })
  const latencies: number[] = []
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    autocannon({ url, headers, connections, duration: seconds }, (error, outcome) =>
      error ? reject(error) : resolve(outcome),
    ).on('response', (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds))
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(
      `${url} answered ${result.non2xx} times without success and failed ${result.errors} times.`,
    )
  return { requestsPerSecond: result.requests.average, latencies }
}

export function describe({ requestsPerSecond, latencies }: Load): string {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(latencies, share).toFixed(0))
  return `${requestsPerSecond.toFixed(0)} / s, p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`
}
