import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FunctionError } from '../../../functions/_shared/errors.ts'
import { prepareAnswer } from '../../../functions/ai-chat/answer/prepare.ts'
import type { AnswerStore } from '../../../functions/ai-chat/answer/store.ts'
import { AnswerWriter } from '../../../functions/ai-chat/answer/writer.ts'
import { saidBefore } from '../../../functions/ai-chat/prompt/history.ts'
import { countTokens } from '../../../functions/ai-chat/prompt/tokens.ts'
import type { AskModel, ModelEvent } from '../../../functions/ai-chat/provider/index.ts'
import type { BegunAnswer } from '../../../types/conversations.ts'

// What a conversation said before in fewer words: of what was read, and paid for whatever it came to.

const contextTokens = 8_000
const usage = { inputTokens: 900, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 40 }
const text = (said: string): ModelEvent => ({ type: 'text', text: said })
const end = (
  status: 'complete' | 'failed' = 'complete',
  counted: typeof usage | null = usage,
): ModelEvent => ({
  type: 'end',
  status,
  usage: counted,
})

const model = {
  key: 'small',
  provider: 'local',
  name: 'small',
  title: 'Small',
  contextTokens,
  maxOutputTokens: 500,
  capabilities: [],
  price: { input: 1, cachedInput: 1, cacheWrite: null, output: 1, holdsFrom: '2020-01-01' },
}

function begunOf(contents: string[], summary: BegunAnswer['summary'] = null) {
  const history = contents.map((content, place) => ({
    number: place + 1,
    role: place % 2 === 0 ? ('user' as const) : ('assistant' as const),
    status: 'complete' as const,
    parts: [{ type: 'text' as const, sequence: 1, text: content }],
  }))
  const agent = { name: 'A', instructions: '', tools: [], maxTokens: 500, temperature: null }
  const begun = { workspaceId: 'w', agent, model, fallback: null, summarize: true, summary, history }
  return begun as unknown as BegunAnswer
}

const kept: { until: number; text: string }[] = []
/** How often it was said that none came. */
let rests = 0
/** What the database refuses. */
const unkept = '\u200b'
let isStopAsked = false
let writer: AnswerWriter
beforeEach(() => {
  kept.length = 0
  rests = 0
  isStopAsked = false
  const store: AnswerStore = {
    append: async () => ({ isStopAsked: false }),
    renew: async () => ({ isStopAsked }),
    finish: async () => undefined,
    keepSummary: async (_, summary) => {
      if (summary?.text === unkept)
        throw new FunctionError(400, { code: 'invalid_input', message: '', details: null, hint: null })
      if (summary) kept.push(summary)
      else rests += 1
    },
  }
  writer = new AnswerWriter(store, { answerId: 'a', lease: 'l' })
})
afterEach(() => {
  writer.leave()
  vi.useRealTimers()
})

/** Prepares an answer with a model that says this of what was said before, and gives what it was sent. */
async function prepared(begun: BegunAnswer, said: ModelEvent[] = [text('They spoke.'), end()]) {
  let sent = ''
  const ask: AskModel = async function* (_, { instructions, turns }) {
    sent = instructions + JSON.stringify(turns)
    yield* said
  }
  const state = await prepareAnswer(begun, { ask, writer, said: saidBefore(begun.history) })
  return { sent, state }
}

const long = [
  'Revenue? '.repeat(1_000),
  'It grew. '.repeat(1_000),
  'Why? '.repeat(1_500),
  'Prices. ',
  'And now?',
]

describe('a summary', () => {
  it.each<[string, ModelEvent[], string | null, object[]]>([
    [
      'is paid as the provider counts it',
      [text('They spoke.'), end()],
      'They spoke.',
      [{ inputTokens: 900 }],
    ],
    [
      'that the provider does not count is kept, and paid by what is counted here',
      [text('They spoke.'), end('complete', null)],
      'They spoke.',
      [{ isEstimated: true, outcome: 'complete', inputTokens: expect.any(Number), outputTokens: 3 }],
    ],
    [
      'that is broken off is none, and what came is paid',
      [text('They spoke.')],
      null,
      [{ isEstimated: true, outcome: 'interrupted', outputTokens: 3 }],
    ],
    [
      'that fails in the middle is none, and is paid',
      [text('They'), end('failed')],
      null,
      [{ outcome: 'failed' }],
    ],
    ['of nothing is none, and is paid', [end('complete', null)], null, [{ isEstimated: true }]],
    ['that fails at once costs nothing', [end('failed', null)], null, []],
    ['that never begins costs nothing', [], null, []],
  ])('%s', async (_, said, summary, calls) => {
    const { state } = await prepared(begunOf(long), said)
    expect(kept.map(({ text: made }) => made)).toEqual(summary ? [summary] : [])
    expect(state.calls).toMatchObject(calls)
    expect(state.calls).toHaveLength(calls.length)
    // What was paid for nothing is not tried with each question.
    expect(rests).toBe(summary === null && calls.length > 0 ? 1 : 0)
    for (const { inputTokens } of state.calls) expect(inputTokens).toBeGreaterThan(500)
    expect(state.instructions.includes('They spoke.')).toBe(summary !== null)
    expect(state.turns.at(-1)).toMatchObject({ content: 'And now?' })
  })

  it.each([
    ['that takes too long is kept as far as it came', [text('They')], ['They']],
    ['that does not begin in time is none', [], []],
  ])('%s, and is paid', async (_, said, made) => {
    vi.useFakeTimers()
    const asked = Promise.withResolvers<void>()
    const ask: AskModel = async function* (_, { signal }) {
      asked.resolve()
      yield* said
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw new Error('aborted')
    }
    const begun = begunOf(long)
    const preparing = prepareAnswer(begun, { ask, writer, said: saidBefore(begun.history) })
    await asked.promise
    await vi.advanceTimersByTimeAsync(31_000)
    const { calls } = await preparing
    expect(kept.map(({ text: summary }) => summary)).toEqual(made)
    expect(calls).toMatchObject([{ isEstimated: true, outcome: 'interrupted' }])
    expect(rests).toBe(1 - made.length)
  })

  it('that is not kept is no reason to make it again with each question', async () => {
    await prepared(begunOf(long), [text(unkept), end()])
    expect({ kept, rests }).toEqual({ kept: [], rests: 1 })
  })

  it('that the person stops says nothing of the model', async () => {
    const asked = Promise.withResolvers<void>()
    const ask: AskModel = async function* (_, { signal }) {
      yield text('They')
      asked.resolve()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    }
    const begun = begunOf(long)
    const preparing = prepareAnswer(begun, { ask, writer, said: saidBefore(begun.history) })
    await asked.promise
    isStopAsked = true
    expect((await preparing).calls).toMatchObject([{ outcome: 'stopped' }])
    expect(rests).toBe(0)
  })

  it('rests where none came of it a while ago, and the newest messages are sent all the same', async () => {
    const { sent, state } = await prepared({ ...begunOf(long), summarize: false })
    expect({ sent, kept, calls: state.calls }).toEqual({ sent: '', kept: [], calls: [] })
    expect(state.turns.at(-1)).toMatchObject({ content: 'And now?' })
  })
})

