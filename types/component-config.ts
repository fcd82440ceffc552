import * as z from 'zod'
import { plainText } from './text.ts'

// What can be configured of each built-in component. The database holds the same as JSON Schemas, in
// built_in_components.config_schema: a test makes them from these and demands equality.

const common = {
  /** In place of the component's own title. */
  title: plainText({ min: 1, max: 100 }),
  /** How old its data may become before it is fetched again; 15 where it says nothing. */
  refreshMinutes: z.int().min(5).max(30),
  /** What it shows in place of its own query: the id of a data source, `metrics` or `workspace`. */
  source: plainText({ min: 1, max: 36 }),
  /** What it asks that source: types/widget-data.ts. */
  query: z.looseObject({}),
}
const dateRange = z.enum(['24h', '7d', '30d', '90d', '1y'])
const compareMode = z.enum(['none', 'previousPeriod', 'previousYear'])
const sortOrder = z.enum(['asc', 'desc'])

const stats = z
  .strictObject({
    ...common,
    dateRange,
    compareMode,
    showTrend: z.boolean(),
    format: z.enum(['number', 'compact', 'currency', 'percentage']),
  })
  .partial()

/**
 * One schema for each built-in component, by its key. All keys of a configuration are optional.
 *
 * @example
 * const { error } = componentConfigSchemas['revenue-chart'].safeParse({ metric: 'orders', smoothLine: true })
 */
export const componentConfigSchemas = {
  'total-revenue': stats,
  'total-users': stats,
  'active-sessions': stats,
  'conversion-rate': stats,
  'revenue-chart': z
    .strictObject({
      ...common,
      dateRange,
      compareMode,
      metric: z.enum(['revenue', 'orders', 'profit']),
      showLegend: z.boolean(),
      smoothLine: z.boolean(),
    })
    .partial(),
  'sales-by-category': z
    .strictObject({
      ...common,
      dateRange,
      metric: z.enum(['revenue', 'orders', 'units']),
      limit: z.int().min(1).max(20),
      showLegend: z.boolean(),
      orientation: z.enum(['vertical', 'horizontal']),
    })
    .partial(),
  'traffic-sources': z
    .strictObject({
      ...common,
      dateRange,
      metric: z.enum(['visits', 'users', 'conversions']),
      limit: z.int().min(2).max(12),
      showLabels: z.boolean(),
      showLegend: z.boolean(),
    })
    .partial(),
  'recent-orders': z
    .strictObject({
      ...common,
      dateRange,
      limit: z.int().min(1).max(100),
      showStatus: z.boolean(),
      sortBy: z.enum(['date', 'customer', 'amount', 'status']),
      sortOrder,
    })
    .partial(),
  'top-products': z
    .strictObject({
      ...common,
      dateRange,
      limit: z.int().min(1).max(50),
      metric: z.enum(['revenue', 'orders', 'units']),
      showThumbnail: z.boolean(),
      sortOrder,
    })
    .partial(),
  'activity-feed': z
    .strictObject({
      ...common,
      limit: z.int().min(1).max(100),
      filterTypes: z
        .array(z.enum(['all', 'orders', 'users', 'payments', 'reports', 'comments', 'system']))
        .max(10),
    })
    .partial(),
  'quick-actions': z
    .strictObject({
      ...common,
      actions: z
        .array(
          z.enum([
            'newOrder',
            'newProduct',
            'addUser',
            'inviteMember',
            'generateReport',
            'exportData',
            'settings',
          ]),
        )
        .max(12),
    })
    .partial(),
}

/** The key of a component that every workspace has. */
export type BuiltInComponentKey = keyof typeof componentConfigSchemas
