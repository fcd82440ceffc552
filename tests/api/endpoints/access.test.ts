import { beforeEach, expect, it } from 'vitest'
import { accessExplanationSchema, viewAudienceSchema, viewPreviewSchema } from '../../../types/access.ts'
import type { StoredView } from '../../../types/view.ts'
import { widget } from '../../support/dashboards/layouts.ts'
import { createSharedView } from '../../support/dashboards/view-calls.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'
import { setPlan } from '../../support/people/plan.ts'

// The rows of docs/endpoints.md about who can do what with a dashboard or a widget, and why.

let app: FrontEnd
/** An admin, a member, a viewer, and somebody who is not in the workspace, which is on premium. */
let ada: Person
let mia: Person
let vic: Person
let eve: Person
let workspace_id: string
/** A view that Mia shares with everyone in the workspace. */
let view: StoredView
const shown = widget()

const people = endpointSuite()

beforeEach(async () => {
  ;({ app, ada, mia, vic, eve, workspace_id } = people())
  await setPlan(app.server, 'premium', workspace_id)
  view = await createSharedView(mia, workspace_id, [shown])
})

it('access of oneself', async () => {
  const ask = ({ supabase }: Person, resource_type: string) =>
    supabase.rpc('my_access', { workspace_id, resource_type, resource_id: view.id })
  const answers = await Promise.all([mia, ada, vic, eve].map((person) => ask(person, 'dashboard')))
  expect(answers.map(({ data }) => data)).toEqual(['manage', 'manage', 'view', 'none'])
  expect(await ask(vic, 'planet')).toMatchObject({ error: { code: 'invalid_input' } })
})

it('access explained', async () => {
  const explain = ({ supabase }: Person, user_id?: string) =>
    supabase.rpc('explain_access', { resource_type: 'dashboard', resource_id: view.id, user_id })
  const { data, error } = await explain(mia, vic.id)
  expect(error).toBeNull()
  expect(accessExplanationSchema.parse(data)).toMatchObject({
    userId: vic.id,
    access: 'view',
    reasons: [
      { kind: 'role', role: 'viewer', gives: 'view', counts: true },
      { kind: 'visibility', counts: true },
    ],
  })
  expect(accessExplanationSchema.parse((await explain(vic)).data)).toMatchObject({ access: 'view' })
  expect(await explain(vic, mia.id)).toMatchObject({ error: { code: 'permission_denied' } })
  expect(await explain(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('view for each role', async () => {
  const none = { workspace_id, resource_type: 'dashboard', resource_id: view.id, access: 'none' }
  const given = await ada.supabase.from('resource_grants').insert({ ...none, role_key: 'viewer' })
  expect(given.error).toBeNull()
  const audience = ({ supabase }: Person) => supabase.rpc('view_audience', { view_id: view.id })
  const { data, error } = await audience(mia)
  expect(error).toBeNull()
  expect(viewAudienceSchema.parse(data).map(({ role, access }) => [role, access])).toEqual([
    ['admin', 'manage'],
    ['member', 'edit'],
    ['viewer', 'none'],
  ])
  expect(await audience(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('view as a role', async () => {
  const as = ({ supabase }: Person, role_key: string) =>
    supabase.rpc('see_as', { view_id: view.id, role_key })
  const { data, error } = await as(mia, 'viewer')
  expect(error).toBeNull()
  const seen = viewPreviewSchema.parse(data)
  expect(seen).toMatchObject({ role: 'viewer', access: 'view', hidden: [] })
  expect(seen.layout?.widgets.map(({ instanceId }) => instanceId)).toEqual([shown.instanceId])
  expect(await as(vic, 'admin')).toMatchObject({ error: { code: 'permission_denied' } })
  expect(await as(mia, 'pilot')).toMatchObject({ error: { code: 'invalid_input' } })
  expect(await as(eve, 'viewer')).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('grants', async () => {
  const give = ({ supabase }: Person, grant: { user_id: string; access: string }) =>
    supabase
      .from('resource_grants')
      .insert({ workspace_id, resource_type: 'dashboard', resource_id: view.id, ...grant })
      .select()
      .single()
  const vicCan = async () =>
    (
      await vic.supabase.rpc('my_access', {
        workspace_id,
        resource_type: 'dashboard',
        resource_id: view.id,
      })
    ).data
  const { data: grant, error } = await give(ada, { user_id: vic.id, access: 'edit' })
  expect(error).toBeNull()
  expect(await give(ada, { user_id: vic.id, access: 'view' })).toMatchObject({ error: { code: '23505' } })
  expect(await vicCan()).toBe('edit')

  const one = { workspace_id, id: grant?.id ?? '' }
  const grants = () => ada.supabase.from('resource_grants')
  expect((await grants().update({ access: 'none' }).match(one).select().single()).error).toBeNull()
  expect(await vicCan()).toBe('none')
  expect((await grants().delete().match(one).select('id').single()).data).toEqual({ id: one.id })
  expect(await vicCan()).toBe('view')

  const denied = { error: { code: 'permission_denied' } }
  expect(await give(mia, { user_id: vic.id, access: 'edit' })).toMatchObject(denied)
  expect(await give(vic, { user_id: vic.id, access: 'manage' })).toMatchObject(denied)
  expect(await vicCan()).toBe('view')
})
