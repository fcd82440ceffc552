import {
  answerQuerySchema,
  type ChatRequest,
  chatRequestSchema,
  continueRequestSchema,
  stopRequestSchema,
} from '../../types/ai.ts'
import type { BegunAnswer } from '../../types/conversations.ts'
import type { RateLimitResult } from '../../types/rate-limit.ts'
import type { UserCaller } from '../_shared/authenticate.ts'
import type { CallerClient } from '../_shared/clients.ts'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { dataOf, FunctionError, functionError, trustedDataOf } from '../_shared/errors.ts'
import type { Limit } from '../_shared/rate-limits.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { type Handler, report, serveFunction } from '../_shared/serve.ts'
import type { Trace } from '../_shared/trace.ts'
import { type EventStream, openEventStream } from './answer/events.ts'
import { followAnswer, storedAnswer } from './answer/follow.ts'
import { type HandOver, handOverSchema } from './answer/state.ts'
import { databaseStore } from './answer/store.ts'
import {
  type Beginning,
  type Continuation,
  type WriteDependencies,
  type WriteRequest,
  writeAnswer,
} from './answer/write-answer.ts'
import { AnswerWriter, type WriterPlace } from './answer/writer.ts'
import { estimatedTokens } from './prompt/estimate.ts'

export interface ChatDependencies
  extends Dependencies,
    Pick<WriteDependencies, 'allowedLinkHosts' | 'limits'> {
  /** Undefined where nobody has set the provider up. */
  provider: Pick<WriteDependencies, 'ask' | 'isAcceptable'> | undefined
  /** Acts as the server: no role of people writes answers. */
  server(trace: Trace): SecretClient
  handOver(work: HandOver, trace: Trace): Promise<boolean>
}

const questionLimit = { name: 'questions', quota: 20, window: 60 }
const largestHandOver = 8_000_000

/**
 * Has agents answer. An answer outlives the request that asked for it: it is stored as it comes, by whichever process
 * writes it, and read again from the database by who comes again.
 *
 * Threats: an answer that nobody pays (credits are held before the provider is asked); one that is paid twice (the key
 * of the question); tools that see more than the asker (they act with the asker's token); a process that dies (its
 * lease runs out); a question that moderation refused and that comes again another way (prompt/moderation.ts); what
 * others wrote telling the model what to do (prompt/fence.ts, links.ts).
 */
