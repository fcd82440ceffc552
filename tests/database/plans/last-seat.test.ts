import type pg from 'pg'
import { expect, it } from 'vitest'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { openDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { createApiKey } from '../../support/people/api-keys.ts'
import { admin, createCast, ids, member, ours } from '../../support/people/cast.ts'
import { invite, signUp } from '../../support/people/invitations.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

it('of fifty people who join at the last seat one gets it', async () => {
  await using opened = await openDatabase()
  const { observer } = opened
  await createCast(observer)
  await setPlan(observer, 'premium', ours)
  await observer.query('begin')
  const guests = []
  for (let n = 10; n < 60; n += 1) {
    const actor = await signUp(observer, `00000000-0000-4000-8000-0000000004${n}`, `guest${n}@example.com`)
    guests.push({ actor, token: (await invite(observer, admin, `guest${n}@example.com`)).token })
  }
  await observer.query('commit')
  await setPlan(observer, 'free', ours)
  await limitFree(observer, { members: 4 })

  const outcomes = await Promise.all(
    guests.map(async ({ actor, token }) => {
      const client = await opened.connect()
      await client.query('begin')
      const joining = actAs(client, actor, 'select public.accept_invitation($1)', [token])
      const code = await joining.then(
        () => 'joined',
        async (error) => String((await clientError(Promise.reject(error))).code),
      )
      await client.query('commit')
      return code
    }),
  )
  expect(outcomes.toSorted()).toEqual(['joined', ...Array(49).fill('payment_required')])
  const { rows } = await observer.query(
    `select s.taken::int, (
       select count(*)::int from public.workspace_members m where m.workspace_id = $1 and m.status = 'active'
     ) as members from private.seats s where s.workspace_id = $1`,
    [ours],
  )
  expect(rows).toEqual([{ taken: 4, members: 4 }])
})

it('who joins, or ends a key, while the plan becomes smaller, is read-only where there is no room', async () => {
  await using opened = await openDatabase()
  const { observer } = opened
  const rolesOf = async () =>
    Object.fromEntries(
      (
        await observer.query(
          'select member_id, role_key from private.active_members where workspace_id = $1 and role_key <> $2',
          [ours, 'api key'],
        )
      ).rows.map(({ member_id, role_key }) => [member_id, role_key]),
    )
  const joins = '00000000-0000-4000-8000-000000000499'
  await createCast(observer)
  await limitFree(observer, { members: 1 })
  await setPlan(observer, 'premium', ours)
  await observer.query('begin')
  const actor = await signUp(observer, joins, 'guest@example.com')
  const { token } = await invite(observer, admin, 'guest@example.com')
  await giveCustomRole(observer, 'keeper', ['api_keys.manage', 'dashboards.read'], [ids.member])
  const key = await createApiKey(observer, ['dashboards.read'], { maker: member })
  await observer.query('commit')
  expect(await rolesOf()).toMatchObject({ [ids.member]: 'keeper' })

  for (const act of [
    (client: pg.Client) => actAs(client, actor, 'select public.accept_invitation($1)', [token]),
    (client: pg.Client) => call(client, member, 'revoke_api_key', [key.id]),
  ]) {
    await setPlan(observer, 'premium', ours)
    const [acting, operator] = [await opened.connect(), await opened.connect()]
    await acting.query('begin')
    await act(acting)
    let isOver = false
    const smaller = setPlan(operator, 'free', ours).finally(() => {
      isOver = true
    })
    await untilBlocked(observer, operator, () => isOver)
    await acting.query('commit')
    await smaller
    const { [ids.admin]: first, ...others } = await rolesOf()
    expect(first).toBe('admin')
    expect(new Set(Object.values(others))).toEqual(new Set(['read only']))
  }
})
