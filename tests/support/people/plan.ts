import type pg from 'pg'
import type { FeatureKey, LimitKey } from '../../../types/index.ts'

/** Gives a workspace a plan as an operator does; as `postgres`. Without a workspace, all of them. */
export async function setPlan(
  client: Pick<pg.Client, 'query'>,
  plan: 'free' | 'premium',
  workspaceId?: string,
): Promise<void> {
  await client.query(
    `select public.grant_plan(w.id, $1, null, 'For a story')
     from public.workspaces w where $2::text is null or w.id = $2 order by w.id`,
    [plan, workspaceId ?? null],
  )
}

/** How a workspace is refused a feature that its plan lacks. */
export const lacksFeature = (feature: FeatureKey) => ({
  code: 'payment_required',
  details: `{"plan": "premium", "feature": "${feature}"}`,
})

/** How a workspace on the free plan is refused more than it has room for. */
export const overLimit = (limit: LimitKey, most: number, use: number) => ({
  code: 'payment_required',
  details: `{"use": ${use}, "most": ${most}, "plan": "premium", "limit": "${limit}"}`,
})

/** How it is refused more than any plan has room for. */
export const overEveryLimit = (limit: LimitKey, most: number) => ({
  code: 'conflict',
  details: `{"use": ${most + 1}, "most": ${most}, "plan": null, "limit": "${limit}"}`,
})

/** Gives the free plan less room, so that a story needs few of a thing; members already there are seated anew. */
export async function limitFree(
  client: Pick<pg.Client, 'query'>,
  limits: Partial<Record<LimitKey, number>>,
): Promise<void> {
  for (const [key, most] of Object.entries(limits))
    await client.query("update public.plan_limits set most = $2 where plan_key = 'free' and limit_key = $1", [
      key,
      most,
    ])
  await client.query('select private.seat_members(w.id) from public.workspaces w')
}
