import type { WebSocket } from 'ws'
import type { Frame, ProtocolVersion, Reference } from '../protocol/frame.ts'
import { encodeFrame } from '../protocol/frames.ts'
import type { Message } from '../protocol/messages.ts'
import type { Identity } from '../tokens.ts'

export interface ConnectionOptions {
  socket: WebSocket
  version: ProtocolVersion
  /** Who it is without a token. */
  identity: Identity
  /** The `x-` headers of its request, which policies may read. */
  headers: Record<string, string>
  /** Bytes that may wait for the client to read them. */
  bufferedBytes: number
}

/** The socket of one client. */
export class Connection {
  readonly identity: Identity
  readonly headers: Record<string, string>
  /** When it was last heard of, in milliseconds since the process began. */
  heardAt = performance.now()
  readonly #socket: WebSocket
  readonly #version: ProtocolVersion
  readonly #bufferedBytes: number

  constructor(options: ConnectionOptions) {
    this.identity = options.identity
    this.headers = options.headers
    this.#socket = options.socket
    this.#version = options.version
    this.#bufferedBytes = options.bufferedBytes
  }

  /** Sends what goes to many. */
  deliver(message: Message): void {
    const encoded = message.encode(this.#version)
    if (encoded) this.#write(encoded.data, encoded.binary)
  }

  /** Sends an event of one join. */
  push(joinRef: Reference, topic: string, event: string, payload: object, ref: Reference = null): void {
    const frame = { joinRef, ref, topic, event, payload: JSON.stringify(payload) }
    this.#write(encodeFrame(this.#version, frame), false)
  }

  reply({ joinRef, ref, topic }: Frame, status: 'ok' | 'error', response: object = {}): void {
    this.push(joinRef, topic, 'phx_reply', { status, response }, ref)
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  /** Ends it without a word, where nobody would hear one. */
  terminate(): void {
    this.#socket.terminate()
  }

  #write(data: Buffer | string, binary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    // A client that does not read would have everything kept for it.
    if (this.#socket.bufferedAmount > this.#bufferedBytes) this.terminate()
    else this.#socket.send(data, { binary })
  }
}
