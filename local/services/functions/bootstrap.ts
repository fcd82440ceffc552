/*
 * Runs in the process of a function, before the function: puts the platform's surface in the place of Deno's own where
 * they differ. Nothing is awaited at the top level, because the function's other imports would not wait for it.
 */

type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>

interface ServeOptions {
  handler?: Handler
  onError?: (error: unknown) => Response | Promise<Response>
  onListen?: (address: Deno.NetAddr) => void
  signal?: AbortSignal
}

const parentCheckMilliseconds = 1_000
const mostThrownAway = 16 * 2 ** 20

const socketPath = Deno.env.get('FUNCTION_SOCKET') ?? ''
for (const name of ['FUNCTION_SOCKET', 'DENO_DIR', 'DENO_NO_UPDATE_CHECK', 'NO_COLOR']) Deno.env.delete(name)

const pending = new Set<Promise<unknown>>()

Object.defineProperty(globalThis, 'EdgeRuntime', {
  value: Object.freeze({
    /** Lets work go on after the answer. */
    waitUntil(work: Promise<unknown>) {
      const settled = Promise.resolve(work)
        .catch((error: unknown) => console.error('waitUntil:', error))
        .finally(() => pending.delete(settled))
      pending.add(settled)
    },
  }),
})

const serve: (options: object, handler: Handler) => unknown = Deno.serve

Object.defineProperty(Deno, 'serve', {
  value: (first: ServeOptions | Handler, second?: Handler) => {
    const options = typeof first === 'function' ? {} : first
    const handler = typeof first === 'function' ? first : (second ?? options.handler)
    if (!handler) throw new TypeError('Deno.serve needs a handler: a function from a Request to a Response.')
    const { onError, onListen, signal } = options
    return serve(
      {
        path: socketPath,
        ...(onError && { onError }),
        ...(signal && { signal }),
        onListen: () => onListen?.({ transport: 'tcp', hostname: '0.0.0.0', port: 8000 }),
      },
      async (request, info) => {
        const sent = asSentTo(request)
        const answer = await handler(sent.request, asFromNetwork(request, info))
        await sent.letGo()
        return answer
      },
    )
  },
})

interface SentRequest {
  request: Request
  /** Resolves when nothing is on its way that the function has let go of. */
  letGo(): Promise<void>
}

/** The request under the address that the client called, in place of the socket's. */
function asSentTo(request: Request): SentRequest {
  const { pathname, search } = new URL(request.url)
  const url = `http://${request.headers.get('host')}${pathname}${search}`
  if (!request.body) return { request: new Request(url, request), letGo: async () => undefined }
  const { method, headers, signal } = request
  const { body, letGo } = readOn(request.body)
  return { request: new Request(url, { method, headers, signal, body }), letGo }
}

/**
 * Of a body that the function stops reading, the rest is read and thrown away, within reason. The answer would else
 * end the connection while the rest is still sent, and be lost with it.
 */
function readOn(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader()
  let letGo: Promise<void> | undefined
  const readRest = async () => {
    for (let size = 0; size <= mostThrownAway; ) {
      const { value } = await reader.read()
      if (!value) return
      size += value.byteLength
    }
  }
  return {
    body: new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { value } = await reader.read()
          if (value) controller.enqueue(value)
          else controller.close()
        },
        cancel() {
          letGo = readRest().catch(() => undefined)
        },
      },
      { highWaterMark: 0 },
    ),
    letGo: async () => letGo,
  }
}

function asFromNetwork(request: Request, info: Deno.ServeHandlerInfo): Deno.ServeHandlerInfo {
  const hostname = request.headers.get('cf-connecting-ip') ?? '0.0.0.0'
  return {
    remoteAddr: { transport: 'tcp', hostname, port: 0 },
    // Who asks for it has to deal with its rejection.
    get completed() {
      return info.completed
    },
  }
}

async function end(): Promise<void> {
  while (pending.size > 0) await Promise.all(pending)
  Deno.exit(0)
}

Deno.addSignalListener('SIGTERM', end)
// Ctrl-C reaches every process of the terminal; the stack stops its own in order.
Deno.addSignalListener('SIGINT', () => undefined)

// Without the stack nobody is served.
const stack = Deno.ppid
const parentCheck = setInterval(() => {
  if (Deno.ppid !== stack) void end()
}, parentCheckMilliseconds)
Deno.unrefTimer(Number(parentCheck))