describe('what a summary stands for', () => {
  it('is what went in whole; the rest is part of the next', async () => {
    const [first, second] = [`first ${'word '.repeat(1_500)}`, `second ${'word '.repeat(1_500)}`]
    const [third, fourth] = [`third ${'word '.repeat(1_500)}`, `fourth ${'word '.repeat(4_000)}`]
    const contents = [first, second, third, fourth, 'And now?']
    const { sent } = await prepared(begunOf(contents))
    const until = kept[0]?.until ?? 0
    expect(until).toBeLessThan(4)
    for (const [place, content] of contents.entries())
      expect(sent.includes(content.trim())).toBe(place < until)
    // The next question goes on from there.
    const begun = begunOf(contents, { until, text: 'They spoke of the first.' })
    begun.history.splice(0, until)
    const next = await prepared(begun)
    expect(next.sent).toContain('They spoke of the first.')
    expect(next.sent).toContain(contents[until]?.slice(0, 20))
    expect(kept[1]?.until).toBeGreaterThan(until)
  })

  it.each([
    ['Chinese', '本季度收入增长了百分之五。'],
    ['Japanese', '今四半期の売上は五パーセント増えました。'],
    ['Tamil', 'வருவாய் ஐந்து சதவீதம் உயர்ந்தது. '],
  ])('is no more than the model reads at once, in %s', async (_, sentence) => {
    const contents = Array.from({ length: 41 }, () => sentence.repeat(20))
    const { sent } = await prepared(begunOf(contents, { until: 0, text: sentence.repeat(200) }))
    expect(await countTokens(sent)).toBeLessThan(contextTokens - 800)
    expect(kept[0]?.until).toBeGreaterThan(1)
  })

  it('is a message that is longer than the model reads at once, cut: it would never go in', async () => {
    const { sent } = await prepared(begunOf(['word '.repeat(20_000), 'Hm.', 'And now?']))
    expect(await countTokens(sent)).toBeLessThan(contextTokens - 800)
    expect(kept).toEqual([{ until: 1, text: 'They spoke.' }])
  })

  it('has no question that was refused, nor what was said to it', async () => {
    const begun = begunOf([
      'Old. '.repeat(3_000),
      'Yes.',
      'Bad?',
      '',
      'Well? '.repeat(3_000),
      'Yes.',
      'And now?',
    ])
    begun.history[3] = {
      number: 4,
      role: 'assistant',
      status: 'failed',
      parts: [{ type: 'error', sequence: 1, code: 'content_refused', message: 'No.', hint: null }],
    }
    const { sent, state } = await prepared(begun)
    expect(sent).toContain('Old.')
    expect(sent + JSON.stringify(state.turns)).not.toContain('Bad?')
  })
})

describe('what was said before', () => {
  const part = (parts: object[], status = 'failed') =>
    ({ number: 2, role: 'assistant', status, parts }) as never
  const question = (number: number) =>
    ({
      number,
      role: 'user',
      status: 'complete',
      parts: [{ type: 'text', sequence: 1, text: `q${number}` }],
    }) as never
  const refusal = { type: 'error', sequence: 2, code: 'content_refused', message: '', hint: null }
  const failure = { ...refusal, code: 'model_failed' }
  const words = { type: 'text_delta', sequence: 1, text: 'It is' }

  it.each([
    ['a refusal, with its question', [question(1), part([refusal]), question(3)], ['q3']],
    ['no failure of another kind', [question(1), part([failure]), question(3)], ['q1', 'q3']],
    [
      'an answer that went on and was refused then',
      [question(1), part([words], 'incomplete'), part([refusal]), question(4)],
      ['q4'],
    ],
    [
      'no answer that was cut by a filter, which may go on',
      [question(1), part([words, refusal], 'incomplete')],
      ['q1', 'It is'],
    ],
    ['a refusal whose question was cut off', [part([refusal]), question(3)], ['q3']],
    [
      'a refusal, and nothing before',
      [question(1), part([words], 'complete'), question(3), part([refusal]), question(5)],
      ['q1', 'It is', 'q5'],
    ],
  ])('leaves out %s', (_, history, said) => {
    expect(saidBefore(history).map(({ content }) => content)).toEqual(said)
  })
})
