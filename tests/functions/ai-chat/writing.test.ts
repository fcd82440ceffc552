import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AnswerState } from '../../../functions/ai-chat/answer/state.ts'
import { type AnswerStore, LeaseLostError } from '../../../functions/ai-chat/answer/store.ts'
import { type WriteDependencies, writeAnswer } from '../../../functions/ai-chat/answer/write-answer.ts'
import { AnswerWriter } from '../../../functions/ai-chat/answer/writer.ts'
import { createHandler } from '../../../functions/ai-chat/handler.ts'
import type { ModelEvent } from '../../../functions/ai-chat/provider/index.ts'
import { callTool } from '../../../functions/ai-chat/tools/call-tool.ts'
import { ToolError } from '../../../functions/ai-chat/tools/tool.ts'
import type { AnswerEvent } from '../../../types/ai.ts'

// What goes wrong between the writer of an answer and the database, at moments that no network can be had to choose.

const lease = { answerId: 'a', lease: 'l' }
const usage = { inputTokens: 1, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 1 }
const text = (said: string): ModelEvent => ({ type: 'text', text: said })
const end = (status: 'complete' | 'refused' = 'complete'): ModelEvent => ({ type: 'end', status, usage })
const call: ModelEvent = { type: 'tool_call', callId: 'c', name: 'none', arguments: '{}' }

const storeOf = (changed: Partial<AnswerStore> = {}): AnswerStore => ({
  append: async () => ({ isStopAsked: false }),
  renew: async () => ({ isStopAsked: false }),
  finish: async () => undefined,
  keepSummary: async () => undefined,
  ...changed,
})

function stateOf(): AnswerState {
  const model = {
    key: 'k',
    name: 'n',
    title: 't',
    api: 'responses' as const,
    contextTokens: 100_000,
    maxOutputTokens: 8_000,
    takesTemperature: true,
    takesTools: true,
  }
  return {
    workspaceId: 'w',
    agentTools: [],
    instructions: '',
    fenceNonce: 'x',
    models: [model],
    temperature: null,
    maxOutputTokens: 100,
    turns: [],
    said: 0,
    inputTokens: 1,
    round: 0,
    calls: [],
    startedAt: Date.now(),
  }
}

/** Writes what a model says in a store, and gives what a reader hears. */
async function written(store: AnswerStore, said: ModelEvent[], changed: Partial<WriteDependencies> = {}) {
  const writer = new AnswerWriter(store, lease)
  const events: AnswerEvent[] = []
  writer.listen((event) => events.push(event))
  const caller = { kind: 'user' as const, id: 'i', token: 't' }
  const outcome = await writeAnswer(
    { caller, supabase: {} as never, writer, lease, began: Date.now() },
    { state: stateOf() },
    {
      async *ask() {
        yield* said
      },
      isAcceptable: async () => true,
      allowedLinkHosts: [],
      handOver: async () => false,
      limits: { handOver: 90_000, end: 140_000 },
      report: () => undefined,
      ...changed,
    },
  )
  return { events, outcome }
}

