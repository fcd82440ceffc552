/*
 * What is answered in the place of a function: for whom it does not exist, and who has no token.
 */
import type { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { platformLimits } from '../../../local/services/functions/limits.ts'
import { readLines } from '../../../local/services/functions/log-lines.ts'
import { restrain } from '../../../local/services/functions/restraint.ts'
import { usageOf } from '../../../local/services/functions/usage.ts'
import { type ServedFunctions, serveFunctionsOf } from '../../support/stack/functions.ts'

const hello = "Deno.serve((request) => new Response('hello ' + request.method))"

let served: ServedFunctions

beforeAll(async () => {
  served = await serveFunctionsOf(
    { closed: hello, open: hello, disabled: hello, _shared: hello },
    {
      settings: '[functions.disabled]\nenabled = false\n',
      configure: ({ functions: { closed } }) => {
        if (closed) closed.verify_jwt = true
      },
    },
  )
})

afterAll(() => served[Symbol.asyncDispose]())

async function token(
  claims: JWTPayload,
  key: JWK | webcrypto.CryptoKey = inject('keys').jwtSigningKey,
): Promise<string> {
  const signer = 'kty' in key ? await importJWK(key, 'ES256') : key
  const { kid } = inject('keys').jwtSigningKey
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', ...(kid && { kid }) })
    .sign(signer)
}

const callClosed = (authorization?: string, method = 'POST') =>
  served.call('closed', { method, headers: authorization === undefined ? {} : { authorization } })

it('a function may use what it may on the platform', () => {
  expect(platformLimits).toEqual({
    memoryBytes: 268_435_456,
    cpuMilliseconds: 2_000,
    wallClockMilliseconds: 400_000,
    idleMilliseconds: 150_000,
    bootMilliseconds: 10_000,
    retirementMilliseconds: 150_000,
  })
})

it.runIf(process.platform === 'linux')('what a process uses is counted as the system does', async () => {
  const { user, system } = process.cpuUsage()
  const usage = await usageOf(process.pid)
  const { cpuMilliseconds = 0, memoryBytes = 0 } = usage ?? {}
  const used = (user + system) / 1000
  // The system counts in steps of ten milliseconds, and this process goes on meanwhile.
  expect(Math.abs(cpuMilliseconds - used)).toBeLessThan(used / 20 + 20)
  expect(memoryBytes).toBeGreaterThan(2 ** 20)
  expect(await usageOf(2 ** 30)).toBeUndefined()
})

it('of a process that has ended nothing is said to be too much, nor does looking at it fail', async () => {
  const failures: unknown[] = []
  const failed = (error: unknown) => failures.push(error)
  process.on('unhandledRejection', failed)
  const restraint = restrain(2 ** 30, platformLimits, failed)
  await new Promise((resolve) => setTimeout(resolve, 400))
  restraint.stop()
  process.off('unhandledRejection', failed)
  expect(failures).toEqual([])
})

it('lines are shown as they end, and what has no end in pieces of ten thousand characters', async () => {
  const stream = new PassThrough()
  const lines: string[] = []
  readLines(stream, (line) => lines.push(line))
  const written = async (text: string) => {
    stream.write(text)
    await turn()
    return lines.splice(0)
  }
  expect(await written('a\nb')).toEqual(['a'])
  expect(await written(`${'x'.repeat(9_999)}`)).toEqual([])
  expect(await written('y')).toEqual([`b${'x'.repeat(9_999)}`])
  stream.end()
  await once(stream, 'close')
  expect(lines).toEqual(['y'])
  const ended = new PassThrough()
  readLines(ended, (line) => lines.push(line))
  ended.end('c\n')
  await once(ended, 'close')
  expect(lines).toEqual(['y', 'c'])
})

describe('404', () => {
  it.each(['unknown', 'disabled', '_shared', '__proto__', 'constructor', '', '../open'])(
    'answers "%s"',
    async (name) => {
      const response = await served.call(name)
      expect(response.status).toBe(404)
      expect(await response.json()).toEqual({
        code: 'NOT_FOUND',
        message: 'Requested function was not found',
      })
    },
  )

  it('is no more than that to whoever asks for a process of it', async () => {
    const before = [...served.lines]
    expect(await served.functions.enter('unknown')).toEqual({ failed: 'boot' })
    expect(await served.functions.ending('unknown')).toBe('error')
    served.functions.leave('unknown', true)
    expect(served.lines).toEqual(before)
  })

  it('answers every name where functions are turned off', async () => {
    await using off = await serveFunctionsOf(
      { open: hello },
      { settings: '[edge_runtime]\nenabled = false\n' },
    )
    expect((await off.call('open')).status).toBe(404)
  })
})

describe('a function that asks for a token', () => {
  it('is called with one that the project signed: a person’s, or a legacy key', async () => {
    const { anonKey } = inject('keys')
    for (const good of [anonKey, await token({ sub: crypto.randomUUID(), role: 'authenticated' })]) {
      const response = await callClosed(`Bearer ${good}`)
      expect([response.status, await response.text()]).toEqual([200, 'hello POST'])
    }
  })

  it('answers OPTIONS without one, so that it can allow browsers to call', async () => {
    const response = await callClosed(undefined, 'OPTIONS')
    expect([response.status, await response.text()]).toEqual([200, 'hello OPTIONS'])
  })

  it.each<[string, () => Promise<string | undefined>, string]>([
    ['none', async () => undefined, 'Error: Missing authorization header'],
    ['another scheme', async () => 'Basic YTpi', "Error: Auth header is not 'Bearer {token}'"],
    ['an empty one', async () => 'Bearer ', "Error: Auth header is not 'Bearer {token}'"],
    ['a key that is no token', async () => `Bearer ${inject('keys').secretKey}`, 'Invalid JWT'],
    ['rubbish', async () => 'Bearer a.b.c', 'Invalid JWT'],
    [
      'one that has expired',
      async () => `Bearer ${await token({ exp: Date.now() / 1000 - 1 })}`,
      'Invalid JWT',
    ],
    [
      'one of another project',
      async () =>
        `Bearer ${await token({ role: 'service_role' }, (await generateKeyPair('ES256')).privateKey)}`,
      'Invalid JWT',
    ],
    [
      'one without a signature',
      async () => `Bearer ${btoa('{"alg":"none"}')}.${btoa('{"role":"service_role"}')}.`,
      'Invalid JWT',
    ],
  ])('refuses %s', async (_what, authorization, msg) => {
    const response = await callClosed(await authorization())
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ msg })
  })

  it('leaves the check to itself where verify_jwt is false', async () => {
    expect(
      await (await served.call('open', { headers: { authorization: 'Bearer sb_secret_x' } })).text(),
    ).toBe('hello GET')
  })
})
