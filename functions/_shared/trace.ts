/** One request's place in a W3C trace: https://www.w3.org/TR/trace-context/ */
export interface Trace {
  /** 32 hex digits, the same from the browser to the audit log. The caller may have chosen it. */
  traceId: string
  /** 16 hex digits: this function's part of it. */
  spanId: string
  /** What is passed on, and answered. */
  traceparent: string
}

const form = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/
const nothing = /^0+$/

/** Continues the trace of a request, or begins one where it names none that is well formed. */
export function traceOf(request: Request): Trace {
  const given = request.headers.get('traceparent') ?? ''
  const [, traceId = '', parentId = '', flags = ''] = (!given.startsWith('ff') && form.exec(given)) || []
  const isGiven = traceId !== '' && !nothing.test(traceId) && !nothing.test(parentId)
  return isGiven ? trace(traceId, flags) : trace(randomHex(16), '01')
}

function trace(traceId: string, flags: string): Trace {
  const spanId = randomHex(8)
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` }
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
