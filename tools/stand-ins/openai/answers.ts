import type { ChatCompletionRequest, FixtureResponse } from '@copilotkit/aimock'
import * as z from 'zod'

// What the stand-in says: to a question about revenue what the widget shows, and a layout with that widget on top.

/** The view on screen, as the function tells a model of it. */
const viewSchema = z.object({
  view_id: z.string(),
  version: z.int(),
  widgets: z.array(
    z.object({
      instanceId: z.string(),
      widgetId: z.string(),
      position: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }),
    }),
  ),
})
type View = z.infer<typeof viewSchema>

const widgetSchema = z.object({ title: z.string(), data: z.record(z.string(), z.unknown()).nullable() })

/** Answers a request as a model would that was told to be brief. */
export function answerTo(request: ChatCompletionRequest): FixtureResponse {
  const question = lastOf(request, 'user')
  const view = viewSchema.safeParse(fencedIn(textOf(request, 'system'), 'the view on screen')).data
  const named = view?.widgets.filter(({ widgetId }) => widgetId.includes('revenue')) ?? []
  const widget = named.find(({ widgetId }) => widgetId.includes('chart')) ?? named[0]
  const results = resultsOf(request)
  const usage = { input_tokens: Math.ceil(JSON.stringify(request).length / 4), output_tokens: 60 }
  if (!/revenue/i.test(question))
    return { content: 'I am a stand-in, and know one thing: ask me about revenue.', usage }
  if (!view || !widget) return { content: 'There is no widget about revenue on this view.', usage }
  if (results.length === 0)
    return call('read_widget_data', { view_id: view.view_id, instance_ids: [widget.instanceId] })
  const mayPropose = request.tools?.some((tool) => tool.function.name === 'propose_layout_change') ?? false
  if (results.length === 1 && mayPropose) return call('propose_layout_change', proposal(view, widget))
  const read = z.array(widgetSchema).safeParse(fencedIn(results[0] ?? '', 'from read_widget_data')).data?.[0]
  const proposed = mayPropose ? ' I propose to put it on top, where everybody sees it first.' : ''
  return { content: `${told(read?.data ?? null)}${proposed}`, usage }
}

function call(name: string, given: object): FixtureResponse {
  return {
    toolCalls: [{ name, arguments: JSON.stringify(given) }],
    usage: { input_tokens: 1500, output_tokens: 40 },
  }
}

/** The widget on top and over the whole width, the others below it. */
function proposal({ view_id, version, widgets }: View, first: View['widgets'][number]) {
  const { height } = first.position
  const moves = widgets.map(({ instanceId, position }) => ({
    change: 'move',
    instanceId,
    position:
      instanceId === first.instanceId
        ? { x: 0, y: 0, width: 12, height }
        : { ...position, y: position.y + height },
  }))
  return { view_id, version, summary: 'Revenue on top, over the whole width', changes: moves }
}

function told(data: Record<string, unknown> | null): string {
  const series = z
    .object({
      labels: z.array(z.string()),
      series: z.array(z.object({ values: z.array(z.number().nullable()) })),
    })
    .safeParse(data).data
  const amount = (value = 0) => Math.round(value).toLocaleString('en')
  if (typeof data?.value === 'number') return `Revenue is ${amount(data.value)}.`
  const values = series?.series[0]?.values.filter((value) => value !== null) ?? []
  if (values.length === 0) return 'The widget about revenue has no numbers yet.'
  const total = values.reduce((sum, value) => sum + value, 0)
  const [most] = values.toSorted((a, b) => b - a)
  const last = amount(values.at(-1))
  return `Revenue came to ${amount(total)} in the time shown, at best ${amount(most)} at once, and ${last} last.`
}

function textOf({ messages }: ChatCompletionRequest, role: string): string {
  return messages
    .filter((message) => message.role === role)
    .map(({ content }) =>
      typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join(''),
    )
    .join('\n')
}

function lastOf(request: ChatCompletionRequest, role: string): string {
  return textOf({ ...request, messages: request.messages.filter((one) => one.role === role).slice(-1) }, role)
}

/** What tools gave since the last question. */
function resultsOf({ messages, ...rest }: ChatCompletionRequest): string[] {
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  return messages
    .slice(asked)
    .filter(({ role }) => role === 'tool')
    .map((message) => textOf({ ...rest, messages: [message] }, 'tool'))
}

/** The JSON between the marks of what is data. */
function fencedIn(text: string, what: string): unknown {
  const [, json = 'null'] = new RegExp(`<<data \\w+ ${what}\\n([^\\n]*)\\n`).exec(text) ?? []
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
