import * as z from 'zod'
import { metricDimensionSchema, metricKeySchema } from '../../../types/metrics.ts'
import { defineTool, found, ToolError } from './tool.ts'

const instant = z.iso.datetime({ offset: true })
const mostParts = 20
/** As many values as a list has at most. */
const mostListed = 200

/** The same question as of two times, and where the difference comes from. */
export const explainChange = defineTool({
  name: 'explain_change',
  description:
    'Compares a metric as of two times: what the period that ends at each came to, and with a dimension (breakdown) ' +
    'which of its values the difference comes from. What is in no part with a difference is in the rest: points ' +
    'without the dimension, and values that are not shown; null is what is not known.',
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
      const query = { metric, period, ...(type === 'list' && { breakdown, limit: mostListed }) }
      return found(await supabase.rpc('query_metrics', { workspace_id, type, query, as_of }))
    }
    const [before, after] = (await Promise.all([ask('stats', from), ask('stats', to)])).map(numberOf)
    const whole = { metric, period, before, after, difference: difference(before, after) }
    if (!breakdown) return whole
    const [listBefore, listAfter] = await Promise.all([ask('list', from), ask('list', to)])
    const parts = partsOf(itemsOf(listBefore), itemsOf(listAfter)).slice(0, mostParts)
    return { ...whole, breakdown, parts, rest: restOf(before ?? 0, after ?? 0, parts) }
  },
})

interface Part {
  value: string
  /** Null where it is not among those that were listed. */
  before: number | null
  after: number | null
  difference: number | null
}

/** The values of a dimension, those that changed most first. */
function partsOf(before: Map<string, number>, after: Map<string, number>): Part[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((value) => {
      const [was, is] = [amountIn(before, value), amountIn(after, value)]
      return { value, before: was, after: is, difference: difference(was, is) }
    })
    .map((part) => ({ part, change: leastChange(part, lowest(before), lowest(after)) }))
    .toSorted((a, b) => b.change - a.change)
    .map(({ part }) => part)
}

/** A list that is not full has all values that there are. */
function amountIn(list: Map<string, number>, value: string): number | null {
  return list.get(value) ?? (list.size < mostListed ? 0 : null)
}

const lowest = (list: Map<string, number>) => Math.min(...list.values())

/** What is in one list alone was, or is, at most the lowest of the other. */
function leastChange(part: Part, lowestBefore: number, lowestAfter: number): number {
  if (part.difference !== null) return Math.abs(part.difference)
  return Math.max(0, part.before === null ? Number(part.after) - lowestBefore : part.before - lowestAfter)
}

/** What is in no part whose difference is known: with those it adds up to the whole. */
function restOf(before: number, after: number, parts: Part[]) {
  const known = parts.filter((part) => part.difference !== null)
  const rest = {
    before: rounded(before - sum(known.map((part) => part.before))),
    after: rounded(after - sum(known.map((part) => part.after))),
  }
  return { ...rest, difference: rounded(rest.after - rest.before) }
}

const sum = (amounts: (number | null)[]) => amounts.reduce<number>((all, amount) => all + Number(amount), 0)

/** Without what comes of adding up doubles. */
const rounded = (value: number) => Number(value.toFixed(9))

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
