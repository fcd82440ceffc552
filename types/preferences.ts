import * as z from 'zod'
import { isKeepable } from './json-values.ts'

// What a person prefers in one workspace. private.patch_preferences holds the same rules.

const largestExtras = 16_384

const extraKey = /^[a-z0-9_.-]{1,50}:[a-z0-9_.-]{1,100}$/

/**
 * Whatever else a front end keeps, under keys with a namespace: `app:density`.
 *
 * @example
 * const extras = preferenceExtrasSchema.parse({ 'app:density': 'compact' })
 */
export const preferenceExtrasSchema = z
  .custom<Record<string, unknown>>(
    (extras) => typeof extras === 'object' && extras !== null && !Array.isArray(extras),
    'This must be a JSON object.',
  )
  // Before it is read as a record, which leaves out __proto__.
  .refine((extras) => Object.keys(extras).every((key) => extraKey.test(key)), {
    error: 'A key is <namespace>:<name>.',
    abort: true,
  })
  // The database measures its own spelling, which has a space after each separator.
  .refine((extras) => new TextEncoder().encode(JSON.stringify(extras)).length <= largestExtras, {
    error: 'The extras must not be larger than 16 KiB.',
    abort: true,
  })
  .refine((extras) => isKeepable(extras), { error: 'This holds what cannot be kept.', abort: true })
  .pipe(z.record(z.string(), z.json()))

/**
 * All that a person prefers in a workspace, as `get_preferences` gives it.
 *
 * @example
 * const { data } = await supabase.rpc('get_preferences', { workspace_id })
 * const { theme_mode, extras } = preferencesSchema.parse(data)
 */
export const preferencesSchema = z.strictObject({
  /** A language tag; null for the profile's. */
  locale: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/)
    .nullable(),
  theme_mode: z.enum(['light', 'dark', 'system']),
  /** A theme's uuid, or the key of a built-in one; null for the workspace's default. */
  active_theme_id: z.string().nullable(),
  sidebar_collapsed: z.boolean(),
  active_dashboard_view: z.guid().nullable(),
  extras: preferenceExtrasSchema,
})

/**
 * Only what changes: null resets a preference, or removes one of the extras.
 *
 * @example
 * const patch = preferencesPatchSchema.parse({ theme_mode: 'dark', locale: null })
 * await supabase.rpc('patch_preferences', { workspace_id, patch })
 */
export const preferencesPatchSchema = z
  .strictObject({
    ...preferencesSchema.shape,
    theme_mode: preferencesSchema.shape.theme_mode.nullable(),
    sidebar_collapsed: preferencesSchema.shape.sidebar_collapsed.nullable(),
    extras: preferenceExtrasSchema.nullable(),
  })
  .partial()

export type PreferenceExtras = z.infer<typeof preferenceExtrasSchema>
export type Preferences = z.infer<typeof preferencesSchema>
export type PreferencesPatch = z.infer<typeof preferencesPatchSchema>
