import * as z from 'zod'
import { colorSchema } from './color.ts'
import { singleLine } from './text.ts'
import { timestampSchema, utcTimestampSchema } from './timestamp.ts'

// The theme document, as the front end writes and reads one. private.theme_problem holds the same rules.

/**
 * The colors that each mode of a theme has, no more and no fewer.
 *
 * @example
 * const style = themeTokens.map((token) => `--${token}: ${theme.colors.light[token]}`).join(';')
 */
export const themeTokens = [
  'background',
  'foreground',
  'card',
  'cardForeground',
  'popover',
  'popoverForeground',
  'primary',
  'primaryForeground',
  'secondary',
  'secondaryForeground',
  'muted',
  'mutedForeground',
  'accent',
  'accentForeground',
  'destructive',
  'border',
  'input',
  'ring',
  'chart1',
  'chart2',
  'chart3',
  'chart4',
  'chart5',
  'sidebar',
  'sidebarForeground',
  'sidebarPrimary',
  'sidebarPrimaryForeground',
  'sidebarAccent',
  'sidebarAccentForeground',
  'sidebarBorder',
  'sidebarRing',
] as const

export type ThemeToken = (typeof themeTokens)[number]

/**
 * The colors of one mode.
 *
 * @example
 * const { error } = themeModeColorsSchema.safeParse(edited)
 */
export const themeModeColorsSchema = z.record(z.enum(themeTokens), colorSchema)

/**
 * What a theme says about itself.
 *
 * @example
 * const metadata = themeMetadataSchema.parse({ author: 'Ada', description: 'Ink on paper' })
 */
export const themeMetadataSchema = z.strictObject({
  author: singleLine({ min: 0, max: 100 }).optional(),
  description: singleLine({ min: 0, max: 500 }).optional(),
  createdAt: timestampSchema.optional(),
  updatedAt: timestampSchema.optional(),
})

/**
 * A theme as it is exported and imported.
 *
 * @example
 * const { name, colors, radius } = themeSchema.parse(JSON.parse(file))
 * await supabase.from('themes').insert({ workspace_id, name, colors, radius })
 */
export const themeSchema = z.strictObject({
  /** Given on export; on import a theme gets an id of its own. */
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/)
    .optional(),
  name: singleLine({ min: 1, max: 50 }),
  version: z.string().regex(/^(?:0|[1-9][0-9]{0,8})(?:[.](?:0|[1-9][0-9]{0,8})){2}$/, 'This is not x.y.z.'),
  /** Whether it is the product's default theme; without meaning on import. */
  isDefault: z.boolean().optional(),
  colors: z.strictObject({ light: themeModeColorsSchema, dark: themeModeColorsSchema }),
  radius: z.strictObject({
    base: z
      .string()
      .regex(/^(?:[0-9]{1,3}(?:[.][0-9]{1,6})?|[.][0-9]{1,6})rem$/, 'This is not a number of rem.'),
  }),
  metadata: themeMetadataSchema.optional(),
})

/**
 * What `update_theme` changes of a theme: what is left out stays, and null takes the metadata away.
 *
 * @example
 * const patch = themePatchSchema.parse({ name: 'Ink', visibility: 'workspace' })
 * const { data } = await supabase.rpc('update_theme', { workspace_id, theme_id, patch, revision })
 */
export const themePatchSchema = themeSchema
  .pick({ name: true, version: true, colors: true, radius: true })
  .extend({ metadata: themeMetadataSchema.nullable(), visibility: z.enum(['workspace', 'personal']) })
  .partial()

export type Theme = z.infer<typeof themeSchema>
export type ThemePatch = z.infer<typeof themePatchSchema>
export type ThemeMetadata = z.infer<typeof themeMetadataSchema>

/**
 * Who a theme is for: everyone, the members of its workspace, or the person who made it.
 *
 * @example
 * const kinds = themeKindSchema.options // built_in, workspace, personal
 */
export const themeKindSchema = z.enum(['built_in', 'workspace', 'personal'])

/**
 * A theme as `get_theme` gives it: the document with what the database knows about it.
 *
 * @example
 * const { data } = await supabase.rpc('get_theme', { workspace_id, theme_id }, { get: true })
 * const { colors, revision } = storedThemeSchema.parse(data)
 */
export const storedThemeSchema = themeSchema.extend({
  /** A uuid, or the key of a built-in theme. */
  id: z.string(),
  isDefault: z.boolean(),
  kind: themeKindSchema,
  /** One that comes with the product: nobody changes or deletes it, and an import makes a copy. */
  isBuiltIn: z.boolean(),
  /** Whether it is managed outside of the product: nobody changes or deletes it there, and copies are free. */
  isManaged: z.boolean(),
  /** Counts the changes; null for a built-in theme. An update that names a stale one is refused. */
  revision: z.int().positive().nullable(),
  createdBy: z.uuid().nullable(),
  createdAt: utcTimestampSchema.nullable(),
  updatedAt: utcTimestampSchema.nullable(),
})

/**
 * A part of an imported document that was left out: where it stands in the document, and why.
 *
 * @example
 * const { path, message } = skippedPartSchema.parse(skipped)
 */
export const skippedPartSchema = z.strictObject({ path: z.string(), code: z.string(), message: z.string() })

/**
 * A theme as `import_theme` gives it, with what was left out of the document. The documents that it takes are more than
 * `themeSchema`: with tokens that are unknown here, with a radius in pixels, and the themes of shadcn/ui and tweakcn.
 * The database reads them (private.imported_theme), and there is no schema of them here.
 *
 * @example
 * const { data } = await supabase.rpc('import_theme', { workspace_id, document: JSON.parse(file) })
 * const { id, skipped } = importedThemeSchema.parse(data)
 */
export const importedThemeSchema = storedThemeSchema.extend({ skipped: z.array(skippedPartSchema) })

/**
 * A theme as `active_theme` and `activate_theme` give it: with whose choice it is.
 *
 * @example
 * const { data } = await supabase.rpc('active_theme', { workspace_id })
 * const { colors, source } = shownThemeSchema.parse(data)
 */
export const shownThemeSchema = storedThemeSchema.extend({
  source: z.enum(['person', 'workspace', 'built_in']),
})

/**
 * A theme as `list_themes` gives it: without what it looks like.
 *
 * @example
 * const { data } = await supabase.rpc('list_themes', { workspace_id })
 * const themes = listedThemeSchema.array().parse(data)
 */
export const listedThemeSchema = storedThemeSchema
  .omit({ colors: true, radius: true, isDefault: true })
  .extend({
    isActive: z.boolean(),
    isWorkspaceDefault: z.boolean(),
    metadata: themeMetadataSchema.nullable(),
  })

export type StoredTheme = z.infer<typeof storedThemeSchema>
export type ImportedTheme = z.infer<typeof importedThemeSchema>
export type ShownTheme = z.infer<typeof shownThemeSchema>
export type ListedTheme = z.infer<typeof listedThemeSchema>
