/*
 * The words of Supabase's Auth: names, codes and fields that a client of supabase-js can read.
 */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { follow, password, site, startAuth, type TestAuth } from '../../support/http/auth.ts'
import { signToken } from '../../support/http/data-api.ts'
import { startTestGateway } from '../../support/http/gateway.ts'

let auth: TestAuth

beforeAll(async () => {
  auth = await startAuth()
})
afterAll(() => auth[Symbol.asyncDispose]())

const send = (path: string, body?: unknown, token?: string, method = body === undefined ? 'GET' : 'POST') =>
  fetch(`${auth.gateway.url}/auth/v1${path}`, {
    method,
    headers: {
      apikey: auth.gateway.publishableKey,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  })

describe('sessions', () => {
  it('have a refresh token of twelve characters, the address they began at, and say if the password is weak', async () => {
    const { email, session } = await auth.signUp()
    expect(session.refresh_token).toMatch(/^[a-z0-9]{12}$/)
    const signIn = await send('/token?grant_type=password', { email, password })
    expect(signIn.headers.get('content-type')).toBe('application/json')
    expect(await signIn.json()).toMatchObject({ token_type: 'bearer', weak_password: null })
    const { rows } = await auth.sql.query('select host(ip) as ip from auth.sessions where user_id = $1', [
      session.user.id,
    ])
    expect(rows).toEqual([{ ip: '127.0.0.1' }, { ip: '127.0.0.1' }])
  })

  it('have numbered tokens that name the person as text', async () => {
    const { user } = await auth.signUp()
    const { rows } = await auth.sql.query(
      'select id, user_id, revoked from auth.refresh_tokens where user_id = $1',
      [user.id],
    )
    expect(rows).toEqual([{ id: expect.stringMatching(/^\d+$/), user_id: user.id, revoked: false }])
  })
})

describe('a person', () => {
  it('who was just made has no confirmed_at, and no verified identity', async () => {
    const { user } = await auth.signUp({ name: 'Ada' })
    expect(user).not.toHaveProperty('confirmed_at')
    expect(user.identities?.[0]?.identity_data).toEqual({
      sub: user.id,
      email: user.email,
      name: 'Ada',
      email_verified: false,
      phone_verified: false,
    })
    const made = await auth.createUser({ user_metadata: { name: 'Grace' } })
    expect(made).not.toHaveProperty('confirmed_at')
    expect(made.identities?.[0]?.identity_data).toMatchObject({ email_verified: false })
  })

  it.each(['signup', 'invite', 'magiclink'] as const)(
    'of a generated %s has the metadata that was given and nothing more',
    async (type) => {
      const email = auth.newAddress()
      const data = { name: 'Ada' }
      const generated = await auth
        .accounts()
        .generateLink({ type, email, password, options: { data } } as never)
      expect(generated.error).toBeNull()
      expect(generated.data.user?.user_metadata).toEqual(data)
      expect(generated.data.user?.identities?.[0]?.identity_data).not.toHaveProperty('name')
    },
  )

  it('who was invited has it too, again at once, and it is in their token', async () => {
    const email = auth.newAddress()
    for (const _time of [1, 2]) {
      const { data, error } = await auth.accounts().inviteUserByEmail(email, { data: { name: 'Ada' } })
      expect(error).toBeNull()
      expect(data.user?.user_metadata).toEqual({ name: 'Ada' })
    }
    const { fragment } = await follow((await auth.mails.lastMailTo(email)).link)
    const { data } = await auth.gateway.client().auth.getUser(fragment.access_token)
    expect(data.user?.user_metadata).toEqual({ name: 'Ada', email_verified: true })
    expect(data.user).not.toHaveProperty('confirmation_sent_at')
  })
})

describe('refusals', () => {
  it.each([
    ['an unknown grant', '/token?grant_type=sms', {}, 400, 'invalid_credentials'],
    ['no JSON object', '/signup', { email: 'a@example.com', password, data: [1] }, 400, 'bad_json'],
    ['an unknown type of link', '/resend', { type: 'x', email: 'a@example.com' }, 400, 'validation_failed'],
    ['a half challenge', '/otp', { email: 'a@example.com', code_challenge: 'x' }, 400, 'validation_failed'],
    [
      'an unknown challenge',
      '/otp',
      { email: 'a@example.com', code_challenge: 'x'.repeat(43), code_challenge_method: 'md5' },
      500,
      'unexpected_failure',
    ],
    [
      'a phone number',
      '/token?grant_type=password',
      { phone: '49', password },
      422,
      'phone_provider_disabled',
    ],
  ])('of %s', async (_case, path, body, status, code) => {
    const response = await send(path, body)
    expect(response.status).toBe(status)
    expect(response.headers.get('x-sb-error-code')).toBe(code)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({ code: status, error_code: code })
  })

  it('name what is missing, is too much, or is turned off', async () => {
    const email = 'a@example.com'
    const phone = '4915112345678'
    const challenge = (length: number) => ({
      phone,
      code_challenge: 'x'.repeat(length),
      code_challenge_method: 'Plain',
    })
    const noPhone = 'phone_provider_disabled'
    const invalid = 'validation_failed'
    const wrongLength = 'code challenge has to be between 43 and 128 characters'
    const rows: [path: string, body: object | null, status: number, code: string, msg: string][] = [
      [
        '/token?grant_type=password',
        { email, phone, password },
        400,
        invalid,
        'Only an email address or phone',
      ],
      ['/token?grant_type=password', { password }, 400, invalid, 'missing email or phone'],
      ['/token?grant_type=password', { email }, 400, 'invalid_credentials', 'Invalid login credentials'],
      ['/token?grant_type=id_token', {}, 400, 'provider_disabled', 'The provider of this token'],
      ['/token?grant_type=web3', {}, 422, 'web3_provider_disabled', 'Web3 provider is disabled'],
      ['/token?grant_type=pkce', { code_verifier: 'x' }, 400, invalid, 'invalid request: both auth code'],
      ['/token?grant_type=pkce', { auth_code: 'x' }, 400, invalid, 'invalid request: both auth code'],
      [
        '/token?grant_type=pkce',
        { auth_code: 'x', code_verifier: 'x' },
        404,
        'flow_state_not_found',
        'invalid flow state',
      ],
      ['/otp', { email, phone }, 400, invalid, 'Only an email address or phone number'],
      ['/otp', { email, channel: 'sms' }, 400, invalid, 'Channel should only be specified with Phone OTP'],
      ['/otp', { phone, channel: 'sms' }, 400, noPhone, 'Unsupported phone provider'],
      ['/otp', {}, 400, invalid, 'One of email or phone must be set'],
      ['/otp', null, 400, 'bad_json', 'Could not parse request body as JSON'],
      ['/otp', { phone, code_challenge_method: 'plain' }, 400, invalid, 'PKCE flow requires'],
      ['/otp', { phone, code_challenge: 'x'.repeat(43) }, 400, invalid, 'PKCE flow requires'],
      ['/otp', { ...challenge(43), code_challenge: 'x' }, 400, invalid, wrongLength],
      ['/otp', challenge(42), 400, invalid, wrongLength],
      ['/otp', challenge(43), 400, noPhone, 'Unsupported phone provider'],
      ['/otp', challenge(128), 400, noPhone, 'Unsupported phone provider'],
      ['/otp', challenge(129), 400, invalid, wrongLength],
      ['/otp', { ...challenge(43), code_challenge: 'ä'.repeat(43) }, 400, invalid, 'code challenge can only'],
      ['/recover', {}, 400, invalid, 'Password recovery requires an email'],
      ['/resend', { email }, 400, invalid, 'Missing one of these types'],
      ['/resend', { type: 'signup' }, 400, invalid, 'Type provided requires an email address'],
      ['/resend', { type: 'sms' }, 400, invalid, 'Type provided requires a phone number'],
      ['/resend', { type: 'signup', email, phone }, 400, invalid, 'Only an email address or phone number'],
      ['/resend', { type: 'sms', phone }, 400, noPhone, 'Phone logins are disabled'],
      ['/resend', { type: 'email_change' }, 400, invalid, 'Missing email address or phone number'],
      ['/signup', { email }, 400, invalid, 'Signup requires a valid password'],
      ['/signup', { phone, password }, 400, noPhone, 'Phone signups are disabled'],
      ['/signup', {}, 422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled'],
    ]
    for (const [path, body, status, error_code, msg] of rows) {
      const response = await send(path, body)
      expect({ path, body, answer: await response.json() }).toMatchObject({
        path,
        body,
        answer: { code: status, error_code, msg: expect.stringContaining(msg) },
      })
      expect(response.status).toBe(status)
    }
  })

  it('of a token that names nobody, nobody’s session, or somebody banned', async () => {
    const [{ user, session }, other] = await Promise.all([auth.signUp(), auth.signUp()])
    const sessionOf = (token: string): unknown => decodeJwt(token).session_id
    const own = sessionOf(session.access_token)
    const get = async (claims: Record<string, unknown>) => {
      const response = await send('/user', undefined, await signToken(claims))
      const { error_code, id } = (await response.json()) as Record<string, unknown>
      return [response.status, error_code ?? id]
    }
    expect(await get({})).toEqual([403, 'bad_jwt'])
    expect(await get({ sub: 'x' })).toEqual([400, 'bad_jwt'])
    expect(await get({ sub: crypto.randomUUID() })).toEqual([403, 'user_not_found'])
    expect(await get({ sub: user.id, session_id: 'x' })).toEqual([403, 'bad_jwt'])
    expect(await get({ sub: user.id, session_id: crypto.randomUUID() })).toEqual([403, 'session_not_found'])
    const foreign = sessionOf(other.session.access_token)
    expect(await get({ sub: user.id, session_id: foreign })).toEqual([403, 'session_not_found'])
    for (const session_id of [undefined, '', own])
      expect(await get({ sub: user.id, session_id })).toEqual([200, user.id])
    await auth.accounts().updateUserById(user.id, { ban_duration: '1h' })
    expect(await get({ sub: user.id })).toEqual([403, 'user_banned'])
    expect(await (await send('/user')).json()).toMatchObject({ code: 401, error_code: 'no_authorization' })
  })

  it('of a session that is over, and of a ban only while it lasts', async () => {
    const { user, email, session } = await auth.signUp()
    const ban = (until: string) =>
      auth.sql.query('update auth.users set banned_until = now() + $2::interval where id = $1', [
        user.id,
        until,
      ])
    await ban('1 hour')
    expect((await auth.signIn(email)).error).toMatchObject({ status: 400, code: 'user_banned' })
    await ban('-1 second')
    expect((await auth.signIn(email)).error).toBeNull()
    const refresh = () => send('/token?grant_type=refresh_token', { refresh_token: session.refresh_token })
    await auth.sql.query(`update auth.sessions set not_after = now() - interval '1 s' where user_id = $1`, [
      user.id,
    ])
    const over = await refresh()
    expect([over.status, over.headers.get('x-sb-error-code')]).toEqual([400, 'session_not_found'])
    await auth.sql.query('update auth.sessions set not_after = null where user_id = $1', [user.id])
    expect((await refresh()).status).toBe(200)
  })

  it('of a role that may not administer, and of none that may', async () => {
    const list = async (role: string) =>
      (await send('/admin/users?per_page=1', undefined, await signToken({ role }))).status
    expect(await Promise.all(['service_role', 'supabase_admin'].map(list))).toEqual([200, 200])
    expect(await Promise.all(['authenticated', 'anon', 'postgres'].map(list))).toEqual([403, 403, 403])
  })

  it('of a reauthentication without an address to prove, or with one that is not proved yet', async () => {
    const { user, session } = await auth.signUp()
    const ask = async () => {
      const response = await send('/reauthenticate', undefined, session.access_token)
      return [response.status, response.headers.get('x-sb-error-code')]
    }
    await auth.sql.query('update auth.users set email_confirmed_at = null where id = $1', [user.id])
    expect(await ask()).toEqual([422, 'email_not_confirmed'])
    await auth.sql.query('update auth.users set email = null where id = $1', [user.id])
    expect(await ask()).toEqual([400, 'validation_failed'])
  })

  it('of all but one who sign up with an address at the same time', async () => {
    const email = auth.newAddress()
    const answers = await Promise.all(Array.from({ length: 6 }, () => send('/signup', { email, password })))
    const codes = answers.map((answer) => answer.headers.get('x-sb-error-code') ?? String(answer.status))
    expect(codes.sort()).toEqual(['200', ...Array<string>(5).fill('user_already_exists')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422, 422, 422])
  })

  it('of a body that is none leave somebody in place who was to be deleted', async () => {
    const { id } = await auth.createUser()
    const remove = (body?: string) =>
      fetch(`${auth.gateway.url}/auth/v1/admin/users/${id}`, {
        method: 'DELETE',
        headers: { apikey: auth.gateway.secretKey },
        ...(body === undefined ? {} : { body }),
      }).then(({ status }) => status)
    expect(await remove('x')).toBe(400)
    expect((await auth.accounts().getUserById(id)).error).toBeNull()
    expect(await remove()).toBe(200)
    expect((await auth.accounts().getUserById(id)).error).toMatchObject({ code: 'user_not_found' })
  })

  it('of what people may not change themselves', async () => {
    const { user, session } = await auth.signUp()
    await auth.sql.query(`update auth.users set phone = '4930123456' where id = $1`, [user.id])
    // Their own number is no change.
    expect((await send('/user', { phone: '+4930 123456' }, session.access_token, 'PUT')).status).toBe(200)
    for (const [body, status, code] of [
      [{ app_metadata: { admin: true } }, 403, 'not_admin'],
      [{ phone: '4915112345678' }, 500, 'unexpected_failure'],
      [{ phone: 'x' }, 400, 'validation_failed'],
    ] as const) {
      const response = await send('/user', body, session.access_token, 'PUT')
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ error_code: code })
    }
  })

  it('of what this stack does not have', async () => {
    const { client, session } = await auth.signUp()
    expect((await client.auth.mfa.enroll({ factorType: 'totp' })).error).toMatchObject({
      status: 422,
      code: 'mfa_totp_enroll_not_enabled',
    })
    for (const [path, body, status, code] of [
      ['/user/identities/authorize?provider=google', undefined, 404, 'manual_linking_disabled'],
      ['/sso', {}, 404, 'saml_provider_disabled'],
      ['/passkeys/authentication/options', {}, 404, 'passkey_disabled'],
      ['/factors', { factor_type: 'phone' }, 422, 'mfa_phone_enroll_not_enabled'],
      ['/factors', { factor_type: 'webauthn' }, 422, 'mfa_webauthn_enroll_not_enabled'],
      ['/factors', { factor_type: 'x' }, 400, 'validation_failed'],
      ['/logout?scope=x', {}, 400, 'validation_failed'],
    ] as const) {
      const response = await send(path, body, session.access_token)
      expect(response.status, path).toBe(status)
      expect(await response.json(), path).toMatchObject({ error_code: code })
    }
    // Nobody has a second factor, whatever its id; and who is not signed in is told nothing of any.
    const factor = `/factors/${crypto.randomUUID()}`
    for (const [path, token, status, code, method] of [
      [`${factor}/challenge`, undefined, 401, 'no_authorization', 'POST'],
      [`${factor}/challenge`, session.access_token, 404, 'mfa_factor_not_found', 'POST'],
      [`${factor}/verify`, session.access_token, 404, 'mfa_factor_not_found', 'POST'],
      [factor, session.access_token, 404, 'mfa_factor_not_found', 'DELETE'],
      ['/factors/totp', session.access_token, 404, 'validation_failed', 'DELETE'],
      ['/user/oauth/grants', session.access_token, 404, 'feature_disabled', 'GET'],
      ['/user/oauth/grants', undefined, 401, 'no_authorization', 'GET'],
      ['/factors', undefined, 401, 'no_authorization', 'POST'],
      [`/user/identities/${crypto.randomUUID()}`, undefined, 401, 'no_authorization', 'GET'],
      ['/oauth/token', session.access_token, 404, 'feature_disabled', 'POST'],
    ] as const) {
      const response = await send(path, method === 'GET' ? undefined : {}, token, method)
      expect(response.status, path).toBe(status)
      expect(await response.json(), path).toMatchObject({ error_code: code })
    }
    const { admin } = auth.gateway.adminClient().auth
    expect((await admin.mfa.listFactors({ userId: session.user.id })).data?.factors).toEqual([])
    expect((await admin.mfa.listFactors({ userId: crypto.randomUUID() })).error).toMatchObject({
      code: 'user_not_found',
    })
    expect(
      (await admin.mfa.deleteFactor({ userId: session.user.id, id: crypto.randomUUID() })).error,
    ).toMatchObject({ code: 'mfa_factor_not_found' })
    expect(
      (await admin.mfa.deleteFactor({ userId: crypto.randomUUID(), id: crypto.randomUUID() })).error,
    ).toMatchObject({ code: 'user_not_found' })
    const authorize = await fetch(`${auth.gateway.url}/auth/v1/authorize?provider=google`)
    expect(authorize.status).toBe(400)
    expect(await authorize.json()).toMatchObject({ error_code: 'validation_failed' })
  })

  it('of everything by e-mail where the project has turned it off', async () => {
    const off = await auth.gatewayWith((config) => {
      config.auth.email.enable_signup = false
    })
    const { email } = await auth.signUp()
    const client = off.client()
    const refused = { code: 'email_provider_disabled' }
    const [asOfInput, asOfProvider] = [422, 400].map((status) => ({ status, ...refused }))
    expect((await client.auth.signInWithPassword({ email, password })).error).toMatchObject(asOfInput ?? {})
    expect((await client.auth.signInWithOtp({ email })).error).toMatchObject(asOfInput ?? {})
    expect((await client.auth.resetPasswordForEmail(email)).error).toMatchObject(asOfProvider ?? {})
    expect((await client.auth.resend({ type: 'signup', email })).error).toMatchObject(asOfProvider ?? {})
    const signUp = await client.auth.signUp({ email: auth.newAddress(), password })
    expect(signUp.error).toMatchObject(asOfProvider ?? {})
  })

  it('of everybody new where the project takes nobody in, by whichever way they come', async () => {
    const closed = await auth.gatewayWith((config) => {
      config.auth.enable_signup = false
      config.auth.enable_anonymous_sign_ins = true
    })
    const client = closed.client()
    const refused = { status: 422, code: 'signup_disabled' }
    const email = auth.newAddress()
    expect((await client.auth.signUp({ email, password })).error).toMatchObject(refused)
    expect((await client.auth.signInWithOtp({ email })).error).toMatchObject(refused)
    expect((await client.auth.signInAnonymously()).error).toMatchObject(refused)
    expect((await auth.sql.query('select from auth.users where email = $1', [email])).rows).toEqual([])
    const { email: known } = await auth.createUser()
    expect((await client.auth.signInWithPassword({ email: known, password })).error).toBeNull()
    expect((await client.auth.signInWithOtp({ email: known })).error).toBeNull()
    expect(await auth.mails.mailsTo(known)).toHaveLength(1)
  })

  it('of too many requests say when to come again', async () => {
    const limited = await auth.gatewayWith((config) => {
      config.auth.rate_limit.token_verifications = 1
    })
    const verify = () => fetch(`${limited.url}/auth/v1/verify?type=signup&token=x`, { redirect: 'manual' })
    const answers = await Promise.all(Array.from({ length: 31 }, verify))
    const refused = answers.find(({ status }) => status === 429)
    // One request in five minutes.
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(290)
  })
})

