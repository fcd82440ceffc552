import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { StripeProblem } from './errors.ts'

interface Kept {
  hash: string
  answer: Promise<{ status: number; body: string }>
}

/**
 * The same key, the same answer, as Stripe has it for a day: also for two calls at once, of which the second is told to
 * come again; and a key that comes with something else is refused. What was refused before anything began is not kept.
 */
export function idempotency(): MiddlewareHandler {
  const kept = new Map<string, Kept & { isDone: boolean }>()
  return async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (c.req.method !== 'POST' || !key) return next()
    const hash = createHash('sha256')
      .update(`${c.req.path}\n${await c.req.text()}`)
      .digest('hex')
    const before = kept.get(key)
    if (before && before.hash !== hash)
      throw new StripeProblem(
        400,
        'idempotency_error',
        'Keys for idempotent requests can only be used with the same parameters they were first used with.',
      )
    if (before && !before.isDone)
      throw new StripeProblem(409, 'idempotency_error', 'Another request with this key is running.', {
        code: 'idempotency_key_in_use',
      })
    if (before) {
      const { status, body } = await before.answer
      c.res = new Response(body, {
        status,
        headers: { 'content-type': 'application/json', 'idempotent-replayed': 'true' },
      })
      return
    }
    const { promise, resolve } = Promise.withResolvers<{ status: number; body: string }>()
    const entry = { hash, answer: promise, isDone: false }
    kept.set(key, entry)
    await next()
    const { status } = c.res
    resolve({ status, body: await c.res.clone().text() })
    entry.isDone = true
    if (status >= 400 && status !== 402) kept.delete(key)
  }
}
