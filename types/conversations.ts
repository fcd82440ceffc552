import * as z from 'zod'
import { answerPartSchema, answerStatusSchema, layoutChangeSchema } from './ai.ts'
import { utcTimestampSchema } from './timestamp.ts'
import { storedViewSchema } from './view.ts'

// Conversations with agents, as the database stores and gives them. The parts of an answer stand in ai.ts.

const id = z.guid()
const count = z.int().min(0)
const credits = z.number().min(0)

/**
 * A part of a message: what a person wrote is one text.
 *
 * @example
 * const parts = messagePartSchema.array().parse(answer)
 */
export const messagePartSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), sequence: count, text: z.string() }),
  ...answerPartSchema.options,
])

const failure = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable().optional(),
})

/**
 * A message of a conversation.
 *
 * @example
 * const text = conversationMessageSchema.parse(answer).parts.map((part) => ('text' in part ? part.text : '')).join('')
 */
export const conversationMessageSchema = z.strictObject({
  /** Of an agent's message it is the id of the answer. */
  id,
  number: z.int().min(1),
  /** The number of the message before it. Answers to one question are those with one parent. */
  parent: z.int().min(1).nullable(),
  role: z.enum(['user', 'assistant']),
  status: answerStatusSchema,
  parts: z.array(messagePartSchema),
  agent: z.strictObject({ id, version: z.int(), name: z.string().nullable() }).nullable(),
  /** What answered in the end. */
  model: z.string().nullable(),
  /** Null in another's conversation. */
  usage: z.strictObject({ inputTokens: count, cachedTokens: count, outputTokens: count, credits }).nullable(),
  error: failure.nullable(),
  createdAt: utcTimestampSchema,
  finishedAt: utcTimestampSchema.nullable(),
})

/**
 * A conversation as `list_conversations` gives it.
 *
 * @example
 * const { title, isShared } = conversationSchema.parse(answer)
 */
export const conversationSchema = z.strictObject({
  id,
  title: z.string(),
  /** Who answers next. */
  agent: z.strictObject({ id, name: z.string().nullable() }),
  owner: z.strictObject({ id, name: z.string().nullable() }),
  isMine: z.boolean(),
  isPinned: z.boolean(),
  isArchived: z.boolean(),
  isShared: z.boolean(),
  messageCount: count,
  /** The number of the message that the next one follows. */
  head: count,
  /** The answer that is being written. */
  runningAnswer: id.nullable(),
  branchedFrom: id.nullable(),
  createdAt: utcTimestampSchema,
  lastMessageAt: utcTimestampSchema,
})

/**
 * A page of conversations.
 *
 * @example
 * const { conversations, next } = conversationListSchema.parse(answer)
 */
export const conversationListSchema = z.strictObject({
  conversations: z.array(conversationSchema),
  /** What to give as `after`; null on the last page. */
  next: z.string().nullable(),
})

/**
 * A conversation with a page of its messages, as `get_conversation` gives it.
 *
 * @example
 * const { messages, next } = storedConversationSchema.parse(answer)
 */
export const storedConversationSchema = conversationSchema.extend({
  messages: z.array(conversationMessageSchema),
  /** What to give as `before`; null where the page begins with the first message. */
  next: z.int().nullable(),
})

/**
 * What `search_conversations` found.
 *
 * @example
 * const titles = foundMessagesSchema.parse(answer).map(({ title }) => title)
 */
export const foundMessagesSchema = z.array(
  z.strictObject({
    conversationId: id,
    title: z.string(),
    isMine: z.boolean(),
    /** Of the message; 0 is the title. */
    number: count,
    messageId: id.nullable(),
    role: z.enum(['user', 'assistant']).nullable(),
    excerpt: z.string().nullable(),
    saidAt: utcTimestampSchema,
  }),
)

const price = z.strictObject({
  input: z.number(),
  cachedInput: z.number(),
  /** Of input that the provider keeps for calls to come; null: as other input. */
  cacheWrite: z.number().nullable(),
  output: z.number(),
  holdsFrom: z.iso.date(),
})

/**
 * A model with its price, in dollars per million tokens.
 *
 * @example
 * const { title, price } = pricedModelSchema.parse(answer)
 */
export const pricedModelSchema = z.strictObject({
  key: z.string(),
  provider: z.string(),
  /** What the provider calls it. */
  name: z.string(),
  title: z.string(),
  contextTokens: z.int(),
  maxOutputTokens: z.int(),
  capabilities: z.array(z.enum(['tools', 'temperature', 'reasoning'])),
  price,
})

