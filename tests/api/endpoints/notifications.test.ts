import { beforeEach, expect, it } from 'vitest'
import {
  markedNotificationsSchema,
  notificationListSchema,
  notificationPreferenceSchema,
  notificationPreferencesSchema,
} from '../../../types/notification.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about what people are told.

let app: FrontEnd
let ada: Person
let mia: Person
let vic: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(async () => {
  ;({ app, ada, mia, vic, workspace_id } = people())
  await app.server.query('delete from public.notifications')
})

const changeRole = ({ id }: Person, role: string) =>
  ada.supabase.rpc('change_member', { workspace_id, user_id: id, role })
const listOf = async ({ supabase }: Person, page = {}) => {
  const { data, error } = await supabase.rpc('list_notifications', page)
  if (error) throw error
  return notificationListSchema.parse(data)
}
const unreadOf = async ({ supabase }: Person) => (await supabase.rpc('session_context')).data

it('notifications list', async () => {
  await changeRole(vic, 'member')
  await ada.supabase.rpc('remove_member', { workspace_id, user_id: vic.id })
  const list = (page: { after?: string; per_page?: number; unread_only?: boolean }) =>
    vic.supabase.rpc('list_notifications', page)
  const { data, error } = await list({ per_page: 1, unread_only: true })
  expect(error).toBeNull()
  const first = notificationListSchema.parse(data)
  expect(first.notifications).toMatchObject([
    { kind: 'member_removed', workspaceId: workspace_id, link: null },
  ])
  const second = await listOf(vic, { after: first.next, per_page: 1 })
  expect(second).toMatchObject({
    notifications: [{ kind: 'role_changed', link: `/workspaces/${workspace_id}`, readAt: null }],
    next: null,
  })
  expect((await listOf(mia)).notifications).toEqual([])
  expect((await list({ per_page: 101 })).error).toMatchObject({ code: 'invalid_input', details: 'per_page' })
})

it('notifications mark', async () => {
  await changeRole(vic, 'member')
  const mark = ({ supabase }: Person, what: { ids?: string[]; read?: boolean } = {}) =>
    supabase.rpc('mark_notifications', what)
  const [told] = (await listOf(vic)).notifications
  const ids = [told?.id ?? '']
  expect(await unreadOf(vic)).toMatchObject({ unreadNotifications: 1 })

  // Another's is passed over.
  expect((await mark(mia, { ids })).data).toEqual({ marked: 0, unreadNotifications: 0 })
  const { data, error } = await mark(vic, { ids })
  expect(error).toBeNull()
  expect(markedNotificationsSchema.parse(data)).toEqual({ marked: 1, unreadNotifications: 0 })
  expect((await mark(vic, { ids, read: false })).data).toEqual({ marked: 1, unreadNotifications: 1 })
  expect((await mark(vic)).data).toEqual({ marked: 1, unreadNotifications: 0 })
  expect(await unreadOf(vic)).toMatchObject({ unreadNotifications: 0 })
  expect((await mark(vic, { read: false })).error).toMatchObject({ code: 'invalid_input', details: 'read' })
})

it('notifications kinds', async () => {
  const { data, error } = await vic.supabase.rpc('list_notification_preferences')
  expect(error).toBeNull()
  expect(notificationPreferencesSchema.parse(data)).toContainEqual({
    kind: 'view_shared',
    description: expect.any(String),
    delivery: 'app',
    default: 'app',
  })
  const dan = await app.signUp('Dan')
  await dan.supabase.rpc('delete_my_account')
  expect((await dan.supabase.rpc('list_notification_preferences')).error).toMatchObject({
    code: 'not_signed_in',
  })
})

it('notifications choose', async () => {
  const choose = (kind: string, delivery?: string) =>
    vic.supabase.rpc('set_notification_preference', { kind, delivery })
  const { data, error } = await choose('role_changed', 'none')
  expect(error).toBeNull()
  expect(notificationPreferenceSchema.parse(data)).toMatchObject({ delivery: 'none', default: 'app' })
  await changeRole(vic, 'member')
  expect((await listOf(vic)).notifications).toEqual([])
  expect((await choose('role_changed')).data).toMatchObject({ delivery: 'app' })
  await changeRole(vic, 'viewer')
  expect((await listOf(vic)).notifications).toHaveLength(1)
  expect((await choose('role_changed', 'pigeon')).error).toMatchObject({
    code: 'invalid_input',
    details: 'delivery',
  })
})
