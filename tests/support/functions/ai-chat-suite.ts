import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type ChatCompletionRequest, LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type { AnswerEvent } from '../../../types/ai.ts'
import { readAnswer } from '../../../types/read-answer.ts'
import { type FrontEnd, type Person, startFrontEnd } from '../http/front-end.ts'
import { type FunctionUnderTest, serveFunction } from './serve-function.ts'

/** The assistant that every workspace has. */
export const assistant = 'a0000000-0000-4000-8000-000000000001'
export const optimizer = 'a0000000-0000-4000-8000-000000000002'

/** What a test sends by hand in place of aimock, event by event. */
export type RawStream = (response: ServerResponse, body: Record<string, unknown>) => void | Promise<void>

export interface Chat {
  app: FrontEnd
  /** The function in two processes, which answer in turn. */
  chat: FunctionUnderTest
  provider: LLMock
  /** What the function is told of it: what is sent by hand goes before. */
  providerUrl: string
  /** What the provider was asked, oldest first. */
  asked(): ChatCompletionRequest[]
  /** Answers the next calls by hand, one each. */
  raw: RawStream[]
  /** An administrator, a member, and somebody of another workspace. */
  ada: Person
  mia: Person
  eve: Person
  workspace: string
  token(person: Person): Promise<string>
  ask(person: Person, body: object): Promise<Response>
  /** Asks, and reads the stream to its end. */
  answer(person: Person, body: object): Promise<AnswerEvent[]>
  get(person: Person, answerId: string, after?: number): Promise<Response>
  /** Waits for the end of an answer that nobody reads. */
  ended(answerId: string): Promise<StoredAnswer>
  /** The answer as the database has it, with what is held and was spent for it. */
  stored(answerId: string): Promise<StoredAnswer>
}

export interface StoredAnswer {
  status: string
  message: string
  parts: Record<string, unknown>[]
  held: number
  settled: number
  open: number
  credits: number
  calls: { model_key: string; input_tokens: string; output_tokens: string; is_estimated: boolean }[]
}

/** The function ai-chat on the hosted Deno, over a suite's own gateway and database, with aimock for a provider. */
export function chatSuite(variables: Record<string, string> = {}): () => Chat {
  let all: Chat
  let closing: (() => Promise<unknown>)[]
  beforeAll(async () => {
    const app = await startFrontEnd()
    const provider = new LLMock({ port: 0, chunkSize: 8 })
    await provider.start()
    const raw: RawStream[] = []
    const front = await listen(async (request, response) => {
      const body = await text(request)
      const next = raw.shift()
      if (next) return next(response, JSON.parse(body))
      await pass(`${provider.url}${request.url}`, { method: 'POST', body }, response)
    })
    let chat: FunctionUnderTest | undefined
    const itself = await listen(async (request, response) => {
      const body = await text(request)
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      const answered = await chat?.request((request.url ?? '').replace('/ai-chat', ''), {
        method: 'POST',
        headers: { 'content-type': 'application/json', apikey: headers.apikey ?? '' },
        body,
      })
      response.writeHead(answered?.status ?? 500).end()
    })
    chat = await serveFunction(app.gateway, join(import.meta.dirname, 'ai-chat/index.ts'), {
      OPENAI_API_KEY: 'mock',
      OPENAI_BASE_URL: `${addressOf(front)}/v1`,
      AI_FUNCTION_URL: `${addressOf(itself)}/ai-chat`,
      ...variables,
    })
    const served = chat
    const [ada, mia, eve] = [await app.signUp('Ada'), await app.signUp('Mia'), await app.signUp('Eve')]
    const workspace = await app.createWorkspace(ada, { member: mia })
    const token = async ({ supabase }: Person) =>
      (await supabase.auth.getSession()).data.session?.access_token ?? ''
    const ask: Chat['ask'] = async (person, body) =>
      served.post({ ...defaults(), ...body }, await token(person))
    const defaults = () => ({
      workspace_id: workspace,
      agent_id: assistant,
      idempotency_key: crypto.randomUUID(),
    })
    all = {
      app,
      chat: served,
      provider,
      providerUrl: `${addressOf(front)}/v1`,
      asked: () => provider.getRequests().map(({ body }) => body as ChatCompletionRequest),
      raw,
      ada,
      mia,
      eve,
      workspace,
      token,
      ask,
      answer: async (person, body) => eventsOf(await ask(person, body)),
      get: async (person, answerId, after = 0) =>
        served.request(`/?answer_id=${answerId}&after=${after}`, {
          headers: { authorization: `Bearer ${await token(person)}` },
        }),
      ended: async (answerId) => {
        await expect.poll(async () => (await storedAnswer(app, answerId)).status).not.toBe('running')
        return storedAnswer(app, answerId)
      },
      stored: (answerId) => storedAnswer(app, answerId),
    }
    closing = [
      async () => served[Symbol.asyncDispose](),
      () => provider.stop(),
      () => close(front),
      () => close(itself),
      async () => app[Symbol.asyncDispose](),
    ]
  })
  beforeEach(async () => {
    all.raw.length = 0
    all.provider.clearFixtures().clearRequests()
    // Everybody asks as often as a test wants.
    await all.app.server.query('delete from private.rate_limit_buckets')
  })
  afterAll(async () => {
    for (const one of closing) await one()
  })
  return () => all
}