export function createHandler(dependencies: ChatDependencies): Handler {
  const { server, waitUntil, provider } = dependencies

  const requireProvider = () => {
    if (provider) return provider
    throw functionError('not_configured', 'No provider of language models is set up.', {
      details: 'OPENAI_API_KEY',
      hint: 'Whoever runs the project sets it: functions/.env.example says how.',
    })
  }
  const writing = (trace: Trace): WriteDependencies => ({
    ...requireProvider(),
    allowedLinkHosts: dependencies.allowedLinkHosts,
    limits: dependencies.limits,
    handOver: (work) => dependencies.handOver(work, trace),
    report: (error) => report(error, trace, dependencies),
  })
  /** Goes on after the response. What fails there must not be seen by the platform, which ends the process for it. */
  const goOn = (work: Promise<unknown>, trace: Trace) => {
    // A reader whose token has ended, or whose conversation is gone, is told when they come again.
    waitUntil(work.catch((error) => error instanceof FunctionError || report(error, trace, dependencies)))
  }
  const write = (
    request: Omit<WriteRequest, 'writer' | 'began'>,
    from: Beginning | Continuation,
    trace: Trace,
    place: WriterPlace = {},
  ) => {
    const provided = writing(trace)
    const writer = new AnswerWriter(databaseStore(server(trace)), request.lease, place)
    return { writer, work: writeAnswer({ ...request, writer, began: Date.now() }, from, provided) }
  }

  /** Starts what was begun, unless it was begun before, and streams it. */
  const answer = (
    begun: BegunAnswer,
    { caller, supabase, trace }: { caller: UserCaller; supabase: CallerClient; trace: Trace },
  ): Response => {
    const { answerId, conversationId, isRepeated, lease } = begun
    const stream = openEventStream()
    stream.send({ type: 'start', sequence: 0, answerId, conversationId, isRepeated })
    if (isRepeated || !lease) {
      goOn(followAnswer(stream, supabase, { answerId, after: 0 }), trace)
      return stream.response
    }
    const { writer, work } = write({ caller, supabase, lease: { answerId, lease } }, { begun }, trace)
    writer.listen((event) => stream.send(event))
    goOn(ending(work, stream, supabase, { answerId, writer }), trace)
    return stream.response
  }

  return serveFunction(dependencies, {
    'POST /': endpoint({
      limit: questionLimit,
      body: chatRequestSchema,
      async handle({ body, caller, supabase, sayCharged, trace }) {
        requireProvider()
        const client = supabase()
        const begun = await begin(client, body, sayCharged)
        return answer(begun, { caller, supabase: client, trace })
      },
    }),

    'GET /': endpoint({
      query: answerQuerySchema,
      async handle({ query: { answer_id: answerId, after }, supabase, trace }) {
        const client = supabase()
        const { conversationId } = await storedAnswer(client, answerId, after)
        const stream = openEventStream()
        stream.send({ type: 'start', sequence: 0, answerId, conversationId, isRepeated: true })
        goOn(followAnswer(stream, client, { answerId, after }), trace)
        return stream.response
      },
    }),

    'POST /stop': endpoint({
      body: stopRequestSchema,
      handle: async ({ body, supabase }) => dataOf(await supabase().rpc('stop_answer', body)),
    }),

    'POST /continue': endpoint({
      limit: questionLimit,
      body: continueRequestSchema,
      async handle({ body: { answer_id: continue_of, ...rest }, caller, supabase, sayCharged, trace }) {
        requireProvider()
        const client = supabase()
        const begun = await begin(client, { ...rest, continue_of }, sayCharged)
        return answer(begun, { caller, supabase: client, trace })
      },
    }),

    'POST /resume': endpoint({
      authentication: ['secret'],
      body: handOverSchema,
      bodyLimit: largestHandOver,
      async handle({ body: { answerId, lease, sequence, bytes, user, state }, trace }) {
        const resumed = trustedDataOf(
          await server(trace).rpc('resume_answer', { answer_id: answerId, lease }),
        )
        if (!resumed?.lease) throw new Error('The database gave no lease.')
        const caller: UserCaller = { kind: 'user', ...user }
        const supabase = dependencies.callerClient(caller, trace)
        const { work } = write(
          { caller, supabase, lease: { answerId, lease: resumed.lease } },
          { state },
          trace,
          { after: sequence, bytes },
        )
        goOn(work, trace)
      },
    }),
  })
}

/** Begins an answer in one call: the database checks, counts, holds, and gives the view on screen along. */
async function begin(
  client: CallerClient,
  question: ChatRequest & { continue_of?: string },
  sayCharged: (limit: Limit, result: RateLimitResult) => void,
) {
  const estimated_input_tokens = estimatedTokens(question.content ?? '')
  const response = await client.rpc('begin_answer', { ...question, estimated_input_tokens })
  // Who continues an answer has named it so.
  if (response.error?.details === 'continue_of') response.error.details = 'answer_id'
  if (response.error?.code === 'rate_limited') {
    const { message, details, hint } = response.error
    const seconds = /\d+/.exec(hint ?? '')?.[0] ?? '60'
    throw functionError('rate_limited', message, { details, hint, headers: { 'Retry-After': seconds } })
  }
  const begun = dataOf(response)
  if (!begun) throw new Error('The database gave no answer.')
  const { rateLimit } = begun
  if (rateLimit) sayCharged(rateLimit, { ...rateLimit, allowed: true })
  return begun
}

/** Where another invocation goes on, whoever reads here is told from the database. */
async function ending(
  work: Promise<'ended' | 'handed over'>,
  stream: EventStream,
  supabase: CallerClient,
  { answerId, writer }: { answerId: string; writer: AnswerWriter },
): Promise<void> {
  try {
    if ((await work) === 'handed over')
      await followAnswer(stream, supabase, { answerId, after: writer.place.after })
  } finally {
    stream.close()
  }
}
