import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { markedNotificationsSchema, notificationListSchema } from '../../../types/notification.ts'
import { type Actor, actAs, anonymous, clientError, person } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { list, notify, toldTo } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, suspended, viewer } from '../../support/people/cast.ts'

// Reading one's own, saying what was read, and nothing of another's.

const story = policySuite()

const gone = person('00000000-0000-4000-8000-0000000000ff')
const mark = (client: pg.Client, actor: Actor, ids: string[] | null = null, read: boolean | null = true) =>
  call<{ marked: number; unreadNotifications: number }>(client, actor, 'mark_notifications', [ids, read])
const unread = async (client: pg.Client, actor: Actor) =>
  (await call<{ unreadNotifications: number }>(client, actor, 'session_context', [])).unreadNotifications

const tellMany = async (client: pg.Client, count: number) => {
  for (let n = 1; n <= count; n++) await notify(client, [ids.viewer], { title: `News ${n}` })
}
const titles = (page: { notifications: { title: string }[] }) =>
  page.notifications.map(({ title }) => title.replace('News ', ''))

describe('list_notifications', () => {
  it(
    'gives one’s own, latest first, a page at a time, whatever comes meanwhile',
    story(async (client) => {
      await tellMany(client, 5)
      await notify(client, [ids.member])
      const first = notificationListSchema.parse(await list(client, viewer, null, 2))
      expect(titles(first)).toEqual(['5', '4'])
      await notify(client, [ids.viewer], { title: 'News 6' })
      const second = await list(client, viewer, first.next, 2)
      expect(titles(second)).toEqual(['3', '2'])
      const third = await list(client, viewer, second.next, 2)
      expect(titles(third)).toEqual(['1'])
      expect(third.next).toBeNull()
      expect(titles(await list(client, viewer, null, 6))).toHaveLength(6)
      expect((await list(client, viewer, null, 6)).next).toBeNull()
    }),
  )

  it(
    'gives the unread ones alone, page by page',
    story(async (client) => {
      await tellMany(client, 4)
      const [last, , third] = await toldTo(client, ids.viewer)
      await mark(client, viewer, [last?.id ?? '', third?.id ?? ''])
      const page = await list(client, viewer, null, 1, true)
      expect(titles(page)).toEqual(['3'])
      expect(titles(await list(client, viewer, page.next, 1, true))).toEqual(['1'])
      for (const all of [false, null])
        expect(titles(await list(client, viewer, null, 10, all))).toEqual(['4', '3', '2', '1'])
    }),
  )

  it(
    'is empty for who was told nothing, and read only',
    story(async (client) => {
      await client.query('set transaction read only')
      expect(await list(client, viewer)).toEqual({ notifications: [], next: null })
    }),
  )

  it.each([
    ['per_page', [null, 0]],
    ['per_page', [null, 101]],
    ['per_page', [null, null]],
    ['after', ['nonsense']],
    ['after', ['["2026-01-01", "x"]']],
    ['after', ['["2026-01-01"]']],
  ])('refuses a %s such as %j', (details, values) =>
    story(async (client) => {
      expect(await clientError(list(client, viewer, ...values))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details,
      })
    })(),
  )

  it(
    'gives, with another’s place, one’s own rows alone',
    story(async (client) => {
      await notify(client, [ids.member], { title: 'Theirs' })
      await tellMany(client, 3)
      const { next } = await list(client, viewer, null, 1)
      expect(titles(await list(client, member, next))).toEqual(['Theirs'])
    }),
  )

  it(
    'is not for anonymous callers, nor for accounts that are gone',
    story(async (client) => {
      await expect(list(client, anonymous)).rejects.toMatchObject({ code: '42501' })
      await expect(mark(client, anonymous)).rejects.toMatchObject({ code: '42501' })
      for (const attempt of [list, mark])
        expect(await clientError(attempt(client, gone))).toMatchObject({ status: 401, code: 'not_signed_in' })
    }),
  )
})

describe('who is out of the workspace', () => {
  it(
    'still reads what they were told, and hears nothing of it while suspended',
    story(async (client) => {
      await notify(client, [ids.viewer], { title: 'Before' })
      await actAs(client, admin, "select public.change_member($1, $2, status => 'suspended')", [
        ours,
        ids.viewer,
      ])
      await notify(client, [ids.viewer, ids.suspended], { title: 'Meanwhile' })
      expect(titles(await list(client, viewer))).toEqual(['Before'])
      expect((await actAs(client, viewer, 'select title from public.notifications')).rows).toEqual([
        { title: 'Before' },
      ])
      expect(await unread(client, viewer)).toBe(1)
      expect((await list(client, suspended)).notifications).toEqual([])
      await actAs(client, admin, 'select public.remove_member($1, $2)', [ours, ids.viewer])
      expect(titles(await list(client, viewer))).toEqual(['You were removed from Ours', 'Before'])
      expect(await mark(client, viewer)).toEqual({ marked: 2, unreadNotifications: 0 })
    }),
  )
})

