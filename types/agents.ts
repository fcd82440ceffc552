import * as z from 'zod'
import { pricedModelSchema } from './conversations.ts'
import { singleLine } from './text.ts'
import { utcTimestampSchema } from './timestamp.ts'

// Agents, the models they run on, and what they cost. private.agent_problem holds the same rules.

const kind = z.enum(['assistant', 'analyst', 'optimizer', 'custom'])
/** Credits a month. A credit is a cent of a model's price. */
const budget = z.number().min(0).max(1_000_000_000).nullable()
const bytesOf = (text: string) => new TextEncoder().encode(text).length

/**
 * What `save_agent` takes. What is left out is as if nothing had been said.
 *
 * @example
 * const document = agentInputSchema.parse({
 *   name: 'Sales analyst',
 *   kind: 'analyst',
 *   instructions: 'Explain what changed in sales.',
 *   tools: ['query_metrics'],
 * })
 */
export const agentInputSchema = z.strictObject({
  name: singleLine({ min: 1, max: 100 }),
  description: singleLine({ min: 0, max: 500 }).optional(),
  kind,
  instructions: z.string().refine((text) => bytesOf(text) <= 16_384, 'Give at most 16 KiB.'),
  /** A key of `list_ai_models`; null is the first of them. */
  model: z.string().nullable().optional(),
  temperature: z.number().min(0).max(2).nullable().optional(),
  /** What the model may write at most; null is 4,096. */
  maxTokens: z.int().min(16).max(1_000_000).nullable().optional(),
  /** Keys of the table `ai_tools`. */
  tools: z.array(z.string()).optional(),
  /** What a front end offers to ask. */
  starters: z
    .array(singleLine({ min: 1, max: 200 }))
    .max(8)
    .optional(),
  status: z.enum(['active', 'inactive']).optional(),
  visibility: z.enum(['personal', 'workspace']).optional(),
  budget: budget.optional(),
})

/**
 * An agent as `list_agents` gives it.
 *
 * @example
 * const own = agentSchema.array().parse(answer).filter(({ visibility }) => visibility === 'personal')
 */
export const agentSchema = z.strictObject({
  id: z.guid(),
  name: z.string(),
  description: z.string(),
  kind,
  model: z.string().nullable(),
  temperature: z.number().nullable(),
  maxTokens: z.int().nullable(),
  tools: z.array(z.string()),
  starters: z.array(z.string()),
  status: z.enum(['active', 'inactive']),
  visibility: z.enum(['built_in', 'personal', 'workspace']),
  budget,
  version: z.int(),
  /** Null of a built-in one. */
  createdAt: utcTimestampSchema.nullable(),
  updatedAt: utcTimestampSchema.nullable(),
})

/**
 * An agent with what it is told, as `get_agent` and `save_agent` give it.
 *
 * @example
 * const { instructions, version } = storedAgentSchema.parse(answer)
 */
export const storedAgentSchema = agentSchema.extend({ instructions: z.string() })

/**
 * A model on which agents of a workspace can answer, as `list_ai_models` gives it.
 *
 * @example
 * const [first] = aiModelSchema.array().parse(answer)
 */
export const aiModelSchema = pricedModelSchema.extend({
  /** What answers in its place where it fails before the first token. */
  fallback: z.string().nullable(),
})

/**
 * What `save_ai_settings` takes: what is left out is as if nothing had been said.
 *
 * @example
 * const document = aiSettingsInputSchema.parse({ allowedModels: ['gpt-6-luna'], personBudget: 500 })
 */
export const aiSettingsInputSchema = z.strictObject({
  /** Null: all that there are. */
  allowedModels: z.array(z.string()).nullable().optional(),
  /** Since the last message of a conversation; null: for good. */
  retentionDays: z.int().min(1).max(3660).nullable().optional(),
  workspaceBudget: budget.optional(),
  personBudget: budget.optional(),
  moderation: z.boolean().optional(),
})

/**
 * What a workspace says about its agents.
 *
 * @example
 * const { personBudget, version } = aiSettingsSchema.parse(answer)
 */
export const aiSettingsSchema = z.strictObject({
  allowedModels: z.array(z.string()).nullable(),
  retentionDays: z.int().nullable(),
  workspaceBudget: budget,
  personBudget: budget,
  moderation: z.boolean(),
  /** 0 where nothing has been said. */
  version: z.int(),
})

/**
 * What agents cost, as `ai_usage_report` gives it.
 *
 * @example
 * const [dearest] = aiUsageReportSchema.parse(answer).rows
 */
export const aiUsageReportSchema = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  by: z.enum(['person', 'agent', 'model', 'day']),
  rows: z.array(
    z.strictObject({
      /** An id, the key of a model, or a day. */
      key: z.string(),
      /** Null of who or what is gone, and of an agent that is another person's. */
      name: z.string().nullable(),
      calls: z.int(),
      inputTokens: z.int(),
      cachedTokens: z.int(),
      outputTokens: z.int(),
      credits: z.number(),
    }),
  ),
  credits: z.number(),
})

/**
 * What one's own questions cost, as `my_ai_usage` gives it.
 *
 * @example
 * const { budget } = myAiUsageSchema.parse(answer)
 */
export const myAiUsageSchema = aiUsageReportSchema.extend({
  /** Of this month; `most` is null for no budget. */
  budget: z.strictObject({ most: budget, held: z.number(), spent: z.number() }),
})

export type AgentInput = z.infer<typeof agentInputSchema>
export type Agent = z.infer<typeof agentSchema>
export type StoredAgent = z.infer<typeof storedAgentSchema>
export type AiModel = z.infer<typeof aiModelSchema>
export type AiSettingsInput = z.infer<typeof aiSettingsInputSchema>
export type AiSettings = z.infer<typeof aiSettingsSchema>
export type AiUsageReport = z.infer<typeof aiUsageReportSchema>
export type MyAiUsage = z.infer<typeof myAiUsageSchema>
