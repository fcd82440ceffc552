import { expect, it } from 'vitest'
import { deliver } from '../../../functions/integration-deliver/deliver.ts'
import type { ClaimedDeliveries } from '../../../types/destination.ts'

it('what cannot be written fails alone: what was delivered beside it is not sent again', async () => {
  const deliveryOf = (sequence: number, data: unknown) => ({
    sequence,
    id: crypto.randomUUID(),
    thing: `thing ${sequence}`,
    title: 'The workspace was changed',
    payload: { type: 'workspace.updated', timestamp: '2026-11-26T10:00:00.000Z', data },
  })
  const claim = {
    kind: 'slack',
    url: 'https://hooks.slack.com/services/x',
    secrets: [],
    workspaceName: 'Acme',
    deliveries: [deliveryOf(1, { changed: ['name'] }), deliveryOf(2, {})],
  } as unknown as ClaimedDeliveries
  const settled = await deliver(claim, {
    openPosts: () => ({
      post: async () => ({ status: 200, retryAfter: null }) as never,
      [Symbol.asyncDispose]: async () => undefined,
    }),
  })
  const outcomes = Object.fromEntries(settled.map(({ sequence, outcome }) => [sequence, outcome]))
  expect(outcomes).toEqual({ 1: 'delivered', 2: 'failed' })
})
