/*
 * Whatever comes is read or refused with a 4xx, and changes nothing; what is printed is read as it was meant.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRequest } from '../../../../local/services/data-api/request/index.ts'
import { RequestError } from '../../../../local/services/data-api/request-error.ts'
import { almostGrammar, requestParts } from './arbitraries.ts'
import { printQuery } from './print.ts'
import { read } from './read.ts'

const options = { prefix: '/rest/v1', schemas: ['public'] }

/** A request that was read; otherwise it must have been refused. */
async function readOrRefused(url: string, init: RequestInit): Promise<unknown> {
  try {
    return await readRequest(new Request(url, init), options)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    expect(error.status).toBeGreaterThanOrEqual(400)
    expect(error.status).toBeLessThan(500)
    expect(error.code).toMatch(/^PGRST1\d\d$/)
    return error
  }
}

const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS')
const contentType = fc.constantFrom(
  'application/json',
  'text/csv',
  'application/x-www-form-urlencoded',
  'text/plain',
  'application/octet-stream',
  'x/y',
)
const headerValue = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(...', ;q= " count=exact max-affected= timezone= 0-9 */*'.split(' ')),
    ),
  )
  .map((parts) => parts.join(''))
const header = fc.constantFrom(
  'accept',
  'prefer',
  'range',
  'accept-profile',
  'content-profile',
  'content-type',
)

describe('random requests', () => {
  const before = Object.getOwnPropertyNames(Object.prototype)

  it('of random parameters and bodies are read or refused', async () => {
    const parameters = fc.array(fc.tuple(almostGrammar, almostGrammar), { maxLength: 4 })
    const target = fc.constantFrom('/t', '/rpc/f', '/')
    await fc.assert(
      fc.asyncProperty(
        target,
        parameters,
        method,
        fc.uint8Array({ maxLength: 40 }),
        contentType,
        async (path, query, verb, bytes, type) => {
          const search = query.map(([name, value]) => `${name}=${value}`).join('&')
          const hasBody = verb !== 'GET' && verb !== 'HEAD'
          await readOrRefused(`http://localhost/rest/v1${path}?${search}`, {
            method: verb,
            headers: { 'content-type': type },
            ...(hasBody && { body: bytes as Uint8Array<ArrayBuffer> }),
          })
        },
      ),
      { numRuns: 2000 },
    )
  })

  it.each(['select', 'order', 'or', 'a', 'columns', 'limit', 'a.b.not.and'])(
    'of random grammar in %s are read or refused',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(almostGrammar, async (value) => {
          await readOrRefused(
            `http://localhost/rest/v1/t?${name}=${encodeURIComponent(value.toWellFormed())}`,
            {},
          )
        }),
        { numRuns: 1000 },
      )
    },
  )

  it('of random headers are read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(header, headerValue, async (name, value) => {
        await readOrRefused('http://localhost/rest/v1/t', {
          headers: { [name]: value.replace(/[^\x20-\x7e]/g, '') },
        })
      }),
      { numRuns: 1000 },
    )
  })

  it('of random JSON are read or refused, with the keys that it has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), async (body) => {
        const value: unknown = JSON.parse(body)
        const result = await readOrRefused('http://localhost/rest/v1/t', {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json' },
        })
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return
        expect(result).toHaveProperty('payload.text', body)
        expect(new Set(payloadKeys(result))).toEqual(new Set(Object.keys(value)))
      }),
      { numRuns: 1000 },
    )
  })

  it('leave no trace', () => {
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  })
})

it('a printed request is read as it was meant', async () => {
  await fc.assert(
    fc.asyncProperty(requestParts, async (parts) => {
      const request = await read(`/t?${printQuery(parts)}`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      })
      const { select, conditions, order, ranges, columns } = request
      expect({ select, conditions, order, ranges, columns }).toEqual(parts)
    }),
    { numRuns: 2000 },
  )
})

function payloadKeys(request: unknown): readonly string[] {
  const { payload } = request as Awaited<ReturnType<typeof readRequest>>
  return payload.kind === 'json' ? payload.keys : []
}
