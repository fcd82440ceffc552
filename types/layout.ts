import * as z from 'zod'
import { componentKeySchema, componentVersionSchema } from './component.ts'
import { configSchema } from './json-schema.ts'
import { timestampSchema } from './timestamp.ts'

// The layout of a view: a grid of 12 columns and the widgets in it. private.layout_problem holds the same rules. What a
// configuration may hold depends on the component: see component-config.ts.

/**
 * A view holds no more widgets than this.
 *
 * @example
 * const isFull = layout.widgets.length >= mostWidgets
 */
export const mostWidgets = 200

/**
 * Where a widget lies in the grid, in columns and rows.
 *
 * @example
 * const position = widgetPositionSchema.parse({ x: 0, y: 0, width: 6, height: 2 })
 */
export const widgetPositionSchema = z
  .strictObject({
    x: z.int().min(0).max(11),
    y: z.int().min(0).max(10_000),
    width: z.int().min(1).max(12),
    height: z.int().min(1).max(10_000),
  })
  .refine(({ x, width }) => x + width <= 12, {
    error: 'The widget reaches beyond the grid, which has 12 columns.',
    path: ['width'],
  })

/**
 * What every component takes for a configuration. Its size and depth are looked at first.
 *
 * @example
 * const config = widgetConfigSchema.parse({ limit: 5 })
 */
export const widgetConfigSchema = configSchema

/**
 * A widget of a layout.
 *
 * @example
 * const widget = widgetSchema.parse({
 *   instanceId: crypto.randomUUID(),
 *   widgetId: 'total-users',
 *   position: { x: 0, y: 0, width: 3, height: 2 },
 *   visible: true,
 *   config: {},
 * })
 */
export const widgetSchema = z.strictObject({
  /** The widget's name in its layout, which its makers choose. */
  instanceId: z.guid(),
  widgetId: componentKeySchema,
  position: widgetPositionSchema,
  visible: z.boolean(),
  config: widgetConfigSchema,
  lastUpdated: timestampSchema.optional(),
  /** The version of a component of the workspace; left out, it stays as it is, or is the latest for another widget. */
  componentVersion: componentVersionSchema.optional(),
  /** Given by the database when a layout is read, and without meaning when one is written. */
  id: z.guid().optional(),
  /** Given by the database when a layout is read, and without meaning when one is written. */
  version: z.int().min(1).max(2_147_483_647).optional(),
})

/**
 * A layout as it is written and read.
 *
 * @example
 * const empty = layoutSchema.parse({ version: 1, gridColumns: 12, rowHeight: 80, gap: 16, widgets: [] })
 */
export const layoutSchema = z.strictObject({
  version: z.literal(1),
  gridColumns: z.literal(12),
  /** In pixels. */
  rowHeight: z.number().gt(0).max(10_000),
  /** In pixels. */
  gap: z.number().min(0).max(10_000),
  widgets: z
    .array(widgetSchema)
    .max(mostWidgets)
    .check(({ value, issues }) => {
      const seen = new Set<string>()
      value.forEach(({ instanceId }, index) => {
        if (seen.has(instanceId.toLowerCase()))
          issues.push({
            code: 'custom',
            input: instanceId,
            path: [index, 'instanceId'],
            message: 'Another widget of this layout has the same instanceId.',
          })
        seen.add(instanceId.toLowerCase())
      })
    }),
})

export type WidgetPosition = z.infer<typeof widgetPositionSchema>
export type Widget = z.infer<typeof widgetSchema>
export type Layout = z.infer<typeof layoutSchema>