/** Fails once as a network does, and then no more. */
function lostOnce<Value>(value: Value) {
  let isFirst = true
  return async () => {
    if (!isFirst) return value
    isFirst = false
    throw new TypeError('fetch failed')
  }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('an answer', () => {
  it('ends as it ended, though the call that says so is lost once', async () => {
    const ends: string[] = []
    const lost = lostOnce(undefined)
    const { events } = await written(
      storeOf({
        finish: async (_, { status }) => {
          ends.push(status)
          await lost()
        },
      }),
      [text('All of it.'), end()],
    )
    expect(ends).toEqual(['complete', 'complete'])
    expect(events.at(-1)).toMatchObject({ type: 'done', status: 'complete' })
  })

  it('goes on, though the call that holds credits for its next round is lost once', async () => {
    let round = 0
    const { events } = await written(storeOf({ renew: lostOnce({ isStopAsked: false }) }), [], {
      async *ask() {
        yield* round++ === 0 ? [text('I look. '), call, end()] : [text('Done.'), end()]
      },
    })
    expect(events.at(-1)).toMatchObject({ type: 'done', status: 'complete' })
  })

  it('has no number twice where another has it that did not say so in time', async () => {
    let sequence = Number.POSITIVE_INFINITY
    const mine = () => {
      if (sequence !== Number.POSITIVE_INFINITY) throw new LeaseLostError()
      return { isStopAsked: false }
    }
    const store = storeOf({
      append: async () => mine(),
      renew: async () => mine(),
      finish: async () => void mine(),
    })
    const { events } = await written(store, [text('I look.'), call, end()], {
      limits: { handOver: 0, end: 140_000 },
      async handOver(work) {
        sequence = work.sequence
        return false
      },
    })
    expect(events.filter((event) => event.sequence > sequence)).toEqual([])
  })

  it('hands on how long it is, so that it stays within what an answer may have', async () => {
    const long = 'x'.repeat(30_000)
    let handed = 0
    await written(storeOf(), [text(long), text(long), call, end()], {
      limits: { handOver: 0, end: 140_000 },
      async handOver({ bytes }) {
        handed = bytes
        return true
      },
    })
    expect(handed).toBeGreaterThan(3 * 60_000)
    const writer = new AnswerWriter(storeOf(), lease, { after: 60_000, bytes: handed })
    writer.emit({ type: 'text_delta', text: long })
    expect(writer.stopReason).toBe('full')
    writer.leave()
  })

  it('is given up where a call of the database never ends', async () => {
    vi.useFakeTimers()
    const never = () => new Promise<never>(() => undefined)
    const writer = new AnswerWriter(storeOf({ append: never, renew: never }), lease)
    writer.emit({ type: 'text_delta', text: 'Hello' })
    await vi.advanceTimersByTimeAsync(120_000)
    expect(writer.stopReason).toBe('lost')
  })

  it.each<[string, ModelEvent[], string, string | undefined]>([
    ['cut by a filter', [text('It is '), end('refused')], 'incomplete', 'content_refused'],
    ['refused by a filter', [end('refused')], 'failed', 'content_refused'],
    ['of nothing', [end()], 'failed', 'model_failed'],
    ['of something', [text('It grew.'), end()], 'complete', undefined],
  ])('%s says how it ended, and why', async (_, said, status, code) => {
    const { events } = await written(storeOf(), said)
    expect(events.at(-1)).toMatchObject({ type: 'done', status })
    expect(events.find(({ type }) => type === 'error')).toEqual(code && expect.objectContaining({ code }))
  })
})

describe('a tool', () => {
  const shown: unknown[] = []
  const context = {
    supabase: {} as never,
    workspaceId: 'w',
    emit: (part: unknown) => void shown.push(part),
    propose: (proposal: unknown) => void shown.push(proposal),
    shown: (said: string) => said,
  }
  const slow = {
    name: 'slow',
    description: '',
    parameters: {},
    async call(_: string, { emit, propose }: typeof context) {
      await new Promise((resolve) => setTimeout(resolve, 30_000))
      propose({})
      emit({})
    },
  }
  const called = (signal: AbortSignal) =>
    callTool([slow as never], { name: 'slow', arguments: '{}' }, { context, signal })

  it('that took too long shows nothing any more', async () => {
    vi.useFakeTimers()
    const outcome = called(new AbortController().signal)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await outcome).toEqual({ output: 'The tool took too long.', isFailed: true })
    expect(shown).toEqual([])
  })

  it('is not waited for once the answer is stopped, or cut', async () => {
    vi.useFakeTimers()
    const stop = new AbortController()
    const outcome = called(stop.signal)
    await vi.advanceTimersByTimeAsync(1_000)
    stop.abort()
    expect(await outcome).toMatchObject({ isFailed: true })
    expect(await called(stop.signal)).toMatchObject({ isFailed: true })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(shown).toEqual([])
  })

  it('that fails says what it means to say, and nothing else', async () => {
    const failing = (error: Error) =>
      callTool(
        [
          {
            name: 'x',
            description: '',
            parameters: {},
            call: async () => {
              throw error
            },
          },
        ],
        { name: 'x', arguments: '{}' },
        { context, signal: new AbortController().signal },
      )
    expect(await failing(new ToolError('not_found: There is nothing.'))).toMatchObject({
      output: 'not_found: There is nothing.',
    })
    expect(await failing(new Error('relation "private.x"'))).toMatchObject({ output: 'The tool failed.' })
  })
})

function resumed(state: object): Request {
  const [answerId, handedLease, id] = Array.from({ length: 3 }, () => crypto.randomUUID())
  const body = { answerId, lease: handedLease, sequence: 1, bytes: 1, user: { id, token: 't' }, state }
  return new Request('http://x/ai-chat/resume', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

it('an answer that is handed to who cannot write it, or does not know its state, is not kept alive', async () => {
  vi.useFakeTimers()
  const calls: string[] = []
  const rpc = async (name: string) => {
    calls.push(name)
    return { data: { lease: crypto.randomUUID(), isStopRequested: false }, error: null, status: 200 }
  }
  const handler = createHandler({
    name: 'ai-chat',
    allowedOrigins: [],
    allowedLinkHosts: [],
    limits: { handOver: 1, end: 1 },
    provider: undefined,
    authenticate: async () => ({ kind: 'secret' }) as never,
    callerClient: () => ({}) as never,
    server: () => ({ rpc }) as never,
    takeCharges: async () => [],
    handOver: async () => false,
    log: () => undefined,
    reportError: async () => undefined,
    waitUntil: () => undefined,
  })
  expect((await handler(resumed(stateOf()))).status).toBe(501)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls).toEqual(['resume_answer'])
  // Of another deployment: it has what this one lacks, or the other way round.
  const { said: _, ...former } = stateOf()
  const [firstModel] = stateOf().models
  const { maxOutputTokens: __, ...formerModel } = firstModel ?? {}
  for (const state of [former, { ...stateOf(), models: [formerModel] }, { ...stateOf(), later: 1 }, {}])
    expect((await handler(resumed(state))).status).toBe(400)
  expect(calls).toEqual(['resume_answer'])
})
