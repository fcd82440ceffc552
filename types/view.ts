import * as z from 'zod'
import { layoutSchema, widgetSchema } from './layout.ts'
import { singleLine } from './text.ts'
import { timestampSchema, utcTimestampSchema } from './timestamp.ts'

// A view of the dashboard, as the front end writes and reads one. private.view_problem holds the same rules.

const ignored = z.custom<z.core.util.JSONType>().optional()

/**
 * What reading adds to the document of a view, and writing does not write: what `get_view`, `active_view` and
 * `restore_view_version` give goes back as it is. private.keys_added_to_views names the same. `save_view` refuses
 * another `visibility` than the view has.
 */
const addedToViews = {
  isActive: ignored,
  isManaged: ignored,
  isReadOnly: ignored,
  visibility: ignored,
  access: ignored,
  ownerId: ignored,
  version: ignored,
  source: ignored,
  skipped: ignored,
}

const viewParts = {
  /** Given on export; on import a view gets an id of its own. */
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/)
    .optional(),
  name: singleLine({ min: 1, max: 50 }),
  description: singleLine({ min: 0, max: 200 }).optional(),
  layout: layoutSchema,
  /** Whether it is what the person begins with. */
  isDefault: z.boolean().optional(),
  /** Whether people of a role see it first, and of which; without a role, of all that have none of their own. */
  isRoleDefault: z.boolean().optional(),
  roleId: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,49}$/)
    .optional(),
  createdAt: timestampSchema.optional(),
  updatedAt: timestampSchema.optional(),
}

/**
 * A view as it is written, exported and imported.
 *
 * @example
 * const document = viewSchema.parse({ name: 'Sales', layout })
 * await supabase.rpc('import_view', { workspace_id, document })
 */
export const viewSchema = z.strictObject({ ...viewParts, ...addedToViews })

export type View = z.infer<typeof viewSchema>

/**
 * What somebody may do with a view: look at it, change it, decide about it.
 *
 * @example
 * const choices = viewAccessSchema.options // view, edit, manage
 */
export const viewAccessSchema = z.enum(['view', 'edit', 'manage'])

const storedParts = {
  id: z.guid(),
  description: z.string(),
  isDefault: z.boolean(),
  isActive: z.boolean(),
  isRoleDefault: z.boolean(),
  /** Whether it is managed outside of the product: nobody changes or deletes it there, and copies are free. */
  isManaged: z.boolean(),
  /** Whether the plan has no room for it: `access` counts for reading, sharing and deleting it. */
  isReadOnly: z.boolean(),
  createdAt: utcTimestampSchema,
  updatedAt: utcTimestampSchema,
  visibility: z.enum(['workspace', 'personal']),
  access: viewAccessSchema,
  /** Null where the owner left the workspace. */
  ownerId: z.guid().nullable(),
  /** Counts the changes of layout, name and description; what `save_layout` takes as `expected_version`. */
  version: z.int().positive(),
}

/**
 * A widget as it is read: with the id of its row, and the version that counts its changes.
 *
 * @example
 * const { id, version } = storedWidgetSchema.parse(answer)
 */
export const storedWidgetSchema = widgetSchema.required({ id: true, version: true, lastUpdated: true })

/**
 * A view as `get_view` gives it.
 *
 * @example
 * const { data } = await supabase.rpc('get_view', { view_id })
 * const { layout, version } = storedViewSchema.parse(data)
 */
export const storedViewSchema = z.strictObject({
  ...viewParts,
  ...storedParts,
  layout: layoutSchema.extend({ widgets: z.array(storedWidgetSchema) }),
})

/**
 * A widget that was left out of what was made: where it stood, and why.
 *
 * @example
 * const { instanceId, message } = skippedWidgetSchema.parse(skipped)
 */
export const skippedWidgetSchema = z.strictObject({
  path: z.string(),
  instanceId: z.guid(),
  code: z.string(),
  message: z.string(),
})

/**
 * What `duplicate_view` gives: the copy, and the widgets that could not be copied, in `skipped`.
 *
 * @example
 * const { data } = await supabase.rpc('duplicate_view', { view_id, name: 'Copy' })
 * const { id, skipped } = duplicatedViewSchema.parse(data)
 */
export const duplicatedViewSchema = storedViewSchema.extend({ skipped: z.array(skippedWidgetSchema) })

export type DuplicatedView = z.infer<typeof duplicatedViewSchema>
export type StoredWidget = z.infer<typeof storedWidgetSchema>
export type StoredView = z.infer<typeof storedViewSchema>

/**
 * A view as `list_views` gives it: without the layout, with the number of its widgets.
 *
 * @example
 * const { data } = await supabase.rpc('list_views', { workspace_id })
 * const views = listedViewSchema.array().parse(data)
 */
export const listedViewSchema = z
  .strictObject({ ...viewParts, ...storedParts })
  .omit({ layout: true })
  .extend({ widgetCount: z.int().min(0) })

/**
 * A view as `list_deleted_views` gives it.
 *
 * @example
 * const { data } = await supabase.rpc('list_deleted_views', { workspace_id })
 * const views = deletedViewSchema.array().parse(data)
 */
export const deletedViewSchema = listedViewSchema.extend({ deletedAt: utcTimestampSchema })

/**
 * A view as `active_view` and `activate_view` give it: with why it is this one.
 *
 * @example
 * const { data } = await supabase.rpc('active_view', { workspace_id })
 * const { layout, source } = shownViewSchema.parse(data)
 */
export const shownViewSchema = z.discriminatedUnion('source', [
  storedViewSchema.extend({ source: z.enum(['active', 'default', 'own', 'role', 'workspace', 'shared']) }),
  /** The initial view, which is stored nowhere: nothing can be saved into it until `create_view` makes a view of it. */
  z.strictObject({ ...viewParts, source: z.literal('built_in') }),
])

/**
 * What `watch_view` answers: which version there is of a view that is on screen.
 *
 * @example
 * const { data } = await supabase.rpc('watch_view', { view_id })
 * if (watchedViewSchema.parse(data).version > read.version) reload()
 */
export const watchedViewSchema = z.strictObject({ version: z.int() })

export type ListedView = z.infer<typeof listedViewSchema>
export type DeletedView = z.infer<typeof deletedViewSchema>
export type ShownView = z.infer<typeof shownViewSchema>
