import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailbox, type TestMailbox } from '../../support/functions/mailbox.ts'
import { type FunctionUnderTest, serveFunction } from '../../support/functions/serve-function.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../support/http/front-end.ts'

const entrypoint = join(import.meta.dirname, '../../../functions/mail/index.ts')

let frontEnd: FrontEnd
let mailbox: TestMailbox
let mail: FunctionUnderTest

beforeAll(async () => {
  ;[frontEnd, mailbox] = await Promise.all([borrowFrontEnd(), openMailbox()])
  mail = await serveFunction(frontEnd.gateway, entrypoint, {
    ALLOWED_ORIGINS: 'https://app.example.com',
    MAIL_API_URL: mailbox.url,
    MAIL_API_KEY: 'any',
    MAIL_FROM: 'B-Dashboard <no-reply@example.com>',
    MAIL_LINK_SECRET: 'a secret of at least 32 characters',
    APP_URL: 'https://app.example.com/',
    MAIL_PER_SECOND: '100',
  })
})
afterAll(async () => {
  await mail[Symbol.asyncDispose]()
  await mailbox[Symbol.asyncDispose]()
  await frontEnd[Symbol.asyncDispose]()
})

/** Has everything sent that is due, by both processes at once. */
async function sendAll() {
  const send = () =>
    mail
      .request('/', { method: 'POST', headers: { apikey: frontEnd.gateway.secretKey } })
      .then(async (response) => ({
        status: response.status,
        counts: (await response.json()) as { sent: number; retry: number; failed: number },
      }))
  const answers = await Promise.all([send(), send()])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  return answers.reduce((sum, { counts }) => sum + counts.sent, 0)
}

async function invite(admin: Person, workspace_id: string, email: string) {
  const { data, error } = await admin.supabase.rpc('create_invitation', {
    workspace_id,
    email,
    role: 'viewer',
  })
  if (error) throw error
  return data as unknown as { id: string; token: string }
}

/** Somebody who has been removed from a workspace, and is to be told by mail. */
async function removedPerson(locale = 'en') {
  const [ada, mia] = [await frontEnd.signUp('Ada'), await frontEnd.signUp('Mia')]
  await frontEnd.server.query('update public.profiles set locale = $1 where id = $2', [locale, mia.id])
  const workspace_id = await frontEnd.createWorkspace(ada, { member: mia })
  const { error } = await ada.supabase.rpc('remove_member', { workspace_id, user_id: mia.id })
  if (error) throw error
  return mia
}

const deliveryOf = async ({ supabase }: Person) => {
  const { data } = await supabase.rpc('list_notification_preferences')
  return (data as { kind: string; delivery: string }[] | null)?.find(({ kind }) => kind === 'member_removed')
    ?.delivery
}

