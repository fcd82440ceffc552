import * as z from 'zod'
import { widgetConfigSchema, widgetPositionSchema } from './layout.ts'
import { utcTimestampSchema } from './timestamp.ts'

// What the function ai-chat takes, and the parts of which it makes an answer.
//
// `sequence` says where an answer stands after a part: text counts by its length in UTF-16, any other part is one. So
// pieces of text can be put together and cut anywhere, and who comes again with the last number that arrived gets the
// rest, no more and no less.

/**
 * The most bytes of a message, in UTF-8.
 *
 * @example
 * const isTooLong = new TextEncoder().encode(name).length > longestMessage
 */
export const longestMessage = 32_768

const wellFormed = z
  .string()
  .refine((text) => text.trim() !== '', 'Say something.')
  .refine((text) => !text.includes('\0') && text.isWellFormed(), 'This holds what cannot be stored as text.')
  .refine(
    (text) => new TextEncoder().encode(text).length <= longestMessage,
    `A message may have ${longestMessage} bytes.`,
  )

const questionSchema = z.strictObject({
  workspace_id: z.string().max(100),
  /** Who is asked: where a conversation begins, or in place of who answered in it so far. */
  agent_id: z.guid().optional(),
  conversation_id: z.guid().optional(),
  content: wellFormed.optional(),
  /** The number of the message that the question follows, for a branch; 0: none. */
  parent: z.int().min(0).max(1_000_000).optional(),
  /** In place of content: the answer in whose place there is to be another. */
  regenerate_of: z.guid().optional(),
  /** Made once a question: the same key is the same answer, however often it is sent. */
  idempotency_key: z.guid(),
  /** The view on screen, of which the agent is told; an answer given again or continued has that of the first. */
  view_id: z.guid().optional(),
})

/**
 * A question to an agent: in a conversation, or for a new one.
 *
 * @example
 * const body = chatRequestSchema.parse({
 *   workspace_id,
 *   agent_id: id,
 *   content: 'How is revenue?',
 *   idempotency_key: crypto.randomUUID(),
 * })
 */
export const chatRequestSchema = questionSchema.refine(
  ({ content, regenerate_of }) => (content === undefined) !== (regenerate_of === undefined),
  { path: ['content'], error: 'Give either content or regenerate_of.' },
)

export type ChatRequest = z.infer<typeof chatRequestSchema>

/**
 * An answer that did not come to its end, to be continued.
 *
 * @example
 * const body = continueRequestSchema.parse({
 *   workspace_id,
 *   answer_id: id,
 *   idempotency_key: crypto.randomUUID(),
 * })
 */
export const continueRequestSchema = questionSchema
  .pick({ workspace_id: true, idempotency_key: true, view_id: true })
  .extend({ answer_id: z.guid() })

/**
 * An answer that is to end here.
 *
 * @example
 * await supabase.functions.invoke('ai-chat/stop', { body: stopRequestSchema.parse({ answer_id: id }) })
 */
export const stopRequestSchema = z.strictObject({ answer_id: z.guid() })

/**
 * What who comes again asks for: an answer, from a place on.
 *
 * @example
 * const { after } = answerQuerySchema.parse({ answer_id: id, after: '120' })
 */
export const answerQuerySchema = z.strictObject({
  answer_id: z.guid(),
  /** `sequence` of the last event that arrived. */
  after: z.coerce.number().int().min(0).max(1_000_000).default(0),
})

/**
 * Where an answer stands: it runs, or how it ended.
 *
 * @example
 * const hasEnded = answerStatusSchema.parse(answer) !== 'running'
 */
export const answerStatusSchema = z.enum([
  'running',
  'complete',
  /** By who asked; what came is kept. */
  'stopped',
  /** At a limit, of time or of tokens; `/continue` goes on. */
  'incomplete',
  /** The function or the provider broke off. */
  'interrupted',
  'failed',
])

export type AnswerStatus = z.infer<typeof answerStatusSchema>

/**
 * A change to a layout that an agent proposes.
 *
 * @example
 * const change = layoutChangeSchema.parse({ change: 'hide', instanceId: id })
 */
