import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { withClient } from '../../../local/postgres/index.ts'
import type { Database } from '../../../types/database.ts'
import { mailCodes } from '../../support/http/auth.ts'
import { startTestGateway, type TestGateway } from '../../support/http/gateway.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'
import { type MailCatcher, startMailCatcher } from '../../support/stack/mail-catcher.ts'

// An invitation from end to end, as a front end goes through it, where addresses are confirmed by mail.

type Supabase = SupabaseClient<Database>

const invitationSchema = z.object({
  id: z.uuid(),
  email: z.email(),
  role: z.string(),
  token: z.string(),
  expiresAt: z.iso.datetime({ offset: true }),
})

const password = 'correct horse battery'

let database: TestDatabase
let mails: MailCatcher
let gateway: TestGateway
let grace: Supabase
let workspaceId: string

beforeAll(async () => {
  database = await createDatabase('migrated')
  mails = await startMailCatcher()
  gateway = await startTestGateway(database, {
    smtpPort: mails.port,
    configure: (config) => {
      mailCodes(config)
      config.auth.email.enable_confirmations = true
    },
  })
  grace = await signUpAndConfirm('Grace')
  const made = await grace.rpc('create_workspace', { name: "Grace's" })
  if (made.error) throw made.error
  workspaceId = made.data.id
})

afterAll(async () => {
  await gateway.close()
  await mails.close()
  await database.drop()
})

const connect = (): Supabase =>
  createClient<Database>(gateway.url, gateway.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  })

const addressOf = (name: string) => `${name.toLowerCase()}@example.com`

async function signUp(name: string): Promise<Supabase> {
  const supabase = connect()
  const { error } = await supabase.auth.signUp({
    email: addressOf(name),
    password,
    options: { data: { name } },
  })
  if (error) throw error
  return supabase
}

async function signUpAndConfirm(name: string): Promise<Supabase> {
  const supabase = await signUp(name)
  const { code } = await mails.lastMailTo(addressOf(name))
  const { error } = await supabase.auth.verifyOtp({ email: addressOf(name), token: code, type: 'email' })
  if (error) throw error
  return supabase
}

async function invite(name: string, role = 'member') {
  const { data, error } = await grace.rpc('create_invitation', {
    workspace_id: workspaceId,
    email: addressOf(name),
    role,
  })
  if (error) throw error
  return invitationSchema.parse(data)
}

const visible = async (supabase: Supabase) => (await supabase.from('workspaces').select('id, name')).data

