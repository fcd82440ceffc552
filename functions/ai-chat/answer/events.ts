import type { AnswerEvent } from '../../../types/ai.ts'

const encoder = new TextEncoder()
const keepAliveMilliseconds = 15_000
/** A client that is this many bytes behind is let go, and comes again for the rest. */
const mostBehind = 1_000_000

/** A stream of server-sent events to one client. */
export interface EventStream {
  response: Response
  send(event: AnswerEvent): void
  /** Ends it; without `done` before, the client comes again. */
  close(): void
  /** Whether the client is there. */
  readonly isOpen: boolean
}

export function openEventStream(): EventStream {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  const end = () => {
    controller = undefined
    clearInterval(timer)
  }
  const write = (text: string) => {
    // Of a connection that was cut, `cancel` is called within `enqueue`.
    const open = controller
    open?.enqueue(encoder.encode(text))
    if ((open?.desiredSize ?? 0) < -mostBehind) stream.close()
  }
  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given
        timer = setInterval(() => write(': still here\n\n'), keepAliveMilliseconds)
      },
      cancel: end,
    },
    { highWaterMark: 0, size: (chunk) => chunk.length },
  )
  const stream: EventStream = {
    response: new Response(body, {
      headers: { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' },
    }),
    send: (event) => write(`id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
    close() {
      const open = controller
      end()
      open?.close()
    },
    get isOpen() {
      return controller !== undefined
    },
  }
  return stream
}