async function storedAnswer(app: FrontEnd, answerId: string): Promise<StoredAnswer> {
  const { rows } = await app.server.query(
    `select a.status, m.status as message, m.parts, a.credits::float,
       (select coalesce(jsonb_agg(to_jsonb(u) order by u.number), '[]') from private.ai_usage u
         where u.answer_id = a.id) as calls,
       b.held::float, b.settled::float, b.open::float
     from private.answers a
     join private.messages m using (workspace_id, conversation_id, number)
     cross join lateral (
       select coalesce(sum(h.amount), 0) as held, coalesce(sum(h.settled), 0) as settled,
         coalesce(sum(h.amount) filter (where h.ended_at is null), 0) as open
       from jsonb_array_elements(a.holds) as x (hold)
       join private.usage_holds h on h.workspace_id = a.workspace_id and h.id = (x.hold ->> 'id')::uuid) as b
     where a.id = $1`,
    [answerId],
  )
  return rows[0]
}

/** A stream to its end. */
export async function eventsOf(response: Response): Promise<AnswerEvent[]> {
  const events: AnswerEvent[] = []
  for await (const event of readAnswer(response)) events.push(event)
  return events
}

/** Reads until an event comes, and leaves. */
export async function until(response: Response, type: AnswerEvent['type']): Promise<AnswerEvent[]> {
  const events: AnswerEvent[] = []
  for await (const event of readAnswer(response)) {
    events.push(event)
    if (event.type === type) break
  }
  return events
}

/** The id of the answer that a stream begins with. */
export function answerIdOf([start]: AnswerEvent[]): string {
  if (start?.type !== 'start') throw new Error('The stream did not begin with start.')
  return start.answerId
}

/** What a stream says in words. */
export function textOf(events: AnswerEvent[]): string {
  return events.map((event) => (event.type === 'text_delta' ? event.text : '')).join('')
}

export function typesOf(events: AnswerEvent[]): string[] {
  return events.map(({ type }) => type).filter((type, place, types) => type !== types[place - 1])
}

/** Writes an event of the Responses API. */
export function send(response: ServerResponse, event: { type: string } & Record<string, unknown>): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
}

/** Words of an answer, as the Responses API streams them. */
export const delta = (text: string) => ({ type: 'response.output_text.delta', delta: text })

/** The end of an answer, with what it came to. */
export const completed = (usage: object = { input_tokens: 1000, output_tokens: 10 }) => ({
  type: 'response.completed',
  response: { usage },
})

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

type Answering = (request: import('node:http').IncomingMessage, response: ServerResponse) => Promise<unknown>

async function listen(answer: Answering): Promise<Server> {
  const server = createServer((request, response) => {
    Promise.resolve(answer(request, response)).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

async function pass(url: string, init: { method: string; body: string }, response: ServerResponse) {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const answered = await fetch(url, {
    ...init,
    headers: { 'content-type': 'application/json', authorization: 'Bearer mock' },
    signal: gone.signal,
  })
  response.writeHead(answered.status, Object.fromEntries(answered.headers))
  if (answered.body)
    Readable.fromWeb(answered.body as never)
      .on('error', () => response.destroy())
      .pipe(response)
  else response.end()
}
