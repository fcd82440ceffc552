import * as z from 'zod'
import { permissionKeys } from './catalog.ts'
import { layoutSchema } from './layout.ts'

/**
 * What one can do with a dashboard or a widget, from nothing to everything.
 *
 * @example
 * const choices = accessLevelSchema.options // none, view, edit, manage
 */
export const accessLevelSchema = z.enum(['none', 'view', 'edit', 'manage'])

const reason = {
  counts: z.boolean(),
  /** What overrules it, or gives as much without it; of one that counts, what lessens it. */
  because: z
    .enum([
      'plan',
      'suspended',
      'role',
      'ownership',
      'visibility',
      'share',
      'view',
      'component',
      'grants.write',
      'dashboards.write',
      'grant',
      'personal_grant',
    ])
    .optional(),
}

/**
 * One thing that gives access, or takes it away.
 *
 * @example
 * const reason = accessReasonSchema.parse({ kind: 'ownership', gives: 'manage', counts: true })
 */
export const accessReasonSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('role'),
    role: z.string(),
    permissions: z.array(z.enum(permissionKeys)),
    gives: accessLevelSchema,
    ...reason,
  }),
  z.strictObject({ kind: z.literal('ownership'), gives: accessLevelSchema, ...reason }),
  z.strictObject({ kind: z.literal('visibility'), visibility: z.enum(['workspace', 'personal']), ...reason }),
  z.strictObject({
    kind: z.literal('share'),
    to: z.enum(['person', 'role']),
    access: z.enum(['view', 'edit']),
    gives: accessLevelSchema,
    ...reason,
  }),
  z.strictObject({
    kind: z.literal('grant'),
    to: z.enum(['person', 'role']),
    access: accessLevelSchema,
    gives: accessLevelSchema,
    ...reason,
  }),
  z.strictObject({ kind: z.literal('component'), widgetId: z.string(), gives: accessLevelSchema, ...reason }),
  z.strictObject({ kind: z.literal('view'), viewId: z.uuid(), gives: accessLevelSchema, ...reason }),
])

/**
 * What a person can do with a dashboard or widget and why: the answer of `explain_access`. A reason that does not
 * count says in `because` what overrules it, such as `grant`, `personal_grant` or `suspended`; of a grant that adds
 * nothing it is what gives as much (`role`, `ownership`, `share`, `view`). One that counts gives less than it says
 * where `because` is `plan`, which has no seat for the person, or the permission that the role lacks.
 *
 * @example
 * const { data } = await supabase.rpc('explain_access', { resource_type: 'dashboard', resource_id: view_id })
 * const { access, reasons } = accessExplanationSchema.parse(data)
 */
export const accessExplanationSchema = z.strictObject({
  resourceType: z.enum(['dashboard', 'widget']),
  resourceId: z.uuid(),
  workspaceId: z.string(),
  userId: z.uuid(),
  status: z.enum(['active', 'suspended']),
  access: accessLevelSchema,
  reasons: z.array(accessReasonSchema),
})

/**
 * A widget that a role does not see: its component is not for the role, or a grant withholds it.
 *
 * @example
 * const isWithheld = hiddenWidgetSchema.parse(hidden).because === 'grant'
 */
export const hiddenWidgetSchema = z.strictObject({
  instanceId: z.uuid(),
  widgetId: z.string(),
  because: z.enum(['component', 'grant']),
})

/**
 * What a role can do with a view and does not see of it: the answer of `set_role_default_view` for a role.
 *
 * @example
 * const { data } = await supabase.rpc('set_role_default_view', { workspace_id, role_key: 'viewer', view_id })
 * const { access, hidden } = roleAudienceSchema.parse(data)
 */
export const roleAudienceSchema = z.strictObject({
  role: z.string(),
  access: accessLevelSchema,
  hidden: z.array(hiddenWidgetSchema),
})

/**
 * What each role of a workspace can do with a view: the answer of `view_audience`.
 *
 * @example
 * const { data } = await supabase.rpc('view_audience', { view_id })
 * const shutOut = viewAudienceSchema.parse(data).filter(({ hidden }) => hidden.length > 0)
 */
export const viewAudienceSchema = z.array(roleAudienceSchema.extend({ name: z.string() }))

/**
 * A view as somebody gets it who has a role and nothing else: the answer of `see_as`.
 *
 * @example
 * const { data } = await supabase.rpc('see_as', { view_id, role_key: 'viewer' })
 * const { layout } = viewPreviewSchema.parse(data) // null where the role does not see the view
 */
export const viewPreviewSchema = roleAudienceSchema.extend({ layout: layoutSchema.nullable() })

export type AccessLevel = z.infer<typeof accessLevelSchema>
export type AccessReason = z.infer<typeof accessReasonSchema>
export type AccessExplanation = z.infer<typeof accessExplanationSchema>
export type HiddenWidget = z.infer<typeof hiddenWidgetSchema>
export type RoleAudience = z.infer<typeof roleAudienceSchema>
export type ViewPreview = z.infer<typeof viewPreviewSchema>
