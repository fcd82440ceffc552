import * as z from 'zod'
import { holdsAddress } from './addresses.ts'
import { componentKeySchema, componentVersionSchema, customComponentSchema } from './component.ts'
import { dataSourceInputSchema } from './data-source.ts'
import { isDistinct } from './distinct.ts'
import { configSchema } from './json-schema.ts'
import { isKeepable } from './json-values.ts'
import { widgetSchema } from './layout.ts'
import { singleLine } from './text.ts'
import { themeSchema } from './theme.ts'
import { viewSchema } from './view.ts'

// What a version of a listing consists of, fixed by the SHA-256 of its form in RFC 8785. private.bundle_problem holds
// the same rules, and knows besides which components are built in, and which are there that a template requires.

/**
 * How many bytes a bundle has at most as JSON.
 *
 * @example
 * const isTooLarge = new TextEncoder().encode(file).length > largestBundle
 */
export const largestBundle = 524_288

const key = z.string().min(1).max(100)

/**
 * How a configuration for an earlier version of a component becomes one for this version, key by key.
 *
 * @example
 * const mapping = configMappingSchema.parse({ rename: { max: 'limit' }, remove: ['unit'], defaults: { digits: 2 } })
 */
export const configMappingSchema = z.strictObject({
  rename: z
    .record(z.string(), key)
    .refine((names) => Object.keys(names).length <= 50)
    .optional(),
  remove: z.array(key).max(50).optional(),
  defaults: configSchema.optional(),
})

const [httpSource] = dataSourceInputSchema.options

/**
 * A data source that is made where a bundle is installed: without headers, whose values are secrets. A configuration
 * names it as "$" and its key.
 *
 * @example
 * const source = bundleSourceSchema.parse({ key: 'rates', name: 'Rates', url: 'https://rates.example.com/today' })
 */
export const bundleSourceSchema = httpSource
  .omit({ kind: true, headers: true, allowedRoles: true })
  .extend({ key: z.string().regex(/^[a-z][a-z0-9_]{0,29}$/) })

/**
 * A component of another listing that a view template shows, fixed by its hash. Who installs the template has installed
 * that listing before, in this version or a higher one.
 *
 * @example
 * const { requires } = upgradePreviewSchema.parse(data)
 * for (const { listingId, version } of bundleRequirementSchema.array().parse(requires)) show([listingId, version])
 */
export const bundleRequirementSchema = z.strictObject({
  listingId: z.guid(),
  version: componentVersionSchema,
  contentHash: z.string().regex(/^[0-9a-f]{64}$/),
  componentKey: componentKeySchema,
})

const common = {
  format: z.literal('b-dashboard-bundle'),
  version: z.literal(1),
  sources: z.array(bundleSourceSchema).max(5).optional(),
}
const templateWidget = widgetSchema.pick({
  instanceId: true,
  widgetId: true,
  position: true,
  visible: true,
  config: true,
})
const template = z.strictObject({
  name: singleLine({ min: 1, max: 50 }),
  description: singleLine({ min: 0, max: 200 }),
  layout: viewSchema.shape.layout,
})

/** What is said of a whole document as it comes, before any text in it is cleaned. */
const raw = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'This must be a JSON object.',
  )
  .refine((value) => new TextEncoder().encode(JSON.stringify(value)).length <= largestBundle, {
    error: 'The bundle is larger than 512 KiB.',
    abort: true,
  })
  .refine((value) => isKeepable(value), { error: 'This holds what cannot be kept.', abort: true })
  .refine(({ sources: _, ...rest }) => !holdsAddress(rest), {
    error: 'This holds an address of its own.',
  })

type Config = Record<string, unknown>

/** Metrics, what the workspace knows of itself, or "$" and the key of a source: never the id of a row. */
function namesKnownSource({ source }: Config, sources: { key: string }[] = []): boolean {
  if (typeof source !== 'string' || !(source.startsWith('$') || z.guid().safeParse(source).success))
    return true
  return sources.some(({ key }) => `$${key}` === source)
}

const kinds = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('component'),
    content: customComponentSchema,
    mapping: configMappingSchema.optional(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('theme'),
    content: themeSchema.omit({ id: true, isDefault: true }),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('view'),
    content: template,
    requires: z.array(bundleRequirementSchema).max(20).optional(),
  }),
])

/** Each of which may name a source. */
function configsOf(bundle: z.infer<typeof kinds>): Config[] {
  if (bundle.kind === 'component') return [bundle.content.defaultConfig, bundle.mapping?.defaults ?? {}]
  return bundle.kind === 'view' ? bundle.content.layout.widgets.map(({ config }) => config) : []
}

const bundles = kinds
  .refine((bundle) => configsOf(bundle).every((config) => namesKnownSource(config, bundle.sources)), {
    error: 'A configuration names a data source that the bundle does not have.',
  })
  .refine(({ sources = [] }) => isDistinct(sources.map(({ key }) => key)), {
    error: 'Two sources have the same key.',
  })
  .refine(
    (bundle) =>
      bundle.kind !== 'view' || isDistinct((bundle.requires ?? []).map(({ componentKey }) => componentKey)),
    { error: 'Two of these are the same component.' },
  )
  .refine(
    (bundle) =>
      bundle.kind !== 'view' ||
      bundle.content.layout.widgets.every((widget) => templateWidget.safeParse(widget).success),
    { error: 'A widget of a template names nothing of a workspace.' },
  )

/**
 * What a version of a listing consists of: a component, a theme or a view template, declarative, without code, and
 * without addresses but those of its sources.
 *
 * @example
 * const { data } = await supabase.rpc('get_listing_bundle', { listing_id: id, version: '1.0.0' })
 * const { kind, content } = bundleSchema.parse(listingBundleSchema.parse(data).bundle)
 */
export const bundleSchema = raw.pipe(bundles)

export type Bundle = z.infer<typeof bundleSchema>
export type ConfigMapping = z.infer<typeof configMappingSchema>
export type BundleSource = z.infer<typeof bundleSourceSchema>
export type BundleRequirement = z.infer<typeof bundleRequirementSchema>
