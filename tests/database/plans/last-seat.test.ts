import { expect, it } from 'vitest'
import { actAs, clientError } from '../../support/database/act.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { admin, createCast, ours } from '../../support/people/cast.ts'
import { invite, signUp } from '../../support/people/invitations.ts'
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
