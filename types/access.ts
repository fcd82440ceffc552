import { z } from 'zod'

/** What one can do with a dashboard or a widget, from nothing to everything. */
export const accessLevelSchema = z.enum(['none', 'view', 'edit', 'manage'])

const reason = { counts: z.boolean(), because: z.string().optional() }

/** One thing that gives access, or takes it away. */
export const accessReasonSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('role'),
    role: z.string(),
    permissions: z.array(z.string()),
    gives: accessLevelSchema,
    ...reason,
  }),
  z.object({ kind: z.literal('ownership'), gives: accessLevelSchema, ...reason }),
  z.object({ kind: z.literal('visibility'), visibility: z.enum(['workspace', 'personal']), ...reason }),
  z.object({
    kind: z.literal('share'),
    to: z.enum(['person', 'role']),
    access: z.enum(['view', 'edit']),
    gives: accessLevelSchema,
    ...reason,
  }),
  z.object({
    kind: z.literal('grant'),
    to: z.enum(['person', 'role']),
    access: accessLevelSchema,
    gives: accessLevelSchema,
    ...reason,
  }),
  z.object({ kind: z.literal('view'), viewId: z.uuid(), gives: accessLevelSchema, ...reason }),
])

/**
 * What a person can do with a dashboard or widget and why: the answer of `explain_access`. A reason that does not
 * count says in `because` what overrules it: `plan`, `ownership`, `visibility`, `grants.write` or `personal grant`.
 *
 * @example
 * const { data } = await supabase.rpc('explain_access', { resource_type: 'dashboard', resource_id: view.id })
 * const { access, reasons } = accessExplanationSchema.parse(data)
 */
export const accessExplanationSchema = z.object({
  resourceType: z.enum(['dashboard', 'widget']),
  resourceId: z.uuid(),
  workspaceId: z.string(),
  userId: z.uuid(),
  status: z.enum(['active', 'suspended']),
  access: accessLevelSchema,
  reasons: z.array(accessReasonSchema),
})

export type AccessLevel = z.infer<typeof accessLevelSchema>
export type AccessReason = z.infer<typeof accessReasonSchema>
export type AccessExplanation = z.infer<typeof accessExplanationSchema>