describe('a code', () => {
  const email = 'ada@example.com'
  const [noType, oneOfBoth, onlyHash, oneOfTwo] = [
    'Verify requires a verification type',
    'Verify requires either a token or a token hash',
    'Only the token_hash and type should be provided',
    'Only an email address or phone number should be provided on verify',
  ]
  it.each([
    [{ email, token: '123456' }, noType],
    [{ type: 'email', email }, oneOfBoth],
    [{ type: 'email', email, token: '123456', token_hash: 'x' }, oneOfBoth],
    [{ type: 'email', email, token_hash: 'x' }, onlyHash],
    [{ type: 'email', phone: '4930123456', token_hash: 'x' }, onlyHash],
    [{ type: 'email', redirect_to: 'https://example.com', token_hash: 'x' }, onlyHash],
    [{ type: 'email', token: '123456' }, oneOfTwo],
    [{ type: 'email', email, phone: '4930123456', token: '123456' }, oneOfTwo],
    [{ type: 'letter', token_hash: 'x' }, 'Invalid email verification type'],
  ])('with %j is no code', async (body, msg) => {
    const response = await send('/verify', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error_code: 'validation_failed', msg })
  })

  it.each([
    [{ type: 'letter', email, token: '123456' }, 403, 'otp_expired'],
    [{ type: 'email', phone: '4930123456', token: '123456' }, 403, 'otp_expired'],
    [{ type: 'email', email: 'no address', token: '123456' }, 422, 'validation_failed'],
  ])('with %j is answered with %i', async (body, status, error_code) => {
    const response = await send('/verify', body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error_code })
  })
})

