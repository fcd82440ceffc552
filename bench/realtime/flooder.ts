import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'

// Clients that send without end what no client should, in a process of their own: what they cost themselves is not
// what the others wait for.
const [{ url, attackers }] = (await once(process, 'message')) as [{ url: string; attackers: number }]

const megabyte = 2 ** 20

/** Each in its turn. */
const frames = [
  '{',
  Buffer.from([3, 255, 255, 255, 255, 255, 1, 0]),
  '['.repeat(10_000),
  JSON.stringify(['1', '1', `realtime:${'x'.repeat(50_000)}`, 'broadcast', {}]),
  JSON.stringify(['1', '1', 'realtime:flood', 'phx_join', {}]),
  JSON.stringify(['1', '2', 'realtime:flood', 'presence', { event: 'track', payload: 'x'.repeat(megabyte) }]),
]

const sockets = await Promise.all(
  Array.from({ length: attackers }, async () => {
    const socket = new WebSocket(url)
    await once(socket, 'open')
    return socket
  }),
)
process.once('disconnect', () => process.exit())
process.send?.('begun')
for (let turn = 0; ; turn += 1) {
  const frame = frames[turn % frames.length] ?? ''
  for (const socket of sockets) if (socket.bufferedAmount < megabyte) socket.send(frame)
  await sleep(1)
}