describe('mark_notifications', () => {
  it(
    'marks some, all, and unread again',
    story(async (client) => {
      await tellMany(client, 3)
      const [a = '', b = '', c = ''] = (await toldTo(client, ids.viewer)).map(({ id }) => id)
      expect(markedNotificationsSchema.parse(await mark(client, viewer, [a, b]))).toEqual({
        marked: 2,
        unreadNotifications: 1,
      })
      expect(await mark(client, viewer, [a])).toEqual({ marked: 0, unreadNotifications: 1 })
      expect(await mark(client, viewer)).toEqual({ marked: 1, unreadNotifications: 0 })
      expect(await mark(client, viewer, [b, c], false)).toEqual({ marked: 2, unreadNotifications: 2 })
      expect((await toldTo(client, ids.viewer)).map(({ is_read }) => is_read)).toEqual([true, false, false])
      expect(await unread(client, viewer)).toBe(2)
      expect(await mark(client, viewer, [])).toEqual({ marked: 0, unreadNotifications: 2 })
    }),
  )

  it(
    'passes over what is another’s, or comes by mail alone',
    story(async (client) => {
      await call(client, member, 'set_notification_preference', ['member_removed', 'mail'])
      await notify(client, [ids.admin, ids.member])
      const [theirs] = await toldTo(client, ids.admin)
      const [mailed] = await toldTo(client, ids.member)
      expect(await mark(client, viewer, [theirs?.id ?? ''])).toEqual({ marked: 0, unreadNotifications: 0 })
      expect(await mark(client, member, [mailed?.id ?? ''], false)).toEqual({
        marked: 0,
        unreadNotifications: 0,
      })
      expect(await mark(client, viewer)).toEqual({ marked: 0, unreadNotifications: 0 })
      expect(await unread(client, admin)).toBe(1)
    }),
  )

  it.each<[string, string[] | null, boolean | null]>([
    ['ids', Array.from({ length: 101 }, () => ids.viewer), true],
    ['read', null, false],
    ['read', null, null],
  ])('refuses bad %s', (details, ids, read) =>
    story(async (client) => {
      await tellMany(client, 1)
      expect(await clientError(mark(client, viewer, ids, read))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details,
      })
      expect(await unread(client, viewer)).toBe(1)
    })(),
  )

  it(
    'counts the unread ones up to a hundred',
    story(async (client) => {
      await tellMany(client, 99)
      expect(await unread(client, viewer)).toBe(99)
      await tellMany(client, 3)
      expect(await unread(client, viewer)).toBe(100)
      const named = (await toldTo(client, ids.viewer)).map(({ id }) => id)
      expect(await mark(client, viewer, named.slice(0, 1))).toEqual({ marked: 1, unreadNotifications: 100 })
      // As many are marked at a time.
      expect(await mark(client, viewer, named.slice(1, 101))).toEqual({ marked: 100, unreadNotifications: 1 })
    }),
  )

  it(
    'has a preference taken back for oneself and that kind alone',
    story(async (client) => {
      for (const actor of [member, viewer])
        for (const kind of ['member_removed', 'view_shared'])
          await call(client, actor, 'set_notification_preference', [kind, 'none'])
      await call(client, member, 'set_notification_preference', ['view_shared', null])
      const { rows } = await client.query(
        'select user_id, kind from public.notification_preferences order by user_id, kind',
      )
      expect(rows).toEqual([
        { user_id: ids.member, kind: 'member_removed' },
        { user_id: ids.viewer, kind: 'member_removed' },
        { user_id: ids.viewer, kind: 'view_shared' },
      ])
    }),
  )

  it(
    'is for people, and no API key marks or chooses anything',
    story(async (client) => {
      const shop = await machine(client, ['workspace.read'])
      for (const [name, values] of [
        ['mark_notifications', [null, true]],
        ['set_notification_preference', ['view_shared', 'none']],
      ] as const)
        expect(await clientError(call(client, shop, name, [...values]))).toMatchObject({
          code: 'permission_denied',
          details: 'person',
        })
    }),
  )
})
