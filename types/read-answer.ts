import { EventSourceParserStream } from 'eventsource-parser/stream'
import { type AnswerEvent, answerEventSchema } from './ai.ts'

// The stream of ai-chat, for a front end.

/**
 * The events of an answer as they come. It ends with `done`, or without where the connection did: then
 * `GET ai-chat?answer_id=…&after=…` gives the rest, from the last `sequence` on. What a later server adds is left out.
 *
 * @example
 * const body = { workspace_id, conversation_id: id, content: 'Why?', idempotency_key: crypto.randomUUID() }
 * const { data } = await supabase.functions.invoke('ai-chat', { body })
 * for await (const event of readAnswer(data)) if (event.type === 'text_delta') show(event.text)
 * @throws {AnswerRefused} what the function answers in place of a stream
 */
export async function* readAnswer(response: Response): AsyncGenerator<AnswerEvent, void, undefined> {
  if (!response.ok || !response.body) throw await refusalOf(response)
  const events = response.body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>)
    .pipeThrough(new EventSourceParserStream())
    .getReader()
  try {
    for (let next = await events.read(); !next.done; next = await events.read()) {
      const { data: event } = answerEventSchema.safeParse(JSON.parse(next.value.data))
      if (event) yield event
      if (event?.type === 'done') return
    }
  } catch (error) {
    // A connection that was cut is an answer that has not ended: who reads comes again.
    if (!(error instanceof TypeError)) throw error
  } finally {
    await events.cancel().catch(() => undefined)
  }
}

/** A refusal, with the registered code and what would be right. */
export class AnswerRefused extends Error {
  override name = 'AnswerRefused'
  readonly code: string
  readonly details: string | null
  readonly hint: string | null
  /** Seconds, where it was `rate_limited`. */
  readonly retryAfter: number | null

  constructor(
    body: { code: string; message: string; details: string | null; hint: string | null },
    after: number | null,
  ) {
    super(body.message)
    this.code = body.code
    this.details = body.details
    this.hint = body.hint
    this.retryAfter = after
  }
}

async function refusalOf(response: Response): Promise<AnswerRefused> {
  const body = (await response.json().catch(() => undefined)) as { error?: AnswerRefused } | undefined
  const { code = 'internal_error', message = `The server answered ${response.status}.` } = body?.error ?? {}
  const { details = null, hint = null } = body?.error ?? {}
  const after = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new AnswerRefused({ code, message, details, hint }, Number.isFinite(after) ? after : null)
}
