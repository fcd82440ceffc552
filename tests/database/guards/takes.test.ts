import type pg from 'pg'
import { expect, it } from 'vitest'
import { actAs, clientError } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { ids, member, ours } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

// A function of a workspace whose comment says which permission it takes asks for that one, before anything else.

const story = onPremium(policySuite())

const functions = `
  select p.proname as name, p.pronargs - p.pronargdefaults - 1 as others,
    (regexp_match(obj_description(p.oid, 'pg_proc'), '\\mTakes ([a-z_]+\\.[a-z_]+)'))[1] as takes
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace and p.proargnames[1] = 'workspace_id'
    and has_function_privilege('authenticated', p.oid, 'execute')
    and obj_description(p.oid, 'pg_proc') ~ '\\mTakes [a-z_]+\\.[a-z_]+'
    -- What is of one's own takes another, and has to be found first.
    and obj_description(p.oid, 'pg_proc') !~ '\\mTakes [a-z_]+\\.[a-z_]+ for one''s own'
  order by 1`

interface Taking {
  name: string
  others: number
  takes: string
}

/** What comes of a call that names a workspace and nothing else, of which nothing stays. */
async function outcomeOf(client: pg.Client, { name, others }: Taking): Promise<string> {
  const values = [ours, ...Array.from({ length: others }, () => null)]
  const places = values.map((_, index) => `$${index + 1}`).join(', ')
  await client.query('savepoint attempt')
  const attempt = actAs(client, member, `select public.${name}(${places})`, values)
  const outcome = await attempt.then(
    () => 'done',
    () =>
      clientError(attempt).then(
        ({ code, details }) => `${code} ${details}`,
        (error) => String(error),
      ),
  )
  await client.query('rollback to savepoint attempt')
  return outcome
}

it(
  'a function takes the permission that its comment names, and nobody without it learns more',
  story(async (client) => {
    await giveCustomRole(client, 'keeper', [], [ids.member])
    const hold = (condition: string, permission: string) =>
      client.query(
        `update public.workspace_roles
         set permissions = array(select p.key from public.permissions p where p.key ${condition} $1)
         where key = 'keeper'`,
        [permission],
      )
    const taking = (await client.query<Taking>(functions)).rows
    expect(taking.length).toBeGreaterThan(60)
    const offenders: string[] = []
    for (const [permission, each] of Map.groupBy(taking, ({ takes }) => takes)) {
      const denied = `permission_denied ${permission}`
      await hold('<>', permission)
      for (const one of each) {
        const outcome = await outcomeOf(client, one)
        if (outcome !== denied) offenders.push(`${one.name} without ${permission}: ${outcome}`)
      }
      await hold('=', permission)
      for (const one of each)
        if ((await outcomeOf(client, one)) === denied)
          offenders.push(`${one.name} with ${permission}: denied`)
    }
    expect(offenders).toEqual([])
  }),
)
