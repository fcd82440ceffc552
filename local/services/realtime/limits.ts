/** What one project may do: Supabase's defaults, of a project on its free plan where plans differ. */
export interface RealtimeLimits {
  /** Connected at once. */
  clients: number
  channelsPerClient: number
  joinsPerSecond: number
  /** Sent and delivered together. */
  messagesPerSecond: number
  presenceEventsPerSecond: number
  /** Of one channel of one client, in half a minute. */
  presenceCallsPerWindow: number
  /** Bytes of a broadcast's payload, or of what is tracked. */
  payloadBytes: number
  /** Bytes of a WebSocket message; a longer one closes the connection. */
  frameBytes: number
  /** Bytes that are read from one client in a second; more waits with the client. */
  readBytesPerSecond: number
  /** Bytes that may wait for a client to read them. */
  bufferedBytes: number
}

export const defaultLimits: RealtimeLimits = {
  clients: 200,
  channelsPerClient: 100,
  joinsPerSecond: 100,
  messagesPerSecond: 100,
  presenceEventsPerSecond: 1000,
  presenceCallsPerWindow: 5,
  payloadBytes: 256 * 1024,
  frameBytes: 5_000_000,
  readBytesPerSecond: 2 ** 20,
  bufferedBytes: 4 * 2 ** 20,
}
