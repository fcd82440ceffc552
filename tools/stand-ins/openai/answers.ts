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
  const { question, said, results } = exchangeOf(request)
  if (/at length/i.test(question)) return atLength(request, said)
  const view = viewSchema.safeParse(fencedIn(textOf(request, 'system'), 'the view on screen')).data
  const named = view?.widgets.filter(({ widgetId }) => widgetId.includes('revenue')) ?? []
  const widget = named.find(({ widgetId }) => widgetId.includes('chart')) ?? named[0]
  const tell = (content: string) => ({ content: restOf(content, said), usage: usageOf(request, 60) })
  if (!/revenue/i.test(question))
    return tell(
      'I am a stand-in, and know one thing: ask me about revenue. Say "at length" for a long answer.',
    )
  if (!view) return tell('No view is on screen, so I know of no widget about revenue.')
  if (!widget) return tell('There is no widget about revenue on this view.')
  const mayUse = (name: string) => request.tools?.some((tool) => tool.function.name === name) ?? false
  const [mayRead, mayPropose] = [mayUse('read_widget_data'), mayUse('propose_layout_change')]
  const steps = [
    ...(mayRead
      ? [call('read_widget_data', { view_id: view.view_id, instance_ids: [widget.instanceId] })]
      : []),
    ...(mayPropose ? [call('propose_layout_change', proposal(view, widget))] : []),
  ]
  const next = steps[results.length]
  if (next && said === '') return next
  const proposed = mayPropose ? ' I propose to put it on top, where everybody sees it first.' : ''
  return tell(`${mayRead ? readIn(results[0] ?? '') : 'I may not read what widgets show.'}${proposed}`)
}

/** Sentences that a limit of tokens cuts; whoever has it continued gets the next ones, to the end. */
function atLength(request: ChatCompletionRequest, said: string): FixtureResponse {
  const rest = restOf(longAnswer, said)
  // As many characters a token as English has.
  const room = 4 * (request.max_tokens ?? Number.POSITIVE_INFINITY)
  const content = rest.slice(0, room)
  const usage = usageOf(request, Math.ceil(content.length / 4))
  return { content, usage, finishReason: content === rest ? 'stop' : 'length' }
}

/** Longer than what an agent may write that says nothing of it: 4,096 tokens. */
const longAnswer = Array.from(
  { length: 600 },
  (_, index) => `This is sentence ${index + 1} of a long answer.`,
).join(' ')

/** What is left to say of an answer that goes on. */
function restOf(content: string, said: string): string {
  if (said === '' || !content.startsWith(said)) return content
  return content.slice(said.length) || ' That is all.'
}

const usageOf = (request: ChatCompletionRequest, output_tokens: number) => ({
  input_tokens: Math.ceil(JSON.stringify(request).length / 4),
  output_tokens,
})

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

/** What a widget shows, by the result of the tool: its error is between no marks. */
function readIn(result: string): string {
  const [read] = z.array(widgetSchema).safeParse(fencedIn(result, 'from read_widget_data')).data ?? []
  return read ? told(read.data) : 'The widget about revenue could not be read.'
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

/** The last question, what was said to it before the answer is to go on, and what tools gave meanwhile. */
function exchangeOf({ messages, ...rest }: ChatCompletionRequest) {
  const isQuestion = (index: number) =>
    messages[index]?.role === 'user' &&
    !goOn.test(textOf({ ...rest, messages: messages.slice(index, index + 1) }, 'user'))
  const asked = messages.findLastIndex((_, index) => isQuestion(index))
  const since = messages.slice(Math.max(asked, 0))
  const texts = (role: string) =>
    since
      .filter((message) => message.role === role)
      .map((message) => textOf({ ...rest, messages: [message] }, role))
  return { question: texts('user')[0] ?? '', said: texts('assistant').join(''), results: texts('tool') }
}

/** What the function ai-chat says where an answer is to go on. */
const goOn = /^Go on exactly where you stopped/

/** The JSON between the marks of what is data. */
function fencedIn(text: string, what: string): unknown {
  const [, json = 'null'] = new RegExp(`<<data \\w+ ${what}\\n([^\\n]*)\\n`).exec(text) ?? []
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