const begun = z.strictObject({
  answerId: id,
  workspaceId: z.string(),
  conversationId: id,
  number: z.int(),
  /** Whether the question had come before. Then there is neither lease nor history: somebody else writes. */
  isRepeated: z.boolean(),
  status: answerStatusSchema,
  lastSequence: count,
  lease: id.nullable(),
  leasedUntil: utcTimestampSchema.nullable(),
  agent: z.strictObject({
    id,
    version: z.int(),
    name: z.string(),
    kind: z.string(),
    instructions: z.string(),
    model: z.string().nullable(),
    temperature: z.number().nullable(),
    /** What the model may write at most, for which credits are held. */
    maxTokens: z.int(),
    tools: z.array(z.string()),
  }),
  model: pricedModelSchema,
  fallback: pricedModelSchema.nullable(),
  moderation: z.boolean(),
  /** Whether to sum up what has no room: that rests for a while where nothing came of it. */
  summarize: z.boolean(),
  heldCredits: credits,
  /** The view on screen, where the person named one that they see. */
  view: storedViewSchema.nullish(),
  /** What is left of the questions of the workspace; null where none was charged. */
  rateLimit: z
    .strictObject({ name: z.string(), quota: z.int(), window: z.int(), remaining: z.int(), reset: z.int() })
    .nullish(),
  summary: z.strictObject({ until: z.int(), text: z.string() }).nullable(),
  /** What led to the answer, after the summary, the question last. */
  history: z.array(
    z.strictObject({
      number: z.int(),
      role: z.enum(['user', 'assistant']),
      status: answerStatusSchema,
      parts: z.array(messagePartSchema),
    }),
  ),
  /** Whether older messages than these were left out. */
  isCut: z.boolean(),
})

/**
 * An answer that begins, as `begin_answer` gives it to the function ai-chat.
 *
 * @example
 * const { answerId, isRepeated } = begunAnswerSchema.parse(answer)
 */
export const begunAnswerSchema = begun

/**
 * An answer that another process goes on with, as `resume_answer` gives it.
 *
 * @example
 * const { lease, parts } = resumedAnswerSchema.parse(answer)
 */
export const resumedAnswerSchema = begun.extend({ parts: z.array(answerPartSchema) })

/**
 * What the writer of an answer is told with each write.
 *
 * @example
 * const { isStopRequested } = writtenAnswerSchema.parse(answer)
 */
export const writtenAnswerSchema = z.strictObject({
  answerId: id,
  status: answerStatusSchema,
  lastSequence: count,
  leasedUntil: utcTimestampSchema,
  isStopRequested: z.boolean(),
  heldCredits: credits,
  /** What the calls that were reported cost. */
  credits,
})

/**
 * What came of an answer after a number, as `answer_parts` gives it.
 *
 * @example
 * const { parts, status } = answerPartsSchema.parse(answer)
 */
export const answerPartsSchema = z.strictObject({
  answerId: id,
  conversationId: id,
  workspaceId: z.string(),
  status: answerStatusSchema,
  lastSequence: count,
  parts: z.array(answerPartSchema),
  error: failure.nullable(),
})

/**
 * What `stop_answer` says.
 *
 * @example
 * const isEnding = stoppedAnswerSchema.parse(answer).status === 'running'
 */
export const stoppedAnswerSchema = z.strictObject({ answerId: id, status: answerStatusSchema })

/**
 * What an agent proposed, and what became of it.
 *
 * @example
 * const isOpen = proposalSchema.parse(answer).status === 'open'
 */
export const proposalSchema = z.strictObject({
  id,
  conversationId: id,
  viewId: id,
  /** Of the view, from which the changes begin. */
  version: z.int(),
  summary: z.string(),
  changes: z.array(layoutChangeSchema),
  status: z.enum(['open', 'accepted', 'rejected']),
  /** The version of the view that accepting it made. */
  madeVersion: z.int().nullable(),
  proposedAt: utcTimestampSchema,
  decidedAt: utcTimestampSchema.nullable(),
})

/**
 * A proposal that was accepted, with the view that came of it.
 *
 * @example
 * const { view } = acceptedProposalSchema.parse(answer)
 */
export const acceptedProposalSchema = z.strictObject({ proposal: proposalSchema, view: storedViewSchema })

/** A call of the provider, as `finish_answer` and `renew_answer` take all of an answer's so far. */
export type ReportedCall = {
  /** The key of the model. */
  model: string
  inputTokens: number
  outputTokens: number
  cachedTokens?: number
  cacheWriteTokens?: number
  isEstimated?: boolean
  milliseconds?: number
  outcome?: string
}

/** What `update_conversation` may change. */
export type ConversationPatch = {
  title?: string
  isPinned?: boolean
  isArchived?: boolean
  isShared?: boolean
}

export type MessagePart = z.infer<typeof messagePartSchema>
export type ConversationMessage = z.infer<typeof conversationMessageSchema>
export type Conversation = z.infer<typeof conversationSchema>
export type ConversationList = z.infer<typeof conversationListSchema>
export type StoredConversation = z.infer<typeof storedConversationSchema>
export type FoundMessages = z.infer<typeof foundMessagesSchema>
export type PricedModel = z.infer<typeof pricedModelSchema>
export type BegunAnswer = z.infer<typeof begunAnswerSchema>
export type ResumedAnswer = z.infer<typeof resumedAnswerSchema>
export type WrittenAnswer = z.infer<typeof writtenAnswerSchema>
export type AnswerParts = z.infer<typeof answerPartsSchema>
export type StoppedAnswer = z.infer<typeof stoppedAnswerSchema>
export type Proposal = z.infer<typeof proposalSchema>
export type AcceptedProposal = z.infer<typeof acceptedProposalSchema>