describe('mailed links', () => {
  it('without a token or a type are refused, not followed', async () => {
    for (const query of ['', '?type=signup', '?token=x']) {
      const response = await send(`/verify${query}`)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error_code: 'validation_failed' })
    }
  })

  it('lead away with a page that says where to, and mark the words as those of Auth', async () => {
    const response = await send('/verify?type=signup&token=used')
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toMatch(
      /^http:\/\/127\.0\.0\.1:3000#error=access_denied&.*&sb=$/,
    )
    expect(await response.text()).toContain('<a href="http://127.0.0.1:3000#error=access_denied&amp;')
  })

  it('may be asked to lead where the body of a request says', async () => {
    const { email } = await auth.createUser()
    const generated = await fetch(`${auth.gateway.url}/auth/v1/admin/generate_link`, {
      method: 'POST',
      headers: { apikey: auth.gateway.secretKey },
      body: JSON.stringify({ type: 'magiclink', email, redirect_to: `${site}/there` }),
    })
    expect(await generated.json()).toMatchObject({ redirect_to: `${site}/there` })
  })
})

it('with confirmations off, either link changes the address', async () => {
  const { client, email } = await auth.signUp()
  const next = auth.newAddress()
  await client.auth.updateUser({ email: next })
  expect((await follow((await auth.mails.lastMailTo(email)).link)).fragment.type).toBe('email_change')
  expect((await client.auth.getUser()).data.user?.email).toBe(next)
})

it('the mails of a project without templates have a link and no code, from the configured sender', async () => {
  const plain = await startTestGateway(auth.database, { smtpPort: auth.mails.port })
  const { email } = await auth.signUp()
  await plain.client().auth.signInWithOtp({ email })
  const mail = await auth.mails.lastMailTo(email)
  expect(mail).toMatchObject({ subject: 'Your sign-in link', code: '' })
  expect(mail.html).not.toMatch(/>\s*\d{6}\s*</)
  expect((await follow(mail.link)).fragment.type).toBe('magiclink')
  await plain.close()
})
