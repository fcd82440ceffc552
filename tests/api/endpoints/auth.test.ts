import { afterAll, beforeAll, expect, it } from 'vitest'
import { follow, site } from '../../support/http/auth.ts'
import { borrowFrontEnd, type FrontEnd, password } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about accounts. What else Auth does is proved by the suites auth-*.

let app: FrontEnd

beforeAll(async () => {
  app = await borrowFrontEnd()
})
afterAll(() => app[Symbol.asyncDispose]())

it('auth register', async () => {
  const supabase = app.connect()
  const email = app.newAddress()
  const register = (attempt: string) =>
    supabase.auth.signUp({ email, password: attempt, options: { data: { name: 'Ada' } } })
  expect((await register('short')).error).toMatchObject({ status: 422, code: 'weak_password' })

  const { data, error } = await register(password)
  expect(error).toBeNull()
  expect(data).toMatchObject({ user: { email }, session: { token_type: 'bearer' } })
  const { data: profile } = await supabase.from('profiles').select('id, name, email').single()
  expect(profile).toEqual({ id: data.user?.id, name: 'Ada', email })

  expect((await register(password)).error).toMatchObject({ status: 422, code: 'user_already_exists' })
})

it('auth login', async () => {
  const { email, id } = await app.signUp('Ada')
  const supabase = app.connect()
  const wrong = await supabase.auth.signInWithPassword({ email, password: 'wrong horse battery' })
  expect(wrong.error).toMatchObject({ status: 400, code: 'invalid_credentials' })
  expect((await supabase.auth.getSession()).data.session).toBeNull()

  const { data, error } = await supabase.auth.signInWithPassword({ email, password })
  expect(error).toBeNull()
  expect(data.user?.id).toBe(id)
  expect((await supabase.from('profiles').select('id')).data).toEqual([{ id }])
})

it('auth me', async () => {
  const ada = await app.signUp('Ada')
  const workspaceId = await app.createWorkspace(ada)
  const { data, error } = await ada.supabase.rpc('session_context', {}, { get: true })
  expect(error).toBeNull()
  expect(data).toMatchObject({
    user: { id: ada.id, name: 'Ada', email: ada.email },
    workspaces: [
      {
        id: workspaceId,
        role: 'admin',
        roleName: 'Admin',
        permissions: expect.arrayContaining(['workspace.update']),
        planType: 'free',
      },
    ],
    preferences: { locale: 'en' },
  })

  const nobody = await app.connect().rpc('session_context', {}, { get: true })
  expect(nobody).toMatchObject({ status: 401, error: { code: '42501' } })
})

it('auth logout', async () => {
  const { supabase, email } = await app.signUp('Ada')
  const other = app.connect()
  await other.auth.signInWithPassword({ email, password })
  const refreshToken = (await other.auth.getSession()).data.session?.refresh_token ?? ''

  expect((await supabase.auth.signOut()).error).toBeNull()
  expect((await supabase.auth.getSession()).data.session).toBeNull()
  const refreshed = await app.connect().auth.refreshSession({ refresh_token: refreshToken })
  expect(refreshed.error).toMatchObject({ code: 'refresh_token_not_found' })
})

it('auth refresh', async () => {
  const { supabase, id } = await app.signUp('Ada')
  const before = (await supabase.auth.getSession()).data.session
  const { data, error } = await supabase.auth.refreshSession()
  expect(error).toBeNull()
  expect(data.user?.id).toBe(id)
  expect(data.session?.refresh_token).not.toBe(before?.refresh_token)
  expect((await supabase.from('profiles').select('id')).data).toEqual([{ id }])

  const unknown = await app.connect().auth.refreshSession({ refresh_token: 'nobodystoken' })
  expect(unknown.error).toMatchObject({ status: 400, code: 'refresh_token_not_found' })
})

it('auth forgot-password', async () => {
  const { email } = await app.signUp('Ada')
  const supabase = app.connect()
  const forget = (address: string) =>
    supabase.auth.resetPasswordForEmail(address, { redirectTo: `${site}/reset` })
  expect((await forget(email)).error).toBeNull()
  const { location } = await follow((await app.mails.lastMailTo(email)).link)
  expect(location.href.startsWith(`${site}/reset#access_token=`)).toBe(true)

  const unknown = app.newAddress()
  expect((await forget(unknown)).error).toBeNull()
  expect(await app.mails.mailsTo(unknown)).toEqual([])

  // Two at once: what the second is told says nothing of who has an account.
  const other = await app.signUp('Grace')
  for (const address of [other.email, app.newAddress()]) {
    const answers = await Promise.all([forget(address), forget(address)])
    expect(answers.map(({ error }) => error?.code ?? 'sent').sort()).toEqual([
      'over_email_send_rate_limit',
      'sent',
    ])
  }
  expect(await app.mails.mailsTo(other.email)).toHaveLength(1)
})

it('auth reset-password', async () => {
  const { email, supabase: elsewhere } = await app.signUp('Ada')
  const supabase = app.connect()
  await supabase.auth.resetPasswordForEmail(email, { redirectTo: `${site}/reset` })
  const { link } = await app.mails.lastMailTo(email)
  // In a browser the client itself finds the session in the address.
  const { access_token = '', refresh_token = '' } = (await follow(link)).fragment
  await supabase.auth.setSession({ access_token, refresh_token })

  expect((await supabase.auth.updateUser({ password })).error).toMatchObject({ code: 'same_password' })
  const { data, error } = await supabase.auth.updateUser({ password: 'battery staple horse' })
  expect(error).toBeNull()
  expect(data.user?.email).toBe(email)

  const login = (attempt: string) => app.connect().auth.signInWithPassword({ email, password: attempt })
  expect((await login('battery staple horse')).error).toBeNull()
  expect((await login(password)).error).toMatchObject({ code: 'invalid_credentials' })
  expect((await elsewhere.auth.getUser()).error).not.toBeNull()
  expect((await follow(link)).fragment).toMatchObject({ error_code: 'otp_expired' })
})