export const layoutChangeSchema = z.discriminatedUnion('change', [
  z.strictObject({ change: z.literal('move'), instanceId: z.guid(), position: widgetPositionSchema }),
  z.strictObject({ change: z.literal('show'), instanceId: z.guid() }),
  z.strictObject({ change: z.literal('hide'), instanceId: z.guid() }),
  z.strictObject({ change: z.literal('remove'), instanceId: z.guid() }),
  z.strictObject({
    change: z.literal('add'),
    widgetId: z.string(),
    position: widgetPositionSchema,
    config: widgetConfigSchema,
  }),
  z.strictObject({
    change: z.literal('configure'),
    instanceId: z.guid(),
    config: widgetConfigSchema,
  }),
])

export type LayoutChange = z.infer<typeof layoutChangeSchema>

const sequence = z.int().min(0)

/**
 * The parts of an answer that are stored, by their type.
 *
 * @example
 * const part = answerPartSchema.parse({ type: 'text_delta', sequence: 1, text: 'Revenue is ' })
 */
export const answerPartSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text_delta'), sequence, text: z.string() }),
  z.strictObject({
    type: z.literal('tool_call'),
    sequence,
    callId: z.string(),
    name: z.string(),
    /** As the model wrote them, cut where they are long. */
    arguments: z.string(),
  }),
  z.strictObject({
    type: z.literal('tool_result'),
    sequence,
    callId: z.string(),
    name: z.string(),
    isFailed: z.boolean(),
    /** What the model was told, where it failed. */
    message: z.string().nullable(),
  }),
  /** Data that was read: `get_kept_widget_data` opens it as it was, by its hash. */
  z.strictObject({
    type: z.literal('citation'),
    sequence,
    viewId: z.guid(),
    instanceId: z.guid(),
    widgetId: z.guid(),
    title: z.string(),
    hash: z.string(),
    fetchedAt: utcTimestampSchema,
  }),
  /** A proposal: nothing is changed until `accept_proposal`. */
  z.strictObject({
    type: z.literal('patch'),
    sequence,
    proposalId: z.guid(),
    viewId: z.guid(),
    /** The version of the view that the changes begin from. */
    version: z.int().positive(),
    summary: z.string(),
    changes: z.array(layoutChangeSchema),
  }),
  z.strictObject({
    type: z.literal('usage'),
    sequence,
    model: z.string(),
    inputTokens: z.int().min(0),
    cachedTokens: z.int().min(0),
    outputTokens: z.int().min(0),
    /** Whether the tokens were counted here, because the provider did not come to say. */
    isEstimated: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('error'),
    sequence,
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
  }),
])

export type AnswerPart = z.infer<typeof answerPartSchema>

/** What is emitted before it has a number. */
export type UnnumberedPart = AnswerPart extends infer Part
  ? Part extends AnswerPart
    ? Omit<Part, 'sequence'>
    : never
  : never

/**
 * An event of the stream: `start`, the parts, and `done` when there is no more to come.
 *
 * @example
 * const event = answerEventSchema.parse({ type: 'done', sequence: 7, status: 'complete' })
 */
export const answerEventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    sequence,
    answerId: z.guid(),
    conversationId: z.guid(),
    /** Whether the question had come before, and this is the answer that it got. */
    isRepeated: z.boolean(),
  }),
  ...answerPartSchema.options,
  z.strictObject({ type: z.literal('done'), sequence, status: answerStatusSchema.exclude(['running']) }),
])

export type AnswerEvent = z.infer<typeof answerEventSchema>

/**
 * A part as far as it comes after a place in the answer; null where all of it came before.
 *
 * @example
 * const rest = partAfter({ type: 'text_delta', sequence: 8, text: 'Revenue ' }, 3) // 'enue ', still 8
 */
export function partAfter(part: AnswerPart, after: number): AnswerPart | null {
  if (part.sequence <= after) return null
  if (part.type !== 'text_delta' || part.sequence - part.text.length >= after) return part
  return { ...part, text: part.text.slice(after - part.sequence) }
}
