import { beforeEach, expect, it } from 'vitest'
import { invitationListSchema, myInvitationsSchema } from '../../../types/invitation-list.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about how people join a workspace.

let app: FrontEnd
/** An admin, a member, a viewer, and somebody who is not in the workspace. */
let ada: Person
let mia: Person
let vic: Person
let eve: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(() => {
  ;({ app, ada, mia, vic, eve, workspace_id } = people())
})

const join = ({ supabase }: Person, token: string) => supabase.rpc('accept_invitation', { token })
const pending = async () => {
  const { data } = await ada.supabase.rpc('list_invitations', { workspace_id })
  return invitationListSchema.parse(data).invitations
}

/** An invitation from Ada, as she is told of it. */
async function invite(email: string): Promise<{ id: string; token: string }> {
  const args = { workspace_id, email, role: 'member' }
  const { data, error } = await ada.supabase.rpc('create_invitation', args)
  if (error) throw error
  return data as { id: string; token: string }
}

it('invitations create', async () => {
  const create = ({ supabase }: Person, email: string, role: string) =>
    supabase.rpc('create_invitation', { workspace_id, email, role })
  expect(await create(ada, eve.email, 'viewer')).toMatchObject({
    error: null,
    data: { email: eve.email, role: 'viewer', token: expect.stringMatching(/^[\w-]{43}$/) },
  })
  expect(await create(ada, eve.email, 'viewer')).toMatchObject({ status: 409, error: { code: 'conflict' } })
  expect(await create(ada, mia.email, 'viewer')).toMatchObject({ status: 409, error: { code: 'conflict' } })
  expect(await create(ada, 'eve', 'viewer')).toMatchObject({ error: { code: 'invalid_input' } })
  expect(await create(mia, 'zoe@example.com', 'viewer')).toMatchObject({
    status: 403,
    error: { code: 'permission_denied', details: 'members.invite' },
  })
  expect(await create(eve, 'zoe@example.com', 'viewer')).toMatchObject({ error: { code: 'not_found' } })
  expect(await pending()).toMatchObject([{ email: eve.email, role: 'viewer' }])
})

it('invitations list', async () => {
  const { id } = await invite(eve.email)
  const list = ({ supabase }: Person) =>
    supabase.rpc('list_invitations', {
      workspace_id,
      search: 'person',
      role: 'member',
      sort: 'expires_at',
      direction: 'desc',
      page: 1,
      per_page: 10,
    })
  const { data, error } = await list(ada)
  expect(error).toBeNull()
  expect(invitationListSchema.parse(data)).toMatchObject({
    total: 1,
    invitations: [
      {
        id,
        email: eve.email,
        role: 'member',
        roleName: 'Member',
        inviter: { id: ada.id },
        isOpen: true,
      },
    ],
  })
  expect(await list(vic)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await list(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect(await ada.supabase.rpc('list_invitations', { workspace_id, sort: 'token' })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'sort' },
  })
})

it('invitations resend', async () => {
  const { id, token } = await invite(eve.email)
  const resend = ({ supabase }: Person) => supabase.rpc('resend_invitation', { workspace_id, id })
  expect(await resend(mia)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  const { data, error } = await resend(ada)
  expect(error).toBeNull()
  expect(data).toMatchObject({ id, email: eve.email, role: 'member' })

  expect(await join(eve, token)).toMatchObject({ error: { code: 'invitation_not_valid' } })
  expect((await join(eve, (data as { token: string }).token)).error).toBeNull()
  expect(await resend(ada)).toMatchObject({ status: 409, error: { code: 'conflict' } })
})

it('invitations revoke', async () => {
  const { id, token } = await invite(eve.email)
  const revoke = ({ supabase }: Person) => supabase.rpc('revoke_invitation', { workspace_id, id })
  expect(await revoke(mia)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await pending()).toHaveLength(1)
  expect((await revoke(ada)).error).toBeNull()
  expect(await pending()).toEqual([])
  expect(await revoke(ada)).toMatchObject({ status: 409, error: { code: 'conflict' } })
  expect(await join(eve, token)).toMatchObject({ error: { code: 'invitation_not_valid' } })
})

it('invitations preview', async () => {
  const { token } = await invite(eve.email)
  const preview = (token: string) => app.connect().rpc('preview_invitation', { token })
  expect(await preview(token)).toMatchObject({
    error: null,
    data: { workspaceName: 'Studio', inviterName: 'Ada', expiresAt: expect.any(String) },
  })
  expect(await preview('guessed')).toMatchObject({ status: 410, error: { code: 'invitation_not_valid' } })
})

it('invitations mine', async () => {
  const zoe = await app.signUp('Zoe')
  const { id } = await invite(zoe.email)
  const list = async ({ supabase }: Person) =>
    myInvitationsSchema.parse((await supabase.rpc('my_invitations', {}, { get: true })).data)
  expect(await list(vic)).toEqual([])
  expect(await list(zoe)).toMatchObject([
    { id, workspaceName: 'Studio', inviterName: 'Ada', role: 'member', roleName: 'Member' },
  ])
  const session = await zoe.supabase.rpc('session_context')
  expect(session.data).toMatchObject({ invitations: [{ id }] })
  expect(await app.connect().rpc('my_invitations')).toMatchObject({ status: 401, error: { code: '42501' } })

  const accept = ({ supabase }: Person) => supabase.rpc('accept_my_invitation', { id })
  expect(await accept(vic)).toMatchObject({ status: 410, error: { code: 'invitation_not_valid' } })
  expect(await accept(zoe)).toMatchObject({
    error: null,
    data: { workspace_id, user_id: zoe.id, role_key: 'member', status: 'active' },
  })
  expect(await list(zoe)).toEqual([])
})

it('invitations decline', async () => {
  const noa = await app.signUp('Noa')
  const { id } = await invite(noa.email)
  const decline = ({ supabase }: Person) => supabase.rpc('decline_my_invitation', { id })
  expect(await decline(vic)).toMatchObject({ status: 410, error: { code: 'invitation_not_valid' } })
  expect(await decline(noa)).toMatchObject({ status: 204, error: null })
  expect((await noa.supabase.rpc('my_invitations', {}, { get: true })).data).toEqual([])
  expect(await decline(noa)).toMatchObject({ status: 410, error: { code: 'invitation_not_valid' } })
})

it('invitations accept', async () => {
  const { token } = await invite(eve.email)
  const accept = ({ supabase }: Person) => supabase.rpc('accept_invitation', { token })
  expect(await accept(vic)).toMatchObject({ status: 410, error: { code: 'invitation_not_valid' } })
  expect(await accept(eve)).toMatchObject({
    error: null,
    data: { workspace_id, user_id: eve.id, role_key: 'member', status: 'active' },
  })
  expect((await eve.supabase.from('workspaces').select('id')).data).toContainEqual({ id: workspace_id })
  expect(await accept(eve)).toMatchObject({ status: 410, error: { code: 'invitation_not_valid' } })
})
