import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createMailService } from '../../../functions/mail/mail-service.ts'

const mail = {
  from: 'a@example.com',
  to: 'b@example.com',
  subject: 's',
  html: '<p>h</p>',
  text: 't',
  headers: {},
}

/** A mail service that answers with a status, and what it was asked. */
async function answering(status: number, answer = '{}', sent: Record<string, string> = {}) {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    response.writeHead(status, status === 307 ? { location: 'http://127.0.0.1:9/' } : sent).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const send = createMailService({ MAIL_API_URL: `http://127.0.0.1:${port}`, MAIL_API_KEY: 'the key' })
  return { asked, send, [Symbol.asyncDispose]: async () => void server.close() }
}

it.each([
  [200, '{"id":"1"}', 'sent'],
  [409, '{"name":"invalid_idempotent_request"}', 'sent'],
  [409, '{"name":"concurrent_idempotent_requests"}', 'retry'],
  [422, '{"name":"validation_error"}', 'failed'],
  [401, '{}', 'retry'],
  [429, '{}', 'skipped'],
  [500, 'x', 'retry'],
  [307, '', 'retry'],
])('a service that answers %i %s: %s', async (status, answer, outcome) => {
  await using service = await answering(status, answer)
  expect(await service.send(mail, 'key-1')).toEqual({ outcome, retryAfter: null })
  expect(service.asked).toMatchObject([
    { url: '/emails', headers: { authorization: 'Bearer the key', 'idempotency-key': 'key-1' } },
  ])
})

it('a service that is not there: retry', async () => {
  const send = createMailService({ MAIL_API_URL: 'http://127.0.0.1:9', MAIL_API_KEY: 'x' })
  expect(await send(mail, 'key-1')).toEqual({ outcome: 'retry', retryAfter: null })
})

it.each([
  ['120', 120],
  ['0.2', 1],
  [new Date(Date.now() + 90_000).toUTCString(), 90],
  ['Thu, 01 Jan 1970 00:00:00 GMT', null],
  ['soon', null],
])('a service that has too much, or is away, and says to come again after %s', async (header, seconds) => {
  for (const [status, outcome] of [
    [429, 'skipped'],
    [503, 'retry'],
  ] as const) {
    await using service = await answering(status, '{}', { 'retry-after': header })
    const { retryAfter, ...rest } = await service.send(mail, 'key-1')
    expect(rest).toEqual({ outcome })
    if (seconds === null) expect(retryAfter).toBeNull()
    else expect(Math.abs((retryAfter ?? Number.NaN) - seconds)).toBeLessThanOrEqual(2)
  }
})
