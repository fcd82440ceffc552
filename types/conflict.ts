import { z } from 'zod'

// What `error.details` holds, as JSON, where `error.code` is `conflict` because somebody else changed the same widget
// or the same part of a layout. `JSON.parse` it and decide for each conflict.

/** One part that both sides changed; null stands for what is not there, or of which the base is no longer kept. */
export const editConflictSchema = z.object({
  /** Where it stands in the document that was sent; null for a widget that is not in it, empty for the whole. */
  path: z.string().nullable(),
  /** The widget, where it is about one. */
  instanceId: z.guid().optional(),
  /** What the change began from. */
  base: z.unknown(),
  /** What is there. */
  theirs: z.unknown(),
  /** What was to be written. */
  mine: z.unknown(),
})

export const editConflictsSchema = z.object({
  /** The present version of the view or of the widget, from which to try again. */
  version: z.int().positive(),
  conflicts: z.array(editConflictSchema).min(1),
})

export type EditConflict = z.infer<typeof editConflictSchema>
export type EditConflicts = z.infer<typeof editConflictsSchema>
