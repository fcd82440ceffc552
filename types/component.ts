import * as z from 'zod'
import { componentTypes } from './component-data.ts'
import { isDistinct } from './distinct.ts'
import { configSchema, conforms, jsonSchemaSchema } from './json-schema.ts'
import { singleLine } from './text.ts'

// What can be put on a dashboard. private.component_problem holds the same rules for the components that people
// publish.

/**
 * How a component is named in layouts.
 *
 * @example
 * const key = componentKeySchema.parse('revenue-chart')
 */
export const componentKeySchema = z.string().regex(/^[a-z0-9-]{1,50}$/, 'This is not the key of a component.')

/**
 * Three numbers, such as 1.0.0.
 *
 * @example
 * const version = componentVersionSchema.parse('1.0.0')
 */
export const componentVersionSchema = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,8})(?:[.](?:0|[1-9][0-9]{0,8})){2}$/, 'This is not x.y.z.')

const quarters = z.int().min(1).max(4)

/**
 * Widths in quarters of the grid, the height in pixels: a hint, which `gridSizeOf` gives in columns and rows.
 *
 * @example
 * const size = componentSizeSchema.parse({ minWidth: 1, defaultWidth: 2, maxWidth: 4, minHeight: 200 })
 */
export const componentSizeSchema = z
  .strictObject({
    minWidth: quarters,
    maxWidth: quarters,
    defaultWidth: quarters,
    minHeight: z.int().min(1).max(2_000),
  })
  .refine(({ minWidth, defaultWidth, maxWidth }) => minWidth <= defaultWidth && defaultWidth <= maxWidth, {
    error: 'The usual width lies between the least and the largest.',
    path: ['defaultWidth'],
  })

const common = {
  id: componentKeySchema,
  type: z.enum(componentTypes),
  icon: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,49}$/, 'This is not the name of an icon.'),
  /** The roles that may use it; an admin always may. */
  allowedRoles: z
    .array(z.string().regex(/^[a-z][a-z0-9_-]{0,49}$/, 'This is not the key of a role.'))
    .min(1)
    .max(20)
    .refine(isDistinct, 'A role is named twice.'),
  sizeConfig: componentSizeSchema,
  defaultConfig: configSchema,
}
const textKey = z.string().regex(/^[A-Za-z0-9_.-]{1,200}$/, 'This is not the key of a text.')

/**
 * A component of the front end's registry, which every workspace has.
 *
 * @example
 * const components = builtInComponentSchema.array().parse(registry)
 */
export const builtInComponentSchema = z.strictObject({
  ...common,
  titleKey: textKey,
  descriptionKey: textKey,
  configSchema: jsonSchemaSchema.optional(),
})

/**
 * A component as a workspace publishes one.
 *
 * @example
 * const document = customComponentSchema.parse(edited)
 * const { data } = await supabase.rpc('publish_component', { workspace_id, document })
 */
export const customComponentSchema = z
  .strictObject({
    ...common,
    version: componentVersionSchema,
    title: singleLine({ min: 1, max: 100 }),
    description: singleLine({ min: 0, max: 200 }),
    /** Under which the front end finds both in each language; without one, they show as they are. */
    titleKey: textKey.optional(),
    descriptionKey: textKey.optional(),
    configSchema: jsonSchemaSchema,
    /** What it shows, where that is something else than its type does. */
    dataSchema: jsonSchemaSchema.optional(),
  })
  .refine(({ defaultConfig, configSchema }) => conforms(defaultConfig, configSchema), {
    error: 'The schema of the configuration does not take this one.',
    path: ['defaultConfig'],
  })

/**
 * A component as `available_components` and `get_component` give it, built in or a workspace's own.
 *
 * @example
 * const { data } = await supabase.rpc('get_component', { workspace_id, key: 'revenue-chart' })
 * const { configSchema, defaultConfig } = availableComponentSchema.parse(data)
 */
export const availableComponentSchema = z.strictObject({
  ...common,
  kind: z.enum(['built_in', 'custom']),
  /** Whether it is managed outside of the product: nobody publishes or deletes it there. */
  isManaged: z.boolean(),
  /** Of a workspace's own component; null for a built-in one, which has none. */
  version: componentVersionSchema.nullable(),
  /** Under which the front end finds title and description; null where a workspace's own component has none. */
  titleKey: textKey.nullable(),
  descriptionKey: textKey.nullable(),
  /** Of a workspace's own component; null for a built-in one. */
  title: z.string().nullable(),
  description: z.string().nullable(),
  configSchema: jsonSchemaSchema,
  dataSchema: jsonSchemaSchema,
})

export type ComponentSize = z.infer<typeof componentSizeSchema>
export type BuiltInComponent = z.infer<typeof builtInComponentSchema>
export type CustomComponent = z.infer<typeof customComponentSchema>
export type AvailableComponent = z.infer<typeof availableComponentSchema>
