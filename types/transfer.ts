import * as z from 'zod'
import { customComponentSchema } from './component.ts'
import { preferencesPatchSchema, preferencesSchema } from './preferences.ts'
import { skippedPartSchema, themeSchema } from './theme.ts'
import { timestampSchema } from './timestamp.ts'
import { viewSchema } from './view.ts'

// What is exported and imported: a view, or the whole dashboard of a person. docs/transfer-format.md explains the
// format, and private.export_problem holds the same rules.

/**
 * The version of the format that is written, and the only one that is read.
 *
 * @example
 * const isReadable = JSON.parse(file).version === transferVersion
 */
export const transferVersion = 1
/**
 * An export is at most so long as JSON, in bytes: any view fits, whatever it holds.
 *
 * @example
 * const isTooLarge = new TextEncoder().encode(file).length > largestExport
 */
export const largestExport = 4_194_304
const longestList = 200
/**
 * The views of an export have at most so many widgets in all, which an import makes in the time that it has; a part of
 * `export_dashboard_part` has at most 2,000.
 *
 * @example
 * const fullViews = mostExportedWidgets / 200
 */
export const mostExportedWidgets = 3000

/** The key of a built-in theme, which is no uuid. */
const builtInKey = /^(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$)[a-z][a-z0-9-]{0,49}$/

/**
 * The preferences that a person has chosen; the others are absent, or null. Theme and view are ids inside the document,
 * or the key of a built-in theme.
 *
 * @example
 * const { theme_mode } = exportedPreferencesSchema.parse({ theme_mode: 'dark' })
 */
export const exportedPreferencesSchema = preferencesSchema
  .extend({ active_dashboard_view: z.string().nullable() })
  .partial()

const partsSchema = z.strictObject({
  format: z.literal('b-dashboard'),
  version: z.literal(transferVersion),
  /** One view, or everything that a person has arranged in a workspace. */
  kind: z.enum(['view', 'dashboard']),
  exportedAt: timestampSchema,
  /** The versions of the workspace's own components that the widgets show. */
  components: z.array(customComponentSchema).max(longestList),
  themes: z.array(themeSchema.required({ id: true })).max(longestList),
  /** At most one is the default. */
  views: z.array(viewSchema.required({ id: true })).max(longestList),
  preferences: exportedPreferencesSchema.optional(),
})

type Parts = z.infer<typeof partsSchema>
type Issue = [path: PropertyKey[], message: string]

/**
 * What `export_view` and `export_dashboard` give, and `import_view` and `import_dashboard` take. These take more:
 * unknown keys, and the themes that `import_theme` takes. The database reads such a document as one of these
 * (private.imported_export), and reports what it left out.
 *
 * @example
 * const { data } = await supabase.rpc('export_dashboard', { workspace_id })
 * const { views, themes } = exportSchema.parse(data)
 */
export const exportSchema = z
  .custom<Record<string, unknown>>(
    (document) => typeof document === 'object' && document !== null && !Array.isArray(document),
    'This must be a JSON object.',
  )
  // The database measures its own spelling, which has a space after each separator.
  .refine((document) => new TextEncoder().encode(JSON.stringify(document)).length <= largestExport, {
    error: 'The document is larger than 4 MiB.',
    abort: true,
  })
  .pipe(
    partsSchema.check(({ value, issues }) => {
      for (const [path, message] of [
        ...sizeIssues(value),
        ...kindIssues(value),
        ...twins(value),
        ...danglingReferences(value),
      ])
        issues.push({ code: 'custom', input: value, path, message })
    }),
  )

function sizeIssues({ views }: Parts): Issue[] {
  const widgets = views.flatMap(({ layout }) => layout.widgets)
  return widgets.length > mostExportedWidgets ? [[['views'], 'There are more than 3,000 widgets.']] : []
}

function kindIssues({ kind, views, themes, preferences }: Parts): Issue[] {
  const defaults = views.flatMap(({ isDefault }, index) => (isDefault ? [index] : []))
  const [, second] = defaults
  const issues: Issue[] = []
  if (second !== undefined)
    issues.push([['views', second, 'isDefault'], 'Another view is already the default.'])
  if (kind === 'dashboard') return issues
  if (views.length !== 1) issues.push([['views'], 'The export of a view contains exactly one view.'])
  if (themes.length > 0) issues.push([['themes'], 'The export of a view contains no themes.'])
  if (preferences) issues.push([['preferences'], 'The export of a view contains no preferences.'])
  return issues
}

function twins({ components, themes, views }: Parts): Issue[] {
  const names = {
    components: components.map(({ id, version }) => `${id}@${version}`),
    themes: themes.map(({ id }) => id),
    views: views.map(({ id }) => id),
  }
  return Object.entries(names).flatMap(([list, ids]) =>
    ids.flatMap((id, index): Issue[] =>
      ids.indexOf(id) < index ? [[[list, index, 'id'], 'Another entry of the list has the same id.']] : [],
    ),
  )
}

function danglingReferences({ preferences, themes, views }: Parts): Issue[] {
  if (!preferences) return []
  const { active_theme_id: theme = null, active_dashboard_view: view = null } = preferences
  const issues: Issue[] = []
  if (theme !== null && !builtInKey.test(theme) && !themes.some(({ id }) => id === theme))
    issues.push([['preferences', 'active_theme_id'], 'Nothing in the document has this id.'])
  if (view !== null && !views.some(({ id }) => id === view))
    issues.push([['preferences', 'active_dashboard_view'], 'Nothing in the document has this id.'])
  return issues
}

/** Something that was imported: its id in the document, and the one that it got. */
const importedSchema = z.strictObject({
  /** Null for a view that was imported without an id. */
  from: z.string().nullable(),
  id: z.guid(),
  name: z.string(),
})

/**
 * What an import did, as `import_view` and `import_dashboard` give it.
 *
 * @example
 * const { data } = await supabase.rpc('import_view', { workspace_id, document: JSON.parse(file) })
 * const { views, skipped } = importReportSchema.parse(data)
 */
export const importReportSchema = z.strictObject({
  views: z.array(importedSchema),
  themes: z.array(importedSchema),
  components: z.array(
    z.strictObject({
      id: z.string(),
      version: z.string(),
      /** Published by the import, or used because the same was there already. */
      outcome: z.enum(['published', 'used']),
    }),
  ),
  /** The preferences that were set, with the ids that views and themes got. */
  preferences: preferencesPatchSchema,
  /** What was skipped: where it stands in the document, and why. */
  skipped: z.array(skippedPartSchema),
})

export type ExportDocument = z.infer<typeof exportSchema>
export type ImportReport = z.infer<typeof importReportSchema>
