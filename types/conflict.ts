import * as z from 'zod'
import { layoutSchema } from './layout.ts'
import { viewSchema } from './view.ts'

// What `error.details` holds, as JSON, where `error.code` is `conflict` because somebody else changed the same part
// of a widget or of a view: `JSON.parse` it, ask the person, and send the same again with `resolve`.

/**
 * The parts of a widget that are compared each for itself: content is the component, its version and its config.
 *
 * @example
 * const parts = widgetPartSchema.options // position, visible, content
 */
export const widgetPartSchema = z.enum(['position', 'visible', 'content'])

/**
 * One part that both sides changed; null stands for what is not there, or of which the base is no longer kept.
 *
 * @example
 * const { base, theirs, mine } = editConflictSchema.parse({ key: 'gap', path: 'gap', base: 8, theirs: 4, mine: 12 })
 */
export const editConflictSchema = z.strictObject({
  /** What a choice names: `widgets.<instanceId>.<part>`, `widgets.<instanceId>`, `rowHeight`, `gap`, `name`, … */
  key: z.string(),
  /** Where it stands in the document that was sent; null for a widget that is not in it, empty for the whole. */
  path: z.string().nullable(),
  /** The widget, where it is about one. */
  instanceId: z.guid().optional(),
  /** Its part; left out where a widget is in conflict as a whole, because it is missing on some side. */
  part: widgetPartSchema.optional(),
  /** What the change began from. */
  base: z.unknown(),
  /** What is there. */
  theirs: z.unknown(),
  /** What was to be written. */
  mine: z.unknown(),
})

/**
 * What `error.details` holds of a conflict.
 *
 * @example
 * if (error?.code === 'conflict') ask(editConflictsSchema.parse(JSON.parse(error.details)).conflicts)
 */
export const editConflictsSchema = z.strictObject({
  /** The present version of the view, which `resolve` names; or of the widget, from which to try again. */
  version: z.int().positive(),
  conflicts: z.array(editConflictSchema).min(1),
  /** What would be saved if every choice were theirs; not given for the row of a widget. */
  merged: z
    .union([layoutSchema, viewSchema.pick({ name: true, description: true, layout: true })])
    .optional(),
})

/**
 * Whose side of a part is to stand.
 *
 * @example
 * const choices = choicesSchema.parse({ name: 'mine', gap: 'theirs' })
 */
export const choicesSchema = z.record(z.string(), z.enum(['mine', 'theirs']))

/**
 * The answer to a conflict: `save_layout` and its like take it as `resolve`, with the same document and the same
 * `expected_version` as before. A choice counts while their side of the part is what it was in `version`.
 *
 * @example
 * const resolve = resolveSchema.parse({ version: 7, choices: { gap: 'mine' } })
 * await supabase.rpc('save_layout', { view_id, layout, expected_version: 5, resolve })
 */
export const resolveSchema = z.strictObject({
  /** `version` of the conflicts that were answered. */
  version: z.int().positive(),
  choices: choicesSchema.refine((choices) => Object.keys(choices).length <= 1_000, {
    error: 'These are more choices than a view has parts.',
  }),
})

export type WidgetPart = z.infer<typeof widgetPartSchema>
export type EditConflict = z.infer<typeof editConflictSchema>
export type EditConflicts = z.infer<typeof editConflictsSchema>
export type Choices = z.infer<typeof choicesSchema>
export type Resolve = z.infer<typeof resolveSchema>
