import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Database } from '../../../types/api.ts'
import { type ApiKeyWithSecret, apiKeyWithSecretSchema, apiTokenSchema } from '../../../types/api-key.ts'
import type { PermissionKey } from '../../../types/catalog.ts'
import { shownViewSchema } from '../../../types/view.ts'
import { widgetDataSchema } from '../../../types/widget-data.ts'
import { type FunctionUnderTest, serveFunction } from '../../support/functions/serve-function.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../support/http/front-end.ts'
import { setPlan } from '../../support/people/plan.ts'

// An API key is exchanged for a token, and the token acts as the key everywhere.

const entrypoint = join(import.meta.dirname, '../../../functions/api-token/index.ts')

let app: FrontEnd
let exchange: FunctionUnderTest
let ada: Person
let workspace_id: string

beforeAll(async () => {
  app = await borrowFrontEnd()
  exchange = await serveFunction(app.gateway, entrypoint, {
    // As the Supabase CLI writes one.
    FUNCTIONS_SIGNING_KEY: JSON.stringify({
      ...inject('keys').functionsSigningKey,
      key_ops: ['sign', 'verify'],
      ext: true,
    }),
  })
})
afterAll(async () => {
  await exchange[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})
beforeEach(async () => {
  ada = await app.signUp('Ada')
  workspace_id = await app.createWorkspace(ada)
  await app.server.query('delete from private.rate_limit_buckets')
})

async function makeKey(
  expires_at?: string,
  scopes: PermissionKey[] = ['workspace.read', 'workspace.update'],
): Promise<ApiKeyWithSecret> {
  const { data } = await ada.supabase.rpc('create_api_key', {
    workspace_id,
    name: 'Shop',
    scopes,
    ...(expires_at && { expires_at }),
  })
  return apiKeyWithSecretSchema.parse(data)
}

const ask = (authorization?: string) =>
  exchange.request('/', { method: 'POST', headers: authorization ? { authorization } : {} })

async function tokenOf(key: string) {
  const response = await ask(`Bearer ${key}`)
  expect(response.status).toBe(200)
  return apiTokenSchema.parse(await response.json())
}

/** A client as docs/api-keys.md makes it. */
const clientWith = (token: string) =>
  createClient<Database>(app.gateway.url, app.gateway.publishableKey, { accessToken: async () => token })

describe('a token', () => {
  it('acts as the key, with what its scopes say', async () => {
    const key = await makeKey()
    const { accessToken, workspaceId } = await tokenOf(key.key)
    expect(workspaceId).toBe(workspace_id)
    const machine = clientWith(accessToken)
    const renamed = await machine
      .from('workspaces')
      .update({ name: 'By a machine' })
      .eq('id', workspace_id)
      .select('name')
    expect(renamed).toMatchObject({ error: null, data: [{ name: 'By a machine' }] })
    expect((await machine.rpc('list_themes', { workspace_id })).error).toMatchObject({
      code: 'permission_denied',
    })
    expect((await machine.rpc('session_context')).error).toMatchObject({
      code: 'permission_denied',
      details: 'person',
    })

    await ada.supabase.rpc('revoke_api_key', { key_id: key.id })
    expect((await machine.from('workspaces').select('name')).data).toEqual([])
  })

  it('sends numbers and reads what widgets show with the scopes for it, and not without', async () => {
    const { data } = await ada.supabase.rpc('active_view', { workspace_id })
    const view_id = shownViewSchema.parse(data).id
    const shop = clientWith((await tokenOf((await makeKey(undefined, ['metrics.write'])).key)).accessToken)
    const points = [{ id: crypto.randomUUID(), key: 'revenue', time: new Date().toISOString(), value: 12 }]
    expect(await shop.rpc('ingest_metrics', { workspace_id, points })).toMatchObject({
      data: { stored: 1, known: 0 },
    })
    expect((await shop.rpc('get_widget_data', { view_id, workspace_id })).error).toMatchObject({
      code: 'permission_denied',
    })
    const readWith = async (scopes: PermissionKey[]) => {
      const { accessToken } = await tokenOf((await makeKey(undefined, scopes)).key)
      return clientWith(accessToken).rpc('get_widget_data', { view_id, workspace_id })
    }
    const read = await readWith(['dashboards.read', 'components.read'])
    expect(read.error).toBeNull()
    expect(Object.keys(widgetDataSchema.parse(read.data)).length).toBeGreaterThan(0)
    expect(await readWith(['workspace.read'])).toMatchObject({
      status: 403,
      data: null,
      error: { code: 'permission_denied', details: 'dashboards.read' },
    })
  })

  it("is nobody's session", async () => {
    const { id, key } = await makeKey()
    const { accessToken } = await tokenOf(key)
    expect(decodeProtectedHeader(accessToken)).toMatchObject({
      alg: 'ES256',
      kid: inject('keys').functionsSigningKey.kid,
    })
    const { exp = 0, iat = 0, ...claims } = decodeJwt(accessToken)
    expect(claims).toEqual({
      role: 'authenticated',
      aud: 'authenticated',
      iss: `${app.gateway.url}/functions/v1/api-token`,
      sub: id,
    })
    expect(exp - iat).toBe(600)
    const user = await fetch(`${app.gateway.url}/auth/v1/user`, {
      headers: { apikey: app.gateway.publishableKey, authorization: `Bearer ${accessToken}` },
    })
    expect([user.status, await user.json()]).toMatchObject([403, { error_code: 'user_not_found' }])
    const upload = await clientWith(accessToken)
      .storage.from('avatars')
      .upload(`${id}/me.png`, new Blob(['x'], { type: 'image/png' }))
    expect(upload.error).toMatchObject({ statusCode: '403' })
  })

  it('ends with its key', async () => {
    const soon = new Date(Date.now() + 120_000).toISOString()
    const { accessToken, expiresAt } = await tokenOf((await makeKey(soon)).key)
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.parse(soon))
    expect(decodeJwt(accessToken).exp).toBe(Date.parse(expiresAt) / 1000)
  })

  it('is given for both secrets of a key that was rotated', async () => {
    const { id, key } = await makeKey()
    const { data } = await ada.supabase.rpc('rotate_api_key', { key_id: id })
    const rotated = apiKeyWithSecretSchema.parse(data)
    for (const secret of [key, rotated.key])
      expect(decodeJwt((await tokenOf(secret)).accessToken).sub).toBe(id)
  })
})

