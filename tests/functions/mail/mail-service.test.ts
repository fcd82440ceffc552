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
async function answering(status: number, answer = '{}') {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    response.writeHead(status, status === 307 ? { location: 'http://127.0.0.1:9/' } : {}).end(answer)
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
  [429, '{}', 'retry'],
  [500, 'x', 'retry'],
  [307, '', 'retry'],
])('a service that answers %i %s: %s', async (status, answer, outcome) => {
  await using service = await answering(status, answer)
  expect(await service.send(mail, 'key-1')).toBe(outcome)
  expect(service.asked).toMatchObject([
    { url: '/emails', headers: { authorization: 'Bearer the key', 'idempotency-key': 'key-1' } },
  ])
})

it('a service that is not there: retry', async () => {
  const send = createMailService({ MAIL_API_URL: 'http://127.0.0.1:9', MAIL_API_KEY: 'x' })
  expect(await send(mail, 'key-1')).toBe('retry')
})
