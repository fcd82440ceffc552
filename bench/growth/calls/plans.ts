import { type Call, inWorkspace } from './call.ts'

// Plans, what they allow, and buying.

export const planCalls: Record<string, Call> = {
  entitlements: { arguments: inWorkspace },
  preview_plan_change: {
    arguments: (place) => ({ ...inWorkspace(place), plan: 'free' }),
    as: 'admin',
    grows: {
      because: 'it puts all that is limited into the order in which it is kept',
      limits: [{ milliseconds: 20, of: 'things', per: 1_000 }],
    },
  },

  begin_checkout: {
    arguments: (place) => ({ ...inWorkspace(place), price: 'premium_monthly_eur' }),
    as: 'admin',
  },
  billing_state: { arguments: inWorkspace, as: 'admin' },
}