describe('whoever has no key', () => {
  it('gets one answer, whatever they show', async () => {
    const { key } = await makeKey()
    const revoked = await makeKey()
    await ada.supabase.rpc('revoke_api_key', { key_id: revoked.id })
    const { data } = await ada.supabase.auth.getSession()
    const answers = []
    for (const authorization of [
      undefined,
      '',
      'Bearer',
      `Basic ${key}`,
      `Bearer ${key.toUpperCase()}`,
      `Bearer ${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`,
      `Bearer ${revoked.key}`,
      `Bearer bd_${'0'.repeat(32)}_${'0'.repeat(72)}`,
      `Bearer ${data.session?.access_token}`,
      `Bearer ${app.gateway.secretKey}`,
      `Bearer ${'x'.repeat(10_000)}`,
    ]) {
      const response = await ask(authorization)
      answers.push([response.status, await response.text()])
    }
    expect(new Set(answers.map(String)).size).toBe(1)
    expect(answers[0]?.[0]).toBe(401)
    expect(JSON.parse(String(answers[0]?.[1]))).toMatchObject({ error: { code: 'api_key_not_valid' } })
  })

  it('is held up by their address, and a key by itself', async () => {
    const { key } = await makeKey()
    const atOnce = (times: number, authorization: string) =>
      Promise.all(Array.from({ length: times }, () => ask(authorization)))
    const answers = await atOnce(14, `Bearer ${key}`)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]))
    const guesses = await atOnce(40, 'Bearer x')
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([401, 429]))
    const refused = guesses.find(({ status }) => status === 429)
    expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await refused?.json()).toMatchObject({ error: { code: 'rate_limited', details: 'address' } })
  })
})

it('is exchanged as often as the plan has room for, whichever key of the workspace', async () => {
  const { server } = app
  const refill = () => server.query('delete from private.rate_limit_buckets')
  const most = (free: number) =>
    server.query(
      "update public.plan_limits set most = $1 where limit_key = 'api_tokens_per_minute' and plan_key = 'free'",
      [free],
    )
  await most(2)
  try {
    const keys = [await makeKey(), await makeKey(), await makeKey()]
    const exchangeAll = async () => {
      const answers = []
      for (const { key } of keys) answers.push(await ask(`Bearer ${key}`))
      return answers
    }
    const answers = await exchangeAll()
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(answers[2]?.headers.get('ratelimit-policy')).toContain('"workspace";q=2;w=60')
    expect(await answers[2]?.json()).toMatchObject({ error: { code: 'rate_limited', details: 'workspace' } })
    const eve = await app.signUp('Eve')
    const theirs = await app.createWorkspace(eve)
    const { data } = await eve.supabase.rpc('create_api_key', {
      workspace_id: theirs,
      name: 'Theirs',
      scopes: ['workspace.read'],
    })
    expect((await ask(`Bearer ${apiKeyWithSecretSchema.parse(data).key}`)).status).toBe(200)
    await refill()
    await setPlan(server, 'premium', workspace_id)
    expect((await exchangeAll()).map(({ status }) => status)).toEqual([200, 200, 200])
  } finally {
    await most(60)
  }
})

it('is counted by the month, and refused where the plan has no room for more', async () => {
  const { server } = app
  const { key } = await makeKey()
  const workspace = (await tokenOf(key)).workspaceId
  await server.query('delete from private.rate_limit_buckets')
  const use = async () =>
    (
      await server.query(
        "select settled::int from private.usage where workspace_id = $1 and meter = 'api_tokens'",
        [workspace],
      )
    ).rows[0]?.settled
  const before = await use()
  await tokenOf(key)
  expect(await use()).toBe(before + 1)
  const { rows } = await server.query<{ plan_key: string; most: string }>(
    `select l.plan_key, l.most from public.plan_limits l
     join public.workspaces w on w.plan_type = l.plan_key
     where l.limit_key = 'api_tokens' and w.id = $1`,
    [workspace],
  )
  const [limit] = rows
  const most = (number: unknown) =>
    server.query("update public.plan_limits set most = $1 where limit_key = 'api_tokens' and plan_key = $2", [
      number,
      limit?.plan_key,
    ])
  await most(before + 1)
  const refused = await ask(`Bearer ${key}`)
  expect(refused.status).toBe(402)
  expect(await refused.json()).toMatchObject({
    error: { code: 'payment_required', details: expect.stringContaining('"api_tokens"') },
  })
  expect(await use()).toBe(before + 1)
  // As it was, on whichever plan: other suites of the process have this database after it.
  await most(limit?.most)
  // What nobody has a key for is counted for nobody.
  expect((await ask('Bearer x')).status).toBe(401)
  expect(await use()).toBe(before + 1)
})

it('no secret is in the log', async () => {
  const { key } = await makeKey()
  const { accessToken } = await tokenOf(key)
  const output = exchange.output()
  expect(output).toContain('"function":"api-token"')
  for (const secret of [key.slice(36), accessToken, inject('keys').functionsSigningKey.d ?? 'none'])
    expect(output).not.toContain(secret)
})
