/*
 * The processes of the gateway as the stack forks them: every service works without the accessor by which a client's
 * name could reach Object.prototype, and functions are reached from each.
 */
import cluster from 'node:cluster'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import parsePrometheusTextFormat from 'parse-prometheus-text-format'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readProject } from '../../../local/config/index.ts'
import { forkGateway, type GatewayPool } from '../../../local/gateway/index.ts'
import { prometheusText, summed } from '../../../local/gateway/meter/durations.ts'
import { createMeter } from '../../../local/gateway/meter/index.ts'
import { connectionString } from '../../../local/postgres/index.ts'
import { forkRealtime, type RealtimeProcess } from '../../../local/services/realtime/index.ts'
import { freePorts } from '../../../local/stack/index.ts'
import { problemsOf } from '../../support/prometheus/check.ts'
import { descendants, isAlive } from '../../support/stack/command-line.ts'
import { type ServedFunctions, serveFunctionsOf } from '../../support/stack/functions.ts'

let gateway: GatewayPool
let realtime: RealtimeProcess
let functions: ServedFunctions
let url: string
let options: Parameters<GatewayPool['serve']>[0]

const count = `
let calls = 0
Deno.serve((request) => Response.json({ calls: ++calls, address: request.headers.get('cf-connecting-ip') }, {
  headers: { 'access-control-allow-origin': 'https://dashboard.test' },
}))`

const storageDirectory = mkdtempSync(join(inject('scratch'), 'storage-'))

beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  url = `http://127.0.0.1:${port}`
  realtime = forkRealtime()
  gateway = forkGateway(2)
  const keys = inject('keys')
  const databasePort = inject('postgresPort')
  const password = keys.databasePasswords.supabase_admin
  await realtime.start({
    keys,
    databaseUrl: connectionString('supabase_admin', password, databasePort, 'postgres'),
  })
  functions = await serveFunctionsOf({
    count,
    open: count,
    replaced: count,
    falling: 'Deno.serve(() => Deno.exit(1))',
  })
  const config = {
    ...readProject(join(import.meta.dirname, '../../..')),
    functions: functions.config.functions,
  }
  options = { config, keys, port, publicUrl: url, databasePort, storageDirectory, smtpPort: 1 }
  await gateway.serve(options, { realtime, functions: functions.functions })
}, 60_000)

afterAll(async () => {
  const codes: unknown[] = []
  const note = (_worker: unknown, ...ending: unknown[]) => codes.push(ending)
  cluster.on('exit', note)
  const begun = performance.now()
  // Whoever is asked twice to end does it once.
  await Promise.all([gateway?.stop(), gateway?.stop()])
  cluster.off('exit', note)
  expect(codes).toEqual(Array(2).fill([0, null]))
  expect(performance.now() - begun, 'milliseconds to end, though clients were connected').toBeLessThan(2_000)
  await realtime?.stop()
  await functions?.[Symbol.asyncDispose]()
  rmSync(storageDirectory, { recursive: true, force: true })
})

it('says why it could not start', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const another = forkGateway(1)
  const serving = another.serve(
    { ...options, port: typeof address === 'object' && address ? address.port : 0 },
    { realtime },
  )
  await expect(serving).rejects.toThrow(/^The API gateway did not start: .*EADDRINUSE/)
  await another.stop()
  // Who has ended already is not waited for.
  await another.stop()
  taken.close()
})

it('run without it', () => {
  expect(cluster.settings.execArgv).toContain('--disable-proto=delete')
})

it('serve Auth, Storage and the Data API', async () => {
  const { publishableKey, secretKey } = inject('keys')
  const auth = { persistSession: false, autoRefreshToken: false }
  const client = createClient(url, publishableKey, { auth })
  const server = createClient(url, secretKey, { auth })
  const email = `${crypto.randomUUID()}@example.com`
  const { data, error } = await client.auth.signUp({ email, password: 'correct-horse-1' })
  expect(error).toBeNull()
  expect((await client.auth.getUser()).data.user?.email).toBe(email)
  expect((await server.auth.admin.deleteUser(data.user?.id ?? '')).error).toBeNull()
  expect((await server.storage.listBuckets()).error).toBeNull()
  expect((await server.from('nothing').select()).error?.code).toBe('PGRST205')
})

it('pass on to each other what clients say: over any of them, everybody is on the same channel', async () => {
  const { publishableKey } = inject('keys')
  const clients = [1, 2, 3, 4].map(() =>
    createClient(url, publishableKey, { auth: { persistSession: false } }),
  )
  const heard: unknown[] = []
  try {
    const channels = await Promise.all(
      clients.map(async (client) => {
        const channel = client.channel('room')
        channel.on('broadcast', { event: 'said' }, ({ payload }) => heard.push(payload))
        await new Promise<void>((resolve, reject) =>
          channel.subscribe((status, error) => (status === 'SUBSCRIBED' ? resolve() : reject(error))),
        )
        return channel
      }),
    )
    await channels[0]?.send({ type: 'broadcast', event: 'said', payload: { word: 'hello' } })
    await expect.poll(() => heard).toEqual(Array(3).fill({ word: 'hello' }))
    expect(await channels[1]?.httpSend('said', { word: 'over HTTP' })).toEqual({ success: true })
    await expect.poll(() => heard.slice(3)).toEqual(Array(4).fill({ word: 'over HTTP' }))
  } finally {
    await Promise.all(clients.map((client) => client.removeAllChannels()))
    for (const client of clients) await client.realtime.disconnect()
  }
})

