/*
 * The mails themselves: what becomes of an account without its mail, and templates of the project.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { password, startAuth, type TestAuth } from '../../support/http/auth.ts'
import { startTestGateway } from '../../support/http/gateway.ts'

let auth: TestAuth

beforeAll(async () => {
  auth = await startAuth()
})
afterAll(() => auth[Symbol.asyncDispose]())

it('leaves no account behind when the mail cannot be sent', async () => {
  const mute = await startTestGateway(auth.database, {
    configure: (config) => {
      config.auth.email.enable_confirmations = true
    },
  })
  const email = auth.newAddress()
  const { error } = await mute.client().auth.signUp({ email, password })
  expect(error?.message).toBe('Error sending confirmation email')
  expect((await auth.sql.query('select from auth.users where email = $1', [email])).rows).toEqual([])
  await mute.close()
})

it("uses the project's own template, where what a person says of themselves stays text", async () => {
  const directory = mkdtempSync(join(tmpdir(), 'templates-'))
  const content_path = join(directory, 'invite.html')
  writeFileSync(
    content_path,
    '<p title="{{ .Data.name }}">{{ .Email }} {{ .Token }} {{ .Data.missing }}{{ .Data.nothing.of.it }}</p>',
  )
  const own = await auth.gatewayWith((config) => {
    config.auth.email.template.magic_link = { subject: 'Hello {{ .Data.name }}', content_path }
  })
  const email = auth.newAddress()
  await own.client().auth.signInWithOtp({
    email,
    options: { data: { name: '"><b>Ada\r\nBcc: x@example.com', nothing: { of: null } } },
  })
  const { subject, html } = await auth.mails.lastMailTo(email)
  expect(subject).toBe('Hello "><b>Ada Bcc: x@example.com')
  expect(html).toMatch(
    /^<p title="&#34;&gt;&lt;b&gt;Ada\s+Bcc: x@example.com">person\d+@example.com \d{6} <\/p>/,
  )
  expect(await auth.mails.mailsTo('x@example.com')).toEqual([])
  rmSync(directory, { recursive: true })
})
