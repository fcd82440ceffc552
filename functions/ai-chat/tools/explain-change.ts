import * as z from 'zod'
import { metricDimensionSchema, metricKeySchema } from '../../../types/metrics.ts'
import { defineTool, found, ToolError } from './tool.ts'

const instant = z.iso.datetime({ offset: true })
const mostParts = 20

/** The same question as of two times, and where the difference comes from. */
export const explainChange = defineTool({
  name: 'explain_change',
  description:
    'Compares a metric as of two times: what the period that ends at each came to, and with a dimension (breakdown) ' +
    'which of its values the difference comes from.',
  input: z.strictObject({
    metric: metricKeySchema,
    from: instant,
    to: instant,
    period: z.enum(['24h', '7d', '30d', '90d', '1y']).default('30d'),
    breakdown: metricDimensionSchema.optional(),
  }),
  async run({ metric, from, to, period, breakdown }, { supabase, workspaceId: workspace_id }) {
    if (Date.parse(from) >= Date.parse(to)) throw new ToolError('from must be earlier than to.')
    const ask = async (type: 'stats' | 'list', as_of: string) => {
      const query = { metric, period, ...(type === 'list' && { breakdown, limit: 200 }) }
      return found(await supabase.rpc('query_metrics', { workspace_id, type, query, as_of }))
    }
    const [before, after] = (await Promise.all([ask('stats', from), ask('stats', to)])).map(numberOf)
    const whole = { metric, period, before, after, difference: difference(before, after) }
    if (!breakdown) return whole
    const [partsBefore = new Map(), partsAfter = new Map()] = (
      await Promise.all([ask('list', from), ask('list', to)])
    ).map(itemsOf)
    const parts = [...new Set([...partsBefore.keys(), ...partsAfter.keys()])].map((value) => ({
      value,
      before: partsBefore.get(value) ?? 0,
      after: partsAfter.get(value) ?? 0,
      difference: difference(partsBefore.get(value) ?? 0, partsAfter.get(value) ?? 0),
    }))
    return {
      ...whole,
      breakdown,
      parts: parts
        .toSorted((a, b) => Math.abs(b.difference ?? 0) - Math.abs(a.difference ?? 0))
        .slice(0, mostParts),
    }
  },
})

const statsSchema = z.object({ value: z.number().nullable() })
const listSchema = z.object({ items: z.array(z.object({ title: z.string(), value: z.number() })) })

function numberOf(answer: unknown): number | null {
  return statsSchema.safeParse(answer).data?.value ?? null
}

function itemsOf(answer: unknown): Map<string, number> {
  return new Map(listSchema.safeParse(answer).data?.items.map(({ title, value }) => [title, value]))
}

function difference(before: number | null | undefined, after: number | null | undefined): number | null {
  return typeof before === 'number' && typeof after === 'number' ? after - before : null
}
