import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { aiSettingsSchema, aiUsageReportSchema, storedAgentSchema } from '../../../types/agents.ts'
import { admin, member, ours } from '../people/cast.ts'
import { type Actor, service } from './act.ts'
import { call } from './call.ts'

/** The built-in agents. */
export const assistant = 'a0000000-0000-4000-8000-000000000001'
export const optimizer = 'a0000000-0000-4000-8000-000000000002'

/** What `begin_answer` gives, as far as stories look at it. */
export interface Begun {
  answerId: string
  conversationId: string
  number: number
  lease: string
  isRepeated: boolean
  status: string
  heldCredits: number
  history: { number: number; role: string; parts: { text?: string }[] }[]
  summary: { until: number; text: string } | null
  summarize: boolean
  agent: { id: string; name: string; version: number; maxTokens: number }
  model: { key: string }
  fallback: { key: string } | null
  view: { id: string } | null
}

export interface Question {
  content?: string | null
  conversation?: string | null
  agent?: string | null
  parent?: number | null
  regenerateOf?: string | null
  continueOf?: string | null
  key?: string
  estimate?: number
  view?: string | null
  workspace?: string
}

/** Asks, as the function ai-chat does for a person; the built-in assistant, in a conversation that begins. */
export function ask(client: pg.Client, actor: Actor = member, question: Question = {}): Promise<Begun> {
  const { conversation, regenerateOf, continueOf } = question
  const isContent = !regenerateOf && !continueOf
  return call<Begun>(client, actor, 'begin_answer', [
    question.workspace ?? ours,
    question.key ?? randomUUID(),
    question.content === undefined && isContent ? 'How is revenue?' : (question.content ?? null),
    conversation ?? null,
    question.agent ?? (conversation || !isContent ? null : assistant),
    question.parent ?? null,
    regenerateOf ?? null,
    continueOf ?? null,
    question.estimate ?? 0,
    question.view ?? null,
  ])
}

/** Text that is written to an answer, a part each. */
export const texts = (after: number, ...said: string[]) =>
  said.map((text, index) => ({ type: 'text_delta', sequence: after + index + 1, text }))

/** Writes parts, as the server. */
export const append = (
  client: pg.Client,
  { answerId, lease }: Pick<Begun, 'answerId' | 'lease'>,
  after: number,
  parts: unknown,
) =>
  call<{ lastSequence: number; isStopRequested: boolean; heldCredits: number }>(
    client,
    service,
    'append_answer',
    [answerId, lease, after, JSON.stringify(parts)],
  )

/** What is written of an answer after a place in it, as its person reads it. */
export const partsOf = (client: pg.Client, answerId: string, after = 0, actor: Actor = member) =>
  call<Parts>(client, actor, 'answer_parts', [answerId, after])

interface Parts {
  status: string
  parts: { text?: string; sequence: number }[]
  lastSequence: number
}

/** A call of the provider, as the server reports it. */
export const usage = (inputTokens = 1000, outputTokens = 100, more: object = {}) => ({
  model: 'gpt-6-luna',
  inputTokens,
  outputTokens,
  ...more,
})

/** Ends an answer, as the server. */
export const finish = (
  client: pg.Client,
  { answerId, lease }: Pick<Begun, 'answerId' | 'lease'>,
  status = 'complete',
  calls: unknown = [usage()],
  error: unknown = null,
) =>
  call<{ status: string; credits: number }>(client, service, 'finish_answer', [
    answerId,
    lease,
    status,
    calls === null ? null : JSON.stringify(calls),
    error === null ? null : JSON.stringify(error),
  ])

/** A question with its answer. */
export async function exchange(
  client: pg.Client,
  actor: Actor = member,
  question: Question = {},
  answer = 'It grew.',
): Promise<Begun> {
  const begun = await ask(client, actor, question)
  await append(client, begun, 0, texts(0, answer))
  await finish(client, begun)
  return begun
}

/** What is held, settled and released of budgets and of the answers themselves. */
export async function books(client: pg.Client) {
  const { rows } = await client.query<{ scope: string; held: string; spent: string }>(
    'select scope, held, spent from private.ai_budgets order by scope, subject',
  )
  return rows.map(({ scope, held, spent }) => ({ scope, held: Number(held), spent: Number(spent) }))
}

/** Lets the lease of whatever runs run out. */
export const loseWriters = (client: pg.Client) =>
  client.query(
    "update private.answers set leased_until = now() - interval '1 second' where status = 'running'",
  )

/** When budgets of a month begin anew (UTC), as errors tell it. */
export function beginOfNextMonth(): string {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)).toISOString()
}

/** An agent as its author writes it. */
export const document = {
  name: 'Analyst',
  kind: 'analyst',
  instructions: 'Explain.',
  tools: ['query_metrics'],
}

/** Saves an agent of `ours`, as the member unless it says otherwise: a new one, or one from a version that was read. */
export const save = async (
  client: pg.Client,
  actor: Actor = member,
  more: object = {},
  {
    id = null,
    version = null,
    workspace = ours,
  }: { id?: string | null; version?: number | null; workspace?: string } = {},
) =>
  storedAgentSchema.parse(
    await call(client, actor, 'save_agent', [
      workspace,
      JSON.stringify({ ...document, ...more }),
      id,
      version,
    ]),
  )

/** Saves what `ours` allows of agents, as its admin unless it says otherwise. */
export const settings = async (
  client: pg.Client,
  wanted: object,
  version: number | null = null,
  actor = admin,
) =>
  aiSettingsSchema.parse(
    await call(client, actor, 'save_ai_settings', [ours, JSON.stringify(wanted), version]),
  )

/** Saves budgets of `ours`, as its admin; what is not given has none. */
export const setBudgets = (client: pg.Client, budgets: object) =>
  call(client, admin, 'save_ai_settings', [ours, JSON.stringify(budgets), null])

/** The ledger of `ours`, and whether what was held stands where it should. */
export async function ledger(client: pg.Client) {
  const { rows } = await client.query(
    `select u.held::float, u.settled::float, u.released::float,
       (u.held - u.settled - u.released)::float as open,
       (select coalesce(sum(h.amount), 0)::float from private.usage_holds h
        where h.workspace_id = u.workspace_id and h.ended_at is null) as holds
     from private.usage u where u.workspace_id = $1 and u.meter = 'ai_credits'`,
    [ours],
  )
  return rows[0] ?? { held: 0, settled: 0, released: 0, open: 0, holds: 0 }
}

/** What today's calls cost, by what they are told apart by. */
export const report = async (client: pg.Client, by: string, actor: Actor = admin, workspace = ours) => {
  const day = new Date().toISOString().slice(0, 10)
  return aiUsageReportSchema.parse(await call(client, actor, 'ai_usage_report', [workspace, day, day, by]))
}