it('and Realtime outlive clients that hang up on the way to it, with a key and without', async () => {
  const { port, host } = new URL(url)
  const ask = async (key: string) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(
      `GET /realtime/v1/websocket?apikey=${key} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\n` +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    return socket
  }
  const key = inject('keys').publishableKey
  for (let client = 0; client < 300; client += 1) {
    const socket = await ask(client % 5 === 0 ? '' : key)
    // Each a little further on its way.
    await new Promise((resolve) => setTimeout(resolve, client % 4))
    socket.resetAndDestroy()
  }
  for (const [each, status] of [
    [key, '101'],
    ['', '401'],
    [key, '101'],
  ] as const) {
    const socket = await ask(each)
    expect(String(await once(socket, 'data'))).toMatch(`HTTP/1.1 ${status} `)
    socket.destroy()
  }
})

describe('their measures', () => {
  const scrape = (user: string, password: string) =>
    fetch(`${url}/customer/v1/privileged/metrics`, {
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    })

  it('are of all of them together, as Prometheus reads them', async () => {
    const counted = async () => {
      const answer = await scrape('service_role', inject('keys').secretKey)
      expect(answer.headers.get('content-type')).toContain('version=0.0.4')
      const text = await answer.text()
      expect(await problemsOf(text)).toBe('')
      expect(parsePrometheusTextFormat(text)).toMatchObject([
        { name: 'gateway_request_duration_seconds', type: 'HISTOGRAM' },
      ])
      return Number(/_count\{service="auth",method="GET",code="4xx"\} (\d+)/.exec(text)?.[1] ?? 0)
    }
    const before = await counted()
    // The processes take turns with them.
    for (let count = 0; count < 7; count += 1) await fetch(`${url}/auth/v1/user`)
    expect(await counted()).toBe(before + 7)
  })

  it('count each request in the first bucket that holds it, and those of all processes together', () => {
    const meter = createMeter()
    for (const milliseconds of [250, 500, 30_000, 31_250])
      meter.count(new Request('http://localhost/rest/v1/things'), new Response(), milliseconds)
    const labels = 'service="rest",method="GET",code="2xx"'
    const lines = prometheusText(summed([meter.own, meter.own])).split('\n')
    for (const [bound, count] of [
      ['0.1', 0],
      ['0.25', 2],
      ['0.5', 4],
      ['30', 6],
      ['+Inf', 8],
    ])
      expect(lines).toContain(`gateway_request_duration_seconds_bucket{${labels},le="${bound}"} ${count}`)
    expect(lines).toContain(`gateway_request_duration_seconds_sum{${labels}} 124`)
    expect(lines).toContain(`gateway_request_duration_seconds_count{${labels}} 8`)
  })

  it('have no label that a client chooses', async () => {
    for (const path of ['/rest/v1/"x"', '/s3cret/v1/x', '/nothing'])
      await fetch(`${url}${path}`, { method: 'PURGE' })
    const text = await (await scrape('service_role', inject('keys').serviceRoleKey)).text()
    expect(text).toMatch(/_count\{service="other",method="OTHER",code="4xx"\} \d+$/m)
    expect(text).not.toMatch(/s3cret/i)
  })

  it('are for who has a secret key alone', async () => {
    const { secretKey, publishableKey } = inject('keys')
    for (const [user, password] of [
      ['', ''],
      ['service_role', publishableKey],
      ['postgres', secretKey],
      ['service_role', secretKey.slice(0, -1)],
    ] as const) {
      const answer = await scrape(user, password)
      expect(answer.status).toBe(401)
      expect(await answer.text()).not.toContain('gateway_request')
    }
  })
})

describe('a function', () => {
  it('is one, whichever process a call comes to, and is invoked by supabase-js', async () => {
    const client = createClient(url, inject('keys').anonKey, { auth: { persistSession: false } })
    const counts: number[] = []
    // As many as the processes take turns with.
    for (let call = 0; call < 4; call += 1) {
      const { data, error } = await client.functions.invoke('count', { body: { call } })
      expect(error).toBeNull()
      counts.push(data.calls)
    }
    expect(counts).toEqual([1, 2, 3, 4])
  })

  it('says by itself which pages may call it, also before they do', async () => {
    const preflight = { 'access-control-request-method': 'POST', origin: 'https://elsewhere.test' }
    for (const method of ['OPTIONS', 'POST']) {
      const response = await fetch(`${url}/functions/v1/open`, { method, headers: preflight })
      expect(response.headers.get('access-control-allow-origin')).toBe('https://dashboard.test')
    }
  })

  it('hears where a call comes from, whatever the client claims', async () => {
    const headers = { 'cf-connecting-ip': '192.0.2.1' }
    const response = await fetch(`${url}/functions/v1/open`, { method: 'POST', headers })
    expect(await response.json()).toMatchObject({ address: '127.0.0.1' })
  })

  it('ends once it was replaced and has answered, whichever process asked', async () => {
    const before = new Set(await descendants(process.pid))
    const callTwice = async () => {
      for (let call = 0; call < 2; call += 1)
        await (await fetch(`${url}/functions/v1/replaced`, { method: 'POST' })).text()
    }
    await callTwice()
    const replaced = (await descendants(process.pid)).filter((pid) => !before.has(pid))
    expect(replaced).not.toEqual([])
    functions.project.write('functions/replaced/index.ts', `${count}\n`)
    await callTwice()
    await expect.poll(() => replaced.filter(isAlive), { timeout: 10_000 }).toEqual([])
  })

  it('has its own end told to the process that called it', async () => {
    const falling = await fetch(`${url}/functions/v1/falling`, { method: 'POST' })
    expect([falling.status, await falling.json()]).toMatchObject([500, { code: 'WORKER_ERROR' }])
    expect((await fetch(`${url}/functions/v1/unknown`, { method: 'POST' })).status).toBe(404)
  })
})