describe('an invitation', () => {
  it('is mailed once, with a link and without its token, and with names as text', async () => {
    const ada = await frontEnd.signUp('Ada "A" O\'Hara & Co')
    const workspace = await frontEnd.createWorkspace(ada)
    await frontEnd.server.query(`update public.workspaces set name = 'R&D "1" < 2' where id = $1`, [
      workspace,
    ])
    const address = frontEnd.newAddress()
    const { id, token } = await invite(ada, workspace, address)
    await sendAll()
    await sendAll()

    const [received, ...more] = await mailbox.mailsTo(address)
    expect(more).toEqual([])
    expect(received?.subject).toBe('You are invited to a workspace')
    expect(received?.html).toContain(`href="https://app.example.com/invitations/${id}"`)
    expect(received?.html).toContain(
      'Ada &quot;A&quot; O&#39;Hara &amp; Co invites you to the workspace R&amp;D &quot;1&quot; &lt; 2, as Viewer.',
    )
    expect(received?.html).toContain('<html lang="en" dir="ltr">')
    for (const part of [received?.text, received?.html])
      expect(part).toMatch(/It is valid until \w+ \d+, \d{4} \(UTC\), for this address\./)
    expect(received?.text).toContain(`https://app.example.com/invitations/${id}`)
    expect(JSON.stringify(received)).not.toContain(token)
    expect(await mailbox.headersOf(received)).not.toMatch(/^list-unsubscribe/im)
  })

  it('holds no address that a mail program would make a link of, but its own', async () => {
    const ada = await frontEnd.signUp('Your bank: http://evil.example/login')
    const workspace = await frontEnd.createWorkspace(ada)
    await frontEnd.server.query('update public.workspaces set name = $2 where id = $1', [
      workspace,
      'Prize at https://evil.example/win',
    ])
    const address = frontEnd.newAddress()
    await invite(ada, workspace, address)
    await sendAll()
    const [received] = await mailbox.mailsTo(address)
    const said =
      'Your bank: http: / /evil. example/login invites you to the workspace Prize at https: / /evil. example/win'
    for (const part of [received?.text, received?.html]) {
      expect(part).toContain(said)
      expect(part).not.toContain('evil.example')
    }
  })

  it('comes in the language of who is invited', async () => {
    const [ada, zoe] = [await frontEnd.signUp('Ada'), await frontEnd.signUp('Zoe')]
    await frontEnd.server.query("update public.profiles set locale = 'ar-EG' where id = $1", [zoe.id])
    await invite(ada, await frontEnd.createWorkspace(ada), zoe.email)
    await sendAll()
    const [received] = await mailbox.mailsTo(zoe.email)
    expect(received?.html).toContain('<html lang="ar" dir="rtl">')
    expect(received?.subject).toBe('دعوة للانضمام إلى مساحة عمل')
    expect(received?.text).toMatch(/صالحة حتى .+ \(UTC\) لهذا العنوان/)
  })

  it('is not mailed any more when it was revoked', async () => {
    const ada = await frontEnd.signUp('Ada')
    const workspace_id = await frontEnd.createWorkspace(ada)
    const address = frontEnd.newAddress()
    const { id } = await invite(ada, workspace_id, address)
    await ada.supabase.rpc('revoke_invitation', { workspace_id, id })
    await sendAll()
    expect(await mailbox.mailsTo(address)).toEqual([])
  })
})

describe('a notification', () => {
  it('is mailed to who wants mail, who can stop it with one click', async () => {
    const mia = await removedPerson()
    await sendAll()
    const [received, ...more] = await mailbox.mailsTo(mia.email)
    expect(more).toEqual([])
    expect(received?.text).toContain('You were removed from Studio')
    const headers = await mailbox.headersOf(received)
    expect(headers).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m)
    const [, token = ''] = /^List-Unsubscribe: <.*\/mail\/unsubscribe\?token=([\w.-]+)>$/m.exec(headers) ?? []
    expect(received?.html).toContain(`https://app.example.com/unsubscribe?token=${token}`)

    const path = `/unsubscribe?token=${token}`
    const shown = await mail.request(path)
    expect([shown.status, shown.headers.get('location')]).toEqual([303, `https://app.example.com${path}`])
    expect(await deliveryOf(mia)).toBe('both')

    const [content = '', signature = ''] = token.split('.')
    const forged = Buffer.from(JSON.stringify([crypto.randomUUID(), 'member_removed'])).toString('base64url')
    for (const wrong of [
      `${content}.${signature.slice(1)}A`,
      `${forged}.${signature}`,
      content,
      'a'.repeat(600),
    ]) {
      const refused = await mail.request(`/unsubscribe?token=${wrong}`, { method: 'POST' })
      expect(refused.status).toBe(400)
    }
    expect(await deliveryOf(mia)).toBe('both')

    const clicked = await mail.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    })
    expect([clicked.status, await clicked.json()]).toEqual([200, { kind: 'member_removed' }])
    expect(await deliveryOf(mia)).toBe('app')
  })

  it('comes in the language of the person', async () => {
    const mia = await removedPerson('ar')
    await sendAll()
    const [received] = await mailbox.mailsTo(mia.email)
    expect(received?.html).toContain('تمت إزالتك من Studio')
  })
})

describe('sending', () => {
  it('is for servers alone', async () => {
    const ada = await frontEnd.signUp('Ada')
    const { data } = await ada.supabase.auth.getSession()
    for (const headers of [
      { authorization: `Bearer ${data.session?.access_token}`, apikey: frontEnd.gateway.publishableKey },
      { apikey: 'sb_secret_x' },
    ])
      expect((await mail.request('/', { method: 'POST', headers })).status).toBe(401)
  })

  it('leaves no address and no link in the log', async () => {
    const mia = await removedPerson()
    await sendAll()
    for (const secret of [mia.email, mia.id, 'unsubscribe?token', 'Studio', 'a secret of at least'])
      expect(mail.output()).not.toContain(secret)
  })
})
