import { z } from 'zod'
import { customComponentSchema } from '../../types/component.ts'
import { isKeepable } from '../../types/json-values.ts'
import type { Layout, Widget } from '../../types/layout.ts'
import { singleLine } from '../../types/text.ts'
import { themeSchema } from '../../types/theme.ts'
import { viewSchema } from '../../types/view.ts'

// What stands in the files of a folder: the documents of types/, without what belongs to one workspace alone, such as
// the ids of rows and the times of changes.

const keySchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,49}$/, 'The key of a role has small letters, digits, "-" and "_".')

const settingsSchema = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'This must be a JSON object.',
  )
  .refine((value) => isKeepable(value), 'This contains what cannot be kept.')

export const workspaceFileSchema = z
  .strictObject({
    /** Which workspace it is; without one it is found by its name. */
    id: z
      .string()
      .regex(/^WK-[0-9A-HJKMNP-TV-Z]{9}$/, 'Give "WK-" and nine digits or capital letters.')
      .optional(),
    /** What the workspace with this id is called. */
    name: singleLine({ min: 1, max: 255 }).optional(),
    settings: settingsSchema,
  })
  .refine(({ id, name }) => id !== undefined || name !== undefined, 'Give id or name.')

export const roleFileSchema = z.strictObject({
  key: keySchema.refine(
    (key) => !['admin', 'member', 'viewer'].includes(key),
    'The roles admin, member and viewer are built in: give the role another key.',
  ),
  name: singleLine({ min: 1, max: 50 }),
  description: singleLine({ min: 0, max: 200 }).default(''),
  permissions: z
    .array(z.string().regex(/^[a-z_]+[.][a-z_]+$/, 'This is not a permission, such as themes.read.'))
    .transform((keys) => [...new Set(keys)].sort()),
})

export const componentFileSchema = customComponentSchema

export const themeFileSchema = themeSchema.transform(({ id: _, isDefault: __, ...theme }) => theme)

export const dashboardFileSchema = viewSchema.transform(({ name, description = '', layout }) => ({
  name,
  description,
  layout: portableLayout(layout),
}))

export const membersFileSchema = z
  .array(
    z.strictObject({
      /** The database says which addresses it invites; one that is there already may be another. */
      email: z
        .string()
        .max(254)
        .regex(/^[^\s@]+@[^\s@]+$/, 'This is not an e-mail address.')
        .transform((email) => email.replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
      role: keySchema,
    }),
  )
  .check(({ value, issues }) => {
    const seen = new Set<string>()
    value.forEach(({ email }, index) => {
      if (seen.has(email))
        issues.push({
          code: 'custom',
          input: email,
          path: [index, 'email'],
          message: 'This address is there twice.',
        })
      seen.add(email)
    })
  })

const dashboardPath = z
  .string()
  .regex(/^dashboards\/[^/]+\.json$/, 'Give a file of this folder, such as "dashboards/sales.json".')

export const defaultsFileSchema = z.strictObject({
  /** A theme of the folder, or the key of a built-in one; null for none. */
  theme: z
    .string()
    .regex(
      /^(?:themes\/[^/]+\.json|[a-z][a-z0-9-]*)$/,
      'Give a file of this folder, such as "themes/ocean.json", or the key of a built-in theme.',
    )
    .nullable()
    .optional(),
  /** For all roles without their own; null for none. */
  view: dashboardPath.nullable().optional(),
  roles: z.record(keySchema, dashboardPath).optional(),
})

export type WorkspaceFile = z.infer<typeof workspaceFileSchema>
export type RoleFile = z.infer<typeof roleFileSchema>
export type ComponentFile = z.infer<typeof componentFileSchema>
export type ThemeFile = z.infer<typeof themeFileSchema>
export type DashboardFile = z.infer<typeof dashboardFileSchema>
export type DefaultsFile = z.infer<typeof defaultsFileSchema>
export type MemberFile = z.infer<typeof membersFileSchema>[number]

/** A layout without ids of rows and times, its widgets in reading order. */
function portableLayout(layout: Layout): Layout {
  return {
    ...layout,
    widgets: layout.widgets
      .map(({ id: _, version: __, lastUpdated: ___, ...widget }) => ({
        ...widget,
        instanceId: widget.instanceId.toLowerCase(),
      }))
      .sort(compareWidgets),
  }
}

function compareWidgets(one: Widget, other: Widget): number {
  return (
    one.position.y - other.position.y ||
    one.position.x - other.position.x ||
    (one.instanceId < other.instanceId ? -1 : 1)
  )
}
