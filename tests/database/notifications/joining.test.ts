import { describe, expect, it } from 'vitest'
import { insertShare, makeView } from '../../support/dashboards/view-rows.ts'
import { actAs, person } from '../../support/database/act.ts'
import { letPass, list, notify, titlesTo, toldTo } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, viewer } from '../../support/people/cast.ts'
import { accept, invite, signUp } from '../../support/people/invitations.ts'

// What comes in bursts is one notification, and nobody can flood anybody.

const story = policySuite()

const markAll = 'select public.mark_notifications()'

describe('several who join within the hour', () => {
  it(
    'are one notification that counts them, with the latest to show, and first in the list again',
    story(async (client) => {
      for (const n of [1, 2, 3]) {
        const guest = await signUp(client, `00000000-0000-4000-8000-00000000002${n}`, `guest${n}@example.com`)
        await client.query('update public.profiles set name = $1 where id = $2', [`Guest ${n}`, guest.sub])
        await accept(client, guest, (await invite(client, admin, `guest${n}@example.com`, 'viewer')).token)
        if (n === 2) await notify(client, [ids.admin], { title: 'Between' })
      }
      // Each of them is told of at once.
      const { rows: said } = await client.query(
        `select payload ->> 'kind' as kind, count(*)::int as times from realtime.messages
         where event = 'notification:new' and topic = $1 and payload ->> 'kind' = 'member_joined' group by 1`,
        [`user:${ids.admin}`],
      )
      expect(said).toEqual([{ kind: 'member_joined', times: 3 }])
      expect(await toldTo(client, ids.admin)).toMatchObject([
        { title: '3 people joined', count: 3, payload: { actor: { name: 'Guest 3' } } },
        { title: 'Between', count: 1 },
      ])
    }),
  )

  it(
    'are counted anew once it was read, or an hour after the first',
    story(async (client) => {
      const join = (about: string) =>
        notify(client, [ids.admin], {
          kind: 'member_joined',
          title: `${about} joined`,
          joinKey: 'members',
          about,
        })
      await join('a')
      await join('b')
      await actAs(client, admin, markAll)
      await join('c')
      await letPass(client, '59 minutes')
      await join('d')
      expect(await titlesTo(client, ids.admin)).toEqual(['2 people joined', '2 people joined'])
      await letPass(client, '2 minutes')
      await join('e')
      await join('f')
      expect((await toldTo(client, ids.admin)).map(({ count, is_read }) => [count, is_read])).toEqual([
        [2, false],
        [2, false],
        [2, true],
      ])
    }),
  )
})

describe('what is joined', () => {
  it(
    'is of one kind, one key and one person, and without a key nothing is',
    story(async (client) => {
      const people = [ids.admin, ids.member]
      await notify(client, people, { kind: 'view_shared', joinKey: 'a' })
      await notify(client, people, { kind: 'view_shared', joinKey: 'b' })
      await notify(client, people, { kind: 'member_joined', joinKey: 'a' })
      await notify(client, people)
      await notify(client, people)
      await notify(client, [ids.admin], { kind: 'view_shared', joinKey: 'a' })
      expect((await toldTo(client, ids.admin)).map(({ count }) => count)).toEqual([2, 1, 1, 1, 1])
      expect((await toldTo(client, ids.member)).map(({ count }) => count)).toEqual([1, 1, 1, 1, 1])
    }),
  )

  it(
    'has the title of the latest where the kind has none for several',
    story(async (client) => {
      for (const role of ['member', 'viewer', 'admin'])
        await actAs(client, admin, 'select public.change_member($1, $2, $3)', [ours, ids.viewer, role])
      expect(await toldTo(client, ids.viewer)).toMatchObject([
        { title: 'Your role in Ours is Admin now', count: 3, payload: { role: { key: 'admin' } } },
      ])
    }),
  )
})

describe('a hostile member', () => {
  it(
    'who shares and unshares a view in a loop tells of it once an hour, even to who reads at once',
    story(async (client) => {
      const view = await makeView(client, member, { name: 'Look' })
      const again = async () => {
        await client.query('delete from public.dashboard_view_shares')
        await insertShare(client, { view_id: view, user_id: ids.viewer }, member)
      }
      for (let n = 0; n < 5; n++) await again()
      expect(await toldTo(client, ids.viewer)).toMatchObject([
        { title: 'member shared Look with you', count: 1 },
      ])
      await actAs(client, viewer, markAll)
      for (let n = 0; n < 5; n++) await again()
      expect(await toldTo(client, ids.viewer)).toMatchObject([{ count: 1, is_read: true }])
      await letPass(client, '61 minutes')
      await again()
      expect(await toldTo(client, ids.viewer)).toHaveLength(2)
    }),
  )

  it(
    'who shares a hundred views and more makes one notification',
    story(async (client) => {
      for (let n = 1; n <= 120; n++)
        await notify(client, [ids.viewer], { kind: 'view_shared', joinKey: 'x', about: `view ${n}` })
      expect(await toldTo(client, ids.viewer)).toMatchObject([
        { title: '120 dashboards were shared with you', count: 120 },
      ])
      const { rows } = await client.query('select about from public.notifications')
      expect(rows[0].about).toHaveLength(100)
      expect(rows[0].about.at(-1)).toBe('view 120')
    }),
  )

  it(
    'with a name full of markup and control characters writes one line of text',
    story(async (client) => {
      await expect(
        actAs(client, member, 'update public.profiles set name = $1 where id = $2', [
          '<b>Eve</b>',
          ids.member,
        ]),
      ).rejects.toMatchObject({ code: 'PGRST' })
      await notify(client, [ids.viewer], {
        title: `One\u202e\r\nFrom: bank\u0007 ${'x'.repeat(300)}`,
        body: 'a\n\tb',
      })
      const [told] = (await list(client, viewer)).notifications
      expect(told?.title).toMatch(/^One From: bank x+$/)
      expect(told?.title).toHaveLength(200)
      expect(told?.body).toBe('a b')
    }),
  )

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/x"onclick="',
    'javascript:alert(1)',
    `/${'x'.repeat(500)}`,
  ])('cannot have a link such as %s told', (link) =>
    story(async (client) => {
      await expect(notify(client, [ids.viewer], { link })).rejects.toMatchObject({
        code: '23514',
        constraint: 'notifications_link_format',
      })
    })(),
  )
})

describe('nobody', () => {
  it(
    'hears of what they did, of a workspace in which they are suspended, or of one that is gone',
    story(async (client) => {
      const stranger = person('00000000-0000-4000-8000-0000000000ee')
      await actAs(client, member, 'select 1')
      await client.query("select set_config('request.jwt.claims', $1, true)", [
        JSON.stringify({ sub: ids.member }),
      ])
      await notify(client, [ids.member, ids.suspended, stranger.sub ?? '', ids.admin, ids.admin])
      await client.query("select set_config('request.jwt.claims', '', true)")
      const { rows } = await client.query('select user_id, actor_id from public.notifications')
      expect(rows).toEqual([{ user_id: ids.admin, actor_id: ids.member }])
      await client.query('delete from public.workspaces where id = $1', [ours])
      await notify(client, [ids.admin])
      expect((await client.query('select from public.notifications')).rowCount).toBe(0)
    }),
  )

  it(
    'is told of a kind that does not exist: whoever calls it notices',
    story(async (client) => {
      await expect(notify(client, [ids.admin], { kind: 'nonsense' })).rejects.toMatchObject({ code: 'P0002' })
    }),
  )
})
