import type { RecordedRequest } from '../../types/operator.ts'
import type { WaitUntil } from './background.ts'
import type { Environment } from './env.ts'
import { trustedDataOf } from './errors.ts'
import { failureOf, type Log, type RequestLine } from './log.ts'
import { createSecretClient } from './secret-client.ts'

// With the secret key: how long requests took is counted for who runs the project, and for nobody else to write.

/** The requests of a busy process share a call, and it is sent before the process is replaced. */
const collectedMilliseconds = 2_000
const mostOfOne = 1_000
const mostKinds = 200

/** A log that also counts requests in the database, some seconds later: no answer waits for it. */
export function countedLog(
  write: Log,
  environment: Pick<Environment, 'url' | 'secretKeys'>,
  waitUntil: WaitUntil,
): Log {
  let collected = new Map<string, RecordedRequest>()

  async function send(functionName: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, collectedMilliseconds))
    const requests = [...collected.values()]
    collected = new Map()
    try {
      trustedDataOf(await createSecretClient(environment).rpc('record_requests', { requests }))
    } catch (error) {
      // What is not counted is no harm to anybody; the log says it.
      write({ function: functionName, trace_id: '', ...failureOf(error) })
    }
  }

  return (line) => {
    write(line)
    if (!('duration_ms' in line)) return
    const isFirst = collected.size === 0
    collect(collected, line)
    if (isFirst) waitUntil(send(line.function))
  }
}

function collect(collected: Map<string, RecordedRequest>, line: RequestLine): void {
  const method = line.method.slice(0, 10)
  const key = `${method} ${line.status}`
  const known = collected.get(key)
  const milliseconds = Math.min(Math.max(line.duration_ms, 0), 600_000)
  if (!known && collected.size < mostKinds)
    collected.set(key, { function: line.function, method, status: line.status, milliseconds: [milliseconds] })
  else if (known && known.milliseconds.length < mostOfOne) known.milliseconds.push(milliseconds)
}
