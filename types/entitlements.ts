import * as z from 'zod'
import { featureKeys, limitKeys, planKeys } from './catalog.ts'
import { utcTimestampSchema } from './timestamp.ts'

// What the plan of a workspace allows, and the refusal of what it does not.

const planSchema = z.enum(planKeys)
const featureSchema = z.enum(featureKeys)
const limitSchema = z.enum(limitKeys)
/** Null where there is no limit. */
const mostSchema = z.number().min(0).nullable()

/**
 * What `payment_required` says in `error.details`: which feature or limit, and the smallest plan that has it. A
 * `conflict` over a limit says the same with `plan` null, where no plan has more.
 *
 * @example
 * if (error?.code === 'payment_required') {
 *   const { plan } = paymentRequiredSchema.parse(JSON.parse(error.details))
 * }
 */
export const paymentRequiredSchema = z.union([
  z.strictObject({ feature: featureSchema, plan: planSchema }),
  z.strictObject({
    limit: limitSchema,
    most: z.number().min(0),
    /** What it would be, or for what is read-only already is. */
    use: z.number().min(0),
    plan: planSchema.nullable(),
  }),
])

/**
 * What a workspace's plan allows its people: the answer of `entitlements`.
 *
 * @example
 * const { features, limits } = entitlementsSchema.parse(data)
 * const seats = limits.find(({ key }) => key === 'members')
 */
export const entitlementsSchema = z.strictObject({
  workspaceId: z.string(),
  planType: planSchema,
  name: z.string(),
  features: z.array(featureSchema),
  limits: z.array(
    z.strictObject({
      key: limitSchema,
      unit: z.enum(['count', 'per_minute', 'per_month', 'days']),
      /** Whether `use` is the workspace's or one's own. */
      scope: z.enum(['workspace', 'person']),
      most: mostSchema,
      /** Null where nothing is counted. */
      use: z.number().nullable(),
      /** How many are read-only for lack of room: those that came last. */
      beyond: z.number().min(0),
    }),
  ),
  /** What the next plan would add; null on the largest. */
  next: z
    .strictObject({
      planType: planSchema,
      name: z.string(),
      trialDays: z.int().min(0),
      features: z.array(featureSchema),
      limits: z.array(z.strictObject({ key: limitSchema, most: mostSchema })),
    })
    .nullable(),
  /** What is paid for; null where nothing is. */
  period: z
    .strictObject({
      status: z.string(),
      startsAt: utcTimestampSchema.nullable(),
      endsAt: utcTimestampSchema.nullable(),
      /** Until when the plan stays where a payment is due. */
      graceUntil: utcTimestampSchema.nullable(),
      /** When it ends because it was canceled. */
      cancelAt: utcTimestampSchema.nullable(),
      trialEnd: utcTimestampSchema.nullable(),
    })
    .nullable(),
  /** Whether the plan has no seat for the caller, who may then read, and do what viewers may. */
  isReadOnly: z.boolean(),
})

/**
 * What would be beyond the limits of another plan: the answer of `preview_plan_change`.
 *
 * @example
 * const { total, things } = planChangeSchema.parse(data)
 * const people = things.filter(({ limit }) => limit === 'members')
 */
export const planChangeSchema = z.strictObject({
  workspaceId: z.string(),
  planType: planSchema,
  from: planSchema,
  /** Those that would be lost, each with how many things it concerns, where they are counted. */
  features: z.array(z.strictObject({ key: featureSchema, use: z.int().min(0).nullable() })),
  limits: z.array(z.strictObject({ key: limitSchema, most: z.number(), beyond: z.int().min(1) })),
  total: z.int().min(0),
  page: z.int().min(1),
  perPage: z.int().min(1),
  /** What would be read-only, and could be deleted. */
  things: z.array(
    z.strictObject({
      limit: limitSchema,
      id: z.string(),
      /** Null where the caller may not see the thing. */
      name: z.string().nullable(),
      person: z.strictObject({ id: z.guid(), name: z.string().nullable() }).nullable(),
      createdAt: utcTimestampSchema,
    }),
  ),
})

export type PaymentRequired = z.infer<typeof paymentRequiredSchema>
export type Entitlements = z.infer<typeof entitlementsSchema>
export type PlanChange = z.infer<typeof planChangeSchema>
