import { expect, it } from 'vitest'
import { guardSuite, ours } from '../../support/database/guard-suite.ts'
import { numbersToldAlone } from '../../support/database/told-numbers.ts'

const { query } = guardSuite()

/** What is told without being a limit of the function: examples, what something comes to, and what a job does later. */
const comesTo = [
  'private.lock_widgets_within',
  'private.new_api_key',
  'private.new_invitation_token',
  'private.new_workspace_id',
  'private.nps_document',
  'private.told_number',
  'private.version_order',
  'public.delete_view',
]

it('a number that a comment tells of a function is one of its own, or of what it calls', async () => {
  const functions = await query<{ name: string; arguments: string; body: string; told: string }>(`
    select n.nspname || '.' || p.proname as name, pg_get_function_arguments(p.oid) as arguments, p.prosrc as body,
      coalesce(obj_description(p.oid, 'pg_proc'), '') as told
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${ours}
    order by 1, p.oid`)
  const limits = await query<{ most: string }>(
    'select distinct most from public.plan_limits where most is not null',
  )
  const ofPlans = limits.map(({ most }) => most)
  const alone = numbersToldAlone(functions).map((line) => line.split(': '))
  const offenders = alone.filter(
    ([name = '', number = '']) => !comesTo.includes(name) && !ofPlans.includes(number),
  )
  expect(offenders).toEqual([])
  // Whatever comes to nothing any more leaves the list.
  expect(comesTo.filter((name) => !alone.some(([each]) => each === name))).toEqual([])
})
