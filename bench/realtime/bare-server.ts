import { once } from 'node:events'
import pg from 'pg'
import { WebSocketServer } from 'ws'

// The limit that Realtime is measured against: a server that is told by NOTIFY and passes the text on to everybody
// who asked for its topic; no log, no rights, no protocol.
const [{ databaseUrl }] = (await once(process, 'message')) as [{ databaseUrl: string }]

const topics = new Map<string, Set<(text: string) => void>>()
const client = new pg.Client({ connectionString: databaseUrl })
await client.connect()
client.on('notification', ({ payload = '' }) => {
  const topic = payload.slice(0, payload.indexOf(' '))
  for (const send of topics.get(topic) ?? []) send(payload)
})
await client.query('listen said')

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
server.on('connection', (socket, request) => {
  const topic = request.url?.slice(1) ?? ''
  const listeners = topics.get(topic) ?? new Set()
  topics.set(topic, listeners)
  const send = (text: string) => socket.send(text)
  listeners.add(send)
  socket.on('close', () => listeners.delete(send))
})
server.on('listening', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' && address ? address.port : 0)
})
process.once('disconnect', () => process.exit())