describe('an invitation', () => {
  it('leads from the address to the workspace', async () => {
    const { id, token, expiresAt } = await invite('Ada', 'viewer')

    const preview = await connect().rpc('preview_invitation', { token })
    expect(preview.error).toBeNull()
    expect(preview.data).toEqual({ workspaceName: "Grace's", inviterName: 'Grace', expiresAt })

    const ada = await signUpAndConfirm('Ada')
    expect(await visible(ada)).toEqual([])
    const accepted = await ada.rpc('accept_invitation', { token })
    expect(accepted.error).toBeNull()
    expect(accepted.data).toMatchObject({ workspace_id: workspaceId, role_key: 'viewer', status: 'active' })
    expect(await visible(ada)).toEqual([{ id: workspaceId, name: "Grace's" }])

    const { data } = await grace
      .from('workspace_invitations')
      .select('id, email, accepted_at, member:profiles!accepted_by (name)')
      .eq('id', id)
    expect(data).toEqual([
      { id, email: 'ada@example.com', accepted_at: expect.any(String), member: { name: 'Ada' } },
    ])

    const again = await ada.rpc('accept_invitation', { token })
    expect(again.status).toBe(410)
    expect(again.error).toMatchObject({ code: 'invitation_not_valid' })
  })

  it('reaches who has no account by a sign-in link, and needs no token then', async () => {
    const { id } = await invite('Radia')
    const { error } = await connect().auth.signInWithOtp({
      email: addressOf('Radia'),
      options: { emailRedirectTo: 'http://127.0.0.1:3000/invitations' },
    })
    expect(error).toBeNull()
    const { link } = await mails.lastMailTo(addressOf('Radia'))
    const location = new URL((await fetch(link, { redirect: 'manual' })).headers.get('location') ?? '')
    expect(location.origin + location.pathname).toBe('http://127.0.0.1:3000/invitations')
    const tokens = new URLSearchParams(location.hash.slice(1))

    const radia = connect()
    await radia.auth.setSession({
      access_token: tokens.get('access_token') ?? '',
      refresh_token: tokens.get('refresh_token') ?? '',
    })
    const mine = await radia.rpc('my_invitations')
    expect(mine.data).toMatchObject([{ id, workspaceName: "Grace's", inviterName: 'Grace' }])
    expect(await visible(radia)).toEqual([])
    expect((await radia.rpc('accept_my_invitation', { id })).error).toBeNull()
    expect(await visible(radia)).toEqual([{ id: workspaceId, name: "Grace's" }])
  })

  it('A08 from another address: tells whoever may not have it the same as whoever made a token up', async () => {
    const { token } = await invite('Barbara')
    const eve = await signUpAndConfirm('Eve')
    const [stolen, guessed] = await Promise.all([
      eve.rpc('accept_invitation', { token }),
      eve.rpc('accept_invitation', { token: 'A'.repeat(43) }),
    ])
    expect(stolen.status).toBe(410)
    expect(stolen.error).toMatchObject({ code: 'invitation_not_valid' })
    expect(stolen.error).toEqual(guessed.error)
    expect(await visible(eve)).toEqual([])
    const preview = await connect().rpc('preview_invitation', { token: 'A'.repeat(43) })
    expect(preview.status).toBe(410)
    expect(preview.error).toEqual(guessed.error)
  })

  it('waits for the address to be confirmed', async () => {
    const { token } = await invite('Hedy')
    const hedy = await signUp('Hedy')
    const early = await hedy.rpc('accept_invitation', { token })
    // Without a session this is an anonymous call, which the function is not for.
    expect(early.status).toBe(401)
    const { code } = await mails.lastMailTo(addressOf('Hedy'))
    await hedy.auth.verifyOtp({ email: addressOf('Hedy'), token: code, type: 'email' })
    expect((await hedy.rpc('accept_invitation', { token })).error).toBeNull()
  })

  it('A08 in parallel: is accepted once by many requests at the same moment', async () => {
    const { token } = await invite('Joan')
    const joan = await signUpAndConfirm('Joan')
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => joan.rpc('accept_invitation', { token })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410, 410])
  })

  it('is resent with another token, and revoked', async () => {
    const { id, token } = await invite('Karen')
    const resent = await grace.rpc('resend_invitation', { workspace_id: workspaceId, id })
    expect(resent.error).toBeNull()
    const fresh = invitationSchema.parse(resent.data).token
    expect((await connect().rpc('preview_invitation', { token })).status).toBe(410)
    expect((await connect().rpc('preview_invitation', { token: fresh })).status).toBe(200)
    const revoked = await grace.rpc('revoke_invitation', { workspace_id: workspaceId, id })
    expect(revoked).toMatchObject({ status: 204, error: null })
    expect((await connect().rpc('preview_invitation', { token: fresh })).status).toBe(410)
  })

  it('keeps the hash of its token from everyone, the secret key included', async () => {
    await invite('Lise')
    for (const supabase of [grace, gateway.adminClient()]) {
      const { data, error } = await supabase.from('workspace_invitations').select('*')
      expect(error).toBeNull()
      expect(data).not.toEqual([])
      expect(JSON.stringify(data)).not.toMatch(/token|hash/)
      const hidden = await supabase.from('invitation_tokens' as 'workspace_invitations').select('*')
      expect(hidden).toMatchObject({ status: 404, error: { code: 'PGRST205' } })
    }
  })
})

describe('a grant on a single thing', () => {
  it('takes the premium plan, and then counts for the person', async () => {
    const { token } = await invite('Mary', 'viewer')
    const mary = await signUpAndConfirm('Mary')
    const accepted = await mary.rpc('accept_invitation', { token })
    if (accepted.error) throw accepted.error
    const view = await grace
      .from('dashboard_views')
      .insert({ workspace_id: workspaceId, name: 'Engines', visibility: 'workspace' })
      .select('id')
      .single()
    if (view.error) throw view.error
    const grant = {
      workspace_id: workspaceId,
      resource_type: 'dashboard',
      resource_id: view.data.id,
      user_id: accepted.data.user_id,
      access: 'edit',
    }
    const access = async () =>
      (
        await mary.rpc('my_access', {
          workspace_id: workspaceId,
          resource_type: 'dashboard',
          resource_id: grant.resource_id,
        })
      ).data

    const unpaid = await grace.from('resource_grants').insert(grant)
    expect(unpaid.status).toBe(402)
    expect(unpaid.error).toMatchObject(lacksFeature('resource_grants'))
    expect(await access()).toBe('view')

    await withClient(database.url('postgres'), (client) => setPlan(client, 'premium', workspaceId))
    expect((await grace.from('resource_grants').insert(grant)).error).toBeNull()
    expect(await access()).toBe('edit')

    const own = await mary.from('resource_grants').insert({ ...grant, access: 'manage' })
    expect(own.status).toBe(403)
    expect(own.error).toMatchObject({ code: 'permission_denied', details: 'grants.write' })
    expect((await mary.from('resource_grants').select('id')).data).toEqual([])
  })
})
